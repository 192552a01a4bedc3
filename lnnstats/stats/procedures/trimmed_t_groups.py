"""Yuen's t: values of two independent groups in, Evidence on the difference of their trimmed means out."""

from __future__ import annotations

from numpy.typing import ArrayLike

from ..pivots.means import mean_evidence
from ..ranks.placements import order_effects
from ..samples.trimmed import yuen_pivot
from ..samples.two_groups import difference, rounding, two_samples
from ..scales import named_scale
from ..values import Degenerate, Evidence


def trimmed_t_groups(treatment: ArrayLike, reference: ArrayLike, *, scale: str = "log", trim: float = 0.2) -> Evidence:
    """theta = trimmed mean of f(treatment) minus that of f(reference), `trim` cut from each end; arrays [n1], [n2].

    Yuen (1974): winsorised variances, Welch's degrees of freedom on the blocks kept. Degenerate where a group keeps
    fewer than two blocks or neither varies after winsorising.
    """
    first, second = two_samples(treatment, reference, scale)
    pivot, shown = difference(yuen_pivot(first, trim), yuen_pivot(second, trim)), named_scale(scale)
    if pivot.error <= rounding(first, second, scale):
        raise Degenerate("zero_variance", "the values kept after trimming do not vary within groups beyond rounding.")
    return mean_evidence(
        pivot,
        pivot,
        procedure="trimmed_t_groups",
        estimand=f"difference of the {trim:.0%} trimmed group means of the {shown.words}, treatment minus reference",
        measure=shown.measure,
        display=shown.display,
        n=first.size + second.size,
        effects=order_effects(first, second),
    )
