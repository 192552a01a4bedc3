"""Evidence on the smallest (or largest) of several parameters: the Evidences of each in, one Evidence out.

That the smallest of k parameters lies above t holds exactly if all do: an intersection-union test, each at the full
level (Berger 1982). That it lies below t holds if any does: the smallest p, times k. The intervals are those of the
parts, at the level and at the Bonferroni level, so that they stay dual.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .pivots.mirrored import Mirrored
from .pivots.student import tail
from .values import Evidence, Tests


def minimum(parts: Sequence[Evidence], *, procedure: str, estimand: str) -> Evidence:
    """Evidence on theta = min over the parts' parameters, all of one measure and null.

    p_above(t) = max p_above_i(t), p_below(t) = min(1, k min p_below_i(t)); limits min L_i at the level asked and
    min U_i at tail a / k. Estimate, statistic, n and standard error are those of the part with the smallest estimate.
    """
    least = _alike(parts)[min(range(len(parts)), key=lambda i: parts[i].estimate)]
    return replace(
        least,
        procedure=procedure,
        estimand=estimand,
        tests=_Smallest(tuple(part.tests for part in parts)),
        attainable=max(part.attainable for part in parts),
        effects=(),
        contributions=None,
        checks=tuple(dict.fromkeys(check for part in parts for check in part.checks)),
    )


def maximum(parts: Sequence[Evidence], *, procedure: str, estimand: str) -> Evidence:
    """Evidence on theta = max over the parts' parameters: the mirror image of `minimum`."""
    return mirrored(minimum([mirrored(part) for part in parts], procedure=procedure, estimand=estimand))


def mirrored(evidence: Evidence) -> Evidence:
    """Evidence on -theta; a statistic named t changes its sign, any other stays; effects stay."""
    signed = evidence.statistic is not None and evidence.statistic_name == "t"
    return replace(
        evidence,
        estimate=-evidence.estimate,
        null=-evidence.null,
        statistic=-evidence.statistic if signed and evidence.statistic is not None else evidence.statistic,
        tests=Mirrored(evidence.tests),
        contributions=None if evidence.contributions is None else -evidence.contributions,
    )


@dataclass(frozen=True, slots=True)
class _Smallest:
    """The tests and limits of the smallest of several parameters."""

    parts: tuple[Tests, ...]

    def p_above(self, threshold: float) -> float:
        """p of H0: some parameter <= threshold."""
        return max(part.p_above(threshold) for part in self.parts)

    def p_below(self, threshold: float) -> float:
        """p of H0: all parameters >= threshold."""
        return min(1.0, len(self.parts) * min(part.p_below(threshold) for part in self.parts))

    def interval(self, level: float) -> tuple[float, float]:
        """The smallest lower limit at `level`, the smallest upper one with a tail k times thinner."""
        low = min(part.interval(level)[0] for part in self.parts)
        thin = 1.0 - 2.0 * tail(level) / len(self.parts)
        return low, min(part.interval(thin)[1] for part in self.parts)


def _alike(parts: Sequence[Evidence]) -> Sequence[Evidence]:
    """The parts, if there is one at least and all share measure and null."""
    if not parts:
        raise ValueError("parts: none given; compose the Evidence of at least one parameter.")
    kinds = sorted({(part.measure, part.null) for part in parts})
    if len(kinds) > 1:
        raise ValueError(f"parts: parameters of different kinds, {kinds}; compose those of one measure and null.")
    return parts
