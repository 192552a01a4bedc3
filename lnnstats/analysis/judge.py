"""Findings + plan -> verdicts: components conjoined, families judged jointly, robustness graded.

Error rates: docs/verdicts.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from lnnstats.analysis.values import Decision, Finding, Grade, Reason, Verdict
from lnnstats.stats.corrections import conjunction, joint_two_sided
from lnnstats.study.values import Hypothesis, Plan


def judge(findings: tuple[Finding, ...], plan: Plan) -> tuple[Verdict, ...]:
    """One verdict a decided hypothesis, in the order of the plan."""
    by_id = {h.id: tuple(f for f in findings if f.hypothesis == h.id) for h in plan.hypotheses if h.test.decides}
    hypotheses = [h for h in plan.hypotheses if h.id in by_id]
    adjusted: dict[str, tuple[float, float, float]] = {}
    for family in dict.fromkeys(h.family for h in hypotheses):
        members = [h for h in hypotheses if h.family == family]
        adjusted.update(_family(members, by_id, plan))
    return tuple(_verdict(h, by_id[h.id], adjusted[h.id], plan) for h in hypotheses)


def _family(
    members: list[Hypothesis], by_id: dict[str, tuple[Finding, ...]], plan: Plan
) -> Iterator[tuple[str, tuple[float, float, float]]]:
    """Adjusted p of support and refutation of each member, and the smallest p its family would have asked of it."""
    pairs = [conjunction([f.p_support for f in by_id[h.id]], [f.p_refute for f in by_id[h.id]]) for h in members]
    if plan.analysis.multiplicity == "none":
        return ((h.id, (support, refute, 1.0)) for h, (support, refute) in zip(members, pairs, strict=True))
    joint = joint_two_sided([p for p, _ in pairs], [p for _, p in pairs], plan.analysis.alpha)
    both = zip(joint.p_support_adjusted, joint.p_refute_adjusted, strict=True)
    return ((h.id, (float(s), float(r), float(len(members)))) for h, (s, r) in zip(members, both, strict=True))


def _verdict(
    hypothesis: Hypothesis, findings: tuple[Finding, ...], adjusted: tuple[float, float, float], plan: Plan
) -> Verdict:
    support, refute, members = adjusted
    alpha = plan.analysis.alpha
    decision, reasons = _decided(hypothesis, findings, support, refute, members, alpha)
    grade, doubts = _graded(decision, findings)
    return Verdict(
        hypothesis=hypothesis.id,
        claim=hypothesis.claim,
        statement=hypothesis.statement or _statement(hypothesis),
        kind=hypothesis.question,
        decision="inconclusive" if grade == "contested" else decision,
        grade=grade,
        p_support_adjusted=support,
        p_refute_adjusted=refute,
        scope=scope(hypothesis, plan, max(f.accounting.blocks for f in findings)),
        reasons=(*reasons, *doubts),
    )


def _decided(
    hypothesis: Hypothesis, findings: tuple[Finding, ...], support: float, refute: float, members: float, alpha: float
) -> tuple[Decision, tuple[Reason, ...]]:
    """The decision before its robustness, with its reasons (support of every component; refutation of any; untestable
    if one is).
    """
    untestable = tuple(f.untestable for f in findings if f.untestable)
    if refute <= alpha < support:
        return "refuted", (_by(findings, "refuted", alpha),)
    if untestable:
        return "untestable", untestable
    if support <= alpha:
        return "supported", (_by(findings, "supported", alpha),)
    if all(f.attainable * members > alpha for f in findings):
        least = max(f.attainable for f in findings)
        said = f"the smallest p this design could give is {least:.3g}, above alpha over {members:.0f} claims"
        return "untestable", (Reason("too_few_blocks", said),)
    return "inconclusive", (_undecided(hypothesis, findings, alpha),)


def _by(findings: tuple[Finding, ...], decision: str, alpha: float) -> Reason:
    held = sum(f.decision == decision for f in findings)
    if len(findings) == 1:
        return Reason(
            decision, f"the test {'supports' if decision == 'supported' else 'refutes'} it at alpha {alpha:g}"
        )
    return Reason(decision, f"{held} of {len(findings)} strata, taken alone, are {decision}")


def _undecided(hypothesis: Hypothesis, findings: tuple[Finding, ...], alpha: float) -> Reason:
    if hypothesis.question == "direction" and all(f.p_negligible <= alpha for f in findings):
        return Reason("negligible", "the effect is below the smallest effect of interest")
    counts = {d: sum(f.decision == d for f in findings) for d in ("supported", "refuted", "inconclusive")}
    return Reason(
        "undecided",
        "neither supported nor refuted; strata taken alone: " + ", ".join(f"{n} {d}" for d, n in counts.items() if n),
    )


def _graded(decision: Decision, findings: tuple[Finding, ...]) -> tuple[Grade, tuple[Reason, ...]]:
    """robust: no alternative analysis dissents; fragile: some is undecided, or differences are skewed; contested: one
    decides the opposite.
    """
    if decision not in ("supported", "refuted"):
        return "none", ()
    opposite = "refuted" if decision == "supported" else "supported"
    relevant = [f for f in findings if f.decision == decision]
    against = [_dissent(f, s.name) for f in relevant for s in f.sensitivities if s.decision == opposite]
    if against:
        return "contested", tuple(Reason("contested", f"the opposite {name}") for name in against)
    bounded = [
        _dissent(f, s.name)
        for f in relevant
        for s in f.sensitivities
        if s.decision != decision and s.name.startswith("diverged at")
    ]
    if bounded:
        return "contested", tuple(Reason("bounds", f"not decided {name}") for name in bounded)
    doubts = [f"not decided {_dissent(f, s.name)}" for f in relevant for s in f.sensitivities if s.decision != decision]
    doubts += [_dissent(f, check) for f in relevant for check in f.checks if check.startswith("skewness")]
    return ("fragile", tuple(Reason("fragile", doubt) for doubt in doubts)) if doubts else ("robust", ())


def _dissent(finding: Finding, name: str) -> str:
    where = ", ".join(f"{path} = {label}" for path, label in finding.stratum.items())
    return f"{name} ({where})" if where else name


def scope(hypothesis: Hypothesis, plan: Plan, blocks: int) -> str:
    """What the verdict speaks of: the levels compared and fixed, the strata, and what the blocks draw."""
    parts = []
    for path, factor in plan.factors.items():
        labels = [label for label in factor.labels if label in hypothesis.where.get(path, factor.labels)]
        parts.append(f"{path} {'=' if len(labels) == 1 else 'in'} {', '.join(map(str, labels))}")
    draws = f" drawing {' and '.join(plan.blocks.draws)}" if plan.draws_known else ""
    how = "over each stratum" if hypothesis.strata == "each" else "averaged over strata"
    return "; ".join([*parts, f"{blocks} blocks{draws}", how])


def _statement(hypothesis: Hypothesis) -> str:
    along = ", ".join(hypothesis.test.compared)
    where = f" along {along}" if along else ""
    return f"{hypothesis.response} is {hypothesis.alternative}{where} ({hypothesis.test.kind})"
