"""Difference of two independent proportions: counts and thresholds in, score statistics and their asymptotic tests out.

The variance is that of the restricted maximum likelihood estimates under p1 - p2 = threshold (Miettinen & Nurminen
1985; closed form of Farrington & Manning 1990).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ..arrays import BoolArray, FloatArray, bool_array
from ..intervals import newcombe_independent
from ..pivots.score_tests import ScoreTest
from ..rounding import ROUNDING
from ..values import EFFECT_LEVEL, Degenerate, Effect


@dataclass(frozen=True, slots=True)
class TwoCounts:
    """Events `count_1` of `n_1` under treatment and `count_2` of `n_2` under reference."""

    count_1: int
    n_1: int
    count_2: int
    n_2: int

    @property
    def difference(self) -> float:
        """Observed difference in risk, treatment minus reference."""
        return self.count_1 / self.n_1 - self.count_2 / self.n_2

    @property
    def standard_error(self) -> float:
        """Standard error of the difference from the two binomial variances."""
        share_1, share_2 = self.count_1 / self.n_1, self.count_2 / self.n_2
        return math.sqrt(share_1 * (1 - share_1) / self.n_1 + share_2 * (1 - share_2) / self.n_2)


def two_counts(treatment: ArrayLike, reference: ArrayLike) -> TwoCounts:
    """The counts of two groups of events, bool [n1] and [n2]; Degenerate if a group is empty."""
    first, second = _group(treatment, "treatment"), _group(reference, "reference")
    return TwoCounts(int(first.sum()), first.size, int(second.sum()), second.size)


def restricted_risks(
    count_1: ArrayLike, n_1: int, count_2: ArrayLike, n_2: int, threshold: float
) -> tuple[FloatArray, FloatArray]:
    """Maximum likelihood p1 and p2 under p1 - p2 = threshold, in [-1, 1]; counts broadcast.

    p1 is the root of a cubic (Farrington & Manning 1990, appendix), found by its trigonometric form.
    """
    share_1, share_2, ratio = np.asarray(count_1) / n_1, np.asarray(count_2) / n_2, n_2 / n_1
    a = 1.0 + ratio
    b = -(a + share_1 + ratio * share_2 + threshold * (ratio + 2.0))
    c = threshold**2 + threshold * (2.0 * share_1 + a) + share_1 + ratio * share_2
    d = -share_1 * threshold * (1.0 + threshold)
    third = b / (3.0 * a)
    v = third**3 - b * c / (6.0 * a * a) + d / (2.0 * a)
    u = np.where(v < 0, -1.0, 1.0) * np.sqrt(np.maximum(third**2 - c / (3.0 * a), 0.0))
    cosine = np.divide(v, u**3, out=np.zeros_like(v), where=u != 0)
    angle = (math.pi + np.arccos(np.clip(cosine, -1.0, 1.0))) / 3.0
    risk = np.clip(2.0 * u * np.cos(angle) - third, max(0.0, threshold), min(1.0, 1.0 + threshold))
    return risk, risk - threshold


def score_statistic(count_1: ArrayLike, n_1: int, count_2: ArrayLike, n_2: int, threshold: float) -> FloatArray:
    """(observed difference - threshold) / restricted standard error; counts broadcast.

    At 0 the variance is the pooled one. Where it vanishes: 0 for tables at the threshold, infinite for others.
    """
    risk_1, risk_2 = restricted_risks(count_1, n_1, count_2, n_2, threshold)
    variance = risk_1 * (1.0 - risk_1) / n_1 + np.maximum(risk_2 * (1.0 - risk_2), 0.0) / n_2
    excess = np.asarray(count_1) / n_1 - np.asarray(count_2) / n_2 - threshold
    excess = np.where(np.abs(excess) < ROUNDING, 0.0, excess)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(excess == 0, 0.0, excess / np.sqrt(variance))


def miettinen_nurminen(counts: TwoCounts) -> ScoreTest:
    """The asymptotic score tests of p1 - p2, restricted variance times N / (N - 1), and their dual interval."""
    total = counts.n_1 + counts.n_2
    factor = math.sqrt((total - 1.0) / total)

    def statistic(threshold: float) -> float:
        z = score_statistic(counts.count_1, counts.n_1, counts.count_2, counts.n_2, threshold)
        return factor * float(z)

    return ScoreTest(statistic, counts.difference)


def newcombe_effect(counts: TwoCounts) -> Effect:
    """The risk difference with Newcombe's hybrid score interval (method 10 of 1998)."""
    low, high = newcombe_independent(counts.count_1, counts.n_1, counts.count_2, counts.n_2, EFFECT_LEVEL)
    return Effect("risk difference", counts.difference, low, high, EFFECT_LEVEL, "Newcombe method 10, independent")


def log_binomial(n: int, risks: FloatArray) -> FloatArray:
    """log P(Bin(n, p) = 0..n) for each p in `risks` [m]: shape [m, n + 1]; -inf where impossible."""
    x = np.arange(n + 1)
    choose = special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)
    return choose + special.xlogy(x, risks[:, None]) + special.xlog1py(n - x, -risks[:, None])


def _group(events: ArrayLike, name: str) -> BoolArray:
    if np.size(events) == 0:
        raise Degenerate("too_few_blocks", f"{name}: no runs in this group.")
    return bool_array(events, name, 1)
