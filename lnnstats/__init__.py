"""Hypothesis tests for claims about linear neural networks: a study file in, verdicts and a checkable report out."""

__version__ = "0.1.0"
