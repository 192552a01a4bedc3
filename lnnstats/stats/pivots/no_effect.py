"""Tests that decide one point only: one-sided p-values at the null in, the functions of an Evidence out.

`NoEffect` is an omnibus test (theta >= 0: is there any effect?), `Direction` a test of sign (which side of the null?).
Both rest on exchangeability of the levels, so no other threshold has a test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..values import Effect, Evidence
from .student import tail


@dataclass(frozen=True, slots=True)
class NoEffect:
    """A test of theta = 0 against theta > 0 on [0, 1], known by its p-value."""

    procedure: str
    p: float

    def p_above(self, threshold: float) -> float:
        """p of "no effect at all"; only at threshold 0."""
        only_at(self.procedure, "any effect", 0.0, threshold)
        return self.p

    def p_below(self, threshold: float) -> float:
        """1 at threshold 0, for theta cannot lie below it."""
        only_at(self.procedure, "any effect", 0.0, threshold)
        return 1.0

    def interval(self, level: float) -> tuple[float, float]:
        """What is not rejected at (1 - level) / 2: all of [0, 1], or what lies above 0."""
        return (float(np.nextafter(0.0, 1.0)) if self.p <= tail(level) else 0.0), 1.0


@dataclass(frozen=True, slots=True)
class Direction:
    """A test of sign alone: the one-sided p-values of theta <= null and theta >= null, theta within [low, high]."""

    procedure: str
    p_high: float
    p_low: float
    null: float
    low: float
    high: float

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= null; only at the null."""
        only_at(self.procedure, "direction", self.null, threshold)
        return self.p_high

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= null; only at the null."""
        only_at(self.procedure, "direction", self.null, threshold)
        return self.p_low

    def interval(self, level: float) -> tuple[float, float]:
        """The hull of the sides not rejected at (1 - level) / 2."""
        a = tail(level)
        low = float(np.nextafter(self.null, self.high)) if self.p_high <= a else self.low
        return low, float(np.nextafter(self.null, self.low)) if self.p_low <= a else self.high


def only_at(procedure: str, what: str, null: float, threshold: float) -> None:
    """Refuse every threshold but the null."""
    if threshold != null:
        raise ValueError(f"{procedure} decides {what} only: threshold {threshold!r} has no test, give {null:g}.")


def no_effect_evidence(
    test: NoEffect,
    *,
    estimand: str,
    measure: str,
    estimate: float,
    n: int,
    statistic_name: str,
    statistic: float,
    attainable: float,
    df: float | None = None,
    numerator_df: float | None = None,
    standard_error: float | None = None,
    effects: tuple[Effect, ...] = (),
    checks: tuple[str, ...] = (),
) -> Evidence:
    """Evidence of an omnibus test: theta in [0, 1], null 0, shown as it is."""
    return Evidence(
        procedure=test.procedure,
        estimand=estimand,
        measure=measure,
        estimate=estimate,
        null=0.0,
        n=n,
        statistic_name=statistic_name,
        statistic=statistic,
        df=df,
        tests=test,
        attainable=attainable,
        display="identity",
        effects=effects,
        checks=checks,
        standard_error=standard_error,
        numerator_df=numerator_df,
    )
