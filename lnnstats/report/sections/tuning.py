"""Which step size each rule chose, by what margin over its neighbours, and whether its grid was wide enough."""

from __future__ import annotations

from collections.abc import Iterator

from lnnstats.parts.tuning import Tune
from lnnstats.report import numerals
from lnnstats.report.inline import code, join, say, text
from lnnstats.report.subject import Subject
from lnnstats.report.values import Block, Column, Inline, Paragraph, Section, Table
from lnnstats.report.words import counted, listed, response, where
from lnnstats.tuning.choice import Choice, usable
from lnnstats.tuning.pilot import RATE

NONE = "–"


def section(subject: Subject) -> Section | None:
    """A sentence and a table a rule, and the cells whose grid was too narrow; nothing where nothing is tuned."""
    if not subject.tuned:
        return None
    rules = dict.fromkeys(choice.rule for choice in subject.tuned)
    groups = {rule: tuple(choice for choice in subject.tuned if choice.rule == rule) for rule in rules}
    blocks = [block for rule, made in groups.items() for block in (_said(subject, rule, made), _table(rule, made))]
    return Section("tuning", "Step sizes", (*blocks, *_edges(subject)))


def edges(subject: Subject) -> tuple[Choice, ...]:
    """The choices that stand at an end of their grid."""
    return tuple(choice for choice in subject.tuned if choice.edge)


def cell(choice: Choice) -> str:
    """The cell of a choice in words, without the step size itself."""
    return where({path: label for path, label in choice.cell.levels.items() if path != RATE})


def _said(subject: Subject, rule: Tune, made: tuple[Choice, ...]) -> Paragraph:
    part = subject.plan.responses[rule.by]
    lost = "counts as the budget, which no time exceeds" if not part.axes else "is the worst there is"
    said = say(
        "The step size of {cells} was tuned: of {grid}, the one with the {end} {summary} of {by} at its last step in a "
        "pilot of {blocks}, whose draws no analysis sees. A run that diverged {lost}; ties go to the smaller value.",
        cells=counted(len(made), "cell"),
        grid=listed(rule.grid),
        end="smallest" if part.better == "lower" else "largest",
        summary=rule.summary,
        by=code(rule.by),
        blocks=counted(rule.blocks, "block"),
        lost=lost,
    )
    return Paragraph(said)


def _table(rule: Tune, made: tuple[Choice, ...]) -> Table:
    name = f"{rule.summary} {response(rule.by)}"
    columns = (
        Column(text("cell"), "prose"),
        Column(text("chosen"), "right"),
        *(Column(text(head), "right", name) for head in ("chosen", "next smaller", "next larger")),
        Column(text("diverged"), "right"),
        Column(text("end of the grid")),
    )
    note = text(
        f"{NONE}: a value that could not be chosen, because of the runs that diverged at it, or none in the grid. "
        "Diverged: pilot runs at the chosen value."
    )
    return Table(text(f"Step sizes tuned by {response(rule.by)}"), columns, tuple(map(_row, made)), (note,))


def _row(choice: Choice) -> tuple[Inline, ...]:
    place = [trial.value for trial in choice.trials].index(choice.chosen)
    picked = choice.trials[place]
    return (
        text(cell(choice)),
        (numerals.constant(choice.chosen),),
        *(_score(choice, at) for at in (place, place - 1, place + 1)),
        say("{lost} of {n}", lost=numerals.count(picked.diverged), n=numerals.count(picked.n)),
        text(_end(choice)),
    )


def _score(choice: Choice, place: int) -> Inline:
    there = 0 <= place < len(choice.trials) and usable(choice.trials[place])
    return (numerals.quantity(choice.trials[place].score),) if there else text(NONE)


def _end(choice: Choice) -> str:
    if not choice.edge:
        return "no"
    return "smallest" if choice.chosen == choice.trials[0].value else "largest"


def _edges(subject: Subject) -> Iterator[Block]:
    if found := edges(subject):
        said = say(
            "At an end of its grid stands the step size of {cells}: a better one may lie beyond. What is compared "
            "there is tuned within this grid, not tuned.",
            cells=join([cell(choice) for choice in found], "; "),
        )
        yield Paragraph(said, "warning")
