"""A survival curve: survival, numbers at risk and limits at the event times in; the restricted mean out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..arrays import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalCurve:
    """Survival at the distinct event times (ascending), numbers at risk just before them, pointwise 95% limits.

    `low` and `high` are log-log Greenwood limits (Kalbfleisch & Prentice). Where survival is 0 Greenwood's variance
    does not exist: the lower limit is 0 and the upper keeps its last value. Median limits by Brookmeyer & Crowley
    (1982); an unreached median or limit is inf. `horizon_limit` is how far the curve is known.
    """

    times: FloatArray
    survival: FloatArray
    low: FloatArray
    high: FloatArray
    at_risk: FloatArray
    events: FloatArray
    median: float
    median_low: float
    median_high: float
    horizon_limit: float

    def restricted_mean(self, horizon: float) -> tuple[float, float]:
        """Mean of min(time, horizon), in the units of the times, and its Greenwood standard error."""
        if not 0 < horizon <= self.horizon_limit:
            raise ValueError(f"horizon: {horizon!r} lies beyond (0, {self.horizon_limit:g}], where the curve is known.")
        inside = self.times < horizon
        knots = np.concatenate([[0.0], self.times[inside], [horizon]])
        areas = np.diff(knots) * np.concatenate([[1.0], self.survival[inside]])
        remaining = areas[::-1].cumsum()[::-1][1:]
        deaths, risk = self.events[inside], self.at_risk[inside]
        left = np.where(risk > deaths, risk - deaths, 1.0)
        return float(areas.sum()), math.sqrt(float((remaining**2 * deaths / (risk * left)).sum()))
