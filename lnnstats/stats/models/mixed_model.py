"""Linear mixed models of runs in blocks: long arrays in, the t inference on one fixed effect out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import FloatArray
from ..pivots.student import Student
from ..values import Degenerate
from .fixed_effect import DegreesOfFreedom, fixed_effect
from .reml import Fit, Rows, fit

Random = Literal["slope", "slope_uncorrelated", "intercept"]
Fallback = Literal["between_within", "drop_slope", "refuse"]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Runs of one grouping: y [N], fixed effects x [N, p], random effects z [N, q], the block of each run."""

    y: FloatArray
    x: FloatArray
    z: FloatArray
    block: NDArray[np.intp]
    correlated: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class FixedEffect:
    """The pivot of a contrast of fixed effects, the fit it rests on, and what had to be done for it."""

    pivot: Student
    fit: Fit
    checks: tuple[str, ...]


def long_rows(y: ArrayLike, x: ArrayLike, z: ArrayLike, block: ArrayLike) -> Rows:
    """The blocked rows of N runs: y [N], x [N, p], z [N, q] and the label of each run's block [N]."""
    _, place, sizes = np.unique(np.asarray(block), return_inverse=True, return_counts=True)
    order = np.argsort(place, kind="stable")
    within = np.arange(place.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)

    def spread(column: ArrayLike) -> FloatArray:
        array = np.asarray(column, dtype=np.float64)
        out = np.zeros((sizes.size, int(sizes.max()), *array.shape[1:]))
        out[place[order], within] = array[order]
        return out

    return Rows(spread(y), spread(x), spread(z), place.size)


def infer_fixed_effect(
    model: Model, contrast: FloatArray, *, df: DegreesOfFreedom, fallback: Fallback, informative: int
) -> FixedEffect:
    """The contrast c'b of a REML fit, with the declared degrees of freedom, or with the declared fallback.

    A fit is set aside if it is singular (a variance of the random effects at zero, a correlation at one), where the
    derivatives that the degrees of freedom rest on do not exist, or if it did not converge. Then "between_within" keeps
    estimate and error and takes `informative` - 1 degrees of freedom (the blocks that tell of the effect, less one),
    "drop_slope" fits a random intercept alone (and goes on with between_within if that is singular too), and "refuse"
    raises Degenerate("singular_fit").
    """
    fitted = fit(long_rows(model.y, model.x, model.z, model.block), correlated=model.correlated)
    trouble = _trouble(fitted)
    if not trouble:
        pivot = fixed_effect(fitted, contrast, df, correlated=model.correlated)
        if pivot is not None:
            return FixedEffect(pivot, fitted, ())
        trouble = "unconverged: the restricted likelihood is flat at its optimum"
    if fallback == "refuse":
        raise Degenerate("singular_fit", f"{trouble}; the study declares no fallback.")
    if fallback == "drop_slope" and model.z.shape[1] > 1:
        simpler = Model(model.y, model.x, model.z[:, :1], model.block)
        found = infer_fixed_effect(simpler, contrast, df=df, fallback="between_within", informative=informative)
        return FixedEffect(found.pivot, found.fit, (f"{trouble}; fitted with a random intercept only.", *found.checks))
    if informative < 2:
        raise Degenerate("too_few_blocks", f"{informative} block tells of the effect; its error needs at least 2.")
    said = f"{trouble}; t has {informative - 1} degrees of freedom, the informative blocks less one."
    return FixedEffect(_between_within(fitted, contrast, informative), fitted, (said,))


def _trouble(fitted: Fit) -> str:
    """Why the degrees of freedom of a fit cannot be had, as a check begins; empty if they can."""
    if not fitted.converged:
        return "unconverged: the restricted likelihood was not maximised"
    return "singular: a variance of the random effects is zero or a correlation one" if fitted.singular else ""


def _between_within(fitted: Fit, contrast: FloatArray, informative: int) -> Student:
    """The contrast with its unadjusted error and informative - 1 degrees of freedom."""
    return Student(
        float(contrast @ fitted.beta), math.sqrt(float(contrast @ fitted.phi @ contrast)), float(informative - 1)
    )
