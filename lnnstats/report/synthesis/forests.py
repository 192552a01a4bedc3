"""The conditions of the other studies as intervals, a figure a measure, with their settings as data."""

from __future__ import annotations

from collections.abc import Iterator

from lnnstats.report import numerals
from lnnstats.report.inline import say, text
from lnnstats.report.synthesis.words import MEANINGS, SIGNS, effect, level, tally
from lnnstats.report.values import Block, Column, Estimate, Figure, Intervals, Paragraph, Table
from lnnstats.report.words import measure
from lnnstats.study.values import LOGGED
from lnnstats.synthesis.conditions import Condition
from lnnstats.synthesis.synthesise import Synthesised


def forests(found: Synthesised, others: tuple[Condition, ...]) -> Iterator[Block]:
    """A figure for every measure and smallest effect, so that one region fits all of its rows."""
    groups: dict[tuple[object, ...], list[Condition]] = {}
    for condition in others:
        groups.setdefault((condition.measure, condition.margin, condition.upward), []).append(condition)
    for group in groups.values():
        drawn = tuple(c for c in group if c.estimate is not None and c.interval is not None)
        if drawn:
            yield _forest(found, drawn)
        if bare := [c for c in group if c not in drawn]:
            yield Paragraph(
                say("Without an interval: {rows}.", rows="; ".join(f"{label(c)}, {MEANINGS[c.mark]}" for c in bare)),
                "note",
            )


def _forest(found: Synthesised, drawn: tuple[Condition, ...]) -> Figure:
    """The effects of some conditions with the intervals that decide, and their marks."""
    first = drawn[0]
    estimates = tuple(_estimate(condition) for condition in drawn)
    what = measure(first.measure)
    drawing = Intervals(estimates, what, first.margin[1], first.harmful, first.measure in LOGGED)
    caption = say(
        "The {level} interval whose ends decide; vertical line: no effect; shaded: harm. {tally}.{scale}",
        level=numerals.percent_level(first.interval.level) if first.interval else "",
        tally=tally(drawn),
        scale=" Logarithmic axis." if first.measure in LOGGED else "",
    )
    described = "; ".join(f"{e.label}: {numerals.parameter(e.value).text}, {e.mark}" for e in estimates)
    studies = ", ".join(dict.fromkeys(condition.study for condition in drawn))
    title = text(f"Effects of depth in {studies} ({what})")
    return Figure(title, caption, f"Interval plot of the {what}: {described}.", _rows(found, drawn), drawing)


def _estimate(condition: Condition) -> Estimate:
    assert condition.estimate is not None and condition.interval is not None
    ends = (condition.interval.low, condition.interval.high)
    mark = f"{SIGNS[condition.mark]} {MEANINGS[condition.mark]}"
    return Estimate(label(condition), condition.estimate, ends, ends, mark)


def label(condition: Condition) -> str:
    """`depth_vs_mse H2: noise 0.05`."""
    stratum = ", ".join(f"{path.rpartition('.')[2]} {level(value)}" for path, value in condition.stratum.items())
    return f"{condition.study} {condition.hypothesis}" + (f": {stratum}" if stratum else "")


def _rows(found: Synthesised, drawn: tuple[Condition, ...]) -> Table:
    """A row a condition: study, stratum, fixed settings, effect with limits, mark."""
    factors = tuple(found.synthesis.factors)
    heads = ("condition", *factors)
    columns = (
        *(Column(text(head)) for head in heads),
        Column(text(measure(drawn[0].measure)), "right"),
        Column(text("blocks"), "right"),
        Column(text("mark")),
    )
    rows = tuple(
        (
            text(label(condition)),
            *(text(level(condition.settings[factor])) for factor in factors),
            effect(condition),
            (numerals.count(condition.blocks),),
            text(MEANINGS[condition.mark]),
        )
        for condition in drawn
    )
    return Table(text("Data: conditions with their settings"), columns, rows)
