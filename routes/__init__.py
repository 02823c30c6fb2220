"""Inbound adapters: they parse, authorise, call one service and answer."""
