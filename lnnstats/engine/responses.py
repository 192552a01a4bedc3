"""What is measured of the runs at a state: response options + form -> one value a run, [R] or [R, layers]."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from lnnstats.engine.forms.values import Form

Measure = Callable[[Any, Form], Tensor]


def singular_ratio(options: Any, form: Form) -> Tensor:
    """s2/s1 of each layer's weight gradient, in float64 whatever the dtype of training.

    0 where one row or column has no second singular value, NaN where s1 = 0.
    """
    return torch.stack([_ratio(matrix) for matrix in form.gradient_matrices()], dim=1)


def gradient_rank(options: Any, form: Form) -> Tensor:
    """Singular values above tolerance * s1; the default tolerance is max(rows, columns) * eps of the dtype of training.
    """
    return torch.stack([_rank(matrix, options.tolerance) for matrix in form.gradient_matrices()], dim=1)


def _ratio(matrix: Tensor) -> Tensor:
    values = _singular_values(matrix)
    return (values[:, 1] if values.shape[1] > 1 else torch.zeros_like(values[:, 0])) / values[:, 0]


def _rank(matrix: Tensor, tolerance: float | None) -> Tensor:
    values = _singular_values(matrix)
    bound = max(matrix.shape[1:]) * torch.finfo(matrix.dtype).eps if tolerance is None else tolerance
    rank = ((values > bound * values[:, :1]) & (values > 0)).sum(1)
    return rank.to(values.dtype).masked_fill(values[:, 0].isnan(), torch.nan)


def _singular_values(matrix: Tensor) -> Tensor:
    """[R, min(rows, columns)] in float64; NaN where the run has diverged, for an SVD refuses what is not finite."""
    finite = matrix.isfinite().all((1, 2))
    values = torch.linalg.svdvals(matrix.double().where(finite[:, None, None], 0.0))
    return values.masked_fill(~finite[:, None], torch.nan)


MEASURES: Mapping[str, Measure] = {
    "optimal_deviation": lambda options, form: form.deviation(),
    "mse": lambda options, form: form.mse(options.split),
    "relative_excess_mse": lambda options, form: form.relative_excess(options.split),
    "gradient_norm": lambda options, form: form.gradient_norm(),
    "loss": lambda options, form: form.loss(options.split),
    "accuracy": lambda options, form: form.accuracy(options.split),
    "singular_ratio": singular_ratio,
    "gradient_rank": gradient_rank,
}
