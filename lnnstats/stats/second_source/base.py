"""What every second source shares: the pair of numbers, quiet libraries, and the size beyond which nothing is asked."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..arrays import FloatArray
from ..values import Agreement, Evidence

MOST_VALUES = 20_000


def agreement(source: str, quantity: str, ours: float | None, theirs: Any) -> Agreement:
    """The pair as floats; a number that one side lacks is NaN, and agrees to no digit."""
    return Agreement(source, quantity, *(float("nan") if x is None else float(x) for x in (ours, theirs)))


@contextmanager
def quiet() -> Iterator[None]:
    """Silence the libraries' own deprecation and convergence chatter, here only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def t_and_p(source: str, evidence: Evidence, t: Any, p: Any) -> tuple[Agreement, ...]:
    """t and the one-sided p at 0."""
    return (
        agreement(source, "t", evidence.statistic, t),
        agreement(source, "p(theta <= 0)", evidence.p_above(0.0), p),
    )


def limits(source: str, evidence: Evidence, low: Any, high: Any) -> tuple[Agreement, ...]:
    """Both 95% limits."""
    ours = evidence.interval(0.95)
    return agreement(source, "lower 95% limit", ours[0], low), agreement(source, "upper 95% limit", ours[1], high)


def all_flips(blocks: FloatArray) -> float:
    """The one-sided p at 0 of the mean of `blocks` [n] by every sign flip, by scipy.stats.permutation_test."""
    from scipy import stats

    how: dict[str, Any] = {"permutation_type": "samples", "alternative": "greater", "n_resamples": np.inf}
    return float(stats.permutation_test((blocks,), np.mean, **how).pvalue)


def binomtest(evidence: Evidence, count: int, n: int, null: float) -> tuple[Agreement, ...]:
    """One-sided p at `null` and both Clopper-Pearson limits by scipy."""
    from scipy import stats

    result = stats.binomtest(count, n, null, alternative="greater")
    theirs = stats.binomtest(count, n).proportion_ci(0.95, method="exact")
    p = agreement("scipy binomtest", f"p(theta <= {null:g})", evidence.p_above(null), result.pvalue)
    return (p, *limits("scipy binomtest", evidence, theirs.low, theirs.high))
