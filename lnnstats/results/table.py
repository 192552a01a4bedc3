"""The long table: one row a run, response, step, layer and measurement.

Columns cell, block, status, draws, response, step, layer, measurement, value, observed; results have no column
`measurement` where no response of the study has that axis.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lnnstats.design.values import Cell, Design
from lnnstats.parts.responses.base import MEASUREMENTS, measurements
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
        ("measurement", NAME),
        ("value", pa.float64()),
        ("observed", pa.bool_()),
    ]
)
REQUIRED = tuple(name for name in SCHEMA.names if name != "measurement")
ORDER = ("block", "cell", "response", "step", "layer", "measurement")


def rows(outcome: Outcome) -> pa.Table:
    """An outcome as rows of the long table; a layer that a cell of the batch lacks is no row."""
    cells, status = outcome.chunk.batch.cells, outcome.status
    tables = [_response(name, recorded, outcome, cells, status) for name, recorded in outcome.recorded.items()]
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def _response(
    name: str, recorded: Recorded, outcome: Outcome, cells: tuple[Cell, ...], status: NDArray[np.int8]
) -> pa.Table:
    runs, _, layers, kinds = shape = recorded.values.shape
    blocks = outcome.chunk.last - outcome.chunk.first
    run = np.arange(runs)
    keep: Any = slice(None)
    if recorded.layers is not None:
        keep = np.broadcast_to(recorded.layers[run // blocks][:, None, :, None], shape).ravel()

    def spread(column: NDArray[Any]) -> NDArray[Any]:
        return np.broadcast_to(column, shape).ravel()[keep]

    by_run = (
        run[:, None, None, None],
        np.asarray(recorded.steps or (0,))[None, :, None, None],
        np.arange(1, layers + 1)[None, None, :, None],
        np.arange(kinds)[None, None, None, :],
    )
    size = spread(by_run[0]).size
    return pa.table(
        [
            _names(spread(by_run[0] // blocks), [cell.id for cell in cells]),
            pa.array(spread(outcome.chunk.first + by_run[0] % blocks), pa.int32()),
            _names(spread(status[:, None, None, None]), list(STATUSES)),
            pa.array(spread(outcome.draws[:, None, None, None])),
            _names(np.zeros(size, dtype=np.int32), [name]),
            pa.array(spread(by_run[1]), pa.int64()) if recorded.steps else pa.nulls(size, pa.int64()),
            pa.nulls(size, pa.int16()) if recorded.layers is None else pa.array(spread(by_run[2]), pa.int16()),
            _names(spread(by_run[3]), list(recorded.measurements)) if recorded.measurements else pa.nulls(size, NAME),
            pa.array(recorded.values.ravel()[keep]),
            pa.array(spread(recorded.observed[:, None, None, None])),
        ],
        schema=SCHEMA,
    )


def _names(codes: NDArray[Any], names: list[str]) -> pa.DictionaryArray:
    """The names of codes; null where a code is below 0."""
    places = pa.array(codes.astype(np.int32), mask=codes < 0 if codes.min(initial=0) < 0 else None)
    return pa.DictionaryArray.from_arrays(places, pa.array(names, pa.string()))


def exported(tables: Iterable[pa.Table], design: Design) -> pa.Table:
    """Chunk tables as one table of the design's runs in canonical order (block, cell as in the design, response as in
    the study, step, layer, measurement), a column a factor in front; the same bytes whatever the chunks were.

    Chunks stored before there were measurements have no such column.
    """
    columns = columns_of(design.study.responses)
    whole = pa.concat_tables([SCHEMA.empty_table(), *tables], promote_options="default").select(columns)
    table = whole.unify_dictionaries().combine_chunks()
    names = {
        "cell": [cell.id for cell in design.cells],
        "response": list(design.study.responses),
        "status": STATUSES,
        **({"measurement": MEASUREMENTS} if "measurement" in columns else {}),
    }
    table = _wanted(table, names["cell"], design.study.blocks.number)
    codes = {column: _codes(table[column], known) for column, known in names.items()}
    keys = pa.table({name: codes[name] if name in codes else table[name] for name in ORDER if name in columns})
    order = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names])
    table, codes = table.take(order), {column: code[order.to_numpy()] for column, code in codes.items()}
    levels = {path: _levels(codes["cell"], [c.levels[path] for c in design.cells]) for path in design.study.factors}
    named = {column: _names(code, list(names[column])) for column, code in codes.items()}
    return pa.table({**levels, **{name: named[name] if name in named else table[name] for name in columns}})


def columns_of(responses: Mapping[str, Any]) -> list[str]:
    """The columns of the results of responses, less the factors: `measurement` where one of them has any."""
    measured = any(measurements(response) for response in responses.values())
    return [name for name in SCHEMA.names if measured or name != "measurement"]


def _wanted(table: pa.Table, cells: Sequence[str], blocks: int) -> pa.Table:
    """The rows of a design's runs: a folder may hold more cells and blocks."""
    within = pa.array(_codes(table["cell"], cells) >= 0)
    return table.filter(pc.and_(pc.less(table["block"], blocks), within))


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


def _codes(column: pa.ChunkedArray, names: Sequence[str]) -> NDArray[np.int32]:
    """Each row's place among the names, -1 where its own is none of them."""
    place = {name: i for i, name in enumerate(names)}
    coded = column.combine_chunks()
    coded = coded.chunk(0) if isinstance(coded, pa.ChunkedArray) else coded
    known = np.array([place.get(name, -1) for name in coded.dictionary.to_pylist()], dtype=np.int32)
    known = np.append(known, np.int32(-1))  # the last is the place of a row without a name
    return known[coded.indices.fill_null(-1).to_numpy()] if len(coded) else np.empty(0, dtype=np.int32)


def _levels(cell: NDArray[np.int32], labels: list[Any]) -> pa.Array:
    """The level of every row, typed as its labels are, dictionary-encoded."""
    distinct = list(dict.fromkeys(labels))
    code = np.array([distinct.index(label) for label in labels], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(code[cell]), level_values(distinct))


def level_values(labels: Sequence[Any]) -> pa.Array:
    """Labels of levels as a column holds them: numbers where all are, else text (`0.001` beside `tuned`)."""
    numeric = all(isinstance(label, int | float) and not isinstance(label, bool) for label in labels)
    return pa.array(labels) if numeric else pa.array([str(label) for label in labels])
