"""Paired t: two values for each block in, Evidence on the mean difference (or log ratio) out."""

from __future__ import annotations

from numpy.typing import ArrayLike

from ..effects import average_standardised, probability_of_order, standardised_mean
from ..pivots.means import mean_evidence
from ..pivots.student import skewness_check, student
from ..samples.contrasts import paired_differences
from ..scales import named_scale, on_scale
from ..values import Evidence


def paired_t(treatment: ArrayLike, reference: ArrayLike, *, scale: str = "log") -> Evidence:
    """theta = mean over blocks of f(treatment) - f(reference), f the `scale`: "log", "log1p" or "raw"; arrays [n].

    On a log scale exp(theta) is the ratio of geometric means. Raises UnusableValues for values outside the scale,
    Degenerate for fewer than two blocks or differences that do not vary.
    """
    differences, magnitude = paired_differences(treatment, reference, scale=scale)
    pivot, shown = student(differences, magnitude), named_scale(scale)
    first, second = on_scale(treatment, scale, "treatment", 1), on_scale(reference, scale, "reference", 1)
    return mean_evidence(
        pivot,
        pivot,
        procedure="paired_t",
        estimand=f"mean over blocks of the difference in {shown.words}, treatment minus reference",
        measure=shown.measure,
        display=shown.display,
        effects=(
            *standardised_mean(pivot),
            *average_standardised(first, second),
            probability_of_order(first, second, "<"),
        ),
        checks=skewness_check(differences, "paired differences"),
    )
