"""Long table + hypothesis -> one Sample a stratum: values [blocks, levels], aligned by key, never by position."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnnstats.analysis.rows import Rows, compared, kept, rows_of, runs_of, strata
from lnnstats.errors import BadInput, Problem
from lnnstats.results.query import Results
from lnnstats.study.values import Hypothesis, Plan, Scalar


@dataclass(frozen=True, eq=False)
class Sample:
    """The data of a hypothesis in a stratum.

    values, observed, diverged, present: [n, k] for n blocks and k compared cells, the last factor fastest (treatment
    before reference in a pair). A procedure within blocks has complete blocks only; elsewhere `present` says which
    cells a block has, and the others are NaN, observed, not diverged. `factors` and `axes`: the compared paths and
    their levels; `missing`: cells, or levels of an averaged factor, without a single run; `incomplete`: blocks
    asked for and left out, because one of the compared runs is absent or all of them are.
    """

    stratum: Mapping[str, Scalar]
    factors: tuple[str, ...]
    axes: tuple[tuple[Scalar, ...], ...]
    blocks: NDArray[np.int64]
    values: NDArray[np.float64]
    observed: NDArray[np.bool_]
    diverged: NDArray[np.bool_]
    present: NDArray[np.bool_]
    missing: tuple[str, ...]
    incomplete: int

    @property
    def levels(self) -> tuple[Scalar, ...]:
        """The levels of the one factor compared."""
        return self.axes[0] if self.axes else ()

    def cube(self) -> NDArray[np.float64]:
        """The values as [n, levels of the first factor, levels of the second, ...]."""
        return self.values.reshape(len(self.blocks), *map(len, self.axes))

    def groups(self) -> tuple[NDArray[np.float64], ...]:
        """The values present in each cell, a vector a cell."""
        return tuple(self.values[self.present[:, j], j] for j in range(self.values.shape[1]))

    def take(self, keep: NDArray[Any]) -> Sample:
        """The sample of some of its blocks."""
        return replace(
            self,
            blocks=self.blocks[keep],
            values=self.values[keep],
            observed=self.observed[keep],
            diverged=self.diverged[keep],
            present=self.present[keep],
        )

    def without(self, runs: NDArray[np.bool_]) -> Sample:
        """The sample as if `runs` [n, k] were not there; blocks that are left empty go."""
        present = self.present & ~runs
        values, observed = np.where(present, self.values, np.nan), self.observed | ~present
        rest = replace(self, values=values, observed=observed, diverged=self.diverged & present, present=present)
        return rest.take(np.asarray(present.any(axis=1)))


def samples(results: Results, plan: Plan, hypothesis: Hypothesis) -> Iterator[Sample]:
    """The samples of a hypothesis, one a combination of its strata's levels."""
    rows, runs = rows_of(results, plan, hypothesis), runs_of(results, plan, hypothesis)
    for stratum in strata(plan, hypothesis):
        asked = np.unique(runs.block[runs.at(stratum)])
        yield _pivot(rows, asked, stratum, plan, hypothesis)


def _pivot(
    rows: Rows, asked: NDArray[np.int64], stratum: Mapping[str, Scalar], plan: Plan, hypothesis: Hypothesis
) -> Sample:
    """Rows as [blocks asked for, cells]; what is left over (averaged factors, a reduced layer axis) is reduced last."""
    axes = compared(plan, hypothesis)
    columns, cells = _columns(rows, axes)
    mask = rows.at(stratum) & (columns >= 0)
    block, (rest, other) = np.searchsorted(asked, rows.block[mask]), _rest(rows, mask, stratum, tuple(axes))
    shape = (len(asked), len(cells), rest)
    flat = np.ravel_multi_index((block, columns[mask], other), shape) if mask.any() else np.empty(0, dtype=np.int64)
    counts = np.bincount(flat, minlength=prod(shape))
    _no_duplicates(counts, shape, asked, cells)
    there: NDArray[np.bool_] = counts.reshape(shape) > 0
    present = np.all(there, axis=2)
    keep = _usable(present, axes, hypothesis)

    def spread(values: NDArray[Any], empty: Any) -> NDArray[Any]:
        out = np.full(counts.size, empty, dtype=values.dtype)
        out[flat] = values[mask]
        return out.reshape(shape)[keep]

    value, observed, diverged = spread(rows.value, np.nan), spread(rows.observed, True), spread(rows.diverged, False)
    here = present[keep]
    absent = [cell for cell, some in zip(cells, np.any(there, axis=(0, 2)), strict=True) if not some]
    return Sample(
        stratum=stratum,
        factors=tuple(axes),
        axes=tuple(axes.values()),
        blocks=asked[keep],
        values=np.where(here, _reduced(value, rows.reduce), np.nan),
        observed=np.all(observed, axis=2) | ~here,
        diverged=np.any(diverged, axis=2) & here,
        present=here,
        missing=(*absent, *_absent(rows, mask, {*axes, *stratum}, plan, hypothesis)),
        incomplete=int((~keep).sum()),
    )


def _usable(
    present: NDArray[np.bool_], axes: Mapping[str, tuple[Scalar, ...]], hypothesis: Hypothesis
) -> NDArray[np.bool_]:
    """Which blocks enter, by the cells [n, k] they have: those with every cell; of a split plot, with every cell within
    their group (a block in several groups is the procedure's to refuse); elsewhere those with any.
    """
    if hypothesis.test.blocks == "within":
        return np.asarray(present.all(axis=1))
    if within := getattr(hypothesis.test, "within", ()):
        groups = present.reshape(len(present), -1, prod(len(axes[path]) for path in within))
        whole, some = np.asarray(groups.all(axis=2)), np.asarray(groups.any(axis=2))
        return np.asarray(whole.any(axis=1) | (some.sum(axis=1) > 1))
    return np.asarray(present.any(axis=1))


def _absent(
    rows: Rows, mask: NDArray[np.bool_], settled: set[str], plan: Plan, hypothesis: Hypothesis
) -> Iterator[str]:
    """The levels of averaged factors, neither compared nor of the stratum, of which a stratum has no row at all."""
    for path in (path for path in rows.levels if path not in settled and mask.any()):
        here = {rows.labels[path][code] for code in np.unique(rows.levels[path][mask])}
        yield from (f"{label} of {path}" for label in kept(plan, hypothesis, path) if label not in here)


def _columns(rows: Rows, axes: Mapping[str, tuple[Scalar, ...]]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Each row's place among the compared cells, -1 for none, and what the cells are called."""
    columns = np.zeros(len(rows.value), dtype=np.int64)
    for path, levels in axes.items():
        places = np.full(len(rows.labels[path]), -1)
        places[[rows.code(path, label) for label in levels]] = np.arange(len(levels))
        place = places[rows.levels[path]]
        columns = np.where((columns < 0) | (place < 0), -1, columns * len(levels) + place)
    return columns, tuple(", ".join(map(str, cell)) for cell in product(*axes.values())) if axes else ("the cell",)


def _rest(
    rows: Rows, mask: NDArray[np.bool_], stratum: Mapping[str, Scalar], compared: tuple[str, ...]
) -> tuple[int, NDArray[np.int64]]:
    """The number of combinations of everything neither compared nor stratified, and each row's combination."""
    code = rows.layer[mask] - rows.layer.min(initial=0)
    for path, codes in rows.levels.items():
        if path not in compared and path not in stratum:
            code = code * len(rows.labels[path]) + codes[mask]
    _, dense = np.unique(code, return_inverse=True)
    return (int(dense.max()) + 1 if dense.size else 1), dense


def _reduced(values: NDArray[np.float64], how: str | None) -> NDArray[np.float64]:
    if values.shape[2] == 1:
        return values[:, :, 0]
    return np.asarray(REDUCTIONS[how or "mean"](values, axis=2))


REDUCTIONS: Mapping[str, Callable[..., Any]] = {"max": np.max, "min": np.min, "mean": np.mean}


def _no_duplicates(
    counts: NDArray[np.int64], shape: tuple[int, ...], blocks: NDArray[np.int64], cells: tuple[str, ...]
) -> None:
    if (counts > 1).any():
        block, cell, _ = np.unravel_index(int(np.argmax(counts > 1)), shape)
        where = f"block {blocks[block]}" + (f", level {cells[cell]}" if len(cells) > 1 else "")
        raise BadInput(
            Problem(
                path="table",
                message="more than one row for one run",
                found=where,
                allowed="one row a block, cell, response, step and layer",
            )
        )
