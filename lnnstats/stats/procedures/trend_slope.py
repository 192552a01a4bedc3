"""Trend by slopes: values at k ordered levels of each block in, Evidence on the mean slope per unit of score out."""

from __future__ import annotations

from numpy.typing import ArrayLike

from ..effects import standardised_mean
from ..pivots.means import mean_evidence
from ..pivots.student import skewness_check, student
from ..samples.contrasts import block_slopes
from ..scales import named_scale
from ..values import Evidence


def trend_slope(values: ArrayLike, scores: ArrayLike, *, scale: str = "raw") -> Evidence:
    """theta = mean over blocks of the least-squares slope of f(values[n, k]) on scores[k]; one-sample t on n slopes.

    Each block is its own error term, so no sphericity is assumed. On a log scale exp(theta) is the ratio per unit of
    score. Raises UnusableValues for values outside the scale, Degenerate for fewer than two blocks or equal slopes.
    """
    slopes, magnitude = block_slopes(values, scores, scale=scale)
    pivot, shown = student(slopes, magnitude), named_scale(scale)
    return mean_evidence(
        pivot,
        pivot,
        procedure="trend_slope",
        estimand=f"mean over blocks of the least-squares slope of {shown.words} per unit of score",
        measure="slope" if scale == "raw" else "ratio",
        display=shown.display,
        effects=standardised_mean(pivot),
        checks=skewness_check(slopes, "slopes of the blocks"),
    )
