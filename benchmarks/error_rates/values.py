"""A world of known truth, and how often a procedure errs in it at one number of blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Rng = np.random.Generator
Array = NDArray[np.float64]
Data = tuple[tuple[Any, ...], Mapping[str, Any]]
Sides = Literal["both", "above"]


@dataclass(frozen=True)
class World:
    """A procedure's `kind`, the law of its `data` in words, the true theta, and how n blocks are drawn.

    `draw` gives the arrays of the procedure and its options. `sides` "above": theta cannot lie below its floor, so only
    one test can err. `covers`: whether the procedure has an interval for this theta. `discrete`: equal arrays recur,
    and each is analysed once.
    """

    kind: str
    data: str
    theta: float
    draw: Callable[[Rng, int], Data]
    sides: Sides = "both"
    covers: bool = True
    discrete: bool = False


@dataclass(frozen=True)
class Cell:
    """What was found in `worlds` simulated data sets of n blocks; a rate is None where it has no meaning.

    `refused`: the share in which the procedure had nothing to test; there it neither rejects nor excludes anything.
    """

    data: str
    n: int
    theta: float
    worlds: int
    above: float
    below: float | None
    coverage: float | None
    refused: float
