"""Every claim as printed and as scoped, with every verdict on it and what the verdict rests on."""

from __future__ import annotations

from collections.abc import Iterator

from lnnstats.report import numerals
from lnnstats.report.inline import code, join, say, text
from lnnstats.report.synthesis.words import DASH, claim_anchor, estimated, settings
from lnnstats.report.values import Badge, Block, Column, Heading, Inline, Paragraph, Section, Table
from lnnstats.synthesis.synthesise import Ruling, Synthesised


def section(found: Synthesised) -> Section:
    """The verdicts at a glance, then claim by claim."""
    blocks: list[Block] = [_table(found)]
    if untested := [id for id in found.claims if not found.on(id)]:
        blocks.append(Paragraph(say("Untested: {ids}.", ids=join(untested)), "warning"))
    for id in found.claims:
        blocks += _claim(found, id)
    return Section("claims", "The claims", tuple(blocks))


def _table(found: Synthesised) -> Table:
    heads = ("claim", "study", "hypothesis", "verdict", "robustness")
    columns = (
        *(Column(text(head)) for head in heads),
        Column(text("rests on"), "prose"),
        Column(text("blocks"), "right"),
        Column(text("trained on")),
    )
    rows = tuple(row for id in found.claims for row in _rows(found, id))
    note = say(
        "*Rests on*: the stratum (of a claim of several parts, the part and its stratum) where support is weakest, of "
        "a refutation where that is strongest, with its estimate and the interval whose ends decide."
    )
    return Table(text("Every claim with every verdict on it"), columns, rows, (note,), stub=1)


def _rows(found: Synthesised, id: str) -> Iterator[tuple[Inline, ...]]:
    rulings = found.on(id)
    if not rulings:
        yield (text(id), DASH, DASH, text("untested"), *(DASH,) * 4)
    for ruling in rulings:
        verdict, finding = ruling.verdict, ruling.finding
        blocks = (numerals.count(finding.accounting.analysed),) if finding else DASH
        yield (
            text(verdict.claimed),
            text(ruling.run.name),
            text(verdict.hypothesis),
            text(verdict.decision),
            text(verdict.grade if verdict.grade != "none" else "–"),
            rests(found, ruling),
            blocks,
            text(", ".join(ruling.run.manifest.devices)),
        )


def rests(found: Synthesised, ruling: Ruling) -> Inline:
    """The estimate that a verdict rests on, with its interval and its stratum."""
    finding = ruling.finding
    if finding is None or finding.estimate is None:
        return text(ruling.verdict.reasons[0].sentence) if ruling.verdict.reasons else DASH
    component = f"{finding.hypothesis}: " if finding.hypothesis != ruling.verdict.hypothesis else ""
    return (*text(component), *estimated(finding, settings(found.synthesis, finding.stratum)))


def _claim(found: Synthesised, id: str) -> Iterator[Block]:
    """A claim as printed and as scoped; every verdict with its statement, its result and its scope."""
    claim = found.claims[id]
    yield Heading(text(f"{id}. {claim.scoped}"), claim_anchor(id))
    printed = say("**As printed** ({source}, {locator}): {said}", source=claim.source, locator=claim.locator,
                  said=claim.printed)  # fmt: skip
    yield Paragraph(printed, "quote")
    if not found.on(id):
        yield Paragraph(text("No study listed here puts it to the test."))
    for ruling in found.on(id):
        verdict = ruling.verdict
        yield Paragraph(
            say(
                "{study} {hypothesis}{reading}. {statement}.",
                study=code(ruling.run.name),
                hypothesis=verdict.hypothesis,
                reading=f", as {verdict.reading}" if verdict.reading else "",
                statement=verdict.statement.rstrip("."),
            )
        )
        yield Badge(verdict.decision, verdict.grade)
        yield Paragraph(say("{rests}. Scope: {scope}.", rests=rests(found, ruling), scope=verdict.scope), "note")
