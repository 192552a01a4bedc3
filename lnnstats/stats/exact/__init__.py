"""Exact distributions: sums on lattices, permutations of ties, binomial and hypergeometric tables."""
