"""Times of k independent groups in; at each distinct event time, the numbers at risk and of events out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import BoolArray, FloatArray, bool_array, float_array, same_length
from ..values import Degenerate, UnusableValues


@dataclass(frozen=True, slots=True, eq=False)
class RiskSets:
    """`times` [m] ascending; `at_risk` and `deaths` [m, k]."""

    times: FloatArray
    at_risk: FloatArray
    deaths: FloatArray


def risk_sets(times: Sequence[FloatArray], observed: Sequence[BoolArray]) -> RiskSets:
    """The risk sets of k groups; a unit censored at the time of an event, or +inf (never), is still at risk there."""
    moments = np.unique(np.concatenate([t[o & np.isfinite(t)] for t, o in zip(times, observed, strict=True)]))
    at_risk, deaths = np.empty((2, moments.size, len(times)))
    for j, (at, seen) in enumerate(zip(times, observed, strict=True)):
        ordered, events = np.sort(at), np.sort(at[seen])
        at_risk[:, j] = at.size - np.searchsorted(ordered, moments, side="left")
        deaths[:, j] = np.searchsorted(events, moments, "right") - np.searchsorted(events, moments, "left")
    return RiskSets(moments, at_risk, deaths)


def censored_times(time: ArrayLike, observed: ArrayLike, name: str) -> tuple[FloatArray, BoolArray]:
    """Times [n] >= 0, +inf for never, and whether each was observed (False: censored then); Degenerate if there are
    none.
    """
    at, seen = float_array(time, name, 1), bool_array(observed, f"{name} observed", 1)
    same_length(at, seen, f"{name}: times, observed")
    if negative := int((at < 0).sum()):
        raise UnusableValues(f"{name}: {negative} of {at.size} times are negative; times start at 0.")
    return at, seen & np.isfinite(at)


def some_events(events: int, needed: int, n: int) -> None:
    """Degenerate with fewer than `needed` events among `n` times."""
    if events < needed:
        raise Degenerate("no_events", f"{events} of {n} times end in an event; this analysis needs at least {needed}.")


def arrives_first(time: FloatArray, observed: BoolArray, other: FloatArray, other_observed: BoolArray) -> BoolArray:
    """Whether each event [n] comes while the other run of its block is at risk and has none then."""
    return observed & ((time < other) | ((time == other) & ~other_observed))


def first_of_two(
    first: FloatArray, first_observed: BoolArray, second: FloatArray, second_observed: BoolArray
) -> tuple[FloatArray, BoolArray]:
    """Of the blocks in which it is known who has the first event: that time, and whether it is the `first` run's."""
    sooner = arrives_first(first, first_observed, second, second_observed)
    counted = sooner | arrives_first(second, second_observed, first, first_observed)
    return np.minimum(first, second)[counted], sooner[counted]
