"""Singular and eigenvalues of batches of small matrices, in float64; NaN where a run has diverged.

A decomposition refuses what is not finite, so such a matrix is decomposed as zero and its spectrum struck out.
"""

from __future__ import annotations

import torch
from torch import Tensor


def singular_values(matrix: Tensor) -> Tensor:
    """[R, min(rows, columns)], the largest first."""
    finite = matrix.isfinite().all(2).all(1)
    values = torch.linalg.svdvals(matrix.double().where(finite[:, None, None], 0.0))
    return values.masked_fill(~finite[:, None], torch.nan)


def eigenvalues(matrix: Tensor) -> Tensor:
    """[R, P] of symmetric matrices, the least first."""
    finite = matrix.isfinite().all(2).all(1)
    values = torch.linalg.eigvalsh(matrix.double().where(finite[:, None, None], 0.0))
    return values.masked_fill(~finite[:, None], torch.nan)
