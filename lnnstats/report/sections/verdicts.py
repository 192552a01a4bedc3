"""Every verdict with its scope, its reasons, and what would change it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lnnstats.analysis.values import Finding, Verdict
from lnnstats.report import numerals
from lnnstats.report.inline import join, say, text
from lnnstats.report.regions import region
from lnnstats.report.subject import Subject
from lnnstats.report.values import Block, Column, Definitions, Heading, Inline, Section, Table
from lnnstats.report.words import counted, methods_of, where
from lnnstats.study.values import LOGGED, Hypothesis


def section(subject: Subject) -> Section | None:
    """A table of decisions, then reasons and what would change each."""
    if not subject.verdicts:
        return None
    analysis = subject.plan.analysis
    changes = Definitions(tuple((_named(d[1]), change(*d, analysis.alpha)) for d in subject.decided))
    reasons = Definitions(tuple((_named(verdict), _reasons(verdict)) for verdict in subject.verdicts))
    blocks: list[Block] = [_table(subject), Heading(text("Why"), "verdicts-why"), reasons]
    blocks += [
        Heading(text("What would change this"), "verdicts-change"),
        changes,
        Heading(text("Scope"), "verdicts-scope"),
        _scopes(subject),
    ]
    return Section("verdicts", "Verdicts and what would change them", tuple(blocks))


def _named(verdict: Verdict) -> Inline:
    return text(f"{verdict.hypothesis} ({verdict.claimed})" if verdict.claim else verdict.hypothesis)


def _table(subject: Subject) -> Table:
    alpha, how = subject.plan.analysis.alpha, methods_of(subject.plan)
    rows = tuple(
        (
            text(v.hypothesis),
            text(v.claimed or "–"),
            text(v.kind.replace("_", " ")),
            text(v.decision),
            text(v.grade if v.grade != "none" else "–"),
            (numerals.p_value(v.p_support_adjusted, alpha),),
            (numerals.p_value(v.p_refute_adjusted, alpha),),
        )
        for v in subject.verdicts
    )
    heads = (
        *(Column(text(head)) for head in ("hypothesis", "claim", "question", "decision", "robustness")),
        Column(say("*p*, support"), "right"),
        Column(say("*p*, refutation"), "right"),
    )
    note = say(
        "*p* over all strata of the claim ({how} over its family): of support the largest of its strata, of "
        "refutation the smallest, corrected "
        "for their number; compared with $\\alpha$ = {alpha}.",
        how=how,
        alpha=numerals.constant(alpha, "probability"),
    )
    return Table(text("Verdicts"), heads, rows, (note,))


def _scopes(subject: Subject) -> Definitions:
    """Each scope once, with the verdicts that share it."""
    scopes = dict.fromkeys(verdict.scope for verdict in subject.verdicts)
    shared = {scope: [verdict.hypothesis for verdict in subject.verdicts if verdict.scope == scope] for scope in scopes}
    return Definitions(tuple((join(ids), text(scope)) for scope, ids in shared.items()))


def _reasons(verdict: Verdict) -> Inline:
    return text("; ".join(dict.fromkeys(reason.sentence.rstrip(".") for reason in verdict.reasons)) + ".")


def change(hypothesis: Hypothesis, verdict: Verdict, findings: tuple[Finding, ...], alpha: float) -> Inline:
    """What would turn a verdict: its weakest stratum turning, or as many blocks as a decision might take."""
    tested = [finding for finding in findings if finding.estimate is not None]
    if verdict.decision == "untestable" or not tested:
        return text(
            "It can be tested once the reasons above are removed; until then nothing is said for it or against it."
        )
    if verdict.decision == "supported":
        return _turned(hypothesis, max(tested, key=lambda finding: finding.p_support), "support", alpha)
    if verdict.decision == "refuted":
        return _turned(hypothesis, min(tested, key=lambda finding: finding.p_refute), "refutation", alpha)
    return _needed(hypothesis, tested)


def _turned(hypothesis: Hypothesis, weakest: Finding, what: str, alpha: float) -> Inline:
    """The stratum on which a decision rests, and which line its interval would have to reach."""
    p = weakest.p_support if what == "support" else weakest.p_refute
    role = "weakest" if what == "support" else "strongest"
    lines = region(hypothesis, weakest).lines
    reach = (
        say(
            " Taken alone it would turn if its interval, {interval}, came to include {lines}.",
            lines=join([numerals.parameter(line, weakest.measure) for line in lines], last=" or "),
            interval=numerals.interval(weakest.dual.low, weakest.dual.high, weakest.measure, lines),
        )
        if weakest.dual
        else ()
    )
    return say(
        "It rests on {where}, where {what} is {role} ({p}).{reach}",
        where=where(weakest.stratum),
        what=what,
        role=role,
        p=numerals.p_equals(p, alpha),
        reach=reach,
    )


def _needed(hypothesis: Hypothesis, findings: list[Finding]) -> Inline:
    """How many blocks would move every undecided interval off the line, were the estimates to stay."""
    needed = [number for finding in findings for number in _blocks(hypothesis, finding)]
    if not needed:
        return text(
            "An estimate lies on the line itself, or its interval has no end: no number of blocks can be named."
        )
    return say(
        "Were the estimates to stay where they are and the intervals to shrink with the square root of the number of "
        "blocks, about {blocks} "
        "would decide every stratum. This is a rough guide, not a power analysis.",
        blocks=counted(max(needed), "block"),
    )


def _blocks(hypothesis: Hypothesis, finding: Finding) -> Iterator[int]:
    """n (reach / distance)^2 of an undecided stratum: reach to the line's side, distance to the nearest line."""
    scale = math.log if finding.measure in LOGGED else float
    if finding.decision not in ("inconclusive",) or finding.estimate is None or finding.dual is None:
        return
    usable = finding.measure not in LOGGED or min(finding.estimate, finding.dual.low) > 0
    if not usable or not math.isfinite(finding.dual.high - finding.dual.low):
        return
    estimate, low, high = scale(finding.estimate), scale(finding.dual.low), scale(finding.dual.high)
    line = min((scale(end) for end in region(hypothesis, finding).lines), key=lambda end: abs(end - estimate))
    distance, reach = abs(estimate - line), (estimate - low if estimate > line else high - estimate)
    if distance > 0 and reach > 0:
        yield rounded_up(finding.accounting.analysed * (reach / distance) ** 2)


def rounded_up(number: float) -> int:
    """The next number with two significant digits."""
    unit = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return math.ceil(number / unit) * unit
