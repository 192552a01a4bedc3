"""Inversion of a monotone test: an increasing function and a target in, the point where it crosses out."""

from __future__ import annotations

from collections.abc import Callable

from scipy import optimize

PRECISION = 1e-13
MOST_DOUBLINGS = 200


def increasing_root(function: Callable[[float], float], target: float, start: float, step: float) -> float:
    """The x with function(x) = target, for a continuous increasing function, bracketed outward from `start`."""
    low = _walk(lambda x: function(x) < target, start, -step)
    high = _walk(lambda x: function(x) > target, start, step)
    return bracketed_root(lambda x: function(x) - target, low, high)


def bracketed_root(function: Callable[[float], float], low: float, high: float) -> float:
    """The zero of `function` between `low` and `high`, where it has opposite signs."""
    return float(optimize.brentq(function, low, high, xtol=PRECISION, rtol=PRECISION))


def _walk(arrived: Callable[[float], bool], start: float, step: float) -> float:
    """The first of start, start + step, start + 3 step, start + 7 step, ... at which `arrived` holds."""
    place = start
    for doubling in range(MOST_DOUBLINGS):
        if arrived(place):
            return place
        place += step * 2.0**doubling
    raise ArithmeticError(f"no crossing found from {start:g} in steps of {step:g}; the test cannot be inverted.")
