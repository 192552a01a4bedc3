"""An argument as boxes from the top down, and arrows with the verdicts on the claims behind them; all in inches."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise, product
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from lnnstats.analysis.values import Standing
from lnnstats.report.figures.style import INK, MUTED, VERDICTS, WIDTH
from lnnstats.report.values import Box, Link, Schematic, Tag

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LETTER, LINE = 0.058, 0.15  # inches: a letter of 7 points, a line of them
MINIATURE, NEURON = 1.5, 0.085  # inches: the width of a miniature, the distance of its neurons
PAD = 0.1  # inches within and below a box
LANE = 0.14  # inches: between arrows that pass boxes by
TAG = 0.2  # inches: the height of a tag's line
SIGNS: Mapping[Standing, str] = {
    "supported": "✓",
    "refuted": "✗",
    "divided": "±",
    "inconclusive": "?",
    "untestable": "–",
    "untested": "·",
}
LINES: Mapping[str, Any] = {"supported": "-", "refuted": (0, (5, 3)), "open": (0, (1, 2))}


def draw_schematic(drawing: Schematic) -> Figure:
    """Boxes below each other; in the gap above a box the tags of the arrows that end in it."""
    from matplotlib.figure import Figure

    left = 0.02 + LANE * sum(_passes(link) for link in drawing.links)
    spans, height = _spans(drawing, left)
    figure = Figure(figsize=(WIDTH, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    for place, box in enumerate(drawing.boxes):
        _box(axes, place + 1, box, left, spans[place])
    lane = left
    for link in drawing.links:
        lane -= LANE * _passes(link)
        _arrow(axes, link, left, lane, spans)
    for place in range(1, len(drawing.boxes)):
        _tags(axes, drawing, place, left, spans[place - 1][1])
    return figure


def _passes(link: Link) -> bool:
    """Whether an arrow passes boxes by."""
    return link.end > link.start + 1


def _spans(drawing: Schematic, left: float) -> tuple[list[tuple[float, float]], float]:
    """Top and bottom of every box, and the height of all."""
    spans: list[tuple[float, float]] = []
    top = 0.05
    for place, box in enumerate(drawing.boxes):
        if place:
            lines = sum(len(_said(tag, left, _from(link))) for link in _into(drawing, place) for tag in link.tags)
            tags = sum(len(link.tags) for link in _into(drawing, place))
            top += 0.26 + tags * (TAG - LINE) + lines * LINE
        deep = max(LINE * len(_label(box, left)), NEURON * max(box.layers, default=0)) + 2 * PAD
        spans.append((top, top + deep))
        top += deep
    return spans, top + 0.05


def _into(drawing: Schematic, place: int) -> list[Link]:
    """The arrows that end in a box, the one from the box above first."""
    return sorted((link for link in drawing.links if link.end == place), key=_passes)


def _label(box: Box, left: float) -> list[str]:
    """The words of a box, in lines."""
    return wrap(box.label, int((WIDTH - left - MINIATURE - 0.5) / (1.15 * LETTER)))


def _from(link: Link) -> str:
    """Where an arrow comes from that passes boxes by."""
    return f" (from {link.start + 1})" if _passes(link) else ""


def _worded(tag: Tag, origin: str) -> str:
    return f"{SIGNS[tag.standing]} {tag.claim}: {tag.standing}{origin}"


def _pill(tag: Tag, origin: str) -> float:
    """The width of a tag."""
    return LETTER * len(_worded(tag, origin)) + 0.16


def _said(tag: Tag, left: float, origin: str) -> list[str]:
    """The words beside a tag, in lines; one empty line where there are none."""
    return wrap(tag.said, int((WIDTH - left - 1.0 - _pill(tag, origin)) / LETTER)) or [""]


def _box(axes: Axes, number: int, box: Box, left: float, span: tuple[float, float]) -> None:
    from matplotlib.patches import Rectangle

    top, bottom = span
    size = (WIDTH - left - 0.02, bottom - top)
    axes.add_patch(Rectangle((left, top), *size, facecolor="none", edgecolor=MUTED, linewidth=0.8))
    _miniature(axes, box.layers, left + 0.15, (top + bottom) / 2)
    words = "\n".join(_label(box, left))
    centred: dict[str, Any] = {"va": "center", "color": INK, "linespacing": 1.3}
    axes.text(left + MINIATURE + 0.1, (top + bottom) / 2, str(number), fontsize=8, fontweight="bold", **centred)
    axes.text(left + MINIATURE + 0.32, (top + bottom) / 2, words, fontsize=8, **centred)


def _miniature(axes: Axes, layers: tuple[int, ...], left: float, middle: float) -> None:
    """A dot a neuron, a line a weight."""
    across = (MINIATURE - 0.3) / max(len(layers) - 1, 1)
    heights = [[middle + NEURON * (i - (number - 1) / 2) for i in range(number)] for number in layers]
    columns = [[(left + across * x, y) for y in column] for x, column in enumerate(heights)]
    for before, after in pairwise(columns):
        for one, other in product(before, after):
            axes.plot(*zip(one, other, strict=True), color=MUTED, linewidth=0.3, zorder=1)
    for x, y in (dot for column in columns for dot in column):
        axes.plot([x], [y], marker="o", markersize=3.2, color=INK, markeredgewidth=0, zorder=2)


def _arrow(axes: Axes, link: Link, left: float, lane: float, spans: list[tuple[float, float]]) -> None:
    """Straight down to the next box, or along a lane beside those that it passes by."""
    start, end = spans[link.start], spans[link.end]
    if _passes(link):
        y = sum(start) / 2, sum(end) / 2
        path, tip = [(left, y[0]), (lane, y[0]), (lane, y[1]), (left - 0.05, y[1])], ">"
    else:
        x = left + MINIATURE / 2
        path, tip = [(x, start[1]), (x, end[0] - 0.05)], "v"
    axes.plot(*zip(*path, strict=True), color=INK, linewidth=1.1, linestyle=_line(link), solid_capstyle="butt")
    axes.plot(*path[-1], color=INK, marker=tip, markersize=5, markeredgewidth=0)


def _line(link: Link) -> Any:
    """Solid where all is supported, dashed where something is refuted, else dotted."""
    standings = {tag.standing for tag in link.tags}
    refuted = standings & {"refuted", "divided"}
    return LINES["refuted" if refuted else "supported" if standings == {"supported"} else "open"]


def _tags(axes: Axes, drawing: Schematic, place: int, left: float, top: float) -> None:
    """The tags of the arrows into a box, one below the other beside the straight one."""
    x, y = left + MINIATURE / 2 + 0.2, top + 0.13
    for link in _into(drawing, place):
        for tag in link.tags:
            _tag(axes, tag, _from(link), x, y)
            lines = _said(tag, left, _from(link))
            beside: dict[str, Any] = {"va": "top", "fontsize": 7, "color": MUTED, "linespacing": 1.25}
            axes.text(x + _pill(tag, _from(link)) + 0.08, y + 0.02, "\n".join(lines), **beside)
            y += TAG - LINE + LINE * len(lines)


def _tag(axes: Axes, tag: Tag, origin: str, x: float, y: float) -> None:
    """Sign, claim and word in a frame: round where it is supported, with corners where it is refuted, else broken."""
    from matplotlib.patches import FancyBboxPatch

    colour = VERDICTS[tag.standing]
    round_ = f"round,pad=0,rounding_size={0.07 if tag.standing == 'supported' else 0.001}"
    line = "-" if tag.standing in ("supported", "refuted") else (0, (2, 2))
    frame = FancyBboxPatch((x, y), _pill(tag, origin), 0.16, boxstyle=round_, facecolor="none")
    frame.set(edgecolor=colour, linewidth=0.8, linestyle=line)
    axes.add_patch(frame)
    words: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 7, "color": colour, "url": tag.anchor}
    axes.text(x + _pill(tag, origin) / 2, y + 0.085, _worded(tag, origin), **words)
