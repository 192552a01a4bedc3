"""Paired risk difference: two events for each block in, Evidence on the difference in risk out."""

from __future__ import annotations

from numpy.typing import ArrayLike

from ..arrays import bool_array, same_length
from ..effects import paired_risk_difference as newcombe_effect
from ..samples.paired_proportions import Discordance, tango
from ..values import Evidence

FEW_DISCORDANT = 10


def paired_risk_difference(treatment: ArrayLike, reference: ArrayLike) -> Evidence:
    """theta = P(event | treatment) - P(event | reference) over the same blocks; bool arrays [n].

    Tango's (1998) score test at every threshold, for differences, non-inferiority and equivalence, and its dual
    interval; at 0 it is McNemar's z. Defined for blocks that all agree, too. Asymptotic: with fewer than ten
    discordant blocks `checks` says so, and `mcnemar` is exact at 0.
    """
    first, second = bool_array(treatment, "treatment", 1), bool_array(reference, "reference", 1)
    same_length(first, second, "treatment, reference")
    counts = Discordance(int((first & ~second).sum()), int((second & ~first).sum()), first.size)
    tests, differ = tango(counts), counts.first + counts.second
    few = (f"approximation: {differ} of {counts.n} blocks differ; a score test of few is not exact.",)
    return Evidence(
        procedure="paired_risk_difference",
        estimand="difference in the risk of the event, treatment minus reference, over the same blocks",
        measure="risk_difference",
        estimate=counts.difference,
        null=0.0,
        n=counts.n,
        statistic_name="z",
        statistic=tests.statistic(0.0),
        df=None,
        tests=tests,
        attainable=0.0,
        display="identity",
        effects=(newcombe_effect(first, second, "risk difference"),),
        checks=few if differ < FEW_DISCORDANT else (),
        standard_error=counts.standard_error,
    )
