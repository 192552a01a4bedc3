"""Long table + hypothesis -> the rows of its response as arrays, and the runs of the blocks that it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lnnstats.errors import BadInput, Problem
from lnnstats.results.query import Results
from lnnstats.study.axes import AXES, chosen, of_runs
from lnnstats.study.comparisons import compared, kept
from lnnstats.study.levels import level_key
from lnnstats.study.values import Hypothesis, Plan, Reduction, Scalar

WITHIN = ("layer", "measurement")  # the axes of a state, of which a response may have several places


@dataclass(frozen=True, eq=False)
class Runs:
    """Levels and block of runs or rows; `levels`: path -> code of each in `labels[path]`."""

    labels: Mapping[str, tuple[Scalar, ...]]
    levels: Mapping[str, NDArray[np.int64]]
    block: NDArray[np.int64]

    def code(self, path: str, label: Scalar) -> int:
        return self.labels[path].index(label)

    def at(self, stratum: Mapping[str, Scalar]) -> NDArray[np.bool_]:
        """Which of them lie in a stratum; the place on an axis tells no run from another."""
        mask = np.ones(len(self.block), dtype=bool)
        for path in (path for path in stratum if path in self.levels):
            mask &= self.levels[path] == self.code(path, stratum[path])
        return mask


@dataclass(frozen=True, eq=False)
class Reduced:
    """An axis that is reduced in every run: how, and each row's place on it, from 0."""

    how: Reduction
    place: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Rows(Runs):
    """The rows of one response, as arrays; `reduced`: the axes that are reduced in every run, the outermost first."""

    reduced: tuple[Reduced, ...]
    value: NDArray[np.float64]
    observed: NDArray[np.bool_]
    diverged: NDArray[np.bool_]


def runs_of(results: Results, plan: Plan, hypothesis: Hypothesis) -> Runs:
    """The runs of the blocks that a hypothesis asks for, whatever response and step there is of them.

    Within blocks these are all under its conditions, at any level of what is compared; else those in a compared cell.
    """
    paths = of_runs(plan.factors)
    runs = results.distinct((*paths, "block"))
    free = hypothesis.test.compared if hypothesis.test.blocks == "within" else ()
    levels = {path: kept(plan, hypothesis, path) for path in paths} | compared(plan, hypothesis)
    levels |= {path: plan.factors[path].labels for path in free}
    codes, keep = _coded(runs, plan, {path: levels[path] for path in paths})
    return Runs(_labels(plan), codes, runs["block"].to_numpy()[keep].astype(np.int64))


def _labels(plan: Plan) -> dict[str, tuple[Scalar, ...]]:
    return {path: factor.labels for path, factor in plan.factors.items()}


def _coded(
    table: pa.Table, plan: Plan, levels: Mapping[str, tuple[Scalar, ...]]
) -> tuple[dict[str, NDArray[np.int64]], NDArray[np.bool_]]:
    """The codes of the rows that have the given levels, and which rows these are."""
    labels = _labels(plan)
    codes = {path: level_codes(table[path], labels[path]) for path in levels}
    keep = np.ones(table.num_rows, dtype=bool)
    for path, code in codes.items():
        keep &= np.isin(code, [plan.factors[path].labels.index(label) for label in levels[path]])
    return {path: code[keep] for path, code in codes.items()}, keep


def rows_of(results: Results, plan: Plan, hypothesis: Hypothesis) -> Rows:
    """The rows of a hypothesis's response at its places on the axes, under its conditions.

    Raises BadInput where the table has no row of the response.
    """
    step: Any = "every" if "step" in hypothesis.reduce else hypothesis.at.get("step", "last")
    columns = dict.fromkeys((*plan.factors, *hypothesis.reduce, "block", "status", *WITHIN, "value", "observed"))
    rows = results.response(hypothesis.response, step, tuple(columns))
    if rows.num_rows == 0 and hypothesis.response not in results.distinct(("response",))["response"].to_pylist():
        raise BadInput(
            Problem(
                path=f"hypotheses.{hypothesis.id}.response",
                message="the table holds no rows of this response",
                found=repr(hypothesis.response),
            )
        )
    for axis, place in chosen(hypothesis, plan.responses[hypothesis.response]).items():
        rows = _at(rows, axis, place) if axis in WITHIN else rows
    codes, keep = _coded(rows, plan, {path: kept(plan, hypothesis, path) for path in plan.factors})
    return Rows(
        _labels(plan),
        codes,
        rows["block"].to_numpy()[keep].astype(np.int64),
        tuple(_reduced(rows, keep, plan, hypothesis)),
        rows["value"].to_numpy()[keep],
        rows["observed"].to_numpy()[keep],
        pc.equal(rows["status"], "diverged").to_numpy()[keep],
    )


def _at(rows: pa.Table, axis: str, wanted: Any) -> pa.Table:
    """The rows at a position of an axis; `last` is the greatest there is."""
    column = rows[axis]
    if column.null_count == len(column):
        return rows
    return rows.filter(pc.equal(column, pc.max(column) if wanted == "last" else wanted))


def _reduced(rows: pa.Table, keep: NDArray[np.bool_], plan: Plan, hypothesis: Hypothesis) -> Iterator[Reduced]:
    """The axes that are reduced, as declared; those that a table has and nobody asks about by their mean."""
    asked = (*plan.factors, *chosen(hypothesis, plan.responses[hypothesis.response]))
    for axis in (axis for axis in AXES if axis in rows.column_names and axis not in asked):
        places = pc.unique(rows[axis])
        if places.null_count < len(places):
            labels = tuple(sorted(places.drop_null().to_pylist()))
            code = level_codes(rows[axis], labels)[keep]
            yield Reduced(hypothesis.reduce.get(axis, "mean"), np.where(code < 0, len(labels), code))


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
