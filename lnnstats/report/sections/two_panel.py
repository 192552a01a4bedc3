"""A response against the training step above, others on the same steps below: the layout of BenShmuel's figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from lnnstats.parts.sections import TwoPanel
from lnnstats.report import numerals
from lnnstats.report.describe import cell, described, in_three, marks, panels
from lnnstats.report.inline import join, say, text
from lnnstats.report.sections.measured import floor_lines, floor_words, rows_measured
from lnnstats.report.sections.trajectory import CUT, SCALES
from lnnstats.report.subject import Subject
from lnnstats.report.summaries import Grouped, Summary, phrase, trajectory
from lnnstats.report.values import Column, Curves, Figure, Inline, Line, Panel, Series, Stacked, Table
from lnnstats.report.words import leading, response, short

STEP = "training step"


def blocks(subject: Subject, part: TwoPanel) -> tuple[Figure]:
    """The figure that the study asks for."""
    above = _grouped(subject, part.response, (part.by,), part.summary, part.until)
    summary: Summary = "median" if part.summary == "median" else "mean"
    below = {name: _grouped(subject, name, (), summary, part.until) for name in part.below}
    measured = subject.plan.responses[part.response]
    lines = floor_lines(measured, subject)
    shown = phrase(part.summary, response(part.response))
    title = part.title or f"{leading(response(part.response))} above, {' and '.join(map(response, below))} below"
    told = [described(above, part.response, part.summary), *floor_words(measured, subject)]
    told += [described(found, name, summary) for name, found in below.items()]
    return (
        Figure(
            text(title),
            _caption(subject, part, above, summary, lines),
            " ".join(told),
            _data(above, below, shown),
            Stacked((_upper(part, above, shown, lines), _lower(subject, part, below, summary))),
        ),
    )


def _grouped(subject: Subject, name: str, by: tuple[str, ...], summary: Summary, until: int | None) -> Grouped:
    return in_three(trajectory(subject.results, subject.plan, name, by, summary, until), False, bool(by))


def _steps(grouped: Grouped) -> tuple[float, ...]:
    return tuple(float(step) for step in grouped.axes[2].labels)


def _upper(part: TwoPanel, grouped: Grouped, shown: str, lines: tuple[Line, ...]) -> Curves:
    """A curve a level; what a logarithmic axis has no place for is left to the data."""
    log_x, log_y = part.log in ("both", "x"), part.log in ("both", "y")
    (panel,) = panels(grouped, _steps(grouped), log_x)
    if log_y:
        panel = Panel(panel.title, tuple(map(_positive, panel.series)))
    unit = " (degrees)" if lines else ""  # what has a floor is an angle
    return Curves((panel,), STEP, f"{shown}{unit}", short(part.by), log_x, log_y, lines=lines)


def _positive(series: Series) -> Series:
    """The points above zero of a curve."""
    keep = np.array(series.y) > 0
    x, y, low, high = (tuple(np.array(part)[keep].tolist()) for part in (series.x, series.y, series.low, series.high))
    return replace(series, x=x, y=y, low=low, high=high)


def _lower(subject: Subject, part: TwoPanel, below: dict[str, Grouped], summary: Summary) -> Curves:
    """A curve a response, named where there are several."""
    log_x, several = part.log in ("both", "x"), len(below) > 1
    found = [panels(grouped, _steps(grouped), log_x)[0].series[0] for grouped in below.values()]
    series = tuple(
        replace(one, label=response(name), rank=rank, ranks=len(below))
        for rank, (name, one) in enumerate(zip(below, found, strict=True))
    )
    kinds = {subject.plan.responses[name].kind for name in below} if several else set(below)
    label = phrase(summary, response(kinds.pop())) if len(kinds) == 1 else summary
    return Curves((Panel("", series),), STEP, label, "response" if several else "", log_x)


def _caption(subject: Subject, part: TwoPanel, grouped: Grouped, summary: Summary, lines: tuple[Line, ...]) -> Inline:
    """What the panels show, of which rows, over how many blocks, and what is not drawn."""
    below = " and ".join(map(response, part.below))
    upper, lower = phrase(part.summary, response(part.response)), phrase(summary, below)
    cut = part.log in ("both", "y") and (grouped.low <= 0).any()
    parts = (
        part.caption or "",
        f"Above: {upper} by {short(part.by)}; below: {lower}.",
        marks(grouped, part.summary, "bands"),
        f"{SCALES[part.log].replace('vertical', 'upper vertical').capitalize()}.",
        CUT if cut else "",
        "Dotted: the smallest angle that the dtype can tell from zero." if lines else "",
        *_zeros(grouped, part),
        *rows_measured(subject.plan.responses[part.response], subject, part.until),
    )
    return join(filter(None, parts), " ")


def _zeros(grouped: Grouped, part: TwoPanel) -> Iterator[Inline]:
    """The curves that a logarithmic axis leaves out in part or in whole."""
    if part.log not in ("both", "y"):
        return
    by = grouped.axes[1]
    zero = [(grouped.center[0, j] <= 0) for j in range(len(by.labels))]
    there = [np.isfinite(grouped.center[0, j]) for j in range(len(by.labels))]
    whole = [numerals.level(by.labels[j]) for j, found in enumerate(zero) if found.any() and found[there[j]].all()]
    some = [numerals.level(by.labels[j]) for j, found in enumerate(zero) if found.any() and not found[there[j]].all()]
    if whole:
        yield say("Exactly 0 at every step and so not drawn: {by} {labels}.", by=short(by.name), labels=join(whole))
    if some:
        yield say("Exactly 0 at some steps, not drawn there: {by} {labels}.", by=short(by.name), labels=join(some))


def _data(above: Grouped, below: dict[str, Grouped], title: str) -> Table:
    """A row a step, a column a curve: the summary with its interval; a dash where it was not recorded."""
    steps = sorted({step for grouped in (above, *below.values()) for step in grouped.axes[2].labels})
    by = above.axes[1]
    heads = [Column(text(numerals.level(label)), "right", short(by.name)) for label in by.labels]
    heads += [Column(text(response(name)), "right", "below") for name in below]
    curves = [(above, j) for j in range(len(by.labels))] + [(grouped, 0) for grouped in below.values()]
    rows = tuple((text(numerals.level(step)), *(_at(grouped, j, step) for grouped, j in curves)) for step in steps)
    return Table(text(f"Data: {title}, and below it"), (Column(text("step"), "right"), *heads), rows)


def _at(grouped: Grouped, j: int, step: object) -> Inline:
    labels = grouped.axes[2].labels
    if step not in labels:
        return text("–")
    k = labels.index(step)  # type: ignore[arg-type]
    return cell(grouped.center[0, j, k], grouped.low[0, j, k], grouped.high[0, j, k])
