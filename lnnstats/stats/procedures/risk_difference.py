"""Score test of a risk difference: events of two independent groups in, Evidence on the difference out."""

from __future__ import annotations

from numpy.typing import ArrayLike

from ..samples.two_proportions import miettinen_nurminen, newcombe_effect, two_counts
from ..values import Evidence

SMALL_GROUP = 20


def risk_difference(treatment: ArrayLike, reference: ArrayLike) -> Evidence:
    """theta = P(event | treatment) - P(event | reference), groups bool [n1] and [n2], by score tests and their dual.

    Variance under each threshold with the factor N / (N - 1) (Miettinen & Nurminen 1985). Asymptotic: below 20 runs a
    group `checks` says so, and `barnard` is exact. A group of one answer only is no obstacle: the score needs none.
    """
    counts = two_counts(treatment, reference)
    tests, smaller = miettinen_nurminen(counts), min(counts.n_1, counts.n_2)
    small = (f"approximation: {smaller} runs in the smaller group; `barnard` is exact there.",)
    return Evidence(
        procedure="risk_difference",
        estimand="difference in the risk of the event, treatment minus reference, independent groups",
        measure="risk_difference",
        estimate=counts.difference,
        null=0.0,
        n=counts.n_1 + counts.n_2,
        statistic_name="z",
        statistic=tests.statistic(0.0),
        df=None,
        tests=tests,
        attainable=0.0,
        display="identity",
        effects=(newcombe_effect(counts),),
        checks=small if smaller < SMALL_GROUP else (),
        standard_error=counts.standard_error,
    )
