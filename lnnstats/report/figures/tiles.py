"""A map of shaded tiles: a row and a column a combination of levels; every shade is told apart without its colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from lnnstats.report.figures.style import ACCENT, FAINT, INK, MUTED, PAPER, REGION, WIDTH
from lnnstats.report.values import Shade, Tile, Tiles

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW, HEAD, LETTER = 0.235, 0.2, 0.072  # inches: a row, a line of heads, a letter
PAD = 0.14  # inches beside a label
LEAST, WIDEST = 0.4, 0.95  # inches of a tile
GAP = 0.05  # of a tile, on each side
FACES: Mapping[Shade, Mapping[str, Any]] = {
    "dark": {"facecolor": ACCENT, "edgecolor": ACCENT},
    "light": {"facecolor": REGION, "edgecolor": ACCENT},
    "plain": {"facecolor": "none", "edgecolor": FAINT},
    "dashed": {"facecolor": "none", "edgecolor": MUTED, "linestyle": (0, (2, 2))},
}


def draw_tiles(drawing: Tiles) -> Figure:
    """Heads above, labels to the left, tiles, and below them what each shade means; all in inches."""
    from matplotlib.figure import Figure

    widths = [_label_width(drawing, place) for place in range(len(drawing.down))]
    tile = max(LEAST, min(WIDEST, (WIDTH - sum(widths)) / len(drawing.columns)))
    right, rows, heads = sum(widths) + tile * len(drawing.columns), len(drawing.rows), len(drawing.across) + 1
    height = ROW * rows + HEAD * heads + 0.1 + 0.3
    figure = Figure(figsize=(right + 0.05, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, right + 0.05)
    axes.set_ylim(ROW * rows + 0.3, -HEAD * heads - 0.1)
    axes.set_axis_off()
    _heads(axes, drawing, sum(widths), tile)
    _labels(axes, drawing, widths, right)
    for row, tiles in enumerate(drawing.tiles):
        for column, each in enumerate(tiles):
            _tile(axes, each, sum(widths) + column * tile, row * ROW, tile)
    _legend(axes, drawing, ROW * rows + 0.16)
    return figure


def _label_width(drawing: Tiles, place: int) -> float:
    """The width of a column of row labels, of its head too."""
    return PAD + LETTER * max(len(drawing.down[place]), *(len(labels[place]) for labels in drawing.rows))


def _tile(axes: Axes, tile: Tile, left: float, top: float, width: float) -> None:
    from matplotlib.patches import Rectangle

    inset = GAP * ROW
    face = {"linewidth": 0.7, **FACES[tile.shade]}
    axes.add_patch(Rectangle((left + inset, top + inset), width - 2 * inset, ROW - 2 * inset, **face))
    colour = PAPER if tile.shade == "dark" else INK
    axes.text(left + width / 2, top + ROW / 2, tile.text, ha="center", va="center", fontsize=6.5, color=colour)


def _heads(axes: Axes, drawing: Tiles, left: float, tile: float) -> None:
    """A line of heads a factor across, each level over the columns that have it; below them the factors down."""
    for line, name in enumerate(drawing.across):
        y = -HEAD * (len(drawing.across) - line + 0.5) - 0.04
        axes.text(left - 0.08, y, name, ha="right", va="center", fontsize=7, color=MUTED)
        for label, start, stop in _runs(drawing.columns, line):
            middle = left + tile * (start + stop) / 2
            axes.text(middle, y, label, ha="center", va="center", fontsize=7, color=INK)
            if line < len(drawing.across) - 1:
                ends = [left + tile * start + 0.06, left + tile * stop - 0.06]
                axes.plot(ends, [y + HEAD / 2] * 2, color=MUTED, linewidth=0.5)


def _labels(axes: Axes, drawing: Tiles, widths: list[float], right: float) -> None:
    """A column of labels a factor down, each level once; a line above every change but of the last."""
    for place, name in enumerate(drawing.down):
        left = sum(widths[:place]) + 0.04
        axes.text(left, -HEAD / 2 - 0.04, name, va="center", fontsize=7, color=MUTED)
        for label, start, _ in _runs(drawing.rows, place):
            axes.text(left, (start + 0.5) * ROW, label, va="center", fontsize=7, color=INK)
            if start and place < len(drawing.down) - 1:
                axes.plot([left, right], [start * ROW] * 2, color=MUTED, linewidth=0.4)


def _runs(labels: tuple[tuple[str, ...], ...], place: int) -> Iterator[tuple[str, int, int]]:
    """Label, first and end of every run of neighbours that agree up to and in a place."""
    for _, found in groupby(range(len(labels)), key=lambda index: labels[index][: place + 1]):
        run = list(found)
        yield labels[run[0]][place], run[0], run[-1] + 1


def _legend(axes: Axes, drawing: Tiles, y: float) -> None:
    """A small tile and its meaning, one after the other."""
    from matplotlib.patches import Rectangle

    x = 0.04
    for shade, words in drawing.legend:
        axes.add_patch(Rectangle((x, y - 0.05), 0.18, 0.1, linewidth=0.7, **FACES[shade]))
        axes.text(x + 0.24, y, words, va="center", fontsize=7, color=INK)
        x += 0.24 + LETTER * len(words) + 0.16
