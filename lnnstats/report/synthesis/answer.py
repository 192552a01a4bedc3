"""The answer in a paragraph, built from the numbers of the sections below it."""

from __future__ import annotations

from collections.abc import Iterator

from lnnstats.report import numerals
from lnnstats.report.inline import join, say, text
from lnnstats.report.synthesis.words import conditions, effect, name, settings, share, tally
from lnnstats.report.values import Inline, Items, Paragraph, Section, Span
from lnnstats.report.words import counted, leading, measure
from lnnstats.synthesis.conditions import Condition
from lnnstats.synthesis.standing import stands
from lnnstats.synthesis.synthesise import Synthesised

DECISIONS = ("supported", "refuted", "inconclusive", "untestable")
STANDINGS = ("supported", "refuted", "divided", "inconclusive", "untestable", "untested")


def section(found: Synthesised) -> Section:
    """The thesis, whether it holds throughout, what decides, and how its claims fare."""
    thesis = Paragraph(text(found.synthesis.thesis), "quote")
    told = (*_scope(found), *_decides(found)) if found.conditions else _holds(found)
    parts = _studies(found) if found.conditions else _parts(found)
    return Section("answer", "The answer", (thesis, Paragraph(join(told, " ")), Items((*parts, _claims(found)))))


def _holds(found: Synthesised) -> Iterator[Inline]:
    """Of a thesis without a map: whether it holds in full, in part, in no part, or is undecided."""
    tested = [stand.standing for stand in stands(found) if stand.rulings]
    if set(tested) == {"supported"}:
        extent = "in full"
    elif {"supported", "divided"} & set(tested):
        extent = "in part"
    else:
        extent = "in no part" if set(tested) == {"refuted"} else "in no part that could be decided"
    counts = [(tested.count(standing), standing) for standing in STANDINGS if standing in tested]
    yield say(
        "Of {number} put to the test: {tally}. The thesis holds {extent}.",
        number=counted(len(tested), "statement"),
        tally=join((say("{n} {standing}", n=numerals.count(n), standing=s) for n, s in counts), last=" and ") or "none",
        extent=Span(extent, "strong"),
    )


def _parts(found: Synthesised) -> Iterator[Inline]:
    """The claims of every standing."""
    for standing in STANDINGS:
        if some := [stand.claimed for stand in stands(found) if stand.standing == standing]:
            yield say("{standing}: {claims}.", standing=Span(leading(standing), "strong"), claims=join(some, "; "))


def _scope(found: Synthesised) -> Iterator[Inline]:
    """Whether harm is found everywhere, nowhere, or here and there, and the two ends of the effect."""
    factorial = found.factorial or found.conditions
    if not factorial:
        return
    harmful = [condition for condition in factorial if condition.mark == "harm"]
    where = "throughout" if len(harmful) == len(factorial) else "in none" if not harmful else "in some, not in others"
    yield say(
        "Of {number} set side by side, depth does {harm} {where}: {tally}.",
        number=conditions(len(factorial)),
        harm=found.synthesis.harm,
        where=Span(where, "strong"),
        tally=tally(factorial),
    )
    told = [c for c in factorial if c.estimate is not None]
    if told:
        ordered = sorted(told, key=lambda c: (c.estimate or 0.0) * (1 if c.upward else -1))
        yield say("Its effect ({what}) goes from {least} to {most}.", what=measure(told[0].measure),
                  least=_placed(found, ordered[0]), most=_placed(found, ordered[-1]))  # fmt: skip


def _placed(found: Synthesised, condition: Condition) -> Inline:
    return say("{effect} ({where})", effect=effect(condition), where=settings(found.synthesis, condition.stratum))


def _decides(found: Synthesised) -> Iterator[Inline]:
    """The factor whose changes account for most of the effect's variation, and the one that is next."""
    one = found.decomposition
    if one is None:
        return
    if one.shares is None:
        yield text("Between conditions it varies by no more than its noise: no factor is seen to decide.")
        return
    ranked = sorted(zip(one.levels, one.shares.total, strict=True), key=lambda pair: -pair[1].estimate)
    told = []
    for path, total in ranked[:2]:
        flips, alone = one.flips[path], one.shares.terms[(list(one.levels).index(path),)]
        told.append(
            say(
                "{name} accounts for {alone} of its variation alone and {total} with its interactions, and turns "
                "the decision in {flipped} of {pairs} pairs of conditions that differ in nothing else",
                name=Span(name(found.synthesis, path), "strong"),
                alone=share(alone),
                total=share(total),
                flipped=numerals.count(flips.flipped),
                pairs=numerals.count(flips.decided),
            )
        )
    yield say("What decides: {first}; next, {second}.", first=told[0], second=told[1])


def _studies(found: Synthesised) -> Iterator[Inline]:
    """The conditions of every other study."""
    inside = found.factorial
    for study in dict.fromkeys(c.study for c in found.conditions if c not in inside):
        mine = [c for c in found.conditions if c.study == study and c not in inside]
        yield say("{study}: {number}: {tally}.", study=study, number=conditions(len(mine)), tally=tally(mine))


def _claims(found: Synthesised) -> Inline:
    """How many claims are on trial, and how many verdicts of each kind there are."""
    tried = [claim for claim in found.claims if found.on(claim)]
    decisions = [ruling.verdict.decision for ruling in found.rulings]
    counts = [(decisions.count(decision), decision) for decision in DECISIONS if decision in decisions]
    told = join((say("{n} {decision}", n=numerals.count(n), decision=decision) for n, decision in counts), last=" and ")
    return say(
        "Of {claims}, {tried} {are} put to the test, by {verdicts}: {told}.",
        claims=counted(len(found.claims), "claim"),
        tried=numerals.count(len(tried)),
        are="is" if len(tried) == 1 else "are",
        verdicts=counted(len(decisions), "hypothesis", "hypotheses"),
        told=told or text("none"),
    )
