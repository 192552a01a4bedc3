"""Best level: values at k levels of each block and one level in, Evidence on its margin over the best other out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from numpy.typing import ArrayLike

from ..arrays import known_option
from ..compose import minimum
from ..samples.many_levels import known_level, named_levels
from ..scales import named_scale
from ..values import Evidence


def best_level(
    values: ArrayLike,
    level: int,
    *,
    better: str = "lower",
    scale: str = "log",
    method: str = "t",
    names: Sequence[object] | None = None,
    resamples: int = 9999,
    seed: int = 0,
) -> Evidence:
    """theta = min over the other levels of the mean difference by which column `level` of f(values [n, k]) is better.

    The difference is other - level where `better` is "lower", level - other where it is "higher"; on a log scale
    exp(theta) is a ratio beyond 1 if the level is the optimum. theta > 0 is tested at the full level for each of the
    k - 1 comparisons (intersection-union), theta < 0, some other level is better, with Bonferroni. `method` "t" or
    "sign_flip". UnusableValues outside the scale, Degenerate if a difference does not vary over the blocks.
    """
    known_option("better", better, ("lower", "higher"))
    levels = named_levels(values, names, scale, method, resamples, seed)
    best = known_level(level, levels, "level")
    others = [j for j in range(levels.values.shape[1]) if j != best]
    pairs = [(j, best) if better == "lower" else (best, j) for j in others]
    parts = [levels.compare(*pair, "best_level") for pair in pairs]
    estimand = f"margin of {levels.names[best]} over the best other, mean difference in {named_scale(scale).words}"
    found = minimum(parts, procedure="best_level", estimand=estimand)
    return replace(found, effects=tuple(levels.effect(*pair, part) for pair, part in zip(pairs, parts, strict=True)))
