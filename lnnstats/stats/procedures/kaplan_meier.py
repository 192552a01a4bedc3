"""Kaplan-Meier: times and whether the event was observed in, the survival curve with its limits out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ..arrays import FloatArray, bool_array, float_array, same_length
from ..pivots.student import tail
from ..rounding import ROUNDING
from ..values import UnusableValues

HALF = 0.5 + ROUNDING


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


def kaplan_meier(time: ArrayLike, observed: ArrayLike, *, level: float = 0.95) -> SurvivalCurve:
    """Product-limit estimate (Kaplan & Meier 1958) from times [n] >= 0 and bool [n] (False: censored at that time).

    time = +inf means that the event never happens: that unit stays at risk throughout, whatever `observed` says.
    A unit censored at the time of an event is still at risk there.
    """
    at, seen = float_array(time, "time", 1), bool_array(observed, "observed", 1)
    same_length(at, seen, "time, observed")
    if (at < 0).any():
        raise UnusableValues(f"time: {int((at < 0).sum())} of {at.size} times are negative; times start at 0.")
    times, deaths = np.unique(at[seen & np.isfinite(at)], return_counts=True)
    at_risk = (at.size - np.searchsorted(np.sort(at), times, side="left")).astype(np.float64)
    events = deaths.astype(np.float64)
    survival = np.cumprod(1.0 - events / at_risk, dtype=np.float64)
    low, high = _log_log_limits(survival, events, at_risk, level)
    return SurvivalCurve(
        times=times,
        survival=survival,
        low=low,
        high=high,
        at_risk=at_risk,
        events=events,
        median=_first_time(times, survival),
        median_low=_first_time(times, low),
        median_high=_first_time(times, high),
        horizon_limit=math.inf if survival.size and survival[-1] == 0 else float(at.max()),
    )


def _log_log_limits(
    survival: FloatArray, events: FloatArray, at_risk: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """S^exp(+-z s), s the delta-method error of log(-log S) from Greenwood's sum."""
    positive = survival > 0
    greenwood = np.cumsum((events / (at_risk * np.where(positive, at_risk - events, 1.0)))[positive])
    known = survival[positive]
    reach = np.exp(-special.ndtri(tail(level)) * np.sqrt(greenwood) / -np.log(known))
    last = known[-1:] ** (1 / reach[-1:]) if known.size else np.ones(1)
    ended = np.zeros(int((~positive).sum()))
    return np.concatenate([known**reach, ended]), np.concatenate([known ** (1 / reach), ended + last])


def _first_time(times: FloatArray, curve: FloatArray) -> float:
    """The first time at which `curve` is at or below one half; inf if it never is."""
    below = np.flatnonzero(curve <= HALF)
    return float(times[below[0]]) if below.size else math.inf
