"""Rows laid out by their keys: [blocks asked for, cells, combinations averaged over, axes reduced ...], one a place."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnnstats.analysis.averages import Averaged
from lnnstats.errors import BadInput, Problem


@dataclass(frozen=True, eq=False)
class Grid:
    """`rows`: which rows are laid out, and `places`: where each of them lies in a flat array of `shape`."""

    rows: NDArray[np.bool_]
    places: NDArray[np.int64]
    shape: tuple[int, ...]

    @property
    def there(self) -> NDArray[np.bool_]:
        """Which places have a row."""
        return self.filled(np.ones(len(self.rows), dtype=np.bool_), False)

    def filled(self, values: NDArray[Any], empty: Any) -> NDArray[Any]:
        """The values of all rows in their places, `empty` in the others."""
        out = np.full(prod(self.shape), empty, dtype=values.dtype)
        out[self.places] = values[self.rows]
        return out.reshape(self.shape)


def grid(
    rows: NDArray[np.bool_], blocks: NDArray[np.int64], columns: NDArray[np.int64], within: Averaged,
    asked: NDArray[np.int64], cells: tuple[str, ...],
) -> Grid:  # fmt: skip
    """Every row in its place: its block among those asked for, its cell's column, and what is within a run's value."""
    shape = (len(asked), *within.planned.shape, *within.sizes)
    index = (np.searchsorted(asked, blocks[rows]), columns[rows], within.combination, *within.places)
    places = np.ravel_multi_index(index, shape) if rows.any() else np.empty(0, dtype=np.int64)
    _no_duplicates(np.bincount(places, minlength=prod(shape)), shape, asked, cells)
    return Grid(rows, places, shape)


def _no_duplicates(
    counts: NDArray[np.int64], shape: tuple[int, ...], blocks: NDArray[np.int64], cells: tuple[str, ...]
) -> None:
    if (counts > 1).any():
        block, cell, *_ = np.unravel_index(int(np.argmax(counts > 1)), shape)
        where = f"block {blocks[block]}" + (f", level {cells[cell]}" if len(cells) > 1 else "")
        raise BadInput(
            Problem(
                path="table",
                message="more than one row for one run",
                found=where,
                allowed="one row a block, cell, response, step, layer and measurement",
            )
        )
