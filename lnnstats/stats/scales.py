"""The scales of a response: values in, values on the scale of the test out, with the words and display that belong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .arrays import FloatArray, finite_array, known_option
from .rounding import require_squares
from .values import UnusableValues


@dataclass(frozen=True, slots=True)
class Scale:
    """A monotone transform defined above `floor`, and how a difference on it is shown."""

    name: str
    transform: Callable[[FloatArray], FloatArray]
    floor: float
    display: str
    words: str
    remedy: str

    @property
    def measure(self) -> str:
        """What a difference on it is: a ratio on the log scales, else a difference."""
        return "ratio" if self.display == "exp" else "difference"


SCALES = {
    scale.name: scale
    for scale in (
        Scale("raw", lambda x: x, -np.inf, "identity", "value", ""),
        Scale("log", np.log, 0.0, "exp", "log value", "floor them at a declared resolution, or use 'log1p' or 'raw'"),
        Scale("log1p", np.log1p, -1.0, "exp", "log(1 + value)", "use the scale 'raw'"),
    )
}


def named_scale(name: str) -> Scale:
    """The scale called `name`, or an error listing the names allowed."""
    known_option("scale", name, SCALES)
    return SCALES[name]


def on_scale(values: ArrayLike, scale: str, name: str, ndim: int) -> FloatArray:
    """Finite `values` transformed to `scale`; values at or below the floor of the scale are refused and counted, and
    values so large or so small that their squares are lost.
    """
    chosen = named_scale(scale)
    array = finite_array(values, name, ndim)
    outside = int((array <= chosen.floor).sum())
    if outside:
        raise UnusableValues(
            f"{name}: {outside} of {array.size} values are at or below {chosen.floor:g}, where the scale {scale!r} "
            f"is not defined; {chosen.remedy}."
        )
    transformed = chosen.transform(array)
    require_squares(transformed, name)
    return transformed


@dataclass(frozen=True, slots=True)
class Slope:
    """How a slope on a scale is shown: in words, as which measure, with which display."""

    words: str
    measure: str
    display: str


def shown_slope(scale: str, exponent: bool = False) -> Slope:
    """The slope per unit of score; with `exponent` that of log values on log levels, the exponent of a power law."""
    chosen = named_scale(scale)
    if not exponent:
        measure = "slope" if scale == "raw" else "ratio"
        return Slope(f"{chosen.words} per unit of score", measure, chosen.display)
    if scale != "log":
        raise ValueError(f"exponent: a power law is a straight line of log values; scale is {scale!r}, give 'log'.")
    return Slope(f"{chosen.words} against log level", "exponent", "identity")
