"""Angles between the rows of what an update does to each layer, in degrees.

The stable formula 2 atan2(|u - v|, |u + v|) of unit rows (Kahan 2006, "How futile are mindless assessments of
roundoff", section 12) tells every angle to a few eps; the loop over pairs that it asks for is not affordable. With U =
C Q' + R (`split`), |u_i -+ u_j|^2 = |c_i -+ c_j|^2 + |r_i -+ r_j|^2, of which the first is formed as it stands, of few
numbers each, and the second from R R'. What that loses is sqrt(eps) |r| for rows r of R: 1e-6 degrees at most, between
rows that nearly agree in a change of high rank; and less than the rounding of the rows themselves where U has rank 12
or less to rounding, for then |r| is of the size of that rounding, or of 1e-8.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from lnnstats.engine.changes import Changes
from lnnstats.engine.device import DTYPES
from lnnstats.engine.responses.each import each
from lnnstats.engine.responses.split import split

BLOCK = 256  # rows that are compared with all others at once
Blocks = Iterator[Tensor]


def row_angle(options: Any, changes: Changes) -> Tensor:
    """Mean or largest angle over pairs of rows, [R, layers, measurements]; rows that vanish are left out, NaN where no
    pair is left.
    """
    return each(options, changes, lambda matrix: _between_rows(options, matrix))


def _between_rows(options: Any, matrix: Tensor) -> Tensor:
    rows, there = unit(matrix, DTYPES[options.precision] if options.formula == "arccos" else torch.float64)
    total, largest = matrix.new_zeros(2, len(matrix), dtype=torch.float64)
    blocks = FORMULAS[options.formula](rows, options.folded)
    for start, angles in zip(range(0, rows.shape[1], BLOCK), blocks, strict=True):
        pairs = (there[:, start : start + BLOCK, None] & there[:, None, start:]).triu(1)
        shown = angles.where(pairs, 0.0)
        total, largest = total + shown.sum((1, 2)), torch.maximum(largest, shown.amax((1, 2)))
    rows_there = there.sum(1)
    number = rows_there * (rows_there - 1) / 2
    found = total / number if options.of == "mean" else largest
    return found.masked_fill(number == 0, torch.nan)


def unit(matrix: Tensor, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
    """Rows [r, m, n] of length 1 in a dtype, and which there are, [r, m]: one that vanishes stays 0. One that is not
    finite is there, and NaN.
    """
    matrix = matrix.to(dtype, copy=True)
    lengths = torch.linalg.vector_norm(matrix, dim=2)
    there = lengths != 0
    return matrix.mul_((1.0 / lengths).where(there, 0.0)[..., None]), there


def from_lengths(apart: Tensor, together: Tensor, folded: bool) -> Tensor:
    """Degrees between unit vectors from |u - v| and |u + v|; folded into [0, 90], u and -u are one direction."""
    if folded:
        apart, together = torch.minimum(apart, together), torch.maximum(apart, together)
    return torch.atan2(apart, together) * (360.0 / math.pi)


def from_cosine(cosine: Tensor, folded: bool) -> Tensor:
    """The same by arccos of the inner product, in its dtype."""
    cosine = cosine.clamp(-1.0, 1.0)
    return torch.rad2deg((cosine.abs() if folded else cosine).arccos()).double()


def stable(rows: Tensor, folded: bool) -> Blocks:
    """The angles of each block of unit rows, which are overwritten, with itself and all rows after it, [r, block, m -
    start].
    """
    leading, rest = split(rows)
    squares = torch.linalg.vector_norm(rest, dim=2).square()
    for start in range(0, rows.shape[1], BLOCK):
        block = slice(start, start + BLOCK)
        products = 2.0 * (rest[:, block] @ rest[:, start:].mT)
        sums = squares[:, block, None] + squares[:, None, start:]
        apart = _distances(leading[:, block], leading[:, start:]).square() + (sums - products).clamp(min=0.0)
        together = _distances(leading[:, block], -leading[:, start:]).square() + (sums + products).clamp(min=0.0)
        yield from_lengths(apart.sqrt(), together.sqrt(), folded)


def _distances(left: Tensor, right: Tensor) -> Tensor:
    """|a_i - b_j| as it stands; the quicker way by products of rows has their floor."""
    return torch.cdist(left, right, compute_mode="donot_use_mm_for_euclid_dist")


def arccos(rows: Tensor, folded: bool) -> Blocks:
    """The same by inner products of rows, in their dtype."""
    for start in range(0, rows.shape[1], BLOCK):
        yield from_cosine(rows[:, start : start + BLOCK] @ rows[:, start:].mT, folded)


FORMULAS: Mapping[str, Callable[[Tensor, bool], Blocks]] = {"stable": stable, "arccos": arccos}
