"""Angles in degrees between rows, in plain NumPy: of two by themselves, and of every two of a matrix."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from lnnstats.verify.reference.values import Reals

BLOCK = 512  # rows compared at once with all others
LEADING = 2.0**25  # as many digits as leave the square of a leading part two of a float64's 53


def unit(row: Reals, formula: str, precision: str) -> Reals:
    """The row at length 1; by arccos in the dtype of its precision."""
    row = row.astype(precision) if formula == "arccos" else row
    return np.asarray(row / np.linalg.norm(row))


def angle(u: Reals, v: Reals, formula: str, folded: bool) -> float:
    """Between two units; by sides of the rhombus that they span, or by arccos."""
    if formula == "arccos":
        found = math.degrees(float(np.arccos(np.clip(np.dot(u, v), -1, 1))))
    else:
        apart, together = u - v, u + v
        found = math.degrees(2 * math.atan2(math.sqrt(apart @ apart), math.sqrt(together @ together)))
    return min(found, 180 - found) if folded else found


def between(units: Reals, formula: str, folded: bool) -> Reals:
    """Of every two of the units [m, n], [m (m - 1) / 2], in the order of combinations."""
    blocks = (block[np.triu_indices(len(block), 1, block.shape[1])] for block in FORMULAS[formula](units))
    found = np.concatenate(list(blocks))
    return np.minimum(found, 180 - found) if folded else found


def _stable(units: Reals) -> Iterator[Reals]:
    """The angles of blocks of rows with themselves and all after.

    |u -+ v|^2 = |u|^2 + |v|^2 -+ 2 u'v cancels, so that inner products are wanted beyond float64. Cut into a leading
    and a last part, u = h + l with h the multiples of 2^-25 nearest to u, inner products of leading parts and sums of
    four of them are multiples of 2^-50 no larger than 4 and a rounding: exact in any order (Ozaki, Ogita, Oishi & Rump
    2012, error-free matrix products). What is rounded is (h + l / 2)'l, of the size of l: |u - v|^2 is wrong by
    eps sqrt(n) 2^-26 as a rule, an angle by 1e-9 degrees where rows all but agree.
    """
    leading = np.rint(units * LEADING) / LEADING
    last = units - leading
    middle = leading + last / 2
    exact, rounded = np.sum(leading**2, axis=1), 2 * np.sum(middle * last, axis=1)
    for start in range(0, len(units), BLOCK):
        here, on = slice(start, start + BLOCK), slice(start, None)
        product, rest = 2 * leading[here] @ leading[on].T, middle[here] @ last[on].T + last[here] @ middle[on].T
        sums, lost = np.add.outer(exact[here], exact[on]), np.add.outer(rounded[here], rounded[on])
        apart = np.maximum((sums - product) + (lost - 2 * rest), 0.0)
        together = np.maximum((sums + product) + (lost + 2 * rest), 0.0)
        yield np.degrees(2 * np.arctan2(np.sqrt(apart), np.sqrt(together)))


def _arccos(units: Reals) -> Iterator[Reals]:
    for start in range(0, len(units), BLOCK):
        angles = np.arccos(np.clip(units[start : start + BLOCK] @ units[start:].T, -1, 1))
        yield np.degrees(angles.astype(np.float64))


FORMULAS: Mapping[str, Callable[[Reals], Iterator[Reals]]] = {"stable": _stable, "arccos": _arccos}
