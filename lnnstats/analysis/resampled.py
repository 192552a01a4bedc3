"""Families judged by joint resampling: findings + evidence on means over blocks -> p-values that hold for all of them.

Every one-sided null of the family is a column of block values about its threshold; one flip of a block's sign acts on
all columns, so their correlation is kept (stats/resampling/max_t). A claim is supported if all its nulls of support are
rejected, refuted if one of its nulls of refutation is: with no false rejection among the columns neither can be false.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lnnstats.analysis.question import Null, sides
from lnnstats.analysis.values import Finding
from lnnstats.stats.resampling.max_t import max_t
from lnnstats.stats.values import Evidence
from lnnstats.study.families import members, method
from lnnstats.study.values import Hypothesis, Plan

Tested = tuple[Finding, Evidence | None, NDArray[np.int64]]  # what was found, on what evidence, of which blocks


def jointly(tested: Sequence[Tested], plan: Plan) -> Iterator[Finding]:
    """The findings, in their order; those of families under max_t with `p_support_joint` and `p_refute_joint`."""
    hypotheses = {h.id: h for h in plan.hypotheses}
    joint: dict[int, tuple[float, float]] = {}
    for family in dict.fromkeys(h.family for h in plan.hypotheses):
        if method(plan, family) == "max_t" and family not in plan.analysis.gates:
            ids = {claim.id for claim in members(plan, family)}
            places = [i for i, (finding, *_) in enumerate(tested) if finding.hypothesis in ids]
            joint |= _family([(i, hypotheses[tested[i][0].hypothesis], *tested[i][1:]) for i in places], plan)
    for place, (finding, *_) in enumerate(tested):
        support, refute = joint.get(place, (None, None))
        yield finding if support is None else replace(finding, p_support_joint=support, p_refute_joint=refute)


Member = tuple[int, Hypothesis, Evidence | None, NDArray[np.int64]]
Column = tuple[int, str, NDArray[np.float64], Null, NDArray[np.int64]]


def _family(found: list[Member], plan: Plan) -> dict[int, tuple[float, float]]:
    """Adjusted p of support and refutation of every finding of a family; 1 where nothing could be tested."""
    columns = list(_columns(found))
    if not columns:
        return {place: (1.0, 1.0) for place, *_ in found}
    everyone = np.unique(np.concatenate([blocks for *_, blocks in columns]))
    table = np.stack([_column(values, null, blocks, everyone) for *_, values, null, blocks in columns], axis=1)
    p = max_t(table, seed=plan.seed).step_down

    def over(place: int, role: str) -> list[float]:
        return [float(q) for q, (here, what, *_) in zip(p, columns, strict=True) if (here, what) == (place, role)]

    return {
        place: (max(over(place, "support"), default=1.0), min(over(place, "refute"), default=1.0))
        for place, *_ in found
    }


def _columns(found: list[Member]) -> Iterator[Column]:
    """Every one-sided null of every finding, with the block values it is about."""
    for place, hypothesis, evidence, blocks in found:
        if evidence is None or evidence.contributions is None:
            continue
        asked = sides(hypothesis, evidence)
        for role, nulls in (("support", asked.support), ("refute", asked.refute)):
            for null in nulls:
                yield place, role, evidence.contributions, null, blocks


def _column(
    values: NDArray[np.float64], null: Null, blocks: NDArray[np.int64], everyone: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Block values about a threshold, upward where theta is claimed above it; a block that is not there counts 0."""
    side, threshold = null
    column = np.zeros(everyone.size)
    column[np.searchsorted(everyone, blocks)] = (values - threshold) * (1 if side == "above" else -1)
    return column
