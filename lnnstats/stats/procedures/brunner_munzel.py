"""Brunner-Munzel: values of two independent groups in, Evidence on the probability that treatment is greater out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, float_array
from ..pivots.mirrored import Mirrored
from ..pivots.student import Student, tail
from ..ranks.placements import order_effects, placements, separation_bound
from ..resolution import at_resolution
from ..rounding import ROUNDING
from ..samples.two_groups import difference
from ..values import Degenerate, Evidence, Tests

NULL = 0.5


def brunner_munzel(treatment: ArrayLike, reference: ArrayLike, *, resolution: float | None = None) -> Evidence:
    """theta = P(treatment > reference) + P(tie) / 2 for a block of each group; arrays [n1], [n2], +inf the worst rank.

    Brunner & Munzel (2000): the placements of the two groups, compared by t with Satterthwaite's degrees of freedom
    and no assumption of equal shapes. No p at 1/2 is given below 1 / C(n1 + n2, n1), the least that a permutation of
    the labels attains. Where every treatment lies above every reference the variance is zero: at 1/2 the exact
    permutation p stands in (Neubert & Brunner 2007), at any other threshold an exact bound (`separation_bound`).
    Values below `resolution` count as equal to it. Degenerate if all values tie or a group has fewer than two blocks.
    """
    first, second = (
        at_resolution(float_array(values, name, 1), resolution)
        for values, name in ((treatment, "treatment"), (reference, "reference"))
    )
    pivot, tests = _tests(first, second)
    return Evidence(
        procedure="brunner_munzel",
        estimand="probability that a block under treatment exceeds a block under reference, ties counted half",
        measure="probability",
        estimate=pivot.estimate,
        null=NULL,
        n=first.size + second.size,
        statistic_name="t",
        statistic=(pivot.estimate - NULL) / pivot.error if pivot.error else None,
        df=pivot.df if pivot.error else None,
        tests=tests,
        attainable=_attainable(first, second),
        display="identity",
        effects=order_effects(first, second),
        checks=_checks(first, second, pivot),
        standard_error=pivot.error or None,
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """The t tests of a probability: nothing lies beyond [0, 1], and at 1/2 no p falls below `attainable`."""

    pivot: Student
    attainable: float

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold."""
        if not 0.0 <= threshold <= 1.0:
            return float(threshold > 1.0)
        p = self.pivot.p_above(threshold)
        return max(p, self.attainable) if threshold >= NULL else p

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold."""
        return self.turned().p_above(1.0 - threshold)

    def interval(self, level: float) -> tuple[float, float]:
        """The thresholds that neither test rejects at (1 - level) / 2."""
        low, high = self.pivot.interval(level)
        if tail(level) < self.attainable:
            low, high = min(low, NULL), max(high, NULL)
        return max(0.0, low), min(1.0, high)

    def turned(self) -> Compared:
        """The tests of 1 - theta."""
        return replace(self, pivot=replace(self.pivot, estimate=1.0 - self.pivot.estimate))


@dataclass(frozen=True, slots=True)
class Separated:
    """Every treatment above every reference: p of "theta <= t" is t^min(n1, n2), up to t = 1/2 at most `permuted`."""

    n: int
    m: int
    permuted: float

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold; 0 below 0, where no probability can lie."""
        bound = min(1.0, max(0.0, threshold)) ** min(self.n, self.m)
        return min(bound, self.permuted) if threshold <= NULL else bound

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold: 1 up to 1, beyond which no probability can lie."""
        return float(threshold <= 1.0)

    def interval(self, level: float) -> tuple[float, float]:
        """The thresholds that neither test rejects at (1 - level) / 2; the upper limit is 1."""
        a = tail(level)
        low = separation_bound(a, self.n, self.m)
        return (math.nextafter(NULL, 1.0) if low <= NULL and self.permuted <= a else low), 1.0


def _tests(first: FloatArray, second: FloatArray) -> tuple[Student, Tests]:
    """The pivot, with error 0 at complete separation, and the tests that fit."""
    here, there = _pivot(first, second, "treatment"), _pivot(second, first, "reference")
    attainable = _attainable(first, second)
    if here.estimate in (0.0, 1.0):
        separated = Separated(first.size, second.size, attainable)
        return Student(here.estimate, 0.0, here.df), separated if here.estimate == 1.0 else Mirrored(separated, 1.0)
    if math.hypot(here.error, there.error) <= ROUNDING:
        raise Degenerate("no_discordance", f"all {first.size + second.size} values tie.")
    pivot = replace(difference(here, there), estimate=here.estimate)
    return pivot, Compared(pivot, attainable)


def _pivot(values: FloatArray, others: FloatArray, name: str) -> Student:
    """Mean placement of one group with its standard error."""
    if values.size < 2:
        raise Degenerate("too_few_blocks", f"{name}: {values.size} block; a group with a spread needs at least 2.")
    placed = placements(values, others)
    return Student(float(placed.mean()), float(np.std(placed, ddof=1)) / math.sqrt(placed.size), placed.size - 1)


def _attainable(first: FloatArray, second: FloatArray) -> float:
    """One over the number of ways to label the blocks."""
    return 1 / math.comb(first.size + second.size, first.size)


def _checks(first: FloatArray, second: FloatArray, pivot: Student) -> tuple[str, ...]:
    """Says where values tie, and where the groups are separated."""
    n = first.size + second.size
    repeated = n - np.unique(np.concatenate([first, second])).size
    found = [f"ties: {repeated} of {n} values repeat another; ties count half."] if repeated else []
    if pivot.error == 0:
        found.append("approximation: the groups do not overlap; exact permutation p at 1/2, exact bounds elsewhere.")
    return tuple(found)
