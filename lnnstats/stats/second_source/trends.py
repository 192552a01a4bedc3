"""The second source of trends: a reported result and its data in, the same numbers from another library out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..resolution import at_resolution
from ..scales import on_scale
from ..values import Agreement, Evidence
from .base import MOST_VALUES, agreement, quiet

MOST_BLOCKS_PAGE, MOST_LEVELS_PAGE = 20, 6


def trend_slope(
    evidence: Evidence, values: ArrayLike, scores: ArrayLike, *, scale: str = "raw"
) -> tuple[Agreement, ...]:
    """Common slope with block effects (within-block regression) and t of the slopes, by statsmodels OLS."""
    array, levels = on_scale(values, scale, "values", 2), np.asarray(scores, dtype=np.float64)
    if array.size > MOST_VALUES:
        return ()
    with quiet():
        from statsmodels.api import OLS

        centred = np.tile(levels - levels.mean(), array.shape[0])
        common = OLS((array - array.mean(axis=1, keepdims=True)).ravel(), centred).fit().params[0]
        slopes = np.polyfit(levels, array.T, 1)[0]
        t = OLS(slopes, np.ones(slopes.size)).fit().tvalues[0]
    return (
        agreement("statsmodels OLS", "slope within blocks", evidence.estimate, common),
        agreement("statsmodels OLS", "t", evidence.statistic, t),
    )


def theil_sen(
    evidence: Evidence, values: ArrayLike, scores: ArrayLike, *, scale: str = "raw"
) -> tuple[Agreement, ...]:
    """Median of the blocks' slopes by scipy.stats.theilslopes; the one-sided p at 0 by binomtest over all blocks."""
    array, levels = on_scale(values, scale, "values", 2), np.asarray(scores, dtype=np.float64)
    if array.size > MOST_VALUES:
        return ()
    from scipy import stats

    slopes = np.array([stats.theilslopes(row, levels).slope for row in array])
    p = stats.binomtest(int((slopes > 0).sum()), len(slopes), 0.5, "greater").pvalue
    return (
        agreement("scipy theilslopes", "median slope", evidence.estimate, np.median(slopes)),
        agreement("scipy binomtest", "p(theta <= 0)", evidence.p_above(0.0), p),
    )


def page(evidence: Evidence, values: ArrayLike, *, resolution: float | None = None) -> tuple[Agreement, ...]:
    """L from pandas ranks; without ties also L of scipy's page_trend_test and, for a small table, its exact p.

    That test ignores ties, so nothing is asked of it where there are any.
    """
    array = at_resolution(np.asarray(values, dtype=np.float64), resolution)
    if array.size > MOST_VALUES:
        return ()
    with quiet():
        import pandas as pd

        ranks = pd.DataFrame(array).rank(axis=1).to_numpy()
    from_pandas = float(np.tensordot(ranks, np.arange(1, ranks.shape[1] + 1), axes=(1, 0)).sum())
    found = (agreement("pandas rank", "L", evidence.statistic, from_pandas),)
    untied = (np.sort(ranks, axis=1) == np.arange(1, ranks.shape[1] + 1)).all()
    taken = min(ranks.shape) > 1 and ranks.shape[1] > 2  # that test takes from 2 blocks and 3 levels on
    return found + (_page_trend_test(evidence, ranks) if untied and taken else ())


def _page_trend_test(evidence: Evidence, ranks: NDArray[np.float64]) -> tuple[Agreement, ...]:
    """L, and the exact p where scipy enumerates it quickly."""
    from scipy import stats

    small = ranks.shape[0] <= MOST_BLOCKS_PAGE and ranks.shape[1] <= MOST_LEVELS_PAGE
    result = stats.page_trend_test(ranks, ranked=True, method="exact" if small else "asymptotic")
    found = (agreement("scipy page_trend_test", "L", evidence.statistic, result.statistic),)
    if not small:
        return found
    return (*found, agreement("scipy page_trend_test", "p(theta <= 0)", evidence.p_above(0.0), result.pvalue))
