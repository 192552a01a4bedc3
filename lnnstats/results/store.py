"""Run folders: immutable chunk files with receipts, written atomically; a kill at any instant loses at most the chunk
in hand.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from lnnstats.design.values import Chunk
from lnnstats.digest import file_sha256
from lnnstats.errors import Failed, Problem
from lnnstats.results.query import Results
from lnnstats.results.table import REQUIRED

CHUNKS = "chunks"
RESULTS = "results.parquet"


@dataclass(frozen=True)
class Receipt:
    """What a chunk file holds and what its bytes must hash to."""

    chunk: str
    measured: str
    cells: tuple[str, ...]
    first: int
    last: int
    file: str
    sha256: str
    device: str
    seconds: float


def save_chunk(folder: Path, chunk: Chunk, measured: str, rows: pa.Table, device: str, seconds: float) -> Receipt:
    """Store a chunk's rows: temporary file, fsync, rename; then its receipt the same way."""
    name = f"{chunk.id}-{measured}"
    path = folder / CHUNKS / f"{name}.parquet"
    with replacing(path) as temporary:
        pq.write_table(rows, temporary, compression="zstd")
    cells = tuple(cell.id for cell in chunk.batch.cells)
    receipt = Receipt(
        chunk.id, measured, cells, chunk.first, chunk.last, path.name, file_sha256(path), device, round(seconds, 3)
    )
    write_json(folder / CHUNKS / f"{name}.json", asdict(receipt))
    return receipt


def receipts(folder: Path, measured: str) -> tuple[list[Receipt], list[Receipt]]:
    """(whole, damaged) receipts of what was measured so; a chunk is whole if its file hashes to its receipt."""
    whole, damaged = [], []
    for path in sorted((folder / CHUNKS).glob(f"*-{measured}.json")):
        receipt = _receipt(path)
        file = folder / CHUNKS / (receipt.file if receipt else "")
        if receipt and file.is_file() and file_sha256(file) == receipt.sha256:
            whole.append(receipt)
        else:
            damaged.append(
                receipt
                or Receipt(
                    path.stem.removesuffix(f"-{measured}"), measured, (), 0, 0, f"{path.stem}.parquet", "", "", 0.0
                )
            )
    return whole, damaged


def _receipt(path: Path) -> Receipt | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Receipt(**{**content, "cells": tuple(content["cells"])})
    except (ValueError, TypeError, KeyError):
        return None


def discard(folder: Path, receipt: Receipt) -> None:
    """Forget a damaged chunk: its receipt goes, so that nobody reads its file."""
    (folder / CHUNKS / f"{receipt.chunk}-{receipt.measured}.json").unlink(missing_ok=True)


def stored_blocks(held: list[Receipt]) -> dict[str, frozenset[int]]:
    """Cell id -> blocks that receipts hold."""
    blocks: dict[str, set[int]] = {}
    for receipt in held:
        for cell in receipt.cells:
            blocks.setdefault(cell, set()).update(range(receipt.first, receipt.last))
    return {cell: frozenset(held_blocks) for cell, held_blocks in blocks.items()}


def read_chunks(folder: Path, held: list[Receipt], blocks: tuple[int, int] | None = None) -> Iterator[pa.Table]:
    """The rows of each receipt's file; of the blocks [first, last) where they are told."""
    if blocks is None:
        return (pq.read_table(folder / CHUNKS / receipt.file) for receipt in held)
    first, last = blocks
    within = (pc.field("block") >= first) & (pc.field("block") < last)
    here = (receipt for receipt in held if receipt.first < last and receipt.last > first)
    return (pq.read_table(folder / CHUNKS / receipt.file, filters=within) for receipt in here)


def save_results(folder: Path, windows: Iterable[pa.Table]) -> None:
    """The results of a finished run, from at least one window of them; each becomes a row group."""
    rest = iter(windows)
    first = next(rest)
    with (
        replacing(folder / RESULTS) as temporary,
        pq.ParquetWriter(temporary, first.schema, compression="zstd") as file,
    ):
        for window in chain([first], rest):
            file.write_table(window, row_group_size=max(1, window.num_rows))


def open_results(folder: Path) -> Results:
    """The results of a finished run, left on disk until asked for. Raises Failed where there are none, or damaged."""
    path = folder / RESULTS
    if not path.is_file():
        hint = "give the folder of a finished run (`lnnstats run STUDY` finishes one)"
        raise Failed(Problem(path=str(path), message="no results here", hint=hint))
    try:
        dataset = ds.dataset(path)
    except pa.ArrowInvalid as error:
        message = f"damaged: {str(error).splitlines()[0]}"
        raise Failed(Problem(path=str(path), message=message, hint="repeat `lnnstats run`")) from None
    if absent := [name for name in REQUIRED if name not in dataset.schema.names]:
        message = f"damaged: no column {', '.join(absent)}"
        raise Failed(Problem(path=str(path), message=message, hint="repeat `lnnstats run`"))
    return Results(dataset)


def read_results(folder: Path) -> pa.Table:
    """The whole table of a finished run, in memory. Raises Failed where there is none."""
    return open_results(folder).table()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place, synced, when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Text, atomically."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, content: Any) -> None:
    """JSON, atomically; the order of keys is the content's own (that of factors means something)."""
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


@contextmanager
def opened(folder: Path) -> Iterator[None]:
    """The folder, for one process at a time. Raises Failed in one line for a folder in use, not writable, or full."""
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed(
                Problem(
                    path=str(folder),
                    message="another process is writing this run",
                    hint="wait for it, or give another --out",
                )
            ) from None
        with disk_errors(folder):
            yield


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Full disks and forbidden folders as one clear line; what was finished stays."""
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK:
            raise
        raise Failed(
            Problem(
                path=str(folder),
                message=_DISK[error.errno],
                hint="finished chunks are kept; mend it and repeat the same command",
            )
        ) from None


_DISK = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "the folder is not writable",
    errno.EPERM: "the folder is not writable",
    errno.EROFS: "the file system is read-only",
    errno.ENOTDIR: "a file stands where the folder should be",
    errno.EEXIST: "a file stands where the folder should be",
    errno.ENOENT: "there is no such folder",
    errno.EISDIR: "a folder stands where the file should be",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EFBIG: "a file grew over its limit",
}
