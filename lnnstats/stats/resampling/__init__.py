"""Resampling: sign flips, permuted labels, bootstraps and jackknives, shared over cells."""
