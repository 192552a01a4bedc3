"""Samples as procedures take them: pairs, groups, levels and times, checked and summarised."""
