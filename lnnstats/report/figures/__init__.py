"""Drawing -> SVG for a page or PDF for paper, from the same strokes, the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

from lnnstats.report.figures.curves import draw_curves
from lnnstats.report.figures.inline_svg import embedded
from lnnstats.report.figures.intervals import draw_intervals
from lnnstats.report.figures.schematic import draw_schematic
from lnnstats.report.figures.stacked import draw_stacked
from lnnstats.report.figures.style import DPI, RC
from lnnstats.report.figures.tiles import draw_tiles
from lnnstats.report.values import Curves, Drawing, Figure, Intervals, Schematic, Stacked, Tiles, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

DRAW: Mapping[type[Any], Callable[[Any], Canvas]] = {
    Curves: draw_curves,
    Stacked: draw_stacked,
    Intervals: draw_intervals,
    Tiles: draw_tiles,
    Schematic: draw_schematic,
}
UNDATED: Mapping[str, Any] = {
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def svg(figure: Figure) -> str:
    """A figure as an `<svg>` element inside a page: named, described, its ids its own, coloured for light and dark."""
    label = f"Figure {figure.number}" + (f". {plain(figure.title)}" if figure.title else "")
    return embedded(_saved(figure.drawing, "svg", figure.id).decode("utf-8"), figure.id, label, figure.description)


def pdf(figure: Figure) -> bytes:
    """A figure as a PDF page."""
    return _saved(figure.drawing, "pdf", figure.id)


def _saved(drawing: Drawing, form: str, salt: str) -> bytes:
    import matplotlib

    settings: Any = {**matplotlib.rcParamsDefault, **RC, "svg.hashsalt": salt}
    with matplotlib.rc_context(settings):
        canvas = DRAW[type(drawing)](drawing)
        if form == "pdf":  # anchors are those of the page
            for artist in canvas.findobj(lambda artist: artist.get_url() is not None):
                artist.set_url(None)
        target = BytesIO()
        canvas.savefig(target, format=form, metadata=UNDATED[form], transparent=True, dpi=DPI)
    return target.getvalue()
