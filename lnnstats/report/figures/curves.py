"""Panels of curves: one line a level with its band or bars, named at its right end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from lnnstats.report.figures.style import FAINT, INK, MUTED, WIDTH, colour, marker, scaled
from lnnstats.report.values import Curves, Panel, Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANEL_HEIGHT, SINGLE_HEIGHT = 2.15, 3.0  # inches
MARKS = 6  # of a long curve that carry a marker
LABEL_GAP = 0.075  # between two labels, of a panel's height
LABELS = 12  # curves, beyond which every k-th is named


def draw_curves(drawing: Curves) -> Figure:
    """All panels on shared scales, two to four a row."""
    from matplotlib.figure import Figure

    number = len(drawing.panels)
    across = number if number < 3 else 2 if number == 4 else min(3, number)
    down = math.ceil(number / across)
    figure = Figure(figsize=(WIDTH, SINGLE_HEIGHT if number == 1 else 0.35 + PANEL_HEIGHT * down), layout="constrained")
    grid = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel()
    for axes in grid[number:]:
        axes.set_visible(False)
    for axes, panel in zip(grid, drawing.panels, strict=False):
        draw_panel(axes, panel, drawing)
    set_scales(grid[0], drawing)
    for axes, panel in zip(grid, drawing.panels, strict=False):
        draw_names(axes, panel, drawing)
    figure.supxlabel(drawing.x_label, fontsize=8)
    figure.supylabel(drawing.y_label, fontsize=8)
    return figure


def draw_panel(axes: Axes, panel: Panel, drawing: Curves) -> None:
    """Curves with their bands or bars, and the lines that cross them."""
    axes.set_title(panel.title, loc="left", color=INK)
    if not any(series.x for series in panel.series):
        axes.text(0.5, 0.5, "no runs", transform=axes.transAxes, ha="center", color=MUTED)
    for series in panel.series:
        if series.x:
            _curve(axes, series, drawing)
    for line in drawing.lines:
        axes.axhline(line.value, color=MUTED, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
        left: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "bottom", "color": MUTED}
        axes.text(0.01, line.value, line.label, fontsize=6.5, **left)


def _curve(axes: Axes, series: Series, drawing: Curves) -> None:
    """Line and markers over its band; bars stand on their points."""
    tint = colour(series.rank, series.ranks)
    style: dict[str, Any] = {
        "color": tint,
        "linewidth": 1.1,
        "marker": marker(series.rank),
        "markersize": 3.0,
        "markeredgewidth": 0,
    }
    if drawing.steps:
        axes.step(series.x, series.y, where="post", **style, markevery=_thinned(series))
        axes.fill_between(series.x, series.low, series.high, step="post", color=tint, alpha=0.09, linewidth=0)
    elif drawing.limits == "band":
        axes.plot(series.x, series.y, **style, markevery=_thinned(series))
        axes.fill_between(series.x, series.low, series.high, color=tint, alpha=0.09, linewidth=0)
    else:
        x = beside(series, drawing.log_x)
        axes.plot(x, series.y, **style)
        axes.vlines(x, series.low, series.high, color=tint, linewidth=1.0)


def beside(series: Series, logarithmic: bool) -> np.ndarray:
    """Positions moved sideways by rank, within a fifth of a step of the axis, so that bars do not hide each other."""
    x = np.array(series.x)
    if logarithmic or len(x) < 2 or series.ranks < 2:
        return x
    shift = series.rank / (series.ranks - 1) - 0.5
    return np.asarray(x + 0.2 * np.diff(np.sort(x)).min() * shift)


def _thinned(series: Series) -> tuple[int, int]:
    """First marked point and stride: a few markers a curve, shifted from curve to curve."""
    stride = max(1, len(series.x) // MARKS)
    return series.rank % stride, stride


def set_scales(axes: Axes, drawing: Curves) -> None:
    """Scales, ticks and the range of y: of the curves, and on a logarithmic axis not of limits that come near zero."""
    y = _values(drawing, "y")
    log_x = drawing.log_x and min(_values(drawing, "x"), default=0) > 0
    log_y = drawing.log_y and min(y, default=0) > 0
    scaled(axes, "x", log_x)
    if drawing.steps:
        axes.set_ylim(-0.02, 1.02)
    elif log_y:
        axes.set_ylim(min(y) / 1.6, max([*y, *_values(drawing, "high")]) * 1.3)
    scaled(axes, "y", log_y)
    if drawing.x_ticks and len(drawing.x_ticks) <= 15:
        axes.set_xticks([place for place, _ in drawing.x_ticks], [label for _, label in drawing.x_ticks])
        axes.xaxis.minorticks_off()


def _values(drawing: Curves, part: str) -> list[float]:
    """The points of all curves along `part`, and of y the lines."""
    found = [value for panel in drawing.panels for series in panel.series for value in getattr(series, part)]
    crossed = [line.value for line in drawing.lines] if part == "y" else []
    return [value for value in (*found, *crossed) if math.isfinite(value)]


def draw_names(axes: Axes, panel: Panel, drawing: Curves) -> None:
    """Each curve's name beside its right end, moved apart where they would overlap."""
    if not drawing.legend:
        return
    stride = math.ceil(len(panel.series) / LABELS)
    named = [series for series in panel.series if series.y][::stride]
    if not named:
        return
    to_panel = axes.transScale + axes.transLimits
    ends = np.array([to_panel.transform((series.x[-1], series.y[-1])) for series in named])
    outside: dict[str, Any] = {"transform": axes.transAxes, "clip_on": False}
    heights = apart(ends[:, 1])
    for series, (x, y), height in zip(named, ends, heights, strict=True):
        axes.plot([x, 1.015], [y, height], color=FAINT, linewidth=0.5, zorder=1, **outside)
        sign: dict[str, Any] = {
            "marker": marker(series.rank),
            "color": colour(series.rank, series.ranks),
            "markersize": 3.2,
        }
        axes.plot([1.03], [height], markeredgewidth=0, **sign, **outside)
        axes.text(1.05, height, series.label, va="center", fontsize=7, color=INK, **outside)
    axes.text(
        1.03, max(1.0, heights.max() + LABEL_GAP), drawing.legend, va="bottom", fontsize=7, color=MUTED, **outside
    )


def apart(heights: np.ndarray) -> np.ndarray:
    """Heights moved as little as keeps them LABEL_GAP apart: overlapping ones become stacks about their mean."""
    order = np.argsort(heights, kind="stable")
    stacks: list[list[float]] = []
    for height in np.clip(heights[order], 0, 1):
        stacks.append([float(height)])
        while len(stacks) > 1 and _foot(stacks[-1]) < _foot(stacks[-2]) + LABEL_GAP * len(stacks[-2]):
            stacks[-2:] = [stacks[-2] + stacks[-1]]
    placed = np.empty(len(heights))
    placed[order] = [_foot(stack) + LABEL_GAP * i for stack in stacks for i in range(len(stack))]
    return placed


def _foot(stack: list[float]) -> float:
    """Where the lowest label of a stack lies."""
    reach = LABEL_GAP * (len(stack) - 1)
    return min(max(sum(stack) / len(stack) - reach / 2, 0.0), max(0.0, 1.0 - reach))
