"""Welch's t: values of two independent groups in, Evidence on the difference of their means (or log ratio) out."""

from __future__ import annotations

from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..effects import standardised_groups
from ..pivots.means import mean_evidence
from ..pivots.student import skewness_check
from ..ranks.placements import order_effects
from ..samples.two_groups import difference, pooled, summaries, two_samples
from ..scales import named_scale
from ..values import Evidence


def welch_t(
    treatment: ArrayLike, reference: ArrayLike, *, scale: str = "log", equal_variances: bool = False
) -> Evidence:
    """theta = E[f(treatment)] - E[f(reference)], f the `scale`; arrays [n1] and [n2] of different blocks.

    t with Satterthwaite's degrees of freedom (Welch 1947); Student's pooled t only if `equal_variances` is asked for.
    On a log scale exp(theta) is the ratio of geometric means. Raises UnusableValues for values outside the scale,
    Degenerate for a group of fewer than two blocks or where neither group varies.
    """
    first, second = two_samples(treatment, reference, scale)
    here, there = summaries(first, second, scale)
    pivot, shown = pooled(here, there) if equal_variances else difference(here.pivot, there.pivot), named_scale(scale)
    return mean_evidence(
        pivot,
        pivot,
        procedure="welch_t",
        estimand=f"difference of the group means of the {shown.words}, treatment minus reference",
        measure=shown.measure,
        display=shown.display,
        n=here.n + there.n,
        effects=(*standardised_groups(here, there), *order_effects(first, second)),
        checks=_skewness(first, here.sd, "treatment") + _skewness(second, there.sd, "reference"),
    )


def _skewness(values: FloatArray, sd: float, name: str) -> tuple[str, ...]:
    """The warning for one group, if it varies."""
    return skewness_check(values, f"{name} values") if sd > 0 else ()
