"""Findings + plan -> adjusted p-values: strata and components conjoined, then each family by its declared method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lnnstats.analysis.values import Finding
from lnnstats.stats.corrections import conjunction, disjunction, joint
from lnnstats.study.families import IN_ORDER, decided, laxest_level, members, method
from lnnstats.study.values import Compound, Hypothesis, Plan

Pair = tuple[float, float]
Findings = tuple[Finding, ...]


@dataclass(frozen=True)
class Adjusted:
    """p of support and of refutation over the family, and the level beyond which the family decides nothing."""

    p_support: float
    p_refute: float
    level: float


def adjusted(of: Mapping[str, Findings], plan: Plan) -> dict[str, Adjusted]:
    """Adjusted p-values of every claim, by its id; `of`: the findings of each decided hypothesis."""
    claims = decided(plan)
    pairs = {claim.id: _pair(claim, of) for claim in claims}
    found: dict[str, Pair] = {}
    if gated := [claim for gate in plan.analysis.gates for claim in members(plan, gate)]:
        ranks = [plan.analysis.gates.index(claim.family) for claim in gated]
        found |= _joint(gated, pairs, "serial_gatekeeping", plan, ranks=ranks)
    for family in dict.fromkeys(claim.family for claim in claims):
        if family not in plan.analysis.gates:
            found |= _family(list(members(plan, family)), pairs, of, plan)
    return {claim.id: Adjusted(*found[claim.id], laxest_level(plan, claim.family)) for claim in claims}


def _family(
    claims: list[Hypothesis | Compound], pairs: Mapping[str, Pair], of: Mapping[str, Findings], plan: Plan
) -> dict[str, Pair]:
    """The adjusted p-values of one family by its own method."""
    how = method(plan, claims[0].family)
    return {c.id: _resampled(of[c.id]) for c in claims} if how == "max_t" else _joint(claims, pairs, how, plan)


def _resampled(findings: Findings) -> Pair:
    """Support of every stratum, refutation of any; both are adjusted for the whole family already."""
    support = [f.p_support_joint for f in findings if f.p_support_joint is not None]
    refute = [f.p_refute_joint for f in findings if f.p_refute_joint is not None]
    return max(support, default=1.0), min(refute, default=1.0)


def _pair(claim: Hypothesis | Compound, of: Mapping[str, Findings]) -> Pair:
    """p of "the claim holds" and of "it fails": over strata a conjunction, over components as the compound says."""
    if isinstance(claim, Hypothesis):
        return conjunction([f.p_support for f in of[claim.id]], [f.p_refute for f in of[claim.id]])
    parts = [conjunction([f.p_support for f in of[c]], [f.p_refute for f in of[c]]) for c in claim.components]
    return (conjunction if claim.all_of else disjunction)([p for p, _ in parts], [p for _, p in parts])


def _joint(
    claims: list[Hypothesis | Compound], pairs: Mapping[str, Pair], how: str, plan: Plan, **declared: list[int]
) -> dict[str, Pair]:
    """The family's adjusted p-values."""
    support, refute = zip(*(pairs[claim.id] for claim in claims), strict=True)
    if how == "none":
        return dict(zip([c.id for c in claims], zip(support, refute, strict=True), strict=True))
    share = plan.analysis.refute_share if how in IN_ORDER or declared else None
    decision = joint(support, refute, how, plan.analysis.alpha, refute_share=share, **declared)
    both = zip(decision.p_support_adjusted, decision.p_refute_adjusted, strict=True)
    return {claim.id: (float(s), float(r)) for claim, (s, r) in zip(claims, both, strict=True)}
