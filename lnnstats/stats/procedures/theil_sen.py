"""Robust trend: values at k ordered levels of each block in, Evidence on the median of the blocks' slopes out."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, level_scores
from ..exact.median_interval import MedianTest
from ..intervals import wilson
from ..rounding import magnitude, rounding_error
from ..scales import on_scale, shown_slope
from ..values import EFFECT_LEVEL, Effect, Evidence


def theil_sen(values: ArrayLike, scores: ArrayLike, *, scale: str = "raw", exponent: bool = False) -> Evidence:
    """theta = median over blocks of the Theil-Sen slope of f(values[n, k]) on scores[k], exact by counting blocks.

    The slope of a block is the median over its pairs of levels of (y_l - y_j) / (s_l - s_j) (Theil 1950; Sen 1968):
    values that are wrong, or cut at a horizon, leave it within the range of the other pairs as long as fewer than half
    of the pairs are touched. Its median over blocks is tested by signs: no assumption on the slopes but independent
    blocks, and conservative where slopes tie with the threshold. On a log scale exp(theta) is the ratio per unit of
    score; `exponent` as in `trend_slope`. With fewer than six blocks a 95% limit is infinite. UnusableValues outside
    the scale.
    """
    array, shown = on_scale(values, scale, "values", 2), shown_slope(scale, exponent)
    levels, rounding = level_scores(scores, array.shape[1]), rounding_error(magnitude(array, scale))
    slopes = pairwise_median_slopes(array, levels, rounding)
    exact, n, ties = MedianTest(np.sort(slopes)), slopes.size, int((slopes == 0).sum())
    return Evidence(
        procedure="theil_sen",
        estimand=f"median over blocks of the Theil-Sen slope of {shown.words}",
        measure=shown.measure,
        estimate=exact.estimate,
        null=0.0,
        n=n,
        statistic_name="blocks that rise",
        statistic=float((slopes > 0).sum()),
        df=None,
        tests=exact,
        attainable=0.5**n,
        display=shown.display,
        effects=(_rising(slopes),),
        checks=(f"ties: in {ties} of {n} blocks the slope is 0, which counts for neither side.",) if ties else (),
    )


def pairwise_median_slopes(values: FloatArray, scores: FloatArray, rounding: float = 0.0) -> FloatArray:
    """The Theil-Sen slope of each row of values [n, k]; rises within `rounding` are 0; equal scores make no pair."""
    pairs = [(i, j) for i, j in combinations(range(scores.size), 2) if scores[i] != scores[j]]
    first, second = np.array(pairs).T
    rises = values[:, second] - values[:, first]
    rises[np.abs(rises) <= rounding] = 0.0
    return np.asarray(np.median(rises / (scores[second] - scores[first]), axis=1))


def _rising(slopes: FloatArray) -> Effect:
    """Share of blocks that rise, ties counted half, with Wilson's interval."""
    count = float((slopes > 0).sum()) + 0.5 * float((slopes == 0).sum())
    low, high = wilson(count, slopes.size, EFFECT_LEVEL)
    limits = float(low), float(high)
    return Effect("P(slope > 0)", count / slopes.size, *limits, EFFECT_LEVEL, "Wilson, ties counted half")
