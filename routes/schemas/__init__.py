"""What requests may carry and what answers look like, a module for each noun of routes/.

Validation, the OpenAPI document and docs/api.md come from these; tests hold the views to them.
"""
