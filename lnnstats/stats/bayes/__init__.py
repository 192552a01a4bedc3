"""Bayes factors: secondary, named as such."""
