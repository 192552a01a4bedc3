"""Spectra of each layer's weight gradient: response options + form -> one value a run and layer, [R, layers]."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.responses.spectra import singular_values


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
    values = singular_values(matrix)
    return (values[:, 1] if values.shape[1] > 1 else torch.zeros_like(values[:, 0])) / values[:, 0]


def _rank(matrix: Tensor, tolerance: float | None) -> Tensor:
    values = singular_values(matrix)
    bound = max(matrix.shape[1:]) * torch.finfo(matrix.dtype).eps if tolerance is None else tolerance
    rank = ((values > bound * values[:, :1]) & (values > 0)).sum(1)
    return rank.to(values.dtype).masked_fill(values[:, 0].isnan(), torch.nan)
