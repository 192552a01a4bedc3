"""All verdicts at a glance: what was claimed, what is concluded, in one sentence each."""

from __future__ import annotations

from lnnstats.report import numerals
from lnnstats.report.inline import join, say, text
from lnnstats.report.subject import Subject
from lnnstats.report.values import Badge, Block, Paragraph, Section, VerdictEntry, VerdictList
from lnnstats.report.words import composed, result

DECISIONS = ("supported", "refuted", "inconclusive", "untestable")


def section(subject: Subject) -> Section | None:
    """A sentence of counts, then an entry a verdict."""
    if not subject.verdicts:
        return None
    blocks: tuple[Block, ...] = (_counts(subject), VerdictList(tuple(_entries(subject))), _reading(subject))
    return Section("summary", "Summary", blocks)


def _counts(subject: Subject) -> Paragraph:
    tallies = [(sum(v.decision == decision for v in subject.verdicts), decision) for decision in DECISIONS]
    told = join(
        (say("{n} {decision}", n=numerals.count(n), decision=decision) for n, decision in tallies if n), last=" and "
    )
    number = len(subject.verdicts)
    return Paragraph(
        say(
            "Of {number} {noun} on trial, {told}.",
            number=numerals.count(number),
            noun="claim" if number == 1 else "claims",
            told=told,
        )
    )


def _entries(subject: Subject) -> list[VerdictEntry]:
    single = [(v, result(h, v, found, subject.plan)) for h, v, found in subject.decided]
    made = [(verdict, composed(compound, verdict, subject.plan)) for compound, verdict in subject.compounds]
    return [
        VerdictEntry(
            verdict.hypothesis,
            anchor(verdict.hypothesis),
            verdict.claimed,
            text(verdict.statement),
            Badge(verdict.decision, verdict.grade),
            told,
        )
        for verdict, told in (*single, *made)
    ]


def anchor(hypothesis: str) -> str:
    """The anchor of a hypothesis's findings: its id where that is a plain word, else its characters' numbers."""
    return "finding-" + "".join(c if c.isascii() and c.isalnum() else f"-{ord(c):x}-" for c in hypothesis)


def _reading(subject: Subject) -> Paragraph:
    alpha = numerals.constant(subject.plan.analysis.alpha, "probability")
    return Paragraph(
        say(
            "*Supported*: the claim holds in every stratum it is made for, at $\\alpha$ = {alpha} over the family. "
            "*Refuted*: its contrary does "
            "in at least one. *Inconclusive*: neither. *Robust*: no alternative analysis dissents; *fragile*: one is "
            "undecided or an assumption strained; *contested*: one decides the opposite, or nothing is decided with "
            "diverged runs at their bounds. "
            "Intervals are those whose ends decide as the test does.",
            alpha=alpha,
        ),
        "note",
    )
