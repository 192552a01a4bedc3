"""Colours, markers and measures shared by every figure; chosen apart in lightness, so that no reader depends on hue."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from lnnstats.analysis.values import Standing
from lnnstats.report.numerals import tick

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, MUTED, FAINT, REGION, ACCENT = "#1c1c1f", "#5d5d66", "#dcdce1", "#dfe8f6", "#2b4c8c"
PAPER = "#fdfdfb"  # letters on ACCENT
VERDICTS: Mapping[Standing, str] = {  # letters and lines of a verdict; told apart by word, sign and line too
    "supported": "#14602f",
    "refuted": "#94221b",
    "divided": "#6a4a00",
    "inconclusive": "#6a4a00",
    "untestable": "#4a4a55",
    "untested": "#4a4a55",
}
VERDICTS_DARK = {"#14602f": "#a4dcb4", "#94221b": "#f5b5ad", "#6a4a00": "#ecd08c", "#4a4a55": "#c9c9d2"}
DARK = {INK: "#e7e5e0", MUTED: "#a5a5ad", FAINT: "#3a3b41", REGION: "#263349", ACCENT: "#9dbcf2", PAPER: "#17181b"}
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p")
LIGHT_RANGE, DARK_RANGE = (0.0, 0.82), (0.28, 1.0)  # of viridis: dark on white, light on black
DPI = 144
CHARACTER, GAP = 4.6, 7.0  # points: a figure of a tick label, and the least between two labels
DECADE = 10  # from the low to the high end of a logarithmic axis, below which it is ticked as a linear one
WIDTH = 6.8  # inches: a text column
RC: Mapping[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "axes.axisbelow": True,
    "text.parse_math": False,
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "path.simplify": True,
}


def colour(rank: int, ranks: int, dark: bool = False) -> str:
    """The colour of one of an ordered set of curves."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    low, high = DARK_RANGE if dark else LIGHT_RANGE
    place = rank / (ranks - 1) if ranks > 1 else 0.3
    return str(to_hex(colormaps["viridis"](low + (high - low) * place)))


def in_the_dark(svg: str) -> dict[str, str]:
    """Every colour that a drawing may hold and holds, with the one that takes its place on a dark page."""
    pairs = {
        **DARK,
        **VERDICTS_DARK,
        **{colour(rank, ranks): colour(rank, ranks, True) for ranks in range(1, 41) for rank in range(ranks)},
    }
    return {light: dark for light, dark in pairs.items() if light in svg}


def marker(rank: int) -> str:
    """The marker of a curve."""
    return MARKERS[rank % len(MARKERS)]


def scaled(axes: Axes, axis: str, logarithmic: bool) -> None:
    """Scale and tick labels of the x or the y axis; numbers are written as everywhere else."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

    getattr(axes, f"set_{axis}scale")("log" if logarithmic else "linear")
    part = getattr(axes, f"{axis}axis")
    low, high = getattr(axes, f"get_{axis}lim")()
    most = _room(axes, low, high, logarithmic) if axis == "x" else 12
    if logarithmic and high < DECADE * low:  # too few powers of ten, or their halves and fifths, to read a value off
        part.set_major_locator(MaxNLocator(min(6, most), steps=[1, 2, 2.5, 5, 10]))
        part.set_minor_locator(NullLocator())
    elif logarithmic:
        narrow = high < 30 * low
        part.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if narrow else (1.0,), numticks=most))
        part.set_minor_formatter(NullFormatter())
    else:
        part.set_major_locator(MaxNLocator(min(6, most), steps=[1, 2, 5, 10]))
    part.set_major_formatter(FuncFormatter(_formatted()))


def _room(axes: Axes, low: float, high: float, logarithmic: bool) -> int:
    """The most labels that stand side by side below a panel without touching."""
    powers = range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1) if logarithmic else ()
    longest = max((len(tick(10.0**power)) for power in powers), default=len(tick(high)))
    points = axes.get_window_extent().width * 72 / axes.figure.dpi
    return max(2, min(12, int(points / (longest * CHARACTER + GAP))))


def _formatted() -> Callable[[float, int], str]:
    return lambda value, _: tick(value)
