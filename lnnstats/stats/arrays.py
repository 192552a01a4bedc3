"""Entry checks: sequences in, float64 or bool arrays of the promised shape out, or an error that says how to go on."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .values import Degenerate, FloatArray, UnusableValues

BoolArray = NDArray[np.bool_]


def float_array(values: ArrayLike, name: str, ndim: int) -> FloatArray:
    """`values` as float64 with `ndim` axes and at least one block; infinities pass, a NaN does not."""
    array = np.asarray(values, dtype=np.float64)
    _require_axes(array, name, ndim)
    missing = int(np.isnan(array).sum())
    if missing:
        raise UnusableValues(
            f"{name}: {missing} of {array.size} values are NaN; every block needs a value in every cell. "
            "Give a run that diverged as +inf to a rank procedure, or leave its block out of all cells and say so."
        )
    return array


def finite_array(values: ArrayLike, name: str, ndim: int) -> FloatArray:
    """As `float_array`, with infinities refused too."""
    array = float_array(values, name, ndim)
    infinite = int(np.isinf(array).sum())
    if infinite:
        raise UnusableValues(
            f"{name}: {infinite} of {array.size} values are infinite; a mean needs finite values. "
            "Use a procedure of ranks or events, or replace them by a declared bound."
        )
    return array


def bool_array(values: ArrayLike, name: str, ndim: int) -> BoolArray:
    """`values` as bool with `ndim` axes; numbers pass only if each is exactly 0 or 1."""
    array = np.asarray(values)
    _require_axes(array, name, ndim)
    if array.dtype != np.bool_ and not np.isin(array, (0, 1)).all():
        raise UnusableValues(f"{name}: events must be booleans (or 0 and 1); found other values in {array.dtype}.")
    return array.astype(np.bool_)


def same_length(first: NDArray[np.generic], second: NDArray[np.generic], names: str) -> None:
    """Refuse two block vectors of different length: blocks pair by position."""
    if first.shape != second.shape:
        raise ValueError(f"{names}: blocks pair by position, but the lengths are {first.size} and {second.size}.")


def level_scores(scores: ArrayLike, levels: int) -> FloatArray:
    """One finite score for each of `levels` columns, at least two of them different."""
    array = finite_array(scores, "scores", 1)
    if array.size != levels:
        raise ValueError(f"scores: {array.size} scores for {levels} levels; give one score for each column.")
    if np.ptp(array) == 0:
        raise ValueError("scores: all levels have the same score; a trend needs at least two different scores.")
    return array


def known_option(option: str, value: str, allowed: Iterable[str]) -> None:
    """Refuse the value of an option that is not among those `allowed`."""
    if value not in allowed:
        raise ValueError(f"{option}: {value!r} is not known; choose one of {', '.join(allowed)}.")


def _require_axes(array: NDArray[np.generic], name: str, ndim: int) -> None:
    """Refuse a wrong number of axes; an empty axis of blocks is degenerate."""
    if array.ndim != ndim:
        raise ValueError(f"{name}: expected {ndim} axes (blocks first), found shape {array.shape}.")
    if array.shape[0] == 0:
        raise Degenerate("too_few_blocks", f"{name}: there are no blocks to analyse.")
