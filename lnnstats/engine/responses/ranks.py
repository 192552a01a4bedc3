"""How near to rank one an update's changes are: response options + changes -> [R, layers, measurements]."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from lnnstats.engine.changes import Changes
from lnnstats.engine.responses.each import each
from lnnstats.engine.responses.spectra import later_singular_values, rank


def singular_ratio(options: Any, changes: Changes) -> Tensor:
    """s2/s1 of each layer's change, in float64 whatever the dtype of training, [R, layers, measurements].

    0 where one row or column has no second singular value, NaN where s1 = 0.
    """
    return each(options, changes, _ratio)


def rank_one_residual(options: Any, changes: Changes) -> Tensor:
    """sqrt(1 - s1^2/|A|_F^2), or the share s1^2/|A|_F^2 itself; NaN where the change vanishes."""
    return each(options, changes, RESIDUALS[options.of])


def numerical_rank(options: Any, changes: Changes) -> Tensor:
    """Singular values above tolerance * s1, by default max(rows, columns) * eps of the dtype of training."""
    return each(options, changes, lambda matrix: _rank(matrix, options.tolerance))


def _ratio(matrix: Tensor) -> Tensor:
    first, later = later_singular_values(matrix)
    return later.amax(1) / first


def _residual(matrix: Tensor) -> Tensor:
    first, later = later_singular_values(matrix)
    rest = later.norm(dim=1)
    return rest / torch.hypot(first, rest)


def _energy_share(matrix: Tensor) -> Tensor:
    return 1.0 - _residual(matrix).square()


RESIDUALS = {"residual": _residual, "energy_share": _energy_share}


def _rank(matrix: Tensor, tolerance: float | None) -> Tensor:
    return rank(matrix, max(matrix.shape[1:]) * torch.finfo(matrix.dtype).eps if tolerance is None else tolerance)
