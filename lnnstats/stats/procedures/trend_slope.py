"""Trend by slopes: values at k ordered levels of each block in, Evidence on the mean slope per unit of score out."""

from __future__ import annotations

from numpy.typing import ArrayLike

from ..effects import standardised_mean
from ..pivots.means import mean_evidence
from ..pivots.student import skewness_check, student
from ..samples.contrasts import block_slopes
from ..scales import shown_slope
from ..values import Evidence


def trend_slope(values: ArrayLike, scores: ArrayLike, *, scale: str = "raw", exponent: bool = False) -> Evidence:
    """theta = mean over blocks of the least-squares slope of f(values[n, k]) on scores[k]; one-sample t on n slopes.

    Each block is its own error term, so no sphericity is assumed. On a log scale exp(theta) is the ratio per unit of
    score; with `exponent`, for scores that are log levels, theta is the exponent of a power law and shown itself.
    Raises UnusableValues for values outside the scale, Degenerate for fewer than two blocks or equal slopes.
    """
    slopes, magnitude = block_slopes(values, scores, scale=scale)
    pivot, shown = student(slopes, magnitude), shown_slope(scale, exponent)
    return mean_evidence(
        pivot,
        pivot,
        procedure="trend_slope",
        estimand=f"mean over blocks of the least-squares slope of {shown.words}",
        measure=shown.measure,
        display=shown.display,
        effects=standardised_mean(pivot),
        checks=skewness_check(slopes, "slopes of the blocks"),
    )
