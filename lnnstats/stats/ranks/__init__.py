"""Ranks of values, and what tests of ranks share."""
