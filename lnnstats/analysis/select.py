"""Long table + hypothesis -> one Sample a stratum: values [blocks, levels], aligned by key, never by position."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lnnstats.errors import BadInput, Problem
from lnnstats.results.query import Results
from lnnstats.study.values import Hypothesis, Plan, Scalar


@dataclass(frozen=True, eq=False)
class Sample:
    """The data of a hypothesis in a stratum.

    values, observed, diverged, present: [n, k] for n blocks and k compared cells, the last factor fastest (treatment
    before reference in a pair). A procedure within blocks has complete blocks only; elsewhere `present` says which
    cells a block has, and the others are NaN, observed, not diverged. `factors` and `axes`: the compared paths and
    their levels; `missing`: cells without a single run; `incomplete`: blocks left out because a compared run is absent.
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
    rows = _rows(results, plan, hypothesis)
    axes = compared(plan, hypothesis)
    strata = {path: _kept(plan, hypothesis, path) for path in _strata(plan, hypothesis)}
    for combination in product(*strata.values()):
        stratum = dict(zip(strata, combination, strict=True))
        mask = np.ones(len(rows.value), dtype=bool)
        for path, label in stratum.items():
            mask &= rows.levels[path] == rows.code(path, label)
        yield _pivot(rows, mask, stratum, axes, hypothesis.test.blocks == "within")


def compared(plan: Plan, hypothesis: Hypothesis) -> dict[str, tuple[Scalar, ...]]:
    """The factors a hypothesis compares and their levels, in order; none for a procedure on one cell."""
    test = hypothesis.test
    return {
        path: test.chosen(path, plan.factors[path].baseline) or _kept(plan, hypothesis, path) for path in test.compared
    }


def _kept(plan: Plan, hypothesis: Hypothesis, path: str) -> tuple[Scalar, ...]:
    """A factor's levels in declared order, less those that `where` leaves out."""
    labels = plan.factors[path].labels
    return tuple(label for label in labels if label in hypothesis.where.get(path, labels))


def _strata(plan: Plan, hypothesis: Hypothesis) -> list[str]:
    if hypothesis.strata == "average":
        return []
    return [
        path
        for path, factor in plan.factors.items()
        if factor.role == "stratum" and path not in (*hypothesis.test.compared, *hypothesis.average)
    ]


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows of one response at one step, as arrays; `levels`: path -> code of each row in `labels[path]`."""

    labels: Mapping[str, tuple[Scalar, ...]]
    levels: Mapping[str, NDArray[np.int64]]
    block: NDArray[np.int64]
    layer: NDArray[np.int64]
    value: NDArray[np.float64]
    observed: NDArray[np.bool_]
    diverged: NDArray[np.bool_]
    reduce: str | None

    def code(self, path: str, label: Scalar) -> int:
        return self.labels[path].index(label)


def _rows(results: Results, plan: Plan, hypothesis: Hypothesis) -> _Rows:
    columns = (*plan.factors, "block", "status", "layer", "value", "observed")
    rows = results.response(hypothesis.response, hypothesis.at.get("step", "last"), columns)
    if rows.num_rows == 0 and hypothesis.response not in results.distinct(("response",))["response"].to_pylist():
        raise BadInput(
            Problem(
                path=f"hypotheses.{hypothesis.id}.response",
                message="the table holds no rows of this response",
                found=repr(hypothesis.response),
            )
        )
    if "layer" in hypothesis.at:
        rows = _at(rows, "layer", hypothesis.at["layer"])
    codes = {path: level_codes(rows[path], factor.labels) for path, factor in plan.factors.items()}
    keep = np.ones(rows.num_rows, dtype=bool)
    for path, code in codes.items():
        wanted = [plan.factors[path].labels.index(label) for label in _kept(plan, hypothesis, path)]
        keep &= np.isin(code, wanted)
    return _Rows(
        {path: factor.labels for path, factor in plan.factors.items()},
        {path: code[keep] for path, code in codes.items()},
        rows["block"].to_numpy()[keep].astype(np.int64),
        pc.fill_null(rows["layer"], 0).to_numpy()[keep].astype(np.int64),
        rows["value"].to_numpy()[keep],
        rows["observed"].to_numpy()[keep],
        pc.equal(rows["status"], "diverged").to_numpy()[keep],
        hypothesis.reduce.get("layer"),
    )


def _at(rows: pa.Table, axis: str, wanted: Any) -> pa.Table:
    """The rows at a position of an axis; `last` is the greatest there is."""
    column = rows[axis]
    if column.null_count == len(column):
        return rows
    return rows.filter(pc.equal(column, pc.max(column) if wanted == "last" else wanted))


def level_codes(column: pa.ChunkedArray, labels: tuple[Scalar, ...]) -> NDArray[np.int64]:
    """Each row's position among a factor's labels, -1 for a level that the plan does not name; numbers match by value,
    not by spelling.
    """
    encoded = column.combine_chunks()
    encoded = encoded.chunk(0) if isinstance(encoded, pa.ChunkedArray) else encoded
    encoded = encoded if pa.types.is_dictionary(encoded.type) else encoded.dictionary_encode()
    keys = [level_key(label) for label in labels]
    codes = [keys.index(k) if (k := level_key(v)) in keys else -1 for v in encoded.dictionary.to_pylist()]
    place = np.array([*codes, -1], dtype=np.int64)  # the last is the place of a row without a level
    return place[encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)]


def level_key(label: Any) -> Any:
    """What two spellings of one level share: `2`, `2.0` and `"2"` are one number, `true` and `"True"` one truth."""
    text = str(label).strip()
    if text.lower() in ("true", "false"):
        return text.lower()
    try:
        return float(text)
    except ValueError:
        return text


def _pivot(
    rows: _Rows,
    mask: NDArray[np.bool_],
    stratum: Mapping[str, Scalar],
    axes: Mapping[str, tuple[Scalar, ...]],
    complete_only: bool,
) -> Sample:
    """Rows as [blocks, cells]; what is left over (averaged factors, a reduced layer axis) is reduced last."""
    columns, cells = _columns(rows, axes)
    mask = mask & (columns >= 0)
    blocks, block = np.unique(rows.block[mask], return_inverse=True)
    rest, other = _rest(rows, mask, stratum, tuple(axes))
    shape = (len(blocks), len(cells), rest)
    flat = np.ravel_multi_index((block, columns[mask], other), shape) if mask.any() else np.empty(0, dtype=np.int64)
    counts = np.bincount(flat, minlength=int(np.prod(shape)))
    _no_duplicates(counts, shape, blocks, cells)
    there: NDArray[np.bool_] = counts.reshape(shape) > 0
    expected = np.any(there, axis=(0, 1))
    present = np.all(there[:, :, expected], axis=2) & bool(expected.any())
    keep = np.all(present, axis=1) if complete_only else np.any(present, axis=1)

    def spread(values: NDArray[Any], empty: Any) -> NDArray[Any]:
        out = np.full(counts.size, empty, dtype=values.dtype)
        out[flat] = values[mask]
        return out.reshape(shape)[keep][:, :, expected]

    value, observed, diverged = spread(rows.value, np.nan), spread(rows.observed, True), spread(rows.diverged, False)
    here = present[keep]
    return Sample(
        stratum=stratum,
        factors=tuple(axes),
        axes=tuple(axes.values()),
        blocks=blocks[keep],
        values=np.where(here, _reduced(value, rows.reduce), np.nan),
        observed=np.all(observed, axis=2) | ~here,
        diverged=np.any(diverged, axis=2) & here,
        present=here,
        missing=tuple(cell for cell, some in zip(cells, np.any(there, axis=(0, 2)), strict=True) if not some),
        incomplete=int((~keep).sum()),
    )


def _columns(rows: _Rows, axes: Mapping[str, tuple[Scalar, ...]]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Each row's place among the compared cells, -1 for none, and what the cells are called."""
    columns = np.zeros(len(rows.value), dtype=np.int64)
    for path, levels in axes.items():
        places = np.full(len(rows.labels[path]), -1)
        places[[rows.code(path, label) for label in levels]] = np.arange(len(levels))
        place = places[rows.levels[path]]
        columns = np.where((columns < 0) | (place < 0), -1, columns * len(levels) + place)
    return columns, tuple(", ".join(map(str, cell)) for cell in product(*axes.values())) if axes else ("the cell",)


def _rest(
    rows: _Rows, mask: NDArray[np.bool_], stratum: Mapping[str, Scalar], compared: tuple[str, ...]
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
