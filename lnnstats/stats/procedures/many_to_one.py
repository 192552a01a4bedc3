"""Many to one: values at k levels of each block and a reference in, Evidence on the largest difference from it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..compose import maximum, mirrored
from ..pivots.reference_set import ReferenceSet
from ..resampling.flips import Flips
from ..resampling.permutation_tail import known_option
from ..samples.many_levels import Levels, known_level, named_levels
from ..scales import named_scale
from ..values import Evidence

ROUNDING = 1e-12
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
    parts: Evidence

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
    joint = joint_flips(differences, levels.resamples, levels.seed)
    union = _Union(joint, found)
    return replace(found, p_above=joint.p_above, interval=union.interval, attainable=joint.attainable)


def joint_flips(differences: FloatArray, resamples: int, seed: int) -> ReferenceSet:
    """The thresholds at which each joint flip of `differences` [n, m] becomes as extreme as the data.

    At threshold t all columns are shifted by t. Flipping the blocks I leaves max_j S*_j - (n - 2|I|) t, to be compared
    with max_j S_j - n t: the flip counts from t = (max S - max S*) / (2|I|) on. Columns centred below t only add to the
    flipped maximum, so the test holds at every t.
    """
    flips = Flips(len(differences), resamples, seed)
    largest, slack = differences.sum(axis=0).max(), ROUNDING * float(np.abs(differences).max())
    found = []
    for sums, flipped in flips.sums(differences):
        gain = largest - sums.max(axis=1)
        found.append(np.where(flipped > 0, gain / np.maximum(2 * flipped, 1.0), -np.inf))
    thresholds = np.concatenate(found)
    thresholds = np.delete(thresholds, 0) if flips.enumerated else thresholds
    ascending = np.sort(thresholds)
    return ReferenceSet(ascending - slack, ascending + slack)
