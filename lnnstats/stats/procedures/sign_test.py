"""Sign test: two values for each block in, Evidence on the probability that the treatment is the greater out."""

from __future__ import annotations

from numpy.typing import ArrayLike

from ..arrays import float_array, same_length
from ..effects import probability_of_order
from ..pivots.proportion import Proportion
from ..resolution import at_resolution
from ..values import Degenerate, Evidence


def sign_test(treatment: ArrayLike, reference: ArrayLike, *, resolution: float | None = None) -> Evidence:
    """theta = P(treatment > reference | they differ), exact binomial on the blocks that differ; arrays [n].

    Values below `resolution` count as equal to it. +inf is allowed (a time never reached) and ties with +inf.
    Degenerate if no block differs.
    """
    first = at_resolution(float_array(treatment, "treatment", 1), resolution)
    second = at_resolution(float_array(reference, "reference", 1), resolution)
    same_length(first, second, "treatment, reference")
    greater, differ = int((first > second).sum()), int((first != second).sum())
    if not differ:
        raise Degenerate("no_discordance", f"treatment and reference tie in all {first.size} blocks.")
    exact = Proportion(greater, differ)
    return Evidence(
        procedure="sign_test",
        estimand="probability that treatment exceeds reference in a block where they differ",
        measure="probability",
        estimate=greater / differ,
        null=0.5,
        n=first.size,
        statistic_name="blocks with treatment greater",
        statistic=float(greater),
        df=None,
        tests=exact,
        attainable=0.5**differ,
        display="identity",
        effects=(probability_of_order(first, second, ">"),),
        checks=_tie_check(first.size, differ),
        standard_error=exact.error,
    )


def _tie_check(n: int, differ: int) -> tuple[str, ...]:
    """Says how many blocks tie, for these carry no direction."""
    return () if n == differ else (f"ties: {n - differ} of {n} blocks tie; the test rests on the other {differ}.",)
