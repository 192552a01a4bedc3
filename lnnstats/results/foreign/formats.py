"""A table file -> its column names and a reader of some of its columns: CSV, TSV, Parquet, JSON lines."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from lnnstats.errors import LnnstatsError
from lnnstats.results.foreign.place import refusal

FORMATS = ("csv", "tsv", "parquet", "jsonl", "ndjson")
SEPARATORS = (",", ";", "\t")
MISSING = ("", "NA", "null")  # what spreadsheets, R and JSON write where nothing was measured
TEXT = pa.dictionary(pa.int32(), pa.string())
BATCH = 65_536  # JSON lines turned into columns at a time
ROW_OF_FILE = re.compile(r"Row #(\d+)")  # the reader of CSV counts the header too
Types = Mapping[str, pa.DataType]
Record = dict[str, str | None]


@dataclass(frozen=True)
class Sheet:
    """A table file: the names of its columns without spaces around them; `read` takes the types hoped for.

    A column that does not parse as its type comes as text.
    """

    names: tuple[str, ...]
    read: Callable[[Types], pa.Table]


def opened(path: Path) -> Sheet:
    """The sheet of a file. Raises BadInput for an unknown suffix and for what cannot be read."""
    name = format_of(path)
    with readable(path):
        if name == "parquet":
            return _parquet(path)
        return _separated(path) if name in ("csv", "tsv") else _lines(path)


def heading(path: Path) -> tuple[str, ...]:
    """The column names of a file, of JSON lines those of the first; quick for any size."""
    if format_of(path) not in ("jsonl", "ndjson"):
        return opened(path).names
    with readable(path), _stream(path) as file:
        return tuple(next(_records(path, file), {}))


def format_of(path: Path) -> str:
    """The format that a file's suffix names; text formats may be compressed (`.csv.gz`)."""
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    suffix = plain.suffix.lstrip(".").lower()
    if suffix not in FORMATS or (suffix == "parquet" and plain is not path):
        allowed = f"{', '.join(FORMATS)}, and .gz after a text format"
        raise refusal(path, "", "unknown table format", repr(path.suffix.lstrip(".")), allowed)
    return suffix


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """What the libraries say of a file that they cannot read, as one refusal."""
    try:
        yield
    except LnnstatsError:
        raise
    except UnicodeDecodeError:
        raise refusal(path, "", "cannot be read: not UTF-8 text", hint="save it as UTF-8") from None
    except (OSError, EOFError, zlib.error, pa.ArrowException) as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        said = ROW_OF_FILE.sub(lambda found: f"row {int(found[1]) - 1}", said)
        raise refusal(path, "", f"cannot be read: {said[:200]}") from None


def _parquet(path: Path) -> Sheet:
    written = pq.read_schema(path).names
    names = [name.strip() for name in written]

    def read(types: Types) -> pa.Table:
        wanted = {written[names.index(name)]: name for name in types}
        table = pq.ParquetFile(path).read(columns=list(wanted))
        return pa.table({wanted[name]: table[name] for name in wanted})

    return Sheet(tuple(names), read)


def _separated(path: Path) -> Sheet:
    separator = _separator(path)
    parse = pa_csv.ParseOptions(delimiter=separator)
    written = _header(path, separator)
    names = [name.strip() for name in written]

    def columns(types: Types, threads: bool) -> pa.Table:
        raw = {name: written[names.index(name)] for name in types}
        convert = pa_csv.ConvertOptions(
            include_columns=list(raw.values()),
            column_types={raw[name]: kind for name, kind in types.items()},
            null_values=list(MISSING),
        )
        with _source(path) as source:
            found = pa_csv.read_csv(source, pa_csv.ReadOptions(use_threads=threads), parse, convert)
        return found.rename_columns(list(types))

    def read(types: Types) -> pa.Table:
        try:
            return columns(types, threads=True)
        except pa.ArrowInvalid:  # as text, the cell at fault can be named; one thread can name a row at fault
            return columns(dict.fromkeys(types, TEXT), threads=False)

    return Sheet(tuple(names), read)


def _separator(path: Path) -> str:
    """What separates the columns: the separator seen most often in the header, else the suffix's own."""
    own = "\t" if format_of(path) == "tsv" else ","
    header = _first_line(path)
    return max(SEPARATORS, key=lambda separator: (header.count(separator), separator == own))


def _first_line(path: Path) -> str:
    with _stream(path) as file:
        line = next((line for line in file if line.strip()), b"")
    if not line:
        raise refusal(path, "", "cannot be read: the file is empty", hint="write a header and a row for every run")
    return line.decode("utf-8-sig")


def _header(path: Path, separator: str) -> list[str]:
    """The column names as the reader of CSV takes them."""
    head = pa.BufferReader(f"{_first_line(path).rstrip()}\n".encode())
    found = pa_csv.read_csv(head, pa_csv.ReadOptions(use_threads=False), pa_csv.ParseOptions(delimiter=separator))
    return cast("list[str]", found.column_names)


def _source(path: Path) -> pa.NativeFile:
    """The file read by Arrow's own threads: one that is still reading after an error may outlive Python's files."""
    return pa.input_stream(str(path), compression="gzip" if path.suffix.lower() == ".gz" else None)


def _stream(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.suffix.lower() == ".gz" else path.open("rb")


def _lines(path: Path) -> Sheet:
    """JSON lines as text, spelled as written; a key that a line lacks is a missing cell of it."""
    batches = [_columns(batch) for batch in _batches(path)]
    if not batches:
        raise refusal(path, "", "cannot be read: the file is empty", hint="write one JSON object a line")
    whole = pa.concat_tables(batches, promote_options="default")
    return Sheet(tuple(whole.column_names), lambda types: whole.select(list(types)))


def _columns(records: tuple[Record, ...]) -> pa.Table:
    names = dict.fromkeys(name for record in records for name in record)
    return pa.table({name: pa.array([record.get(name) for record in records], pa.string()) for name in names})


def _batches(path: Path) -> Iterator[tuple[Record, ...]]:
    with _stream(path) as file:
        records = _records(path, file)
        while batch := tuple(islice(records, BATCH)):
            yield batch


def _records(path: Path, file: BinaryIO) -> Iterator[Record]:
    for number, line in enumerate(file, 1):
        if line.strip(b" \t\r\n\xef\xbb\xbf"):
            yield _record(path, number, line)


def _record(path: Path, number: int, line: bytes) -> Record:
    """The cells of a line. Raises BadInput for a line that is no object, or holds a name twice or a list."""
    try:
        pairs = json.loads(
            line.decode("utf-8-sig"), object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=str
        )
    except (json.JSONDecodeError, RecursionError) as error:
        raise refusal(path, "", f"cannot be read: line {number} is no JSON: {error}") from None
    if not isinstance(pairs, _Pairs):
        raise refusal(path, "", f"cannot be read: line {number} is no object", allowed='{"block": 1, ...} a line')
    names = [name.strip() for name, _ in pairs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise refusal(path, twice, f"column is there twice, in line {number}")
    return {name: _cell(path, name, number, value) for name, (_, value) in zip(names, pairs, strict=True)}


class _Pairs(list[tuple[str, Any]]):
    """The names and values of a JSON object, doubled names included."""


def _cell(path: Path, name: str, number: int, value: Any) -> str | None:
    if isinstance(value, list):  # an object too: it is a list of pairs
        raise refusal(path, name, f"holds a list or an object, in line {number}", allowed="one number or text a cell")
    return str(value).lower() if isinstance(value, bool) else value
