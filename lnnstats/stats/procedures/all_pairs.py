"""All pairs: values at k levels of each block in, Evidence on the largest difference between any two levels out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from numpy.typing import ArrayLike

from ..compose import maximum, mirrored
from ..samples.many_levels import named_levels
from ..scales import named_scale
from ..values import Evidence, Tests


def all_pairs(
    values: ArrayLike,
    *,
    scale: str = "log",
    method: str = "t",
    names: Sequence[object] | None = None,
    resamples: int = 9999,
    seed: int = 0,
) -> Evidence:
    """theta = max over pairs of levels of |mean of f(values[:, i]) - f(values[:, j])|, a size: theta >= 0.

    theta < t says: all levels are alike up to t. It needs both one-sided tests of every pair, each at the full level
    (TOST over all pairs, an intersection-union test; Berger 1982). theta > t, some pair differs by more, is tested with
    Bonferroni over the pairs and their signs. `method` "t" or "sign_flip", on the paired differences of each pair.
    UnusableValues outside the scale, Degenerate if one difference does not vary over the blocks.
    """
    levels = named_levels(values, names, scale, method, resamples, seed)
    pairs = list(combinations(range(levels.values.shape[1]), 2))
    parts = [levels.compare(i, j, "all_pairs") for i, j in pairs]
    estimand = f"largest mean difference between two levels in {named_scale(scale).words}"
    signed = maximum([*parts, *map(mirrored, parts)], procedure="all_pairs", estimand=estimand)
    effects = tuple(levels.effect(i, j, part) for (i, j), part in zip(pairs, parts, strict=True))
    return replace(signed, tests=_Size(signed.tests), effects=effects)


@dataclass(frozen=True, slots=True)
class _Size:
    """The tests of a parameter that cannot lie below 0."""

    tests: Tests

    def p_above(self, threshold: float) -> float:
        """p of H0: theta <= threshold; 0 below 0, where no theta lies."""
        return self.tests.p_above(threshold) if threshold >= 0 else 0.0

    def p_below(self, threshold: float) -> float:
        """p of H0: theta >= threshold; 1 up to 0, where every theta lies."""
        return self.tests.p_below(threshold) if threshold > 0 else 1.0

    def interval(self, level: float) -> tuple[float, float]:
        """The limits, cut at 0."""
        low, high = self.tests.interval(level)
        return max(0.0, low), max(0.0, high)
