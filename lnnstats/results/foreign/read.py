"""A table file and a plan -> the long table of a run, with a note on every row left out; or one clear error.

An empty cell is a run that is missing: it has no row. `nan` and `inf` are runs that diverged: rows like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lnnstats.names import did_you_mean
from lnnstats.parts.responses.base import AXES
from lnnstats.results.foreign.blocks import no_duplicates, numbered
from lnnstats.results.foreign.formats import opened, readable
from lnnstats.results.foreign.layout import Layout, recognised, unplaced
from lnnstats.results.foreign.levels import coded, matched
from lnnstats.results.foreign.measurements import placed
from lnnstats.results.foreign.numbers import numbers
from lnnstats.results.foreign.place import ROW, counted, refusal, rows
from lnnstats.results.foreign.state import observed, statuses
from lnnstats.results.table import NAME, SCHEMA, columns_of, plain
from lnnstats.study.values import Plan

Notes = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Foreign:
    """A table in the form of a run's export, and a sentence on everything that is not in it as it was in the file."""

    table: pa.Table
    notes: Notes


def read(path: Path, plan: Plan) -> Foreign:
    """The table of a file. Raises BadInput naming what is missing, doubled or not a number, with its column and row."""
    with readable(path):
        sheet = opened(path)
        layout = recognised(path, sheet.names, plan)
        table = sheet.read(layout.types)
        if not table.num_rows:
            raise refusal(path, "", "holds a header and no rows", hint="write a row for every run")
        _flat(path, table.drop_columns(list(layout.values)))
        table = table.append_column(ROW, pa.array(np.arange(1, table.num_rows + 1, dtype=np.int32)))
        long, told = _long(path, table, layout, plan)
        return _typed(path, long, plan, (*told, *unplaced(layout.others, plan)))


def read_table(path: Path, plan: Plan) -> pa.Table:
    """The table of `read`, without its notes."""
    return read(path, plan).table


def _flat(path: Path, table: pa.Table) -> None:
    """Refuse a column of names whose cells are lists or structures; `numbers` refuses those of values."""
    for field in table.schema:
        if pa.types.is_nested(field.type):
            allowed, hint = "a number or a word a cell", "give each of them a column of its own"
            raise refusal(path, field.name, "cells hold several values", str(field.type), allowed, hint)


def _long(path: Path, table: pa.Table, layout: Layout, plan: Plan) -> tuple[pa.Table, Notes]:
    """A table of any layout with a row a run and response."""
    for name in layout.values:
        place = table.column_names.index(name)
        table = table.set_column(place, name, numbers(path, name, table, pa.float64()))
    if layout.kind == "long":
        return _planned(path, table, plan)
    if layout.kind == "wide":
        return _melted(table, layout, "response"), ()
    (factor,), (response,) = plan.factors, plan.responses
    long = _melted(table, layout, factor)
    told = f"a column a level of {factor}, a row a block: {', '.join(layout.values)} hold {response}"
    return long.append_column("response", _constant(response, long.num_rows)), (told,)


def _melted(table: pa.Table, layout: Layout, into: str) -> pa.Table:
    """The value columns below each other, their names in a column `into`."""
    rest = table.drop_columns(list(layout.values))
    parts = [
        rest.append_column(into, _constant(name, len(rest))).append_column("value", table[name])
        for name in layout.values
    ]
    return pa.concat_tables(parts).unify_dictionaries()


def _constant(word: str, size: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(size, dtype=np.int32)), pa.array([word]))


def _planned(path: Path, table: pa.Table, plan: Plan) -> tuple[pa.Table, Notes]:
    """The rows of the plan's responses, and a note on the others."""
    place, names = coded(table["response"])
    trimmed = [str(name).strip() for name in names]
    known = np.array([*(name in plan.responses for name in trimmed), False])
    labels = pa.DictionaryArray.from_arrays(pa.array(np.maximum(place, 0), pa.int32()), pa.array(trimmed, pa.string()))
    table = table.set_column(table.column_names.index("response"), "response", labels)
    if known[place].all():
        return table, ()
    other = [name for name, planned in zip(trimmed, known[:-1], strict=True) if not planned]
    if not known[place].any():
        hint = did_you_mean(other[0], plan.responses) if other else ""
        raise refusal(path, "response", "no row is of a response of the plan", "", ", ".join(plan.responses), hint)
    left = counted(int((~known[place]).sum()), table.num_rows)
    told = f"{left} left out: the plan names no response {', '.join(other[:8]) or 'without a name'}"
    return table.filter(pa.array(known[place])), (told,)


def _typed(path: Path, table: pa.Table, plan: Plan, told: Notes) -> Foreign:
    """The columns of a run's export; those that a foreign table may leave out take their natural default."""
    table, levels = matched(path, table, plan)
    table = table.set_column(table.column_names.index("block"), "block", numbered(path, table))
    for name in (name for name in ("step", "layer", "draws") if name in table.column_names):
        kind = SCHEMA.field(name).type
        table = table.set_column(table.column_names.index(name), name, numbers(path, name, table, kind))
    table, measured = placed(path, statuses(path, table), plan)
    there = pa.array(pc.or_(pc.is_valid(table["value"]), pc.equal(table["status"], "diverged")).combine_chunks())
    kept, missing = _with_values(path, table, there)
    no_duplicates(path, kept, [*plan.factors, *_keys(kept)])
    return Foreign(_columns(path, kept, plan), (*told, *levels, *measured, *missing))


def _keys(table: pa.Table) -> Sequence[str]:
    return [name for name in ("block", "response", *AXES) if name in table.column_names]


def _with_values(path: Path, table: pa.Table, there: pa.Array) -> tuple[pa.Table, Notes]:
    """The rows of runs that are there, and a note on those that are missing."""
    absent = np.flatnonzero(~there.to_numpy(zero_copy_only=False))
    if not absent.size:
        return table, ()
    if absent.size == table.num_rows:
        raise refusal(path, "", "no row holds a value", hint="write nan or inf for a run that diverged")
    place, names = coded(table["response"])
    told = []
    for code in np.unique(place[absent]):
        at = table[ROW].to_numpy()[absent[place[absent] == code]].tolist()
        count = counted(len(at), int((place == code).sum()))
        told.append(f"{count} of {names[code]} hold no value and count as missing runs ({rows(at)})")
    kept = table.filter(there)
    return kept, (*told, *_lost(table["block"], kept["block"]))


def _lost(named: pa.ChunkedArray, kept: pa.ChunkedArray) -> Notes:
    """A note on the blocks of which no row is left: nothing after this can count them."""
    lost = set(pc.unique(named).to_pylist()) - set(pc.unique(kept).to_pylist())
    if not lost:
        return ()
    noun, verb, is_ = ("block", "holds", "is") if len(lost) == 1 else ("blocks", "hold", "are")
    return (f"{len(lost):,} {noun} {verb} no value at all and {is_} not counted as incomplete",)


def _columns(path: Path, table: pa.Table, plan: Plan) -> pa.Table:
    size, there = table.num_rows, {name: table[name] for name in table.column_names}
    columns = {
        "cell": there.get("cell", _cells(table, plan)),
        "block": there["block"],
        "status": there["status"],
        "draws": there.get("draws", pa.array(np.zeros(size, dtype=np.uint64))),
        "response": there["response"],
        "step": there.get("step", pa.nulls(size)),
        "layer": there.get("layer", pa.nulls(size)),
        "measurement": there.get("measurement", pa.nulls(size, NAME)),
        "value": pc.fill_null(there["value"], float("nan")),
        "observed": observed(path, table),
    }
    typed = {name: _cast(columns[name], SCHEMA.field(name).type) for name in columns_of(plan.responses)}
    return pa.table({**{factor: there[factor] for factor in plan.factors}, **typed})


def _cells(table: pa.Table, plan: Plan) -> pa.ChunkedArray | pa.Array:
    """A cell's name: its levels, joined."""
    if not plan.factors:
        return _constant("all", table.num_rows)
    texts = [plain(table[name]).cast(pa.string()) for name in plan.factors]
    return pc.binary_join_element_wise(*texts, "|")


def _cast(column: pa.ChunkedArray | pa.Array, wanted: pa.DataType) -> pa.ChunkedArray | pa.Array:
    if column.type == wanted:
        return column
    column = plain(column)
    return column.cast(pa.string()).dictionary_encode() if pa.types.is_dictionary(wanted) else column.cast(wanted)
