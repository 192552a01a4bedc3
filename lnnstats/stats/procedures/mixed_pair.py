"""Two levels by a mixed model: values of each block, some with one level only; Evidence on their difference out."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from ..models.fixed_effect import DegreesOfFreedom
from ..models.mixed_model import Model, infer_fixed_effect
from ..pivots.means import mean_evidence
from ..samples.unbalanced import linked_blocks, present_runs
from ..scales import named_scale
from ..values import Evidence


def mixed_pair(
    treatment: ArrayLike,
    reference: ArrayLike,
    *,
    scale: str = "log",
    df: DegreesOfFreedom = "kenward_roger",
    fallback: Literal["between_within", "refuse"] = "between_within",
) -> Evidence:
    """theta = E f(treatment) - E f(reference), arrays [n]; a NaN is a cell without a run.

    REML with a random intercept of the blocks: blocks with both levels compare within, the others between. Complete
    blocks give the paired t test, unless treatment and reference are negatively correlated, where the fit is singular
    (see `mixed_model.infer_fixed_effect` for `fallback`). With one run a cell a random slope is not identified: the two
    levels are taken to have one variance. Raises UnusableValues for values outside the scale; Degenerate for fewer than
    two blocks, a level without runs, or blocks without residual variation.
    """
    first, second = np.asarray(treatment, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    if first.shape != second.shape or first.ndim != 1:
        shapes = f"{first.shape} and {second.shape}"
        raise ValueError(f"treatment, reference: blocks pair by position, but their shapes are {shapes}.")
    runs, shown = present_runs(np.column_stack([first, second]), None, scale=scale), named_scale(scale)
    one, half = np.ones((runs.y.size, 1)), np.array([0.5, -0.5])
    model = Model(runs.y - runs.y.mean(), np.column_stack([one, half[runs.column]]), one, runs.block)
    informative = linked_blocks(runs, half)
    found = infer_fixed_effect(model, np.array([0.0, 1.0]), df=df, fallback=fallback, informative=informative)
    return mean_evidence(
        found.pivot,
        found.pivot,
        procedure="mixed_pair",
        estimand=f"difference in the mean {shown.words}, treatment minus reference, in a mixed model of the blocks",
        measure=shown.measure,
        display=shown.display,
        n=runs.blocks,
        checks=found.checks + runs.incomplete,
    )
