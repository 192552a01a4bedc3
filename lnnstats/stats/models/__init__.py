"""Fitted models: mixed models, robust slopes, pooling, hazards and failure times."""
