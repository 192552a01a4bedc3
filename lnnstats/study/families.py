"""Families of claims: who belongs to one, by which method it is judged, and what it leaves to its first decision."""

from __future__ import annotations

from lnnstats.study.values import Compound, Hypothesis, Multiplicity, Plan

TOGETHER: frozenset[str] = frozenset({"benjamini_hochberg", "benjamini_yekutieli", "max_t"})  # others' p lower the bar
IN_ORDER: frozenset[str] = frozenset({"fixed_sequence"})  # supports and refutations are two chains, see refute_share


def members(plan: Plan, family: str) -> tuple[Hypothesis | Compound, ...]:
    """The claims of a family that are decided, compounds last."""
    return tuple(claim for claim in decided(plan) if claim.family == family)


def decided(plan: Plan) -> tuple[Hypothesis | Compound, ...]:
    """Every claim that gets a verdict: hypotheses in their order, then compounds."""
    return (*(h for h in plan.hypotheses if h.test.decides), *plan.compounds)


def method(plan: Plan, family: str) -> Multiplicity:
    """How a family is judged: as declared for it, else as for all."""
    return plan.analysis.families.get(family, plan.analysis.multiplicity)


def opening_level(plan: Plan, family: str) -> float:
    """The level that the first decision of a family answers to, at which alternative analyses are held too (under joint
    resampling, which may ask for less, the level of independent claims).
    """
    alpha, share = plan.analysis.alpha, 1 - plan.analysis.refute_share
    if family in plan.analysis.gates:
        first = next(name for name in plan.analysis.gates if members(plan, name))
        return alpha * share / max(1, len(members(plan, first)))
    how, size = method(plan, family), max(1, len(members(plan, family)))
    if how in IN_ORDER:
        return alpha * (share if size > 1 else 1.0)
    if how == "benjamini_yekutieli":
        return alpha / (size * sum(1 / rank for rank in range(1, size + 1)))
    return alpha if how == "none" else alpha / size


def laxest_level(plan: Plan, family: str) -> float:
    """The level beyond which no claim of a family can be decided: where other claims lower the bar, alpha itself."""
    together = family not in plan.analysis.gates and method(plan, family) in TOGETHER
    return plan.analysis.alpha if together else opening_level(plan, family)
