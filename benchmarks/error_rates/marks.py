"""A rate, its nominal value and the number of simulated data sets in; how it misses, in a word, out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from benchmarks.error_rates.simulate import ALPHA, LEVEL, SHIPPED

Word = Literal["liberal", "conservative"]
TOLERATED, ERRORS = 0.01, 3.0
RATES: Mapping[str, float] = {"above": ALPHA, "below": ALPHA, "coverage": LEVEL}


def monte_carlo_error(rate: float, worlds: int) -> float:
    """Standard error of a share of `worlds` independent data sets."""
    return math.sqrt(rate * (1 - rate) / worlds)


def miss(name: str, rate: float | None, worlds: int) -> Word | None:
    """How a rate misses its nominal value by more than .01 and 3 Monte-Carlo errors of that value; None if it does not.

    liberal: a test rejects the truth too often, an interval covers it too seldom; conservative: the contrary.
    """
    if rate is None:
        return None
    nominal = RATES[name]
    beyond = (rate - nominal) * (-1 if name == "coverage" else 1)
    if abs(beyond) <= TOLERATED + ERRORS * monte_carlo_error(nominal, worlds):
        return None
    return "liberal" if beyond > 0 else "conservative"


def misses(cell: Mapping[str, Any]) -> Iterator[tuple[str, Word]]:
    """Every rate of a cell that misses, with its word."""
    for name in RATES:
        if word := miss(name, cell[name], cell["worlds"]):
            yield name, word


def liberal(procedures: Mapping[str, list[Mapping[str, Any]]]) -> dict[str, list[Mapping[str, Any]]]:
    """The kinds that are liberal at a shipped study's number of blocks, with the cells where they are."""
    found = {
        kind: [c for c in cells if c["n"] in SHIPPED and any(word == "liberal" for _, word in misses(c))]
        for kind, cells in procedures.items()
    }
    return {kind: cells for kind, cells in found.items() if cells}
