"""Declared + runs -> Synthesised: everything that the report of a synthesis is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lnnstats.analysis.values import Finding, Verdict, jsonable
from lnnstats.registry.load import claims
from lnnstats.registry.values import Claim
from lnnstats.synthesis.conditions import Condition, conditions
from lnnstats.synthesis.decompose import Decomposition, decompose
from lnnstats.synthesis.gather import Run, Runs
from lnnstats.synthesis.values import Synthesis

FILE = "synthesis.json"


@dataclass(frozen=True, eq=False)
class Ruling:
    """A verdict on a claim, with the run it comes from and the finding it rests on, if any could be tested."""

    claim: str
    run: Run
    verdict: Verdict
    finding: Finding | None


@dataclass(frozen=True, eq=False)
class Synthesised:
    """A synthesis with its runs, its claims and the verdicts on each, the conditions of its map, and what decides."""

    synthesis: Synthesis
    runs: Runs
    claims: Mapping[str, Claim]
    rulings: tuple[Ruling, ...]
    conditions: tuple[Condition, ...]
    decomposition: Decomposition | None

    @property
    def factorial(self) -> tuple[Condition, ...]:
        """The conditions of the factorial."""
        one = self.decomposition
        return tuple(c for c in self.conditions if one and (c.study, c.hypothesis) == (one.study, one.hypothesis))

    def on(self, claim: str) -> tuple[Ruling, ...]:
        """The verdicts on a claim."""
        return tuple(ruling for ruling in self.rulings if ruling.claim == claim)


def synthesise(synthesis: Synthesis, runs: Runs) -> Synthesised:
    """The same runs, the same synthesis."""
    found = conditions(synthesis, runs)
    factorial = synthesis.factorial
    return Synthesised(
        synthesis=synthesis,
        runs=runs,
        claims={id: claims()[id] for id in synthesis.claims},
        rulings=tuple(
            Ruling(claim, run, verdict, resting(verdict, _behind(run, verdict)))
            for claim in synthesis.claims
            for run in runs.values()
            for verdict in run.verdicts
            if verdict.claim == claim
        ),
        conditions=found,
        decomposition=decompose(factorial, runs[factorial.study], found) if factorial else None,
    )


def _behind(run: Run, verdict: Verdict) -> tuple[Finding, ...]:
    """The findings of a hypothesis, or of all components of a compound."""
    components = {compound.id: compound.components for compound in run.study.compounds}
    return tuple(f for id in components.get(verdict.hypothesis, (verdict.hypothesis,)) for f in run.of(id))


def resting(verdict: Verdict, findings: tuple[Finding, ...]) -> Finding | None:
    """The stratum that a verdict rests on: where support is weakest, where refutation is strongest, or where the
    estimate is of the least p either way.
    """
    tested = [finding for finding in findings if finding.estimate is not None]
    if not tested:
        return None
    if verdict.decision == "supported":
        return max(tested, key=lambda finding: finding.p_support)
    if verdict.decision == "refuted":
        return min(tested, key=lambda finding: finding.p_refute)
    return max(tested, key=lambda finding: min(finding.p_support, finding.p_refute))


def record(found: Synthesised) -> dict[str, Any]:
    """What was concluded, for machines: the content of synthesis.json."""
    rulings = [
        {"claim": r.claim, "study": r.run.name, "hypothesis": r.verdict.hypothesis, "decision": r.verdict.decision,
         "reading": r.verdict.reading, "grade": r.verdict.grade, "rests_on": r.finding and jsonable(r.finding.stratum)}
        for r in found.rulings
    ]  # fmt: skip
    content = {"thesis": found.synthesis.thesis, "rulings": rulings, "conditions": jsonable(found.conditions)}
    return content | {"factorial": _recorded(found.decomposition)} if found.decomposition else content


def _recorded(found: Decomposition) -> dict[str, Any]:
    content = {
        "study": found.study,
        "hypothesis": found.hypothesis,
        "marginals": jsonable(found.marginals),
        "flips": jsonable(found.flips),
    }
    if found.shares is None:
        return content
    return content | {
        "variance": jsonable(found.shares.variance),
        "shares": [jsonable(effect) for effect in found.shares.terms.values()],
        "total_shares": [jsonable(effect) for effect in found.shares.total],
    }
