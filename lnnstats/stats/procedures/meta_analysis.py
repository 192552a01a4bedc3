"""Random-effects meta-analysis: a pair of values for each block of each stratum in, Evidence on the mean effect out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, finite_array, same_length
from ..effects import ratio_effect
from ..models.pooling import Pooled, i_squared, pooled, prediction_limits, tau2_limits
from ..pivots.means import mean_evidence
from ..pivots.student import student
from ..rounding import magnitude, require_squares
from ..scales import SCALES, Scale, on_scale
from ..values import EFFECT_LEVEL, Degenerate, Effect, Evidence, UnusableValues


def meta_analysis(values: ArrayLike, *, scale: str = "log", adhoc: bool = False) -> Evidence:
    """theta = mean over strata of the effect E f(treatment) - E f(reference); values [n, 2, S], treatment first.

    Each stratum gives the mean paired difference of its n blocks and the variance of that; they are pooled by
    `pool_estimates`. Valid only if the strata drew independently of each other: blocks that share draws across strata
    make the estimates depend. Raises UnusableValues for values outside the scale; Degenerate for fewer than two strata
    or blocks, or a stratum whose differences do not vary.
    """
    array = on_scale(values, scale, "values", 3)
    if array.shape[1] != 2:
        raise ValueError(f"values: {array.shape[1]} levels in shape {array.shape}; give treatment and reference.")
    require_squares(array, "values")
    differences = array[:, 0] - array[:, 1]
    strata = [student(column, magnitude(array, scale)) for column in differences.T]
    means, variances = [stratum.estimate for stratum in strata], [stratum.error**2 for stratum in strata]
    return pool_estimates(means, variances, scale=scale, adhoc=adhoc, n=len(array))


def pool_estimates(
    estimates: ArrayLike, variances: ArrayLike, *, scale: str = "raw", adhoc: bool = False, n: int | None = None
) -> Evidence:
    """theta = mean effect from k independent estimates and their variances [k], on `scale` already.

    tau2 by REML; t with the error of Hartung-Knapp-Sidik-Jonkman on k - 1 degrees of freedom, plain by default: strata
    of one design weigh nearly alike, where it is exact, and where k is small it is often the narrower one by luck;
    `checks` says so, and `adhoc` forbids it. Degenerate for k < 2 or equal estimates.
    """
    y, v = finite_array(estimates, "estimates", 1), finite_array(variances, "variances", 1)
    same_length(y, v, "estimates, variances")
    if (v <= 0).any():
        raise UnusableValues(f"variances: {(v <= 0).sum()} of {v.size} are not positive; an estimate needs an error.")
    require_squares(np.append(y, np.sqrt(v)), "estimates, variances")
    if y.size < 2:
        raise Degenerate("too_few_blocks", f"{y.size} stratum; what varies between strata needs at least 2.")
    student(y, float(np.abs(y).max()))
    found, shown = pooled(y, v, adhoc=adhoc), SCALES[scale]
    return mean_evidence(
        found.pivot,
        found.pivot,
        procedure="meta_analysis",
        estimand=f"mean over strata of the difference in {shown.words}, treatment minus reference",
        measure=shown.measure,
        display=shown.display,
        n=y.size if n is None else n,
        effects=_heterogeneity(y, v, found, shown),
        checks=() if adhoc else _narrow(found),
    )


def _heterogeneity(y: FloatArray, v: FloatArray, found: Pooled, shown: Scale) -> tuple[Effect, ...]:
    """tau2 and I2 with Q-profile limits, and the prediction interval of a new stratum, which k = 2 does not give."""
    low, high = tau2_limits(y, v, EFFECT_LEVEL)
    share = [i_squared(x, v) for x in (found.tau2, low, high)]
    spread = (
        Effect("tau2", found.tau2, low, high, EFFECT_LEVEL, "REML, Q-profile limits"),
        Effect("I2", share[0], share[1], share[2], EFFECT_LEVEL, "Q-profile limits of tau2"),
    )
    if y.size < 3:
        return spread
    limits, method = prediction_limits(found, EFFECT_LEVEL), "prediction interval, t on k - 2"
    if shown.display == "exp":
        return (*spread, ratio_effect("ratio in a new stratum", found.pivot.estimate, limits, method))
    return (*spread, Effect("effect in a new stratum", found.pivot.estimate, *limits, EFFECT_LEVEL, method))


def _narrow(found: Pooled) -> tuple[str, ...]:
    """A warning where the strata agree better than their own errors allow."""
    if found.spread >= 1:
        return ()
    said = f"the strata vary {found.spread:.2f} times as much as their own errors predict"
    return (f"agreement: {said}; the interval is narrower for it, and `adhoc` would not allow that.",)
