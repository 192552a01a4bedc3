"""The long table: one row a run, response, step and layer.

Columns cell, block, status, draws, response, step, layer, value, observed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lnnstats.design.values import Cell, Design
from lnnstats.results.values import STATUSES, Outcome, Recorded

NAME = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [
        ("cell", NAME),
        ("block", pa.int32()),
        ("status", NAME),
        ("draws", pa.uint64()),
        ("response", NAME),
        ("step", pa.int64()),
        ("layer", pa.int16()),
        ("value", pa.float64()),
        ("observed", pa.bool_()),
    ]
)


def rows(outcome: Outcome) -> pa.Table:
    """An outcome as rows of the long table; layers that a shallower cell of the batch lacks are no rows."""
    cells, status = outcome.chunk.batch.cells, outcome.status
    tables = [_response(name, recorded, outcome, cells, status) for name, recorded in outcome.recorded.items()]
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def _response(
    name: str, recorded: Recorded, outcome: Outcome, cells: tuple[Cell, ...], status: NDArray[np.int8]
) -> pa.Table:
    runs, steps, layers = recorded.values.shape
    shape = (runs, steps, layers)
    blocks = outcome.chunk.last - outcome.chunk.first
    run = np.arange(runs)
    depths = np.array([cell.world.network.depth for cell in cells])[run // blocks]
    keep = (np.arange(layers) < depths[:, None, None]).repeat(steps, axis=1).ravel() if recorded.layered else slice(None)

    def spread(column: NDArray[Any]) -> NDArray[Any]:
        return np.broadcast_to(column, shape).ravel()[keep]

    by_run = (
        run[:, None, None],
        np.asarray(recorded.steps or (0,))[None, :, None],
        np.arange(1, layers + 1)[None, None, :],
    )
    size = spread(by_run[0]).size
    return pa.table(
        [
            _names(spread(by_run[0] // blocks), [cell.id for cell in cells]),
            pa.array(spread(outcome.chunk.first + by_run[0] % blocks), pa.int32()),
            _names(spread(status[:, None, None]), list(STATUSES)),
            pa.array(spread(outcome.draws[:, None, None])),
            _names(np.zeros(size, dtype=np.int32), [name]),
            pa.array(spread(by_run[1]), pa.int64()) if recorded.steps else pa.nulls(size, pa.int64()),
            pa.array(spread(by_run[2]), pa.int16()) if recorded.layered else pa.nulls(size, pa.int16()),
            pa.array(recorded.values.ravel()[keep]),
            pa.array(spread(recorded.observed[:, None, None])),
        ],
        schema=SCHEMA,
    )


def _names(codes: NDArray[Any], names: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(names, pa.string()))


def exported(tables: Iterable[pa.Table], design: Design) -> pa.Table:
    """Chunk tables as one table of the design's runs in canonical order (cell, block, response, step, layer), a column
    a factor in front.
    """
    table = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
    table = table.filter(pc.less(table["block"], design.study.blocks.number))
    place = {cell.id: i for i, cell in enumerate(design.cells)}
    cell = _codes(table["cell"], place)
    table, cell = (table.filter(pa.array(cell >= 0)), cell[cell >= 0]) if (cell < 0).any() else (table, cell)
    response = _codes(table["response"], {name: i for i, name in enumerate(design.study.responses)})
    keys = pa.table(
        {
            "cell": pa.array(cell),
            "block": table["block"],
            "response": pa.array(response),
            "step": table["step"],
            "layer": table["layer"],
        }
    )
    order = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names])
    table, cell = table.take(order), cell[order.to_numpy()]
    levels = {path: _levels(cell, [c.levels[path] for c in design.cells]) for path in design.study.factors}
    return pa.table({**levels, **{name: table[name] for name in SCHEMA.names}})


def same(first: pa.Table, second: pa.Table) -> bool:
    """Whether two tables hold the same values in the same order, however encoded; NaN equals NaN."""
    if first.column_names != second.column_names or first.num_rows != second.num_rows:
        return False
    return all(_same(a, b) for a, b in zip(first.columns, second.columns, strict=True))


def _same(first: pa.ChunkedArray, second: pa.ChunkedArray) -> bool:
    first, second = plain(first), plain(second)
    if pa.types.is_floating(first.type) and pa.types.is_floating(second.type):
        return bool(np.array_equal(first.to_numpy(), second.to_numpy(), equal_nan=True))
    return bool(first.equals(second))


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column without its dictionary."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _codes(column: pa.ChunkedArray, place: Mapping[str, int]) -> NDArray[np.int32]:
    """Each row's place by name, -1 where the name has none."""
    coded = column.combine_chunks()
    coded = coded.chunk(0) if isinstance(coded, pa.ChunkedArray) else coded
    known = np.array([place.get(name, -1) for name in coded.dictionary.to_pylist()], dtype=np.int32)
    return known[coded.indices.to_numpy()] if len(coded) else np.empty(0, dtype=np.int32)


def _levels(cell: NDArray[np.int32], labels: list[Any]) -> pa.Array:
    """The level of every row, typed as its labels are, dictionary-encoded."""
    distinct = list(dict.fromkeys(labels))
    code = np.array([distinct.index(label) for label in labels], dtype=np.int32)
    numeric = all(isinstance(label, int | float) and not isinstance(label, bool) for label in distinct)
    values = pa.array(distinct) if numeric else pa.array([str(label) for label in distinct])
    return pa.DictionaryArray.from_arrays(pa.array(code[cell]), values)
