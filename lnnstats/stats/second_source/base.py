"""What every second source shares: the pair of numbers, quiet libraries, and the size beyond which nothing is asked."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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


def binomtest(evidence: Evidence, count: int, n: int, null: float) -> tuple[Agreement, ...]:
    """One-sided p at `null` and both Clopper-Pearson limits by scipy."""
    from scipy import stats

    result = stats.binomtest(count, n, null, alternative="greater")
    theirs = stats.binomtest(count, n).proportion_ci(0.95, method="exact")
    low, high = evidence.interval(0.95)
    return (
        agreement("scipy binomtest", f"p(theta <= {null:g})", evidence.p_above(null), result.pvalue),
        agreement("scipy binomtest", "lower 95% limit", low, theirs.low),
        agreement("scipy binomtest", "upper 95% limit", high, theirs.high),
    )
