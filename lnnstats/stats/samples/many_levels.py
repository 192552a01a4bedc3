"""Several comparisons of the levels within blocks: a column of differences each in, one Evidence a comparison out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..pivots.block_mean import as_effect, block_mean
from ..rounding import magnitude
from ..scales import named_scale, on_scale
from ..values import Effect, Evidence


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Values on a scale [n, k], the names of the k levels, and how differences between them are tested."""

    values: FloatArray
    names: tuple[str, ...]
    scale: str
    method: str
    resamples: int
    seed: int

    def difference(self, one: int, other: int) -> FloatArray:
        """Level `one` minus level `other` in each block [n]."""
        return np.asarray(self.values[:, one] - self.values[:, other])

    def compare(self, one: int, other: int, procedure: str) -> Evidence:
        """Evidence on the mean of that difference."""
        return block_mean(
            self.difference(one, other),
            magnitude(self.values, self.scale),
            procedure=procedure,
            estimand=f"mean over blocks of the difference in {named_scale(self.scale).words}",
            measure=named_scale(self.scale).measure,
            what=f"differences {self.pair(one, other)}",
            method=self.method,
            resamples=self.resamples,
            seed=self.seed,
        )

    def pair(self, one: int, other: int) -> str:
        """The two levels by name."""
        return f"{self.names[one]} against {self.names[other]}"

    def effect(self, one: int, other: int, evidence: Evidence) -> Effect:
        """The comparison as an effect size with its own 95% interval."""
        return as_effect(f"{evidence.measure} {self.pair(one, other)}", evidence)


def named_levels(
    values: ArrayLike, names: Sequence[object] | None, scale: str, method: str, resamples: int, seed: int
) -> Levels:
    """Checked values [n, k] with one name a level, by default level 1, level 2 ..."""
    array = on_scale(values, scale, "values", 2)
    k = array.shape[1]
    if k < 2:
        raise ValueError(f"values: {k} level; a comparison of levels needs at least 2.")
    labels = tuple(f"level {j + 1}" for j in range(k)) if names is None else tuple(str(name) for name in names)
    if len(labels) != k:
        raise ValueError(f"names: {len(labels)} names for {k} levels; give one name for each column.")
    return Levels(array, labels, scale, method, resamples, seed)


def known_level(level: int, levels: Levels, option: str) -> int:
    """The column of a level; ValueError outside 0..k - 1."""
    k = levels.values.shape[1]
    if not 0 <= level < k:
        raise ValueError(f"{option}: column {level} of {k}; give 0 to {k - 1}.")
    return level
