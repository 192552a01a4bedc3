"""Estimates under each other with their intervals, the null value, and the region in which the claim would be right."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lnnstats.report.figures.style import ACCENT, INK, MUTED, REGION, WIDTH, scaled
from lnnstats.report.values import Estimate, Intervals

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW, FRAME = 0.24, 0.75  # inches: a row, and everything else
MARGIN = 0.06  # beyond the outermost point, of the range


def draw_intervals(drawing: Intervals) -> Figure:
    """A row an estimate, the first on top."""
    from matplotlib.figure import Figure

    rows = len(drawing.estimates)
    figure = Figure(figsize=(WIDTH * 0.86, FRAME + ROW * rows), layout="constrained")
    axes = figure.subplots()
    low, high = limits(drawing)
    axes.set_xlim(low, high)
    scaled(axes, "x", _logarithmic(drawing))
    axes.axvspan(max(low, drawing.region[0]), min(high, drawing.region[1]), color=REGION, linewidth=0, zorder=0)
    axes.axvline(drawing.null, color=INK, linewidth=0.8, zorder=1)
    for row, estimate in enumerate(drawing.estimates):
        _row(axes, rows - 1 - row, estimate, low, high)
    axes.set_yticks(range(rows - 1, -1, -1), [estimate.label for estimate in drawing.estimates])
    axes.set_ylim(-0.6, rows - 0.4)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(drawing.x_label)
    return figure


def _row(axes: Axes, height: int, estimate: Estimate, low: float, high: float) -> None:
    """Thin limits, thick limits, the point; an arrowhead where a limit lies beyond the axis."""
    for (start, end), width in ((estimate.thin, 0.9), (estimate.thick, 2.6)):
        axes.plot(
            [max(start, low), min(end, high)], [height, height], color=ACCENT, linewidth=width, solid_capstyle="butt"
        )
    if estimate.thin[0] < low:
        axes.plot([low], [height], marker="<", color=ACCENT, markersize=5, clip_on=False)
    if estimate.thin[1] > high:
        axes.plot([high], [height], marker=">", color=ACCENT, markersize=5, clip_on=False)
    if low <= estimate.value <= high:
        axes.plot(
            [estimate.value], [height], marker="o", color=ACCENT, markeredgecolor=MUTED, markersize=5, markeredgewidth=0
        )
    if estimate.mark:
        beside = axes.get_yaxis_transform()
        axes.text(1.02, height, estimate.mark, transform=beside, va="center", fontsize=7.5, color=INK)


def _logarithmic(drawing: Intervals) -> bool:
    return drawing.log_x and all(point > 0 for point in _points(drawing))


def _points(drawing: Intervals) -> list[float]:
    """Everything that the axis has to show and that has a place on it."""
    ends = [point for estimate in drawing.estimates for point in (estimate.value, *estimate.thick, *estimate.thin)]
    found = [point for point in (*ends, drawing.null, *drawing.region) if math.isfinite(point)]
    return [point for point in found if point > 0] if drawing.log_x else found


def limits(drawing: Intervals) -> tuple[float, float]:
    """The ends of the axis: all points with a margin."""
    points = _points(drawing)
    low, high = min(points), max(points)
    if _logarithmic(drawing):
        factor = max(high / low, 1.1) ** MARGIN
        return low / factor, high * factor
    margin = MARGIN * (high - low or 1.0)
    return low - margin, high + margin
