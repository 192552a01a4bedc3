"""Responses at their last step as a table: rows by one factor, columns by another."""

from __future__ import annotations

from lnnstats.parts import sections as parts
from lnnstats.report import numerals
from lnnstats.report.describe import CONVERGED, blocks_behind, cell, in_three, left_out
from lnnstats.report.inline import say, text
from lnnstats.report.sections.measured import floor_words
from lnnstats.report.subject import Subject
from lnnstats.report.summaries import LEVEL, WORDS, Grouped, rows, summarise
from lnnstats.report.values import BREAK, Block, Column, Inline, Table
from lnnstats.report.words import response, short

BESIDE = 6  # columns of numbers with intervals that a page holds
Laid = tuple[tuple[Column, ...], tuple[tuple[Inline, ...], ...]]


def blocks(subject: Subject, part: parts.Table) -> tuple[Block, ...]:
    """The table that the study asks for: one below the other where the responses are too many to stand side by side."""
    grouped = {name: _grouped(subject, part, name) for name in part.responses}
    first = next(iter(grouped.values()))
    beside = len(grouped) * len(first.axes[1].labels) <= BESIDE
    columns, body = (_beside if beside else _below)(part, grouped)
    word, method = WORDS[part.summary]
    said = f" {CONVERGED}" if part.summary == "share" else ""
    note = say(
        "{word} over blocks with its {level} interval ({method}) below it; {n} per cell.{said}{left}",
        word=word.capitalize(),
        level=numerals.percent_level(LEVEL),
        method=method,
        n=blocks_behind(first),
        said=said,
        left=left_out(first),
    )
    title = part.title or f"{word.capitalize()} by {short(part.rows)}"
    floors = dict.fromkeys(
        said for name in part.responses for said in floor_words(subject.plan.responses[name], subject)
    )
    notes = (*((text(part.caption),) if part.caption else ()), note, *map(text, floors))
    return (Table(text(title), columns, body, notes, stub=1 if beside else 2),)


def _beside(part: parts.Table, grouped: dict[str, Grouped]) -> Laid:
    """A row a level, the columns of every response."""
    first = next(iter(grouped.values()))
    columns = [
        Column(text(_head(part, label)), "right", response(name))
        for name, found in grouped.items()
        for label in found.axes[1].labels
    ]
    body = tuple(
        (text(numerals.level(label)), *(item for found in grouped.values() for item in _cells(found, k)))
        for k, label in enumerate(first.axes[2].labels)
    )
    return (Column(text(short(part.rows)), "right"), *columns), body


def _below(part: parts.Table, grouped: dict[str, Grouped]) -> Laid:
    """A row a response and a level."""
    first = next(iter(grouped.values()))
    columns = [Column(text(_head(part, label)), "right") for label in first.axes[1].labels]
    body = tuple(
        (text(response(name)), text(numerals.level(label)), *_cells(found, k))
        for name, found in grouped.items()
        for k, label in enumerate(found.axes[2].labels)
    )
    return (Column(text("response")), Column(text(short(part.rows)), "right"), *columns), body


def _grouped(subject: Subject, part: parts.Table, name: str) -> Grouped:
    by = (*((part.columns,) if part.columns else ()), part.rows)
    found = rows(subject.results, subject.plan, name, by)
    return in_three(summarise(found, part.summary, subject.plan.responses[name].better), False, bool(part.columns))


def _head(part: parts.Table, label: object) -> str:
    return f"{short(part.columns)} {numerals.level(label)}" if part.columns else WORDS[part.summary][0]


def _cells(found: Grouped, k: int) -> tuple[Inline, ...]:
    pairs = zip(found.center[0, :, k], found.low[0, :, k], found.high[0, :, k], strict=True)
    return tuple(cell(center, low, high, (BREAK,)) for center, low, high in pairs)
