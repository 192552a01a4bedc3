"""Verification: a run checked by somebody else, from its files alone."""
