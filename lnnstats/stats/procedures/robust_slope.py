"""Least-squares slope over all runs, cells may be missing; Evidence on the slope with errors robust to clusters out."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import level_scores
from ..models.mixed_model import long_rows
from ..models.sandwich import cr2, hc3, least_squares
from ..pivots.means import mean_evidence
from ..samples.unbalanced import present_runs
from ..scales import named_scale
from ..values import Evidence

Errors = Literal["cr2", "hc3"]


def robust_slope(
    values: ArrayLike,
    scores: ArrayLike,
    *,
    present: ArrayLike | None = None,
    scale: str = "log",
    errors: Errors = "cr2",
) -> Evidence:
    """theta = least-squares slope of f(values[n, k]) on scores[k] over all runs; NaN: no run there.

    `errors`: "cr2" takes the blocks as clusters of runs that may depend on each other in any way, with Satterthwaite's
    degrees of freedom; "hc3" is for runs that are independent of each other, whatever their variances. Blocks with all
    cells make it the t test of the blocks' slopes. On a log scale exp(theta) is the ratio per unit of score. Raises
    UnusableValues for values outside the scale; Degenerate for fewer than two blocks, one score, or no residuals.
    """
    array = np.asarray(values, dtype=np.float64)
    runs, shown = present_runs(array, present, scale=scale), named_scale(scale)
    levels = level_scores(scores, array.shape[1])
    unit = levels.std()
    x = np.column_stack([np.ones(runs.y.size), ((levels - levels.mean()) / unit)[runs.column]])
    line = least_squares(long_rows(runs.y - runs.y.mean(), x, x[:, :1], runs.block))
    pivot = (cr2 if errors == "cr2" else hc3)(line, np.array([0.0, 1 / unit]))
    return mean_evidence(
        pivot,
        pivot,
        procedure="robust_slope",
        estimand=f"least-squares slope of {shown.words} per unit of score over all runs",
        measure="slope" if scale == "raw" else "ratio",
        display=shown.display,
        n=runs.blocks,
        checks=runs.incomplete,
    )
