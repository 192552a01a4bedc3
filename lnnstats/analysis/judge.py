"""Findings + plan -> verdicts: components conjoined, families judged jointly, robustness graded.

Error rates: docs/verdicts.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from lnnstats.analysis.families import Adjusted, adjusted
from lnnstats.analysis.robustness import Graded, combined, graded
from lnnstats.analysis.values import Decision, Finding, Reason, Verdict
from lnnstats.study.axes import AXES, chosen, facing
from lnnstats.study.combinations import crossed
from lnnstats.study.comparisons import spoken
from lnnstats.study.families import decided
from lnnstats.study.values import Compound, Hypothesis, Plan, Scalar

Findings = tuple[Finding, ...]


def judge(findings: Findings, plan: Plan) -> tuple[Verdict, ...]:
    """One verdict a decided hypothesis, in the order of the plan, then one a compound."""
    of = {h.id: tuple(f for f in findings if f.hypothesis == h.id) for h in plan.hypotheses if h.test.decides}
    levels = adjusted(of, plan)
    return tuple(_verdict(claim, of, levels[claim.id], plan) for claim in decided(plan))


def _verdict(claim: Hypothesis | Compound, of: Mapping[str, Findings], found: Adjusted, plan: Plan) -> Verdict:
    if isinstance(claim, Compound):
        return _compound(claim, of, found, plan)
    findings = of[claim.id]
    decision, reasons = _decided(claim, findings, found, plan)
    grade, doubts = graded(decision, findings)
    return Verdict(
        hypothesis=claim.id,
        claim=claim.claim,
        statement=claim.statement or _statement(claim),
        kind=claim.question,
        decision="inconclusive" if grade == "contested" else decision,
        grade=grade,
        p_support_adjusted=found.p_support,
        p_refute_adjusted=found.p_refute,
        scope=scope(claim, plan, *_fewest_and_most(findings)),
        reasons=(*reasons, *doubts),
        reading=claim.reading,
    )


def _compound(claim: Compound, of: Mapping[str, Findings], found: Adjusted, plan: Plan) -> Verdict:
    """All of its components hold, or some does; its robustness is that of the components it rests on."""
    parts = tuple(of[name] for name in claim.components)
    decision, reason = _of_components(claim, parts, found, plan.analysis.alpha)
    needs_all = (decision == "supported") == (claim.all_of is not None)
    grade, doubts = combined(_resting(decision, parts, needs_all), needs_all)
    word = "all of" if claim.all_of else "any of"
    return Verdict(
        hypothesis=claim.id,
        claim=claim.claim,
        statement=claim.statement or f"{word} {', '.join(claim.components)}",
        kind="all_of" if claim.all_of else "any_of",
        decision="inconclusive" if grade == "contested" else decision,
        grade=grade,
        p_support_adjusted=found.p_support,
        p_refute_adjusted=found.p_refute,
        scope=f"that of {' and '.join(claim.components)}",
        reasons=(reason, *doubts),
        reading=claim.reading,
    )


def _resting(decision: Decision, parts: tuple[Findings, ...], needs_all: bool) -> tuple[Graded, ...]:
    """How robust each component is that a decision may rest on: every one, or those that decide so alone."""
    bearing = [part for part in parts if needs_all or any(f.decision == decision for f in part)]
    return tuple(graded(decision, part) for part in bearing)


def _of_components(
    claim: Compound, parts: tuple[Findings, ...], found: Adjusted, alpha: float
) -> tuple[Decision, Reason]:
    untestable = [name for name, part in zip(claim.components, parts, strict=True) if any(f.untestable for f in part)]
    if found.p_refute <= alpha < found.p_support:
        said = "some component fails" if claim.all_of else "every component fails"
        return "refuted", Reason("refuted", f"{said}, at alpha {alpha:g}")
    if found.p_support <= alpha:
        said = "every component holds" if claim.all_of else "some component holds"
        return "supported", Reason("supported", f"{said}, at alpha {alpha:g}")
    if untestable:
        return "untestable", Reason("component", f"{', '.join(untestable)} cannot be tested")
    return "inconclusive", Reason("undecided", "its components neither establish nor exclude it")


def _decided(
    hypothesis: Hypothesis, findings: Findings, found: Adjusted, plan: Plan
) -> tuple[Decision, tuple[Reason, ...]]:
    """The decision before its robustness, with its reasons (support of every component; refutation of any; untestable
    if one is).
    """
    alpha, untestable = plan.analysis.alpha, tuple(f.untestable for f in findings if f.untestable)
    if found.p_refute <= alpha < found.p_support:
        return "refuted", (_by(findings, "refuted", alpha),)
    if untestable:
        return "untestable", untestable
    if found.p_support <= alpha:
        return "supported", (_by(findings, "supported", alpha),)
    if all(f.attainable > found.level for f in findings):
        least = max(f.attainable for f in findings)
        said = f"the smallest p this design could give is {least:.3g}, above the {found.level:.3g} its family leaves"
        return "untestable", (Reason("too_few_blocks", said),)
    return "inconclusive", (_undecided(hypothesis, findings, alpha),)


def _by(findings: Findings, decision: str, alpha: float) -> Reason:
    held = sum(f.decision == decision for f in findings)
    if len(findings) == 1:
        return Reason(
            decision, f"the test {'supports' if decision == 'supported' else 'refutes'} it at alpha {alpha:g}"
        )
    return Reason(decision, f"{held} of {len(findings)} strata, taken alone, are {decision}")


def _undecided(hypothesis: Hypothesis, findings: Findings, alpha: float) -> Reason:
    if hypothesis.question == "direction" and all(f.p_negligible <= alpha for f in findings):
        return Reason("negligible", "the effect is below the smallest effect of interest")
    counts = {d: sum(f.decision == d for f in findings) for d in ("supported", "refuted", "inconclusive")}
    return Reason(
        "undecided",
        "neither supported nor refuted; strata taken alone: " + ", ".join(f"{n} {d}" for d, n in counts.items() if n),
    )


def _fewest_and_most(findings: Findings) -> tuple[int, int]:
    """How many blocks the strata ask for: a condition on outcomes leaves each what chance has it."""
    counts = [f.accounting.blocks for f in findings]
    return min(counts), max(counts)


def scope(hypothesis: Hypothesis, plan: Plan, fewest: int, most: int) -> str:
    """What the verdict speaks of: the levels compared and fixed, the strata, and what the blocks draw."""
    parts = []
    faced = facing(plan, hypothesis)
    for path, levels in spoken(faced, hypothesis).items():
        labels = [label for label in faced.factors[path].labels if label in levels]
        parts.append(f"{path} {'=' if len(labels) == 1 else 'in'} {_levels(labels)}")
    parts += _places(hypothesis, plan)
    parts += [f"runs with {hypothesis.among.words}"] if hypothesis.among else []
    parts += [] if crossed(plan) else ["where the design has them"]
    draws = f" drawing {' and '.join(plan.blocks.draws)}" if plan.draws_known else ""
    stratified = any(f.role == "stratum" and path not in hypothesis.test.compared for path, f in faced.factors.items())
    how = "over each stratum" if hypothesis.strata == "each" else "averaged over strata"
    number = f"{fewest} to {most}" if hypothesis.among and fewest < most else str(most)
    return "; ".join([*parts, f"{number} blocks{draws}", *([how] if stratified else [])])


def _levels(labels: list[Scalar]) -> str:
    """`3, 8, 10`; a long run of whole numbers by its ends, `1 to 100`."""
    first, last = labels[0], labels[-1]
    run = isinstance(first, int) and isinstance(last, int) and labels == list(range(first, last + 1))
    return f"{first} to {last}" if run and len(labels) > 3 else ", ".join(map(str, labels))


def _places(hypothesis: Hypothesis, plan: Plan) -> list[str]:
    """Where in a state the response is taken, and how what a run has several of is made one value."""
    placed = chosen(hypothesis, plan.responses[hypothesis.response])
    told = [f"{axis} = {placed[axis]}" for axis in AXES if axis in placed and axis != "step"]
    return [*told, *(f"{how} over {axis}s" for axis, how in hypothesis.reduce.items())]


def _statement(hypothesis: Hypothesis) -> str:
    test, named = hypothesis.test, f"({hypothesis.test.kind})"
    if hypothesis.question == "equivalence":
        return f"{hypothesis.response} differs along {', '.join(test.compared)} by no more than the bounds {named}"
    return f"{test.claim(hypothesis.response, hypothesis.alternative)} {named}"
