"""Where every run went: how many there are, how they ended, and which of them each hypothesis used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lnnstats.analysis.rows import level_codes
from lnnstats.report import numerals
from lnnstats.report.inline import code, say, text
from lnnstats.report.subject import Subject
from lnnstats.report.values import Block, Column, Inline, Items, Paragraph, Section, Table
from lnnstats.report.words import counted, where
from lnnstats.results.query import Results
from lnnstats.results.values import STATUSES

STATUS_WORDS = {"ok": "ended", "diverged": "diverged", "budget_exhausted": "budget exhausted", "failed": "failed"}


def section(subject: Subject) -> Section:
    """Every run counted once: in all, by the levels of each factor, and by hypothesis; what was said of a table."""
    blocks = _published(subject) if subject.published else _measured(subject)
    return Section("flow", "Every run accounted for", (*blocks, *_by_hypothesis(subject), *_notes(subject)))


def _measured(subject: Subject) -> tuple[Block, ...]:
    statuses = _runs(subject.results, subject.plan.factors)
    return Paragraph(_total(subject, statuses)), _by_level(subject, statuses)


def _published(subject: Subject) -> tuple[Block, ...]:
    """The summaries, as they entered: a row a response and cell."""
    number = counted(len(subject.published), "published summary", "published summaries")
    told = say("The table holds {number} and no runs.", number=number)
    rows = tuple(
        (
            text(cell.response),
            text(where(cell.levels)),
            (numerals.count(cell.n),),
            (numerals.constant(cell.mean),),
            (numerals.constant(cell.sd),),
            text("–") if cell.correlation is None else (numerals.constant(cell.correlation),),
        )
        for cell in subject.published
    )
    heads = ("runs", "mean", "sd", "correlation")
    columns = (*map(Column, (text("response"), text("cell"))), *(Column(text(head), "right") for head in heads))
    note = text(
        "sd: of the runs (divisor n − 1). Correlation: with the factor’s reference level, over the same blocks."
    )
    return Paragraph(told), Table(text("Published summaries"), columns, rows, (note,), stub=2)


def _notes(subject: Subject) -> Iterator[Block]:
    """What was left out of a table, or assumed of it."""
    if subject.notes:
        yield Paragraph(say("**Said of the table as it was read**"))
        yield Items(tuple(text(f"{note[:1].upper()}{note[1:]}.") for note in subject.notes))


def _runs(results: Results, factors: Iterable[str], where: pc.Expression | None = None) -> pa.Table:
    """One row a run: its levels, block and status; a run is a block in a combination of levels."""
    return results.distinct((*factors, "block", "status"), where)


def _total(subject: Subject, runs: pa.Table) -> Inline:
    found = numerals.count(runs.num_rows)
    if subject.design is None:
        return say("The table holds {found} runs.", found=found)
    cells, expected = len(subject.design.cells), subject.design.runs
    absent = expected - runs.num_rows
    rest = (
        say("; {absent} are absent from the table", absent=numerals.count(absent))
        if absent
        else say("; all are in the table")
    )
    return say(
        "{cells} × {blocks} = {expected} runs{rest}.",
        cells=counted(cells, "cell"),
        blocks=counted(subject.study.blocks.number, "block"),
        expected=numerals.count(expected),
        rest=rest,
    )


def _by_level(subject: Subject, runs: pa.Table) -> Table:
    """Runs by status: one row in all, then one a level of each factor."""
    status = level_codes(runs["status"], STATUSES)
    rows = [(text("all runs"), text("all"), *_counts(status))]
    for path, factor in subject.plan.factors.items():
        codes = level_codes(runs[path], factor.labels)
        rows += [
            (code(path), text(numerals.level(label)), *_counts(status[codes == i]))
            for i, label in enumerate(factor.labels)
        ]
    heads = [Column(text("factor")), Column(text("level"), "right"), Column(text("runs"), "right")]
    heads += [Column(text(STATUS_WORDS[name]), "right") for name in STATUSES]
    note = text("Budget exhausted: the run stayed finite and ended before a time that it was watched for.")
    return Table(text("Runs by how they ended"), tuple(heads), tuple(rows), (note,), stub=2)


def _counts(status: np.ndarray) -> tuple[Inline, ...]:
    """How many runs, and how many of each status."""
    by_status = np.bincount(status[status >= 0], minlength=len(STATUSES))
    return tuple((numerals.count(int(number)),) for number in (len(status), *by_status))


def _by_hypothesis(subject: Subject) -> Iterator[Block]:
    if not subject.findings:
        return
    rows = tuple(
        (
            text(finding.hypothesis),
            text(where(finding.stratum)),
            *((numerals.count(number),) for number in (a.blocks, a.analysed, a.incomplete, a.diverged, a.censored)),
        )
        for finding in subject.findings
        if (a := finding.accounting)
    )
    heads = (
        Column(text("hypothesis")),
        Column(text("stratum")),
        *(Column(text(head), "right") for head in ("blocks", "analysed", "incomplete", "diverged", "censored")),
    )
    notes = (text("Incomplete: blocks that lack a compared run. Diverged and censored: compared runs, not blocks."),)
    yield Table(text("Blocks behind every finding"), heads, rows, notes, stub=2)


def diverged(subject: Subject) -> int:
    """How many runs diverged."""
    return _runs(subject.results, subject.plan.factors, pc.field("status") == "diverged").num_rows
