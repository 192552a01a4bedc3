"""The rows of a comparison -> what is averaged within a block and compared cell, and the averages.

What is neither compared nor a stratum is averaged: combinations of the other factors, each with equal weight, and
before that the layers of a run, where they are reduced. Which combinations a cell has, the design says: in a fraction
or a table those of two levels differ. How many layers a run has, its rows say: a deeper network has more.
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

Reals = NDArray[np.float64]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Averaged:
    """What is averaged: each row's combination and layer, [m]; which combinations the design has in each compared cell,
    [cells, combinations]; the number of layers; planned combinations without any row.
    """

    combination: Places
    layer: Places
    planned: Mask
    layers: int
    missing: tuple[Cell, ...]

    def expected(self, there: Mask) -> Mask:
        """Which runs and layers a block should have, [cells, combinations, layers], by those that any block has,
        [blocks, cells, combinations, layers]; all layers of a planned run that no block has.
        """
        seen = np.asarray(there.any(axis=0))
        return np.asarray((seen | ~seen.any(axis=2, keepdims=True)) & self.planned[:, :, None])


def averaged(rows: Rows, mask: Mask, columns: Places, comparison: Comparison) -> Averaged:
    """What the rows of a comparison, those of the mask, are averaged over; `columns`: their compared cells."""
    paths = [path for path in rows.levels if path not in comparison.axes and path not in comparison.stratum]
    code, layer = np.zeros(len(columns), dtype=np.int64), rows.layer[mask]
    for path in paths:
        code = code * len(rows.labels[path]) + rows.levels[path][mask]
    known, combination = np.unique(code, return_inverse=True)
    layer = layer - layer.min() if layer.size else layer
    planned = np.ones((prod(map(len, comparison.axes.values())), max(1, known.size)), dtype=bool)
    missing: tuple[Cell, ...] = ()
    if comparison.planned is not None:
        wanted = [(column(comparison.axes, cell), _code(rows, paths, cell)) for cell in comparison.planned]
        found = set(zip(columns.tolist(), code.tolist(), strict=True))
        missing = tuple(cell for cell, place in zip(comparison.planned, wanted, strict=True) if place not in found)
        planned[:] = False
        for place, its in found.intersection(wanted):
            planned[place, np.searchsorted(known, its)] = True
    return Averaged(combination, layer, planned, int(layer.max(initial=0)) + 1, missing)


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


def average(values: Reals, expected: Mask, how: str | None) -> Reals:
    """Values [blocks, cells, combinations, layers] as [blocks, cells]: layers reduced, then combinations averaged with
    equal weights.
    """
    if values.shape[2:] == (1, 1):
        return values[:, :, 0, 0]
    runs = REDUCTIONS[how or "mean"](values, expected)
    return _mean(runs, np.asarray(expected.any(axis=2)))


def _mean(values: Reals, expected: Mask) -> Reals:
    """The mean over the last axis of what is expected; one that is NaN makes it NaN."""
    return np.asarray(values.sum(axis=-1, where=expected) / np.maximum(expected.sum(axis=-1), 1))


REDUCTIONS: Mapping[str, Callable[[Reals, Mask], Reals]] = {
    "max": lambda values, expected: values.max(axis=-1, where=expected, initial=-np.inf),
    "min": lambda values, expected: values.min(axis=-1, where=expected, initial=np.inf),
    "mean": _mean,
}
