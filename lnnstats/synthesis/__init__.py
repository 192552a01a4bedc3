"""Finished runs of several studies -> one account of a thesis: its claims, the map of its scope, what decides."""
