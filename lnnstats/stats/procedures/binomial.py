"""Exact binomial: one event or none for each block in, Evidence on the probability of the event out."""

from __future__ import annotations

from numpy.typing import ArrayLike

from ..arrays import bool_array
from ..pivots.proportion import Proportion
from ..values import Evidence


def exact_binomial(events: ArrayLike, *, null: float = 0.5) -> Evidence:
    """theta = P(event), exact tests at any threshold and the Clopper-Pearson interval; events: bool [n].

    `null` is the probability that the claim is about; it only fixes `attainable`, the smaller of null^n and
    (1 - null)^n.
    """
    happened = bool_array(events, "events", 1)
    exact = Proportion(int(happened.sum()), happened.size)
    return Evidence(
        procedure="exact_binomial",
        estimand="probability of the event in a block",
        measure="probability",
        estimate=exact.count / exact.n,
        null=null,
        n=exact.n,
        statistic_name="events",
        statistic=float(exact.count),
        df=None,
        tests=exact,
        attainable=min(null, 1.0 - null) ** exact.n,
        display="identity",
        standard_error=exact.error,
    )
