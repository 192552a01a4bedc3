"""The second source of planned comparisons: a reported result and its data in, the same numbers elsewhere out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..scales import on_scale
from ..values import Agreement, Evidence
from .base import MOST_VALUES, agreement, all_flips, quiet

MOST_FLIPPED = 10
PAIRED = "scipy ttest_1samp"


def contrast(
    evidence: Evidence, values: ArrayLike, weights: ArrayLike, *, scale: str = "log", method: str = "t"
) -> tuple[Agreement, ...]:
    """The contrast as a difference of two weighted averages by numpy; t and p by statsmodels and scipy."""
    array, given = on_scale(values, scale, "values", 2), np.asarray(weights, dtype=np.float64)
    plus, minus = (np.average(array, axis=1, weights=np.maximum(sign * given, 0.0)) for sign in (1.0, -1.0))
    return _mean(evidence, plus - minus, method)


def interaction(
    evidence: Evidence, values: ArrayLike, scores: ArrayLike | None = None, *, scale: str = "log", method: str = "t"
) -> tuple[Agreement, ...]:
    """Differences, or slopes by numpy polyfit, in each block; t and p by statsmodels and scipy."""
    array = on_scale(values, scale, "values", 3)
    if scores is None:
        return _mean(evidence, np.diff(np.diff(array, axis=2), axis=1)[:, 0, 0], method)
    first, second = (np.polyfit(np.asarray(scores, dtype=np.float64), array[:, i].T, 1)[0] for i in (0, 1))
    return _mean(evidence, first - second, method)


def adjacent_steps(
    evidence: Evidence, values: ArrayLike, *, alternative: str = "increasing", scale: str = "log", method: str = "t"
) -> tuple[Agreement, ...]:
    """The extreme step and the p that all steps go the claimed way, from paired tests of scipy."""
    steps = np.diff(on_scale(values, scale, "values", 2), axis=1)
    return _all_hold(evidence, steps if alternative == "increasing" else -steps, alternative == "increasing", method)


def best_level(
    evidence: Evidence, values: ArrayLike, level: int, *, better: str = "lower", scale: str = "log", method: str = "t"
) -> tuple[Agreement, ...]:
    """The smallest margin and the p that all are positive, from paired tests of scipy."""
    array = on_scale(values, scale, "values", 2)
    margins = np.delete(array - array[:, [level]], level, axis=1)
    return _all_hold(evidence, margins if better == "lower" else -margins, True, method)


def many_to_one(
    evidence: Evidence,
    values: ArrayLike,
    reference: int = 0,
    *,
    alternative: str = "greater",
    scale: str = "log",
    method: str = "max_t",
) -> tuple[Agreement, ...]:
    """The extreme difference; p by scipy: Bonferroni over t tests, or all joint flips by permutation_test (small n)."""
    array = on_scale(values, scale, "values", 2)
    sign = 1.0 if alternative == "greater" else -1.0
    differences = sign * np.delete(array - array[:, [reference]], reference, axis=1)
    if array.size > MOST_VALUES:
        return ()
    found = (agreement("numpy", "largest difference", sign * evidence.estimate, np.mean(differences, axis=0).max()),)
    ours = evidence.p_above(0.0) if sign > 0 else evidence.p_below(0.0)
    if method == "bonferroni":
        smallest = min(_one_sided(column) for column in differences.T)
        return (*found, agreement(PAIRED, "p that some differs", ours, min(1.0, len(differences.T) * smallest)))
    if len(differences) > MOST_FLIPPED:
        return found
    return (*found, agreement("numpy, all flips", "p that some differs", ours, _joint(differences)))


def all_pairs(
    evidence: Evidence, values: ArrayLike, *, scale: str = "log", method: str = "t"
) -> tuple[Agreement, ...]:
    """The largest difference by numpy; p that all lie within twice it, by two one-sided tests of statsmodels a pair."""
    array = on_scale(values, scale, "values", 2)
    if array.size > MOST_VALUES:
        return ()
    differences = [array[:, i] - array[:, j] for i, j in combinations(range(array.shape[1]), 2)]
    found = (agreement("numpy", "largest difference", evidence.estimate, np.ptp(array.mean(axis=0))),)
    if method != "t":
        return found
    with quiet():
        from statsmodels.stats.weightstats import DescrStatsW

        margin = 2 * evidence.estimate
        theirs = max(DescrStatsW(d).ttost_mean(-margin, margin)[0] for d in differences)
    return (*found, agreement("statsmodels ttost_mean", "p that all are alike", evidence.p_below(margin), theirs))


def _mean(evidence: Evidence, blocks: FloatArray, method: str) -> tuple[Agreement, ...]:
    """The mean over blocks and t by statsmodels; the one-sided p at 0 by scipy where the test is t."""
    if blocks.size > MOST_VALUES:
        return ()
    with quiet():
        from statsmodels.api import OLS

        fit = OLS(blocks, np.ones(blocks.size)).fit()
    found = (
        agreement("statsmodels OLS", "mean over blocks", evidence.estimate, fit.params[0]),
        agreement("statsmodels OLS", "t", evidence.statistic, fit.tvalues[0]),
    )
    if method != "t":
        return found
    return (*found, agreement(PAIRED, "p(theta <= 0)", evidence.p_above(0.0), _one_sided(blocks)))


def _all_hold(evidence: Evidence, differences: FloatArray, upward: bool, method: str) -> tuple[Agreement, ...]:
    """The smallest mean of the columns, turned so that the claim is "all positive", and the p of it."""
    if differences.size > MOST_VALUES:
        return ()
    sign = 1.0 if upward else -1.0
    found = (agreement("numpy", "smallest difference", sign * evidence.estimate, differences.mean(axis=0).min()),)
    test: Callable[[FloatArray], float] = _one_sided if method == "t" else all_flips
    if method != "t" and len(differences) > MOST_FLIPPED:
        return found
    ours = evidence.p_above(0.0) if upward else evidence.p_below(0.0)
    source = PAIRED if method == "t" else "scipy permutation_test"
    return (*found, agreement(source, "p that all hold", ours, max(test(column) for column in differences.T)))


def _one_sided(blocks: FloatArray) -> float:
    """P of H0: mean <= 0, by scipy."""
    from scipy import stats

    return float(stats.ttest_1samp(blocks, 0.0, alternative="greater").pvalue)


def _joint(differences: FloatArray) -> float:
    """Share of all joint flips whose largest mean reaches the observed one, flip by flip."""
    n = len(differences)
    signs: Sequence[FloatArray] = [1.0 - 2.0 * np.array(place) for place in np.ndindex(*([2] * n))]
    observed = differences.mean(axis=0).max()
    reached = [np.average(differences * s[:, None], axis=0).max() >= observed - 1e-12 for s in signs]
    return float(np.mean(reached))
