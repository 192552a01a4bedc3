"""A table -> a file of the format that its suffix names."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from lnnstats.results.foreign.formats import format_of
from lnnstats.results.table import plain


def write_table(table: pa.Table, path: Path) -> None:
    """A table to a file; text formats are compressed where the suffix ends in .gz. Raises BadInput for the suffix."""
    name = format_of(path)
    if name == "parquet":
        pq.write_table(table, path, compression="zstd")
        return
    decoded = pa.table({name: plain(column) for name, column in zip(table.column_names, table.columns, strict=True)})
    with _stream(path) as file:
        if name in ("csv", "tsv"):
            pa_csv.write_csv(decoded, file, pa_csv.WriteOptions(delimiter="," if name == "csv" else "\t"))
        else:
            file.writelines(f"{json.dumps(row, ensure_ascii=False)}\n".encode() for row in decoded.to_pylist())


@contextmanager
def _stream(path: Path) -> Iterator[BinaryIO]:
    with cast(BinaryIO, gzip.open(path, "wb")) if path.suffix.lower() == ".gz" else path.open("wb") as file:
        yield file
