"""Kaplan-Meier: times and whether the event was observed in, the survival curve with its limits out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ..arrays import FloatArray, bool_array, float_array, same_length
from ..pivots.student import tail
from ..rounding import ROUNDING
from ..samples.survival_curve import SurvivalCurve
from ..values import UnusableValues

HALF = 0.5 + ROUNDING


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
