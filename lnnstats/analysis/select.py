"""Long table + hypothesis -> one Sample a stratum: values [blocks, levels], aligned by key, never by position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnnstats.analysis.among import among
from lnnstats.analysis.averages import average, averaged
from lnnstats.analysis.grid import grid
from lnnstats.analysis.rows import Rows, rows_of, runs_of
from lnnstats.results.query import Results
from lnnstats.study.combinations import Cell
from lnnstats.study.comparisons import Comparison, comparisons, kept
from lnnstats.study.values import Hypothesis, Plan, Scalar


@dataclass(frozen=True, eq=False)
class Sample:
    """The data of a hypothesis in a stratum.

    values, observed, diverged, present: [n, k] for n blocks and k compared cells, the last factor fastest (treatment
    before reference in a pair). A procedure within blocks has complete blocks only; elsewhere `present` says which
    cells a block has, and the others are NaN, observed, not diverged. `factors` and `axes`: the compared paths and
    their levels; `missing`: cells, or what is averaged over, without a single run; `incomplete`: blocks
    asked for and left out, because one of the compared runs is absent or all of them are. `undefined`: compared runs
    that did not diverge and have no value all the same, taken as absent.
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
    undefined: int = 0

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
    """The samples of a hypothesis, one a combination of its strata's levels.

    The plan is the one that the hypothesis faces (`lnnstats.study.axes`).
    """
    rows, runs = rows_of(results, plan, hypothesis), runs_of(results, plan, hypothesis)
    chosen = among(results, plan, hypothesis)
    for comparison in comparisons(plan, hypothesis):
        here = runs.at(comparison.stratum)
        here = here if chosen is None else here & np.isin(runs.block, chosen(comparison.stratum))
        yield _pivot(rows, np.unique(runs.block[here]), comparison, plan, hypothesis)


def _pivot(
    rows: Rows, asked: NDArray[np.int64], comparison: Comparison, plan: Plan, hypothesis: Hypothesis
) -> Sample:
    """Rows as [blocks asked for, cells, combinations averaged over, axes reduced ...], and the averages of what is
    planned.
    """
    axes, stratum = comparison.axes, comparison.stratum
    columns, cells = _columns(rows, axes)
    mask = rows.at(stratum) & (columns >= 0) & np.isin(rows.block, asked)
    within = averaged(rows, mask, columns[mask], comparison)
    placed = grid(mask, rows.block, columns, within, asked, cells)
    there = placed.there
    expected = within.expected(there)
    inner = tuple(range(2, there.ndim))
    present = np.all(there | ~expected, axis=inner) & expected.any(axis=tuple(axis - 1 for axis in inner))
    keep = _usable(present, axes, hypothesis)

    value, observed, diverged = (
        placed.filled(values, empty)[keep]
        for values, empty in ((rows.value, np.nan), (rows.observed, True), (rows.diverged, False))
    )
    here = present[keep]
    absent = [cell for cell, some in zip(cells, np.any(there, axis=(0, *inner)), strict=True) if not some]
    found = Sample(
        stratum=stratum,
        factors=tuple(axes),
        axes=tuple(axes.values()),
        blocks=asked[keep],
        values=np.where(here, average(value, expected, tuple(axis.how for axis in rows.reduced)), np.nan),
        observed=np.all(observed | ~expected, axis=inner) | ~here,
        diverged=np.any(diverged & expected, axis=inner) & here,
        present=here,
        missing=tuple(absent or _absent(rows, mask, comparison, within.missing, plan, hypothesis)),
        incomplete=int((~keep).sum()),
    )
    return _defined(found, hypothesis)


def _defined(sample: Sample, hypothesis: Hypothesis) -> Sample:
    """The sample without the runs that have no value though they did not diverge, as if these were absent."""
    none = np.isnan(sample.values) & sample.present & ~sample.diverged
    if not (undefined := int(none.sum())):
        return sample
    rest = replace(sample, present=sample.present & ~none, observed=sample.observed | none)
    keep = _usable(rest.present, dict(zip(sample.factors, sample.axes, strict=True)), hypothesis)
    lost = undefined if hypothesis.test.blocks == "between" else int((~keep).sum())
    return replace(rest.take(keep), incomplete=sample.incomplete + lost, undefined=undefined)


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
    rows: Rows,
    mask: NDArray[np.bool_],
    comparison: Comparison,
    lacking: tuple[Cell, ...],
    plan: Plan,
    hypothesis: Hypothesis,
) -> Iterator[str]:
    """The levels of averaged factors, neither compared nor of the stratum, of which a stratum has no row at all; where
    the design has some combinations only, those of them.
    """
    settled = {*comparison.axes, *comparison.stratum}
    averaged_over = [path for path in rows.levels if path not in settled]
    for cell in lacking:
        yield ", ".join(f"{cell[path]} of {path}" for path in (*comparison.axes, *averaged_over))
    for path in averaged_over if comparison.planned is None and mask.any() else ():
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
