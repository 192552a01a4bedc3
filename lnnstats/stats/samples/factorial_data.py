"""Entry checks of factorial data: arrays of blocks in, a split-plot design on the scale of the test out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..rounding import magnitude, require_squares, rounding_error
from ..scales import on_scale
from ..values import Degenerate
from ..variance.split_plot import SplitPlot

LARGEST = 1e75  # its fourth power, in an epsilon, is a normal number, and so is that of its inverse


def factorial_design(
    groups: Sequence[ArrayLike], between: tuple[int, ...], scale: str, kind: int = 3
) -> tuple[SplitPlot, float]:
    """The design of groups [blocks, levels of the within factors ...], and the error mean square that is rounding.

    `between`: levels of the factors whose combinations the groups are, in row-major order. Values are centred at
    their mean, which no test of a factor sees and a large offset needs.
    """
    if math.prod(between) != len(groups):
        raise ValueError(f"groups: {len(groups)} groups, but factors of {between} levels have {math.prod(between)}.")
    _require_blocks(groups)
    arrays = [on_scale(group, scale, "values", max(1, np.ndim(group))) for group in groups]
    within = arrays[0].shape[1:]
    if any(array.shape[1:] != within for array in arrays):
        raise ValueError(f"groups: levels within blocks differ, {[array.shape[1:] for array in arrays]}.")
    floor = rounding_variance(arrays, scale)
    centre = float(np.concatenate([array.ravel() for array in arrays]).mean())
    flat = tuple((array - centre).reshape(len(array), -1) for array in arrays)
    return SplitPlot(flat, between, within, kind, centre), floor


def rounding_variance(arrays: Sequence[FloatArray], scale: str) -> float:
    """The largest mean square that rounding alone can leave: that of values as large as the largest.

    Values whose squares would leave the range of float64 are refused.
    """
    values = np.concatenate([array.ravel() for array in arrays])
    require_squares(values, "values", LARGEST)
    return rounding_error(magnitude(values, scale)) ** 2


def _require_blocks(groups: Sequence[ArrayLike]) -> None:
    """Refuse cells without a block: their means cannot be estimated, so no term that needs them is defined."""
    empty = sum(np.shape(group)[:1] == (0,) for group in groups)
    if empty == len(groups):
        raise Degenerate("too_few_blocks", "there are no blocks to analyse.")
    if empty:
        raise Degenerate("empty_cell", f"{empty} of {len(groups)} groups hold no block; their means are unknown.")
