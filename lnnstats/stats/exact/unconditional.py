"""Exact unconditional tests of p1 - p2: two counts in, p-values that hold for every value of the nuisance risk out.

At threshold t the tables are ordered by the restricted score statistic, and the chance of the observed or a more
extreme table is maximised over all risks with p1 - p2 = t (Barnard 1947 and Suissa & Shuster 1985 at t = 0, Chan 1998
at any t; inverted on each side by Chan & Zhang 1999).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import BoolArray, FloatArray
from ..pivots.roots import bracketed_root
from ..pivots.student import tail
from ..samples.two_proportions import TwoCounts, log_binomial, score_statistic

TIES = 1e-7  # rounding of the cubic's trigonometric root, relative; ties join the tail, which is the safe side
THRESHOLDS = np.linspace(-1.0, 1.0, 65)
NUISANCE_POINTS = 96
NEGLIGIBLE_MASS = 1e-140
REFINEMENTS, REFINED_POINTS = 4, 17


@dataclass(frozen=True, slots=True, eq=False)
class Unconditional:
    """Both exact tests; `rising` and `falling` are the largest p so far over THRESHOLDS from -1 up and from 1 down.

    The p of a single threshold is not always monotone in it (Roehmel 2005). H0: theta <= t holds for every threshold
    below t too, so p_above(t) is the largest of them on the grid and at t itself, which keeps tests and interval dual.
    """

    counts: TwoCounts
    rising: FloatArray
    falling: FloatArray

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold; 0 below -1, where no difference can lie."""
        return _at(self.counts, self.rising, threshold)

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold; 0 above 1."""
        return _at(_swapped(self.counts), self.falling, -threshold)

    def interval(self, level: float) -> tuple[float, float]:
        """The limits at which the p-values first exceed (1 - level) / 2, coming from -1 and from 1."""
        a = tail(level)
        return _limit(self.counts, self.rising, a), -_limit(_swapped(self.counts), self.falling, a)

    @property
    def attainable(self) -> float:
        """The smallest p at 0: all events in one group, none in the other."""
        first, second = self.counts.n_1, self.counts.n_2
        share = first / (first + second)
        return math.exp(first * math.log(share) + second * math.log1p(-share))


def unconditional(counts: TwoCounts) -> Unconditional:
    """The exact tests of p1 - p2 for two counts; the cost grows with (n1 + 1) (n2 + 1)."""
    return Unconditional(counts, _envelope(counts), _envelope(_swapped(counts)))


def upper_p(counts: TwoCounts, threshold: float) -> float:
    """sup of P(statistic >= observed) over p1 - p2 = threshold, in [-1, 1]."""
    extreme = _extreme_tables(counts, threshold)
    low, high = max(0.0, -threshold), min(1.0, 1.0 - threshold)
    angles = np.linspace(0.0, math.pi / 2, NUISANCE_POINTS)
    best = 0.0
    for _ in range(REFINEMENTS):
        chance = _chance(extreme, low + (high - low) * np.sin(angles) ** 2, threshold)
        place = int(chance.argmax())
        best = max(best, float(chance[place]))
        angles = np.linspace(angles[max(0, place - 1)], angles[min(angles.size - 1, place + 1)], REFINED_POINTS)
    return min(1.0, best)


def _extreme_tables(counts: TwoCounts, threshold: float) -> BoolArray:
    """Which tables [n1 + 1, n2 + 1] are at least as extreme as the observed one."""
    first, second = np.arange(counts.n_1 + 1)[:, None], np.arange(counts.n_2 + 1)[None, :]
    statistic = score_statistic(first, counts.n_1, second, counts.n_2, threshold)
    observed = statistic[counts.count_1, counts.count_2]
    if not math.isfinite(observed):
        return statistic == observed if observed > 0 else np.ones_like(statistic, dtype=bool)
    return statistic >= observed - TIES * max(1.0, abs(float(observed)))


def _chance(extreme: BoolArray, risks: FloatArray, threshold: float) -> FloatArray:
    """P(extreme) for each reference risk in `risks` [m], the treatment's risk `threshold` above it.

    In each row the extreme tables are the first ones: the statistic falls as the reference's count rises (Roehmel &
    Mansmann 1999), so a row's chance is a cumulative one.
    """
    rows, columns = extreme.shape
    first, second = _masses(rows - 1, risks + threshold), _masses(columns - 1, risks)
    cumulative = np.concatenate([np.zeros((risks.size, 1)), np.cumsum(second, axis=1)], axis=1)
    return np.asarray((first * cumulative[:, extreme.sum(axis=1)]).sum(axis=1))


def _masses(n: int, risks: FloatArray) -> FloatArray:
    """Binomial masses [m, n + 1], those below 1e-140 as 0: products of two would leave the range of normal floats."""
    mass = np.exp(log_binomial(n, np.clip(risks, 0.0, 1.0)))
    return np.where(mass < NEGLIGIBLE_MASS, 0.0, mass)


def _swapped(counts: TwoCounts) -> TwoCounts:
    return replace(counts, count_1=counts.count_2, n_1=counts.n_2, count_2=counts.count_1, n_2=counts.n_1)


def _envelope(counts: TwoCounts) -> FloatArray:
    return np.maximum.accumulate([upper_p(counts, float(t)) for t in THRESHOLDS])


def _at(counts: TwoCounts, envelope: FloatArray, threshold: float) -> float:
    """The largest p over the thresholds of the grid below `threshold` and at it."""
    if abs(threshold) > 1:
        return float(threshold > 1)
    before = int(np.searchsorted(THRESHOLDS, threshold, side="left"))
    return max(upper_p(counts, threshold), float(envelope[before - 1]) if before else 0.0)


def _limit(counts: TwoCounts, envelope: FloatArray, a: float) -> float:
    """The threshold at which p first exceeds `a`."""
    above = int(np.searchsorted(envelope, a, side="right"))
    if above == 0:
        return -1.0
    if above == THRESHOLDS.size:
        return 1.0
    return bracketed_root(lambda t: upper_p(counts, t) - a, float(THRESHOLDS[above - 1]), float(THRESHOLDS[above]))
