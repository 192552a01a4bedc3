"""The second source of events: a reported result and its data in, the same numbers from another library out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import FloatArray
from ..values import Agreement, Evidence
from .base import MOST_VALUES, agreement, binomtest, quiet

MOST_TABLED = 200


def exact_binomial(evidence: Evidence, events: ArrayLike) -> tuple[Agreement, ...]:
    """The one-sided p at the null and the 95% limits, by scipy.stats.binomtest."""
    happened = np.asarray(events, dtype=bool)
    if happened.size > MOST_VALUES:
        return ()
    return binomtest(evidence, int(happened.sum()), happened.size, evidence.null)


def mcnemar(evidence: Evidence, treatment: ArrayLike, reference: ArrayLike) -> tuple[Agreement, ...]:
    """The two-sided exact p, twice our smaller one, by statsmodels mcnemar."""
    first, second = np.asarray(treatment, dtype=bool), np.asarray(reference, dtype=bool)
    if first.size > MOST_VALUES:
        return ()
    table = [[int((first & second).sum()), int((first & ~second).sum())], [int((~first & second).sum()), 0]]
    with quiet():
        from statsmodels.stats import contingency_tables

        theirs = contingency_tables.mcnemar(table, exact=True).pvalue
    ours = min(1.0, 2 * min(evidence.p_above(0.0), evidence.p_below(0.0)))
    return (agreement("statsmodels mcnemar", "two-sided p", ours, theirs),)


def ordered_trend(evidence: Evidence, events: ArrayLike, scores: ArrayLike) -> tuple[Agreement, ...]:
    """The conditional maximum likelihood estimate by statsmodels ConditionalLogit; the mean trend by numpy polyfit."""
    happened, levels = np.asarray(events, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    if happened.size > MOST_VALUES or not np.isfinite(evidence.estimate):
        return ()
    if evidence.measure == "risk_difference":
        centred = levels - levels.mean()
        unit = 2 * float(centred @ centred) / float(np.abs(centred).sum())
        trend = float(np.polyfit(levels, happened.T, 1)[0].mean()) * unit
        return (agreement("numpy polyfit", "risk difference", evidence.estimate, trend),)
    return (agreement("statsmodels ConditionalLogit", "log odds ratio", evidence.estimate, _clogit(happened, levels)),)


def _clogit(events: FloatArray, scores: FloatArray) -> float:
    """The coefficient of the score; scores are standardised for the optimiser and scaled back."""
    n, k = events.shape
    unit = float(scores.std())
    with quiet():
        from statsmodels.discrete.conditional_models import ConditionalLogit

        exog = np.tile((scores - scores.mean()) / unit, n)[:, None]
        model = ConditionalLogit(events.ravel(), exog, groups=np.repeat(np.arange(n), k))
        return float(model.fit(method="newton", disp=0).params[0]) / unit


def fisher(evidence: Evidence, treatment: ArrayLike, reference: ArrayLike) -> tuple[Agreement, ...]:
    """Both one-sided p at odds ratio 1, by scipy.stats.fisher_exact."""
    table = _two_by_two(treatment, reference)
    if table.sum() > MOST_VALUES:
        return ()
    with quiet():
        from scipy import stats

        greater, less = (stats.fisher_exact(table, alternative=side).pvalue for side in ("greater", "less"))
    return (
        agreement("scipy fisher_exact", "p(theta <= 0)", evidence.p_above(0.0), greater),
        agreement("scipy fisher_exact", "p(theta >= 0)", evidence.p_below(0.0), less),
    )


def barnard(evidence: Evidence, treatment: ArrayLike, reference: ArrayLike) -> tuple[Agreement, ...]:
    """Pooled z, by scipy.stats.barnard_exact; its p is a maximum over few risks, too small, and not compared."""
    table = _two_by_two(treatment, reference)
    if table.sum() > MOST_TABLED or (table.sum(axis=0) == 0).any():
        return ()
    with quiet():
        from scipy import stats

        theirs = stats.barnard_exact(table.T, pooled=True).statistic
    return (agreement("scipy barnard_exact", "z", evidence.statistic, theirs),)


def risk_difference(evidence: Evidence, treatment: ArrayLike, reference: ArrayLike) -> tuple[Agreement, ...]:
    """Score z at 0 and Newcombe's limits, by statsmodels.

    At other thresholds statsmodels 0.15 has a slip in the cubic of its restricted risks (a count where the group's
    size belongs), so it is no second source there.
    """
    table = _two_by_two(treatment, reference)
    if table.sum() > MOST_VALUES or (table.sum(axis=0) == 0).any():
        return ()
    (a, b), (n, m) = table[:, 0].tolist(), table.sum(axis=1).tolist()
    with quiet():
        from statsmodels.stats import proportion

        z = proportion.score_test_proportions_2indep(a, n, b, m, value=0.0, compare="diff").statistic
        low, high = proportion.confint_proportions_2indep(a, n, b, m, compare="diff", method="newcomb")
    effect = evidence.effects[0]
    return (
        agreement("statsmodels score_test_proportions_2indep", "z", evidence.statistic, z),
        agreement("statsmodels confint_proportions_2indep", "Newcombe's lower 95% limit", effect.low, max(-1.0, low)),
        agreement("statsmodels confint_proportions_2indep", "Newcombe's upper 95% limit", effect.high, min(1.0, high)),
    )


def paired_risk_difference(evidence: Evidence, treatment: ArrayLike, reference: ArrayLike) -> tuple[Agreement, ...]:
    """The squared z at 0, which is McNemar's chi-square, by statsmodels mcnemar."""
    first, second = np.asarray(treatment, dtype=bool), np.asarray(reference, dtype=bool)
    if first.size > MOST_VALUES or not (first ^ second).any():
        return ()
    table = [[0, int((first & ~second).sum())], [int((~first & second).sum()), 0]]
    with quiet():
        from statsmodels.stats import contingency_tables

        theirs = contingency_tables.mcnemar(table, exact=False, correction=False).statistic
    return (agreement("statsmodels mcnemar", "squared z", (evidence.statistic or 0.0) ** 2, theirs),)


def cochran_q(evidence: Evidence, events: ArrayLike) -> tuple[Agreement, ...]:
    """Q, by statsmodels cochrans_q."""
    happened = np.asarray(events, dtype=np.int64)
    if happened.size > MOST_VALUES:
        return ()
    with quiet():
        from statsmodels.stats import contingency_tables

        theirs = contingency_tables.cochrans_q(happened).statistic
    return (agreement("statsmodels cochrans_q", "Q", evidence.statistic, theirs),)


def two_part(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, resolution: float, part: str = "both"
) -> tuple[Agreement, ...]:
    """The p at no effect (theta <= 0), each part's by scipy: binomtest and ttest_rel on logs."""
    first, second = np.asarray(treatment, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    up, down, both = first > resolution, second > resolution, (first > resolution) & (second > resolution)
    if first.size > MOST_VALUES or not (up ^ down).any() or both.sum() < 2:
        return ()
    with quiet():
        from scipy import stats

        sides = ("greater", "less")
        chance = [stats.binomtest(int((up & ~down).sum()), int((up ^ down).sum()), 0.5, side).pvalue for side in sides]
        size = [stats.ttest_rel(np.log(first[both]), np.log(second[both]), alternative=side).pvalue for side in sides]
        squares = stats.chi2.isf([min(1.0, 2 * min(chance)), 2 * min(size)], 1)
        theirs = {
            "chance": chance[0],
            "size": size[0],
            "both": max(chance[0], size[0]),
            "either": stats.chi2.sf(squares.sum(), 2),
        }
    return (agreement("scipy binomtest and ttest_rel", "p(theta <= 0)", evidence.p_above(0.0), theirs[part]),)


def _two_by_two(treatment: ArrayLike, reference: ArrayLike) -> NDArray[np.int64]:
    """Rows: treatment, reference; columns: with and without the event."""
    groups = [np.asarray(x, dtype=bool) for x in (treatment, reference)]
    return np.array([[int(x.sum()), int((~x).sum())] for x in groups])
