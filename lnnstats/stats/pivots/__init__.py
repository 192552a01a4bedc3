"""Pivots: an estimate with its tests at any threshold and their dual interval."""
