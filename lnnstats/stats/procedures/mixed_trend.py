"""Trend by a mixed model: values at k ordered levels of each block, cells may be missing; Evidence on the slope out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, level_scores
from ..models.fixed_effect import DegreesOfFreedom
from ..models.mixed_model import Fallback, Model, Random, infer_fixed_effect
from ..pivots.means import mean_evidence
from ..samples.unbalanced import Runs, linked_blocks, present_runs
from ..scales import named_scale
from ..values import Evidence


def mixed_trend(
    values: ArrayLike,
    scores: ArrayLike,
    *,
    present: ArrayLike | None = None,
    scale: str = "log",
    random: Random = "slope",
    df: DegreesOfFreedom = "kenward_roger",
    fallback: Fallback = "between_within",
) -> Evidence:
    """theta = slope of E f(values[n, k]) on scores[k], REML with random effects of the blocks; NaN: no run there.

    `random`: an intercept and a slope for each block, correlated ("slope") or not ("slope_uncorrelated", which depends
    on where the scores have their zero), or an intercept alone ("intercept": far too sure if blocks have slopes of
    their own). On a log scale exp(theta) is the ratio per unit of score. `df`, `fallback`: see
    `fixed_effect.fixed_effect`, `mixed_model.infer_fixed_effect`; `checks` reports a singular or unconverged fit.
    Raises UnusableValues for values outside the scale; Degenerate for fewer than two blocks, for as many random effects
    as runs, and for blocks without residual variation.
    """
    array = np.asarray(values, dtype=np.float64)
    runs = present_runs(array, present, scale=scale)
    levels, shown = level_scores(scores, array.shape[1]), named_scale(scale)
    model, contrast = _model(runs, levels, random)
    informative = linked_blocks(runs, levels)
    found = infer_fixed_effect(model, contrast, df=df, fallback=fallback, informative=informative)
    return mean_evidence(
        found.pivot,
        found.pivot,
        procedure="mixed_trend",
        estimand=f"slope of the mean {shown.words} per unit of score, in a mixed model with a random {random}",
        measure="slope" if scale == "raw" else "ratio",
        display=shown.display,
        n=runs.blocks,
        checks=found.checks + runs.incomplete,
    )


def _model(runs: Runs, levels: FloatArray, random: Random) -> tuple[Model, FloatArray]:
    """The model, and the contrast that is the slope per unit of score.

    Scores are centred and scaled, which changes neither the slope nor a model with correlated random effects; for
    uncorrelated ones their own zero stays.
    """
    centre, unit = levels.mean(), levels.std()
    one, score = np.ones(runs.y.size), ((levels - centre) / unit)[runs.column]
    origin = centre / unit if random == "slope_uncorrelated" else 0.0
    z = np.column_stack([one] if random == "intercept" else [one, score + origin])
    model = Model(runs.y - runs.y.mean(), np.column_stack([one, score]), z, runs.block, random != "slope_uncorrelated")
    return model, np.array([0.0, 1 / unit])
