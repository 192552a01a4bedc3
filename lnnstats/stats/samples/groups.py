"""Independent groups: one vector a group in, checked and pooled values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import FloatArray, float_array
from ..resolution import at_resolution
from ..values import Degenerate


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The values of all groups one after another, and the size of each group."""

    pooled: FloatArray
    sizes: NDArray[np.int64]

    @property
    def labels(self) -> NDArray[np.int64]:
        """The group of each pooled value."""
        return np.repeat(np.arange(self.sizes.size), self.sizes)

    def split(self, values: FloatArray) -> list[FloatArray]:
        """A vector aligned with `pooled`, a piece a group."""
        return np.split(values, np.cumsum(self.sizes)[:-1])


def independent_groups(groups: Sequence[ArrayLike], resolution: float | None, what: str) -> Groups:
    """At least two groups of values, floored at `resolution`; Degenerate if one is empty or all values tie."""
    if len(groups) < 2:
        raise ValueError(f"groups: {len(groups)} given; {what} needs at least 2, each a vector of values.")
    arrays = [at_resolution(float_array(group, f"groups[{i}]", 1), resolution) for i, group in enumerate(groups)]
    pooled = np.concatenate(arrays)
    if pooled.size <= len(arrays):
        raise Degenerate("too_few_blocks", f"{pooled.size} values in {len(arrays)} groups; {what} needs more.")
    if pooled.min() == pooled.max():
        raise Degenerate("no_discordance", f"all {pooled.size} values tie ({pooled[0]:.6g}); nothing to order.")
    return Groups(pooled, np.array([array.size for array in arrays]))
