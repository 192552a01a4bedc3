"""The second source of events: a reported result and its data in, the same numbers from another library out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..values import Agreement, Evidence
from .base import MOST_VALUES, agreement, binomtest, quiet


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
