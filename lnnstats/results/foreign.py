"""Anybody's table -> the long table: CSV, TSV, Parquet or JSON lines, long (response, value) or wide (a column a
response).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.json as pa_json
import pyarrow.parquet as pq

from lnnstats.errors import BadInput, Problem
from lnnstats.names import did_you_mean
from lnnstats.results.table import SCHEMA, plain
from lnnstats.results.values import STATUSES
from lnnstats.study.values import Plan

FORMATS = ("csv", "tsv", "parquet", "jsonl", "ndjson")
DRAWS = SCHEMA.field("draws")  # beyond 2^63 - 1 a reader left to guess makes it a real and rounds it


def read_table(path: Path, plan: Plan) -> pa.Table:
    """The table of a file, in the form of a run's export.

    Raises BadInput naming what is missing, doubled or not a number.
    """
    table = _read(path)
    _require(path, table, [*plan.factors, "block"])
    if "response" in table.column_names and "value" in table.column_names:
        return _typed(path, table, plan)
    _require(path, table, plan.responses)
    return pa.concat_tables([_typed(path, _one(path, table, name, plan), plan) for name in plan.responses])


def write_table(table: pa.Table, path: Path) -> None:
    """A table to a file of the format its suffix names."""
    decoded = pa.table({name: plain(column) for name, column in zip(table.column_names, table.columns, strict=True)})
    match _format(path):
        case "parquet":
            pq.write_table(table, path, compression="zstd")
        case "csv" | "tsv" as name:
            pa_csv.write_csv(decoded, path, pa_csv.WriteOptions(delimiter="," if name == "csv" else "\t"))
        case _:
            with path.open("w", encoding="utf-8") as file:
                file.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in decoded.to_pylist())


def _format(path: Path) -> str:
    suffix = path.suffix.lstrip(".").lower()
    if suffix not in FORMATS:
        raise BadInput(
            Problem(path=str(path), message="unknown table format", found=repr(suffix), allowed=", ".join(FORMATS))
        )
    return suffix


def _read(path: Path) -> pa.Table:
    try:
        match _format(path):
            case "parquet":
                return pq.read_table(path)
            case "csv" | "tsv" as name:
                parse = pa_csv.ParseOptions(delimiter="," if name == "csv" else "\t")
                convert = pa_csv.ConvertOptions(column_types={DRAWS.name: DRAWS.type})
                return pa_csv.read_csv(path, parse_options=parse, convert_options=convert)
            case _:
                return pa_json.read_json(path, parse_options=pa_json.ParseOptions(explicit_schema=pa.schema([DRAWS])))
    except (OSError, pa.ArrowInvalid) as error:
        raise BadInput(Problem(path=str(path), message=f"cannot be read: {str(error).splitlines()[0]}")) from None


def _require(path: Path, table: pa.Table, columns: object) -> None:
    wanted = list(columns)  # type: ignore[call-overload]
    missing = [name for name in wanted if name not in table.column_names]
    if missing:
        raise BadInput(
            *(
                Problem(
                    path=f"{path}: {name}",
                    message="column is missing",
                    allowed=", ".join(table.column_names),
                    hint=did_you_mean(name, table.column_names),
                )
                for name in missing
            )
        )
    for name in table.column_names:
        if table.column_names.count(name) > 1:
            raise BadInput(Problem(path=f"{path}: {name}", message="column is there twice"))


def _one(path: Path, table: pa.Table, name: str, plan: Plan) -> pa.Table:
    """One response of a wide table as long rows."""
    keep = [column for column in table.column_names if column not in {*plan.responses, "response", "value"}]
    value = _cast(path, name, table[name], pa.float64())
    return table.select(keep).append_column("response", pa.array([name] * len(value))).append_column("value", value)


def _typed(path: Path, table: pa.Table, plan: Plan) -> pa.Table:
    """The columns of a run's export; those that a foreign table may leave out take their natural default."""
    size = table.num_rows
    value = _cast(path, "value", table["value"], pa.float64())
    finite = pc.is_finite(pc.fill_null(value, float("nan"))).to_numpy(zero_copy_only=False)
    there = {name: table[name] for name in table.column_names}
    status = there.get("status", pa.array(np.where(finite, "ok", "diverged")))
    columns = {
        "cell": there.get("cell", _cells(path, table, plan)),
        "block": _blocks(path, table),
        "status": status,
        "draws": there.get("draws", pa.array(np.zeros(size, dtype=np.uint64))),
        "response": table["response"],
        "step": there.get("step", pa.nulls(size)),
        "layer": there.get("layer", pa.nulls(size)),
        "value": pc.fill_null(value, float("nan")),
        "observed": there.get("observed", pa.array(np.ones(size, dtype=bool))),
    }
    _known_statuses(path, status)
    typed = {name: _cast(path, name, columns[name], SCHEMA.field(name).type) for name in SCHEMA.names}
    return pa.table({**{factor: table[factor] for factor in plan.factors}, **typed})


def _known_statuses(path: Path, status: pa.ChunkedArray | pa.Array) -> None:
    for word in pc.unique(plain(status)).to_pylist():
        if word not in STATUSES:
            allowed, meant = ", ".join(STATUSES), did_you_mean(str(word), STATUSES)
            raise BadInput(Problem(f"{path}: status", "unknown status", repr(word), allowed, meant))


def _cells(path: Path, table: pa.Table, plan: Plan) -> pa.Array:
    """A cell's name: its levels, joined."""
    if not plan.factors:
        return pa.array(["all"] * table.num_rows)
    return pc.binary_join_element_wise(*(_cast(path, name, table[name], pa.string()) for name in plan.factors), "|")


def _blocks(path: Path, table: pa.Table) -> pa.Array:
    """Block numbers; labels that are no whole numbers are numbered in sorted order."""
    column = plain(table["block"])
    if column.null_count:
        raise BadInput(
            Problem(
                path=f"{path}: block",
                message="a row has no block",
                hint="every row names the block (the seed, the subject) it belongs to",
            )
        )
    if pa.types.is_integer(column.type):
        return column
    labels = np.array([str(label) for label in column.to_pylist()])
    return pa.array(np.unique(labels, return_inverse=True)[1])


def _cast(path: Path, name: str, column: pa.ChunkedArray | pa.Array, wanted: pa.DataType) -> pa.ChunkedArray | pa.Array:
    """A column as the type wanted. Raises BadInput for one that holds anything else."""
    if column.type == wanted:
        return column
    try:
        decoded = plain(column)
        if pa.types.is_dictionary(wanted):
            return decoded.cast(pa.string()).dictionary_encode().cast(wanted)
        return decoded.cast(wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        number = pa.types.is_floating(wanted)
        raise BadInput(
            Problem(
                path=f"{path}: {name}",
                message=f"{'text where numbers belong: ' if number else ''}{str(error).splitlines()[0]}",
                allowed="numbers, inf, nan, or empty" if number else str(wanted),
            )
        ) from None
