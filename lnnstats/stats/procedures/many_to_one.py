"""Many to one: values at k levels of each block and a reference in, Evidence on the largest difference from it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import known_option
from ..compose import maximum, mirrored
from ..pivots.reference_set import ReferenceSet
from ..resampling.flips import Flips, flip_thresholds
from ..samples.many_levels import Levels, known_level, named_levels
from ..scales import named_scale
from ..values import Evidence, Tests

PART_METHODS = {"max_t": "sign_flip", "bonferroni": "t"}


def many_to_one(
    values: ArrayLike,
    reference: int = 0,
    *,
    alternative: str = "greater",
    scale: str = "log",
    method: str = "max_t",
    names: Sequence[object] | None = None,
    resamples: int = 9999,
    seed: int = 0,
) -> Evidence:
    """theta = max over the levels of the mean of f(values[:, j]) - f(values[:, reference]); the min if "less".

    theta > 0 says: some level lies above the reference ("less": theta < 0, some lies below it). `method` "max_t": the
    largest mean difference against joint sign flips of the blocks, exact for differences jointly symmetric about their
    centres and valid at every threshold; "bonferroni": t tests, the smallest p times k - 1. That theta < 0, no level
    reaches the reference, needs every level: an intersection-union of one-sided tests. Mean differences are compared
    as they are: a level that varies much more than the others blunts the test; `stats.resampling.max_t` studentises.
    UnusableValues outside the scale, Degenerate if a difference does not vary over the blocks.
    """
    known_option("method", method, tuple(PART_METHODS))
    known_option("alternative", alternative, ("greater", "less"))
    levels = named_levels(values, names, scale, PART_METHODS[method], resamples, seed)
    base = known_level(reference, levels, "reference")
    others = [j for j in range(levels.values.shape[1]) if j != base]
    parts = [levels.compare(j, base, "many_to_one") for j in others]
    upward = alternative == "greater"
    found = _largest(levels, [part if upward else mirrored(part) for part in parts], others, base, upward)
    effects = tuple(levels.effect(j, base, part) for j, part in zip(others, parts, strict=True))
    return replace(found if upward else mirrored(found), effects=effects)


@dataclass(frozen=True, slots=True)
class _Union:
    """The joint test upward, the parts' intersection-union downward."""

    joint: ReferenceSet
    parts: Tests

    def p_above(self, threshold: float) -> float:
        """p of H0: no parameter > threshold."""
        return self.joint.p_above(threshold)

    def p_below(self, threshold: float) -> float:
        """p of H0: some parameter >= threshold."""
        return self.parts.p_below(threshold)

    def interval(self, level: float) -> tuple[float, float]:
        """The lower limit of the joint test, the upper one of the parts."""
        return self.joint.interval(level)[0], self.parts.interval(level)[1]


def _largest(levels: Levels, parts: list[Evidence], others: list[int], base: int, upward: bool) -> Evidence:
    """Evidence on the largest of the parts' parameters, whose differences are turned round unless `upward`."""
    word = "largest" if upward else "smallest"
    estimand = f"{word} mean difference from {levels.names[base]} in {named_scale(levels.scale).words}"
    found = maximum(parts, procedure="many_to_one", estimand=estimand)
    if levels.method == "t":
        return found
    differences = np.stack([levels.difference(j, base) for j in others], axis=1) * (1.0 if upward else -1.0)
    joint = flip_thresholds(differences, Flips(len(differences), levels.resamples, levels.seed))
    return replace(found, tests=_Union(joint, found.tests), attainable=joint.attainable)
