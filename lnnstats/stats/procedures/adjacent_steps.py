"""Monotone steps: values at k ordered levels of each block in, Evidence on the smallest step out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from numpy.typing import ArrayLike

from ..arrays import known_option
from ..compose import maximum, minimum
from ..samples.many_levels import named_levels
from ..scales import named_scale
from ..values import Evidence

DIRECTIONS = {"increasing": (minimum, "smallest"), "decreasing": (maximum, "largest")}


def adjacent_steps(
    values: ArrayLike,
    *,
    alternative: str = "increasing",
    scale: str = "log",
    method: str = "t",
    names: Sequence[object] | None = None,
    resamples: int = 9999,
    seed: int = 0,
) -> Evidence:
    """theta = min over the k - 1 steps of the mean of f(values[:, j + 1]) - f(values[:, j]), the max if "decreasing".

    theta > 0 says: strictly increasing at every step; each step is tested at the full level (intersection-union), while
    theta < 0, some step falls, is tested with Bonferroni over the steps. "decreasing" is the mirror image, theta < 0
    the claim. `method` "t" or "sign_flip", on the paired differences of each step. UnusableValues outside the scale,
    Degenerate if one step does not vary over the blocks.
    """
    known_option("alternative", alternative, tuple(DIRECTIONS))
    levels = named_levels(values, names, scale, method, resamples, seed)
    steps = range(levels.values.shape[1] - 1)
    parts = [levels.compare(j + 1, j, "adjacent_steps") for j in steps]
    compose, word = DIRECTIONS[alternative]
    estimand = f"{word} step between neighbouring levels, mean difference in {named_scale(scale).words}"
    found = compose(parts, procedure="adjacent_steps", estimand=estimand)
    return replace(found, effects=tuple(levels.effect(j + 1, j, parts[j]) for j in steps))
