"""Matrices as a few leading directions of their rows and a rest orthogonal to them.

A = C Q' + R with orthonormal columns Q [n, k] and R Q = 0, so that A A' = C C' + R R' whatever Q is: distances of rows
and singular values are those of C, which has few columns, and of R together. Q is an orthonormal basis of A' A Omega
for fixed random directions Omega [n, k] (Halko, Martinsson & Tropp 2011, section 4.5): it holds every direction whose
singular value is above about 1e-8 s1, where k suffice for them, and of the others what the sketch finds.

Why not A A' alone: its entries are known to eps |A|^2, so that nothing below sqrt(eps) |A| can be seen in it. R R' is
known to eps |R|^2, and so are distances to sqrt(eps) |R|: of a matrix of rank k or less, but for a rest of relative
size rho, |R| is about the larger of rho and 1e-8.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnnstats.draws.normal import uniform
from lnnstats.draws.philox import words
from lnnstats.engine.batch import to_device

LEADING = 12  # above the rank of a gradient of ten classes; products with twelve columns are quick
SLAB = 1 << 21  # numbers of matrices measured at once: 16 MiB, near a processor's caches


def split(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """C [r, m, k] and R [r, m, n], in the place of the matrices [r, m, n] in float64; k = min(12, m, n). What is not
    finite stays so.
    """
    columns = min(LEADING, *matrix.shape[1:])
    image = matrix @ directions(matrix.shape[2], columns, matrix.device)
    basis = torch.linalg.qr((image.mT @ matrix).mT)[0]
    leading = matrix @ basis
    return leading, matrix.baddbmm_(leading, basis.mT, alpha=-1)  # new memory of this size costs as much as a product


def directions(rows: int, columns: int, device: torch.device) -> Tensor:
    """[rows, columns], uniform in [-1, 1): the same everywhere."""
    return to_device(_drawn(rows, columns), torch.float64, device)


@cache
def _drawn(rows: int, columns: int) -> NDArray[np.float64]:
    """From the words of Philox4x64-10 with key 0, counters from 0."""
    return 2.0 * uniform(words((0, 0), np.zeros(1, np.int64), rows, columns))[0] - 1.0
