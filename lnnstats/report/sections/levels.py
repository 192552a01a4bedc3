"""A response at its last step against the levels of a factor: a line a level of another."""

from __future__ import annotations

from lnnstats.parts.sections import Levels
from lnnstats.report import numerals
from lnnstats.report.describe import data, described, in_three, marks, panels
from lnnstats.report.inline import join, text
from lnnstats.report.sections.trajectory import SCALES
from lnnstats.report.subject import Subject
from lnnstats.report.summaries import WORDS, rows, summarise
from lnnstats.report.values import Block, Curves, Figure
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
    word, name = WORDS[part.summary][0], response(part.response)
    ticks = tuple(zip(places, map(numerals.level, grouped.axes[2].labels), strict=True))
    legend = short(part.by) if part.by else ""
    drawing = Curves(
        panels(grouped, places, log_x), short(part.along), f"{word} {name}", legend, log_x, log_y, "bar", x_ticks=ticks
    )
    moved = " Points of one level stand side by side, not on top of each other." if part.by and not log_x else ""
    title = part.title or f"{name[:1].upper()}{name[1:]} by {short(part.along)}"
    caption = join(
        (part.caption or "", marks(grouped, part.summary, "bars"), f"{SCALES[part.log].capitalize()}.{moved}"), " "
    )
    return (
        Figure(
            text(title),
            caption,
            described(grouped, part.response, part.summary),
            data(grouped, f"{word} {name}"),
            drawing,
        ),
    )


def positions(labels: tuple[Scalar, ...]) -> tuple[float, ...]:
    """Where levels lie on an axis: at their values where all are numbers, else one after the other."""
    if all(isinstance(label, int | float) and not isinstance(label, bool) for label in labels):
        return tuple(float(label) for label in labels)
    return tuple(float(place) for place in range(1, len(labels) + 1))
