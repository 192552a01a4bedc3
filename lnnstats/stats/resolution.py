"""A declared resolution: values in, the same values with everything below it set to it out, so that they tie."""

from __future__ import annotations

import numpy as np

from .arrays import FloatArray


def at_resolution(values: FloatArray, resolution: float | None) -> FloatArray:
    """`values` floored at `resolution` (same units); None leaves them as they are."""
    if resolution is None:
        return values
    if not np.isfinite(resolution):
        raise ValueError(f"resolution: {resolution!r} is not finite; give a number in the units of the values.")
    return np.maximum(values, resolution)
