"""A response at its last step against the levels of a factor: a line a level of another."""

from __future__ import annotations

import numpy as np

from lnnstats.parts.sections import Levels
from lnnstats.report import numerals
from lnnstats.report.describe import assigned, data, described, in_three, marks, panels
from lnnstats.report.inline import join, say, text
from lnnstats.report.sections.measured import floor_words
from lnnstats.report.sections.trajectory import SCALES
from lnnstats.report.subject import Subject
from lnnstats.report.summaries import Grouped, phrase, rows, summarise
from lnnstats.report.values import Block, Curves, Figure, Inline
from lnnstats.report.words import response, short
from lnnstats.study.values import Scalar


def blocks(subject: Subject, part: Levels) -> tuple[Block, ...]:
    """The figure that the study asks for."""
    by = (*((part.by,) if part.by else ()), part.along)
    found = rows(subject.results, subject.plan, part.response, by)
    grouped = in_three(
        summarise(found, part.summary, subject.plan.responses[part.response].better), False, bool(part.by)
    )
    places = positions(grouped.axes[2].labels)
    log_x, log_y = part.log in ("both", "x"), part.log in ("both", "y")
    name = response(part.response)
    shown = phrase(part.summary, name)
    ticks = tuple(zip(places, map(numerals.level, grouped.axes[2].labels), strict=True))
    legend = short(part.by) if part.by else ""
    drawing = Curves(
        panels(grouped, places, log_x), short(part.along), shown, legend, log_x, log_y, "bar", x_ticks=ticks
    )
    moved = " Points of one level stand side by side, not on top of each other." if part.by and not log_x else ""
    title = part.title or f"{name[:1].upper()}{name[1:]} by {short(part.along)}"
    caption = join(
        (
            part.caption or "",
            marks(grouped, part.summary, "bars"),
            f"{SCALES[part.log].capitalize()}.{moved}",
            *_slopes(grouped, places, part),
            *floor_words(subject.plan.responses[part.response], subject),
        ),
        " ",
    )
    return (
        Figure(
            text(title),
            caption,
            described(grouped, part.response, part.summary),
            data(grouped, shown),
            drawing,
        ),
    )


def _slopes(grouped: Grouped, places: tuple[float, ...], part: Levels) -> tuple[Inline, ...]:
    """The least-squares slope of every line through its points, log on log, where they are asked for."""
    if not part.slope:
        return ()
    by, x = grouped.axes[1], np.array(places)
    slopes = [(label, log_slope(x, line)) for label, line in zip(by.labels, grouped.center[0], strict=True)]
    told = [
        say("{slope}{of}", slope=numerals.parameter(slope), of=f" ({assigned(by.name, label)})" if by.name else "")
        for label, slope in slopes
        if slope is not None
    ]
    return (say("Least-squares slopes of the lines, log on log: {slopes}.", slopes=join(told)),) if told else ()


def log_slope(x: np.ndarray, y: np.ndarray) -> float | None:
    """The least-squares slope of log y on log x over the points that have both; None of fewer than two."""
    there = (x > 0) & (np.nan_to_num(y) > 0) & np.isfinite(y)
    if np.unique(x[there]).size < 2:
        return None
    a, b = np.log(x[there]), np.log(y[there])
    return float(((a - a.mean()) * b).sum() / ((a - a.mean()) ** 2).sum())


def positions(labels: tuple[Scalar, ...]) -> tuple[float, ...]:
    """Where levels lie on an axis: at their values where all are numbers, else one after the other."""
    if all(isinstance(label, int | float) and not isinstance(label, bool) for label in labels):
        return tuple(float(label) for label in labels)
    return tuple(float(place) for place in range(1, len(labels) + 1))
