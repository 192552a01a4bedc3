"""Evidence from an F test: the statistic and its df in, tests and interval of partial eta squared out.

theta = l / (l + df1 + df2 + 1), l the noncentrality of F (Steiger 2004; the convention of MBESS), so a threshold t is
the noncentrality t / (1 - t) (df1 + df2 + 1). theta = 0 is the null of the F test; theta > t > 0 is the minimum-effect
test, theta < t the equivalence test of an omnibus effect (Wellek 2010, chapter 7). Where the df are multiplied by an
epsilon, so is the noncentrality: theta stays the same share whatever the correction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..values import Effect, Evidence
from .noncentral_f import noncentral_f_lower, noncentral_f_upper, noncentrality_limits


@dataclass(frozen=True, slots=True)
class FPivot:
    """An F statistic on (possibly fractional) df; its `estimate` of theta = l / (l + `size`), l the noncentrality."""

    f: float
    df1: float
    df2: float
    estimate: float
    size: float

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold; nothing is smaller than 0."""
        if threshold < 0:
            return 0.0
        return noncentral_f_upper(self.f, self.df1, self.df2, self._noncentrality(threshold))

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold; everything is at least 0."""
        if threshold <= 0:
            return 1.0
        return noncentral_f_lower(self.f, self.df1, self.df2, self._noncentrality(threshold))

    def interval(self, level: float) -> tuple[float, float]:
        """Limits dual to both tests; an end is 0 where no noncentrality is rejected (or none fits)."""
        low, high = (limit / (limit + self.size) for limit in self.noncentrality_interval(level))
        return low, high

    def noncentrality_interval(self, level: float) -> tuple[float, float]:
        """Limits of the noncentrality itself."""
        return noncentrality_limits(self.f, self.df1, self.df2, level)

    def _noncentrality(self, theta: float) -> float:
        return theta / (1 - theta) * self.size if theta < 1 else math.inf


def f_pivot(f: float, df1: float, df2: float, epsilon: float = 1.0) -> FPivot:
    """The pivot of F = (SS / df1) / (SS error / df2), tested on df times `epsilon`; estimate SS / (SS + SS error)."""
    return FPivot(f, epsilon * df1, epsilon * df2, f * df1 / (f * df1 + df2), epsilon * (df1 + df2 + 1))


def omnibus_evidence(
    pivot: FPivot,
    *,
    procedure: str,
    estimand: str,
    n: int,
    standard_error: float | None,
    effects: tuple[Effect, ...] = (),
    checks: tuple[str, ...] = (),
) -> Evidence:
    """Evidence on partial eta squared from an F test."""
    return Evidence(
        procedure=procedure,
        estimand=estimand,
        measure="partial_eta_squared",
        estimate=pivot.estimate,
        null=0.0,
        n=n,
        statistic_name="F",
        statistic=pivot.f,
        df=pivot.df2,
        tests=pivot,
        attainable=0.0,
        display="identity",
        effects=effects,
        checks=checks,
        standard_error=standard_error,
        numerator_df=pivot.df1,
    )
