"""Signed ranks of differences against every threshold: differences on a grid in, the p of each threshold out.

At threshold t the ranks are those of |d - t|, zeros ranked and then dropped (Pratt 1959), and given these each sign is
a fair coin. The statistic only changes where t passes a Walsh average (d_i + d_j) / 2, so its p is a step function.
All values are whole multiples of a decimal unit: Walsh sums and ties are exact, whatever the rounding of the data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..arrays import FloatArray
from ..pivots.student import tail
from ..ranks.mid_ranks import block_ranks
from ..rounding import ROUNDING, rounding_error

MOST_EXACT = 50
GRID = 1e-13  # of the largest difference; the next power of ten keeps twelve significant digits of it


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """A p-value that never falls as the threshold rises: `places` (twice the threshold, in grid units) ascending.

    p [2 k + 1]: below the first place, at it, between it and the second, at that, ..., above the last.
    """

    places: FloatArray
    p: FloatArray
    unit: float

    def at(self, threshold: float) -> float:
        """p at `threshold`, rounded to the grid."""
        place = 2.0 * np.floor(threshold / self.unit + 0.5)
        index = int(np.searchsorted(self.places, place))
        exactly = index < self.places.size and self.places[index] == place
        return float(self.p[2 * index + exactly])

    def limit(self, probability: float) -> float:
        """The L with p(t) <= `probability` exactly for t < L, between grid steps; -inf if p is never so small."""
        index = int(np.searchsorted(self.p, probability * (1 + ROUNDING), side="right"))
        if index == 0:
            return -math.inf
        half = self.places[(index - 1) // 2] / 2.0
        first = math.ceil(half) if index % 2 else math.floor(half) + 1  # the first whole unit with a larger p
        return (first - 0.5) * self.unit


@dataclass(frozen=True, slots=True, eq=False)
class SignedRank:
    """Both one-sided tests of the pseudo-median; `below` is that of the differences with their signs turned."""

    above: Steps
    below: Steps
    estimate: float

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold."""
        return self.above.at(threshold)

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold."""
        return self.below.at(-threshold)

    def interval(self, level: float) -> tuple[float, float]:
        """The thresholds that neither test rejects at (1 - level) / 2."""
        return self.above.limit(tail(level)), -self.below.limit(tail(level))


def on_grid(differences: FloatArray, magnitude: float) -> tuple[FloatArray, float]:
    """`differences` in whole grid units, and the unit: a power of ten, above the rounding of what was subtracted."""
    largest = float(np.abs(differences).max())
    unit = 10.0 ** math.ceil(math.log10(max(largest * GRID, rounding_error(magnitude)) or 1.0))
    return np.round(differences / unit), unit


def signed_rank(grid: FloatArray, unit: float) -> SignedRank:
    """The tests of `grid` [n], exact up to 50 differences, normal beyond, and the median of the Walsh averages.

    Where ties make a p fall as its null grows, it keeps its largest value so far, the p of the whole null.
    """
    sums = walsh_sums(grid)
    places, copies = np.unique(sums, return_counts=True)
    above, below = _exact(grid, places) if grid.size <= MOST_EXACT else _normal(grid, copies)
    return SignedRank(
        Steps(places, np.maximum.accumulate(above), unit),
        Steps(-places[::-1], np.maximum.accumulate(below[::-1]), unit),
        float(np.median(sums)) * unit / 2.0,
    )


def walsh_sums(grid: FloatArray) -> FloatArray:
    """All d_i + d_j, i <= j, ascending."""
    rows, columns = np.triu_indices(grid.size)
    return np.sort(grid[rows] + grid[columns])


def signed_rank_sum(shifted: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Twice the rank sum of the positive values in each row [m, n], and twice the ranks, 0 for a zero, ascending."""
    doubled = 2.0 * block_ranks(np.abs(shifted))
    total = np.where(shifted > 0, doubled, 0.0).sum(axis=1)
    return total, np.sort(np.where(shifted == 0, 0.0, doubled), axis=1)


@lru_cache(maxsize=512)  # tie patterns recur between thresholds, strata, and with a block left out
def sign_distribution(doubled_ranks: bytes) -> FloatArray:
    """P(twice the sum of the ranks with a positive sign >= 0, 1, ...) for fair signs; relative error some 1e-14.

    The ranks come as the bytes of their int64 array, so that they can be looked up; zeros among them have no sign.
    """
    ranks = np.frombuffer(doubled_ranks, dtype=np.int64)
    mass = np.zeros(int(ranks.sum()) + 1)
    mass[0] = 1.0
    for rank in ranks[ranks > 0]:
        moved = mass[:-rank].copy()
        mass *= 0.5
        mass[rank:] += 0.5 * moved
    return mass[::-1].cumsum()[::-1]


def _exact(grid: FloatArray, places: FloatArray) -> tuple[FloatArray, FloatArray]:
    """P(W+ >= observed) and P(W+ <= observed) at and between the places; the distribution is symmetric."""
    between = (places[:-1] + places[1:]) / 2
    twice = np.empty(2 * places.size + 1)
    twice[1::2], twice[2:-1:2], twice[0], twice[-1] = places, between, places[0] - 1, places[-1] + 1
    totals, ranks = signed_rank_sum(2.0 * grid - twice[:, None])
    rows = zip(totals.astype(np.int64), ranks.astype(np.int64), strict=True)
    tails = np.array([_tails(sign_distribution(pattern.tobytes()), int(total)) for total, pattern in rows])
    return tails[:, 0], tails[:, 1]


def _tails(upper: FloatArray, total: int) -> tuple[float, float]:
    """The upper tail at `total`, and the lower one: the upper tail as far from the other end."""
    return float(upper[total]), float(upper[upper.size - 1 - total])


def _normal(grid: FloatArray, copies: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """Both normal tails with continuity correction: W counts the Walsh averages above t, those at t half.

    The variance is n (n + 1) (2 n + 1) / 24 less (c³ - c) / 48 for c equal differences, its value for all t but the
    Walsh averages themselves, where it is smaller: the test errs on the safe side there.
    """
    n = grid.size
    equal = np.unique(grid, return_counts=True)[1].astype(np.float64)
    error = math.sqrt(n * (n + 1) * (2 * n + 1) / 24 - (equal**3 - equal).sum() / 48)
    above = np.append(copies[::-1].cumsum()[::-1], 0)
    excess = np.empty(2 * copies.size + 1)
    excess[0::2], excess[1::2] = above, (above[:-1] + above[1:]) / 2
    excess -= n * (n + 1) / 4
    return special.ndtr((0.5 - excess) / error), special.ndtr((0.5 + excess) / error)
