"""Benchmarks that a person can run: each prints a table, compared by ratio within one run."""
