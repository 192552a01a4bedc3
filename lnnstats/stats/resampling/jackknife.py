"""Leave one out: the statistic without each unit in, its standard error and an interval of it out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from ..arrays import FloatArray
from ..pivots.student import tail
from ..values import EFFECT_LEVEL, Effect

CLOSEST = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Link:
    """A scale on which a bounded statistic is nearly normal, its spread nearly constant, and the way back."""

    words: str
    forward: Callable[[FloatArray], FloatArray]
    back: Callable[[float], float]


FISHER = Link("Fisher's z", np.arctanh, math.tanh)
UNEXPLAINED = Link("log(1 - share)", lambda x: -np.log1p(-x), lambda y: max(0.0, -math.expm1(-y)))


def jackknife_error(left_out: Sequence[FloatArray]) -> float | None:
    """sqrt of the sum over independent groups of (n - 1) / n sum (value - mean)^2 (Efron & Stein 1981).

    `left_out`: for each group the statistic without each of its units; one group for blocks. None where a group has
    fewer than two units, or where the statistic is undefined without one of them.
    """
    if any(values.size < 2 for values in left_out):
        return None
    error = math.sqrt(sum((1 - 1 / v.size) * float(((v - v.mean()) ** 2).sum()) for v in left_out))
    return error if math.isfinite(error) else None


def jackknife_effect(
    name: str,
    estimate: float,
    left_out: Sequence[FloatArray],
    df: int,
    link: Link,
    shown: Callable[[float], float] = float,
) -> tuple[Effect, ...]:
    """`shown`(estimate) with a t interval on the scale of `link`, its error there by the jackknife.

    The estimate, and `left_out` as in `jackknife_error`, lie within [-1, 1]. None at -1 and 1, and where the error is
    undefined or zero.
    """
    if not abs(estimate) < CLOSEST:
        return ()
    error = jackknife_error([link.forward(np.clip(values, -CLOSEST, CLOSEST)) for values in left_out])
    if not error:
        return ()
    reach, z = -float(special.stdtrit(df, tail(EFFECT_LEVEL))) * error, float(link.forward(np.asarray(estimate)))
    low, high = (shown(link.back(x)) for x in (z - reach, z + reach))
    return (Effect(name, shown(estimate), low, high, EFFECT_LEVEL, f"jackknife of {link.words}, t with {df} df"),)
