"""A response against the training step: a curve a level, a panel a level."""

from __future__ import annotations

from lnnstats.parts.sections import Trajectory
from lnnstats.report.describe import data, described, in_three, marks, panels
from lnnstats.report.inline import join, text
from lnnstats.report.sections.measured import floor_lines, floor_words, rows_measured
from lnnstats.report.subject import Subject
from lnnstats.report.summaries import phrase, trajectory
from lnnstats.report.values import Block, Curves, Figure
from lnnstats.report.words import response, short

SCALES = {
    "both": "both axes logarithmic",
    "x": "horizontal axis logarithmic",
    "y": "vertical axis logarithmic",
    "none": "linear axes",
}

CUT = "Bands are cut where a lower limit is not positive."


def blocks(subject: Subject, part: Trajectory) -> tuple[Block, ...]:
    """The figure that the study asks for."""
    by = (*((part.panel,) if part.panel else ()), part.by)
    found = trajectory(subject.results, subject.plan, part.response, by, part.summary)
    grouped = in_three(found, bool(part.panel), True)
    steps = tuple(float(step) for step in grouped.axes[2].labels)
    log_x, log_y = part.log in ("both", "x"), part.log in ("both", "y")
    name = response(part.response)
    shown = phrase(part.summary, name)
    measured = subject.plan.responses[part.response]
    lines = floor_lines(measured, subject)
    drawing = Curves(panels(grouped, steps, log_x), "training step", shown, short(part.by), log_x, log_y, lines=lines)
    off = " Step 0 has no place on a logarithmic axis; it is in the data." if log_x and steps[0] == 0 else ""
    clipped = f" {CUT}" if log_y and (grouped.low <= 0).any() else ""
    title = part.title or f"{name[:1].upper()}{name[1:]} during training"
    scales = f"{SCALES[part.log].capitalize()}.{off}{clipped}"
    how = (*floor_words(measured, subject), *rows_measured(measured, subject))
    caption = join((part.caption or "", marks(grouped, part.summary, "bands"), scales, *how), " ")
    return (
        Figure(
            text(title),
            caption,
            described(grouped, part.response, part.summary),
            data(grouped, shown),
            drawing,
        ),
    )
