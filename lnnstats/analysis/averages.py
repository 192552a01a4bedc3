"""The rows of a comparison -> what is averaged within a block and compared cell, and the averages.

What is neither compared nor a stratum is averaged: combinations of the other factors, each with equal weight, and
before that the axes of a run that are reduced: its measurements, then its layers, then its steps. Which combinations
a cell has, the design says: in a fraction or a table those of two levels differ. Which places on its axes a run has,
its rows say: a deeper network has more layers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from lnnstats.analysis.rows import Rows
from lnnstats.study.combinations import Cell, Levels
from lnnstats.study.comparisons import Comparison
from lnnstats.study.values import Reduction

Reals = NDArray[np.float64]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Averaged:
    """What is averaged: each row's combination and places on the axes that are reduced, [m] each; which combinations
    the design has in each compared cell, [cells, combinations]; each axis's size; planned combinations without a row.
    """

    combination: Places
    places: tuple[Places, ...]
    planned: Mask
    sizes: tuple[int, ...]
    missing: tuple[Cell, ...]

    def expected(self, there: Mask) -> Mask:
        """Which runs and places a block should have, [cells, combinations, axes ...], by those that any block has,
        [blocks, cells, combinations, axes ...]; all places of a planned run that no block has.
        """
        seen = np.asarray(there.any(axis=0))
        axes = tuple(range(2, seen.ndim))
        planned = self.planned.reshape(self.planned.shape + (1,) * len(axes))
        return np.asarray((seen | ~seen.any(axis=axes, keepdims=True)) & planned)


def averaged(rows: Rows, mask: Mask, columns: Places, comparison: Comparison) -> Averaged:
    """What the rows of a comparison, those of the mask, are averaged over; `columns`: their compared cells."""
    paths = [path for path in rows.levels if path not in comparison.axes and path not in comparison.stratum]
    code, places = np.zeros(len(columns), dtype=np.int64), tuple(axis.place[mask] for axis in rows.reduced)
    for path in paths:
        code = code * len(rows.labels[path]) + rows.levels[path][mask]
    known, combination = np.unique(code, return_inverse=True)
    planned = np.ones((prod(map(len, comparison.axes.values())), max(1, known.size)), dtype=bool)
    missing: tuple[Cell, ...] = ()
    if comparison.planned is not None:
        wanted = [(column(comparison.axes, cell), _code(rows, paths, cell)) for cell in comparison.planned]
        found = set(zip(columns.tolist(), code.tolist(), strict=True))
        missing = tuple(cell for cell, place in zip(comparison.planned, wanted, strict=True) if place not in found)
        planned[:] = False
        for place, its in found.intersection(wanted):
            planned[place, np.searchsorted(known, its)] = True
    return Averaged(combination, places, planned, tuple(int(place.max(initial=0)) + 1 for place in places), missing)


def column(axes: Levels, cell: Cell) -> int:
    """The place of a combination among the compared cells, the last factor fastest."""
    place = 0
    for path, levels in axes.items():
        place = place * len(levels) + levels.index(cell[path])
    return place


def _code(rows: Rows, paths: list[str], cell: Cell) -> int:
    code = 0
    for path in paths:
        code = code * len(rows.labels[path]) + rows.code(path, cell[path])
    return code


def average(values: Reals, expected: Mask, reduced: tuple[Reduction, ...]) -> Reals:
    """Values [blocks, cells, combinations, axes ...] as [blocks, cells]: the axes reduced, from the last on, then
    combinations averaged with equal weights.
    """
    if values.shape[2:] == (1,):
        return values[:, :, 0]
    for how in reversed(reduced):
        values, expected = REDUCTIONS[how](values, expected), np.asarray(expected.any(axis=-1))
    return _mean(values, expected)


def _mean(values: Reals, expected: Mask) -> Reals:
    """The mean over the last axis of what is expected; one that is NaN makes it NaN."""
    return np.asarray(values.sum(axis=-1, where=expected) / np.maximum(expected.sum(axis=-1), 1))


REDUCTIONS: Mapping[Reduction, Callable[[Reals, Mask], Reals]] = {
    "max": lambda values, expected: values.max(axis=-1, where=expected, initial=-np.inf),
    "min": lambda values, expected: values.min(axis=-1, where=expected, initial=np.inf),
    "mean": _mean,
}
