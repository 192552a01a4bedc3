"""All verdicts at a glance: what was claimed, what is concluded, in one sentence each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from lnnstats.analysis.values import Decision, Verdict
from lnnstats.report import numerals
from lnnstats.report.inline import join, say, text
from lnnstats.report.subject import Subject
from lnnstats.report.values import Badge, Block, Inline, Paragraph, Section, VerdictEntry, VerdictList
from lnnstats.report.words import composed, counted, result

DECISIONS: tuple[Decision, ...] = ("supported", "refuted", "inconclusive", "untestable")


def section(subject: Subject) -> Section | None:
    """A sentence of counts, then an entry a verdict: parts of a claim, which are judged by it, under it."""
    if not subject.verdicts:
        return None
    entries = _entries(subject)
    blocks: tuple[Block, ...] = (_counts(entries), VerdictList(entries), _reading(subject))
    return Section("summary", "Summary", blocks)


def _counts(entries: tuple[VerdictEntry, ...]) -> Paragraph:
    number = len(entries)
    return Paragraph(
        say(
            "Of {number} {noun} on trial, {told}.",
            number=numerals.count(number),
            noun="statement" if number == 1 else "statements",
            told=_tally(entries),
        )
    )


def _tally(entries: Iterable[VerdictEntry]) -> Inline:
    """`3 supported and 1 refuted`."""
    decided = Counter(entry.badge.decision for entry in entries)
    told = (say("{n} {decision}", n=numerals.count(decided[one]), decision=one) for one in DECISIONS if decided[one])
    return join(told, last=" and ")


def _entries(subject: Subject) -> tuple[VerdictEntry, ...]:
    single = {v.hypothesis: _entry(v, result(h, v, found, subject.plan)) for h, v, found in subject.decided}
    every, whole = dict(single), []
    for compound, verdict in subject.compounds:
        named = compound.components
        within = tuple(single.pop(name) for name in named if name in single and not single[name].claim)
        entry = _entry(verdict, composed(compound, verdict, subject.plan, brief=len(within) == len(named)))
        tally = say("Its {n}: {told}", n=counted(len(named), "part"), told=_tally(every[name] for name in named))
        whole.append(replace(entry, tally=tally, parts=within) if within else entry)
    return (*single.values(), *whole)


def _entry(verdict: Verdict, told: Inline) -> VerdictEntry:
    badge = Badge(verdict.decision, verdict.grade)
    name = verdict.hypothesis
    return VerdictEntry(name, anchor(name), verdict.claimed, text(verdict.statement), badge, told)


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
