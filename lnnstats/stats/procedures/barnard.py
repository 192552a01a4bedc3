"""Barnard's test: events of two independent groups in, exact unconditional Evidence on the risk difference out."""

from __future__ import annotations

from numpy.typing import ArrayLike

from ..exact.unconditional import unconditional
from ..samples.two_proportions import TwoCounts, miettinen_nurminen, newcombe_effect, score_statistic, two_counts
from ..values import Evidence

LARGEST_TABLE = 16_000


def barnard(treatment: ArrayLike, reference: ArrayLike) -> Evidence:
    """theta = P(event | treatment) - P(event | reference), groups bool [n1] and [n2]; exact for every common risk.

    The p-values are maximised over the nuisance risk with tables ordered by the restricted score statistic: Barnard's
    test with pooled variance at 0 (Suissa & Shuster 1985), Chan's (1998) at other thresholds. Beyond (n1 + 1)(n2 + 1)
    = 16,000 tables the asymptotic score test of Miettinen & Nurminen, which `checks` says.
    """
    counts = two_counts(treatment, reference)
    too_large = (counts.n_1 + 1) * (counts.n_2 + 1) > LARGEST_TABLE
    tests = miettinen_nurminen(counts) if too_large else unconditional(counts)
    said = (f"approximation: {counts.n_1} and {counts.n_2} runs; the asymptotic score test stands in.",)
    return Evidence(
        procedure="barnard",
        estimand="difference in the risk of the event, treatment minus reference, independent groups",
        measure="risk_difference",
        estimate=counts.difference,
        null=0.0,
        n=counts.n_1 + counts.n_2,
        statistic_name="z",
        statistic=_pooled_z(counts),
        df=None,
        tests=tests,
        attainable=tests.attainable,
        display="identity",
        effects=(newcombe_effect(counts),),
        checks=said if too_large else (),
        standard_error=counts.standard_error,
    )


def _pooled_z(counts: TwoCounts) -> float:
    return float(score_statistic(counts.count_1, counts.n_1, counts.count_2, counts.n_2, 0.0))
