"""Panels one below the other on one horizontal axis, each with a scale of its own: a paper's angles above accuracy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnnstats.report.figures.curves import draw_names, draw_panel, set_scales
from lnnstats.report.figures.style import WIDTH
from lnnstats.report.values import Stacked

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UPPER, LOWER = 2.5, 1.5  # inches: the first panel, and every other


def draw_stacked(drawing: Stacked) -> Figure:
    """The first part on top; ticks of the horizontal axis stand below the last."""
    from matplotlib.figure import Figure

    heights = [UPPER, *(LOWER for _ in drawing.parts[1:])]
    figure = Figure(figsize=(WIDTH, sum(heights) + 0.3), layout="constrained")
    column = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights).ravel()
    for axes, part in zip(column, drawing.parts, strict=True):
        draw_panel(axes, part.panels[0], part)
        axes.set_ylabel(part.y_label)
    for axes, part in zip(column, drawing.parts, strict=True):
        set_scales(axes, part)
    for axes, part in zip(column, drawing.parts, strict=True):
        draw_names(axes, part.panels[0], part)
    column[-1].set_xlabel(drawing.parts[-1].x_label)
    figure.align_ylabels(column)
    return figure
