"""Stratified permutation F: values with their groups and strata in, Evidence on any difference between groups out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import FloatArray, finite_array
from ..pivots.no_effect import NoEffect, no_effect_evidence
from ..resampling.draws import raw_stream, slabs
from ..resampling.permutation_tail import drawn_tail
from ..rounding import ROUNDING, rounding_error
from ..values import Degenerate, Evidence


def stratified_f(
    values: ArrayLike, groups: ArrayLike, strata: ArrayLike, *, resamples: int = 9999, seed: int = 0
) -> Evidence:
    """theta = share of the variance within strata that lies between groups; decides theta > 0 only; arrays [N].

    Labels are permuted within strata only, as the design dealt them (restricted exchangeability), `resamples` times;
    the statistic is sum over groups of (sum of values centred in their stratum)^2 / group size. Ignoring strata that
    differ would compare with permutations that could never have happened. Degenerate if no stratum holds two groups, or
    nothing varies within strata.
    """
    array = finite_array(values, "values", 1)
    group, stratum = (_codes(labels, name, array.size) for labels, name in ((groups, "groups"), (strata, "strata")))
    order = np.argsort(stratum, kind="stable")
    group, stratum = group[order], stratum[order]
    centred = array[order] - (np.bincount(stratum, array[order]) / np.bincount(stratum))[stratum]
    _comparable(centred, array, group, stratum)
    sizes, total = np.bincount(group), float(centred @ centred)
    share = (np.bincount(group, centred) ** 2 / sizes).sum() / total
    shares = _drawn_shares(centred, group, stratum, resamples, seed) / total
    tail = drawn_tail(shares, float(share), ROUNDING, 0.0)
    return no_effect_evidence(
        NoEffect("stratified_f", tail.p),
        estimand="share of the variance within strata that lies between the groups",
        measure="partial_eta_squared",
        estimate=float(min(1.0, share)),
        n=array.size,
        statistic_name="share between groups",
        statistic=float(share),
        attainable=tail.attainable,
        checks=tail.checks,
    )


def _codes(labels: ArrayLike, name: str, size: int) -> NDArray[np.int64]:
    """Labels as 0, 1, 2 ...; one for each value."""
    array = np.asarray(labels)
    if array.shape != (size,):
        raise ValueError(f"{name}: expected one label for each of {size} values, found shape {array.shape}.")
    return np.unique(array, return_inverse=True)[1]


def _comparable(
    centred: FloatArray, array: FloatArray, group: NDArray[np.int64], stratum: NDArray[np.int64]
) -> None:
    """Refuse strata that hold one group each, and values that do not vary within strata."""
    if len(np.unique(np.stack([group, stratum]), axis=1).T) == stratum.max() + 1:
        raise Degenerate("no_discordance", "no stratum holds two groups; permuting within strata changes nothing.")
    if np.abs(centred).max() <= rounding_error(float(np.abs(array).max())):
        raise Degenerate("zero_variance", f"the {array.size} values do not vary within strata; nothing to test.")


def _drawn_shares(
    centred: FloatArray, group: NDArray[np.int64], stratum: NDArray[np.int64], resamples: int, seed: int
) -> FloatArray:
    """The statistic under random permutations within strata; values are sorted by stratum."""
    stream, member = raw_stream(seed), np.eye(group.max() + 1)[group] / np.sqrt(np.bincount(group))
    edges = np.flatnonzero(np.diff(stratum)) + 1
    parts = []
    for rows in slabs(resamples, centred.size):
        keys = stream.random_raw(rows * centred.size).reshape(rows, -1)
        pieces = zip(np.split(keys, edges, axis=1), np.split(centred, edges), strict=True)
        shuffled = np.concatenate([piece[np.argsort(key, axis=1)] for key, piece in pieces], axis=1)
        parts.append(((shuffled @ member) ** 2).sum(axis=1))
    return np.concatenate(parts)
