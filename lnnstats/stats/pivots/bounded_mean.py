"""Mean of a bounded variable by betting: values and their bounds in, tests at any threshold and a dual interval out.

Waudby-Smith & Ramdas (2024, J. R. Stat. Soc. B 86:1). Against H0: mean <= m, for y in [0, 1], a bettor who stakes
l_i >= 0, fixed before y_i is seen, holds the wealth K_i(m) = prod_{j <= i} (1 + l_j (y_j - m)). Under H0 that is a
non-negative supermartingale, so 1 / max_i K_i is a p-value (Ville's inequality) whatever the distribution, also where
the data do not vary at all. The stakes are their predictable plug-in min(l_i, c / m) with
l_i = sqrt(2 log(1/a) / (n s_{i-1}^2)), s_i^2 = (1/4 + sum_{j <= i} (y_j - mean_j)^2) / (i + 1) and
mean_i = (1/2 + sum_{j <= i} y_j) / (i + 1). l_i does not depend on m, hence K_i(m) falls in m and the tests invert to
an interval. Blocks are bet on in the order given; another order gives another, equally valid, p-value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, finite_array
from ..values import UnusableValues
from .roots import bracketed_root
from .student import tail

TUNED_FOR = 0.01
LARGEST_STAKE = 0.95
PRIOR_MEAN, PRIOR_VARIANCE = 0.5, 0.25


@dataclass(frozen=True, slots=True, eq=False)
class BoundedMean:
    """Values mapped to [0, 1] by the bounds `low` and `high`, and the stakes on them; theta is the mean."""

    unit: FloatArray
    stakes: FloatArray
    low: float
    high: float

    @property
    def estimate(self) -> float:
        """The sample mean, in the units of the values."""
        return self.low + (self.high - self.low) * float(self.unit.mean())

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold."""
        return math.exp(-_log_wealth(self.unit, self.stakes, self._mapped(threshold)))

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold."""
        return math.exp(-_log_wealth(1.0 - self.unit, self.stakes, 1.0 - self._mapped(threshold)))

    def interval(self, level: float) -> tuple[float, float]:
        """Limits by inversion, each side a test at (1 - level) / 2."""
        goal, width = -math.log(tail(level)), self.high - self.low
        below = _lower_limit(self.unit, self.stakes, goal)
        above = _lower_limit(1.0 - self.unit, self.stakes, goal)
        return self.low + width * below, self.high - width * above

    def _mapped(self, threshold: float) -> float:
        return (threshold - self.low) / (self.high - self.low)


def bounded_mean(values: ArrayLike, low: float, high: float) -> BoundedMean:
    """The betting tests of the mean of `values` [n], each known beforehand to lie within [low, high]."""
    array = finite_array(values, "values", 1)
    slack = 1e-9 * (high - low)
    if not high > low or array.min() < low - slack or array.max() > high + slack:
        raise UnusableValues(f"values: [{array.min():g}, {array.max():g}] reach beyond the bounds [{low:g}, {high:g}].")
    unit = np.clip((array - low) / (high - low), 0.0, 1.0)
    return BoundedMean(unit, plug_in_stakes(unit), low, high)


def plug_in_stakes(unit: FloatArray) -> FloatArray:
    """l_1..l_n of the module's formula, each from the values before its own."""
    seen = np.arange(2, unit.size + 2)
    means = (PRIOR_MEAN + np.cumsum(unit)) / seen
    variances = (PRIOR_VARIANCE + np.cumsum((unit - means) ** 2)) / seen
    before = np.concatenate([[PRIOR_VARIANCE], variances[:-1]])
    return np.sqrt(-2.0 * math.log(TUNED_FOR) / (unit.size * before))


def _log_wealth(unit: FloatArray, stakes: FloatArray, mean: float) -> float:
    """log max_i K_i(mean), at least 0 (the purse before the first bet); a mean below 0 no value could have."""
    if mean <= 0:
        return 0.0 if mean == 0 and unit.max() == 0 else math.inf
    if mean >= 1:
        return 0.0
    growth = np.cumsum(np.log1p(np.minimum(stakes, LARGEST_STAKE / mean) * (unit - mean)))
    return max(0.0, float(growth.max()))


def _lower_limit(unit: FloatArray, stakes: FloatArray, goal: float) -> float:
    """The mean at which the log wealth is `goal`; it falls from infinity at 0 to 0 at 1."""
    if unit.max() == 0:
        return 0.0
    low = 0.5
    while _log_wealth(unit, stakes, low) < goal:
        low /= 2.0
    return bracketed_root(lambda mean: _log_wealth(unit, stakes, mean) - goal, low, 1.0)
