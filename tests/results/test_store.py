"""Run folders: whole chunks or none, whatever happens to the process, the disk or the files."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lnnstats.design.chunks import CORE, Limits, chunks
from lnnstats.design.expand import expand
from lnnstats.design.values import Chunk
from lnnstats.digest import file_sha256
from lnnstats.engine.execute import execute
from lnnstats.errors import Failed
from lnnstats.results import store
from lnnstats.results.manifest import Manifest, from_json, hashes, machine, versions
from lnnstats.results.store import (
    opened,
    read_chunks,
    read_results,
    receipts,
    replacing,
    save_chunk,
    save_results,
    stored_blocks,
    write_json,
)
from lnnstats.results.table import exported, rows, same
from tests.worlds import CPU, study

ROOT = Path(__file__).resolve().parents[2]
STUDY = study(factors={"network.depth": [1, 2]}, blocks={"number": 6})
DESIGN = expand(STUDY)
CHUNKS = chunks(DESIGN, {}, Limits(4, CORE.bytes, CORE.seconds))


def table(chunk: Chunk) -> pa.Table:
    return rows(execute(chunk, STUDY, CPU))


def filled(folder: Path) -> list[store.Receipt]:
    return [save_chunk(folder, chunk, "measured", table(chunk), "cpu", 0.5) for chunk in CHUNKS]


def test_what_is_stored_is_read_back(tmp_path: Path) -> None:
    saved = filled(tmp_path)
    whole, damaged = receipts(tmp_path, "measured")
    assert (
        damaged == []
        and sorted(whole, key=lambda r: r.first) == sorted(saved, key=lambda r: r.first)
        and len(whole) == 3
    )
    assert stored_blocks(whole) == {cell.id: frozenset(range(6)) for cell in DESIGN.cells}
    direct = exported([table(chunk) for chunk in CHUNKS], DESIGN)
    assert same(exported(read_chunks(tmp_path, whole), DESIGN), direct)
    save_results(tmp_path, [direct])
    assert same(read_results(tmp_path), direct)


def test_only_what_was_measured_so_counts(tmp_path: Path) -> None:
    filled(tmp_path)
    assert receipts(tmp_path, "otherwise") == ([], [])


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert receipts(tmp_path / "none", "measured") == ([], [])
    with pytest.raises(Failed, match="no results here"):
        read_results(tmp_path)


def hurt(path: Path, how: str) -> None:
    content = path.read_bytes()
    match how:
        case "a bit flipped":
            path.write_bytes(content[:40] + bytes([content[40] ^ 1]) + content[41:])
        case "cut short":
            path.write_bytes(content[: len(content) // 2])
        case "emptied":
            path.write_bytes(b"")
        case "another's":
            path.write_text('{"chunk": 1}')
        case "gone":
            path.unlink()


@pytest.mark.parametrize("how", ["a bit flipped", "cut short", "emptied", "gone"])
def test_a_damaged_chunk_is_found_by_its_hash(tmp_path: Path, how: str) -> None:
    first, *others = filled(tmp_path)
    hurt(tmp_path / store.CHUNKS / first.file, how)
    whole, damaged = receipts(tmp_path, "measured")
    assert damaged == [first] and set(whole) == set(others)
    again = chunks(DESIGN, stored_blocks(whole))
    assert {(c.id, b) for chunk in again for c in chunk.batch.cells for b in range(chunk.first, chunk.last)} == {
        (cell, block) for cell in first.cells for block in range(first.first, first.last)
    }


@pytest.mark.parametrize("how", ["cut short", "emptied", "another's"])
def test_a_damaged_receipt_makes_its_chunk_unstored(tmp_path: Path, how: str) -> None:
    first, *others = filled(tmp_path)
    hurt(tmp_path / store.CHUNKS / f"{first.chunk}-measured.json", how)
    whole, damaged = receipts(tmp_path, "measured")
    assert set(whole) == set(others) and [receipt.file for receipt in damaged] == [first.file]
    store.discard(tmp_path, damaged[0])
    assert receipts(tmp_path, "measured")[1] == []


def test_a_chunk_without_its_receipt_is_unstored(tmp_path: Path) -> None:
    """Killed between the two renames: the rows are there, nobody vouches for them."""
    first, *others = filled(tmp_path)
    (tmp_path / store.CHUNKS / f"{first.chunk}-measured.json").unlink()
    assert set(receipts(tmp_path, "measured")[0]) == set(others)
    assert save_chunk(tmp_path, CHUNKS[0], "measured", table(CHUNKS[0]), "cpu", 0.5) == first


def test_nothing_takes_the_place_of_a_file_before_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "file.txt"
    store.write_text(path, "first")
    with pytest.raises(ZeroDivisionError), replacing(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "first" and os.listdir(path.parent) == ["file.txt"]


def test_json_keeps_the_order_of_its_content_and_has_no_nan(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"b": 1.0, "a": "é"})
    assert (tmp_path / "a.json").read_bytes() == '{\n "b": 1.0,\n "a": "é"\n}\n'.encode()
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "c.json", {"a": float("nan")})
    assert not (tmp_path / "c.json").exists()


# Kills

WRITER = """
import sys
from pathlib import Path
import pyarrow as pa
from lnnstats.design.expand import expand
from lnnstats.design.values import Batch, Chunk
from lnnstats.results.store import opened, save_chunk
from lnnstats.study.load import from_text

(batch,) = expand(from_text('{"data": linear_regression, "network": linear, "responses": {"loss": loss}}')).batches
rows = pa.table({"value": pa.array(range(20_000))})
with opened(Path(sys.argv[1])):
    for block in range(100_000):
        save_chunk(Path(sys.argv[1]), Chunk(batch, block, block + 1), "m", rows, "cpu", 0.0)
        print(block, flush=True)
"""


@pytest.mark.parametrize("wait", [0.0, 0.003, 0.011])
def test_a_kill_while_writing_leaves_only_whole_chunks(tmp_path: Path, wait: float) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(5)]
    time.sleep(wait)  # somewhere within a write
    writer.kill()
    told += [int(line) for line in writer.stdout.read().split()]
    writer.stdout.close()
    assert writer.wait() == -signal.SIGKILL
    whole, damaged = receipts(tmp_path, "m")
    assert damaged == []
    assert {receipt.first for receipt in whole} >= set(told) and len(whole) <= len(told) + 1
    assert all(part.num_rows == 20_000 for part in read_chunks(tmp_path, whole))
    with opened(tmp_path):  # the lock died with its holder
        pass


HOLDER = """
import sys
from pathlib import Path
from lnnstats.results.store import opened

with opened(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_to_wait(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        with pytest.raises(Failed) as caught, opened(tmp_path):
            pass
        assert (
            str(caught.value) == f"{tmp_path}: another process is writing this run, wait for it, or give another --out"
        )
        holder.communicate()
    with opened(tmp_path):
        pass


# Disks


def one_line(error: Failed) -> str:
    text = str(error)
    assert "\n" not in text and error.exit_code == 1
    return text


def test_a_file_beyond_its_limit_fails_in_one_line_and_keeps_what_was_stored(tmp_path: Path) -> None:
    """A real short write: RLIMIT_FSIZE gives EFBIG, as a full disk gives ENOSPC, from within the Parquet writer."""
    first = save_chunk(tmp_path, CHUNKS[0], "measured", table(CHUNKS[0]), "cpu", 0.5)
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(Failed) as caught, opened(tmp_path):
            save_chunk(tmp_path, CHUNKS[1], "measured", table(CHUNKS[1]), "cpu", 0.5)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert "a file grew over its limit, finished chunks are kept" in one_line(caught.value)
    assert receipts(tmp_path, "measured") == ([first], [])
    assert not [name for name in os.listdir(tmp_path / store.CHUNKS) if name.endswith(".tmp")]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "not writable"),
    ],
)
def test_a_full_or_forbidden_disk_fails_in_one_line(
    tmp_path: Path, code: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(pq, "write_table", refuse)
    with pytest.raises(Failed) as caught, opened(tmp_path):
        save_chunk(tmp_path, CHUNKS[0], "measured", table(CHUNKS[0]), "cpu", 0.5)
    assert words in one_line(caught.value) and str(tmp_path) in str(caught.value)
    assert receipts(tmp_path, "measured") == ([], [])


def test_an_error_that_is_not_the_disks_is_not_hidden(tmp_path: Path) -> None:
    with pytest.raises(BrokenPipeError), opened(tmp_path):
        raise BrokenPipeError(errno.EPIPE, "pipe")


def test_a_file_in_the_folders_place_fails_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(Failed) as caught, opened(folder):
            pass
        assert "a file stands where the folder should be" in one_line(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_read_only_folder_fails_in_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Failed) as caught, opened(tmp_path / "run"):
        pass
    assert "not writable" in one_line(caught.value)


# Manifest


def test_a_manifest_survives_json(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    files = hashes(tmp_path, ["a.txt", "missing.txt"])
    assert files == {"a.txt": file_sha256(tmp_path / "a.txt")}
    made = Manifest(
        study="s",
        digests={"world": "1"},
        versions=versions(),
        machine=machine(),
        devices=("cpu",),
        dtypes=("float64",),
        cells=2,
        excluded=0,
        blocks=6,
        runs=12,
        statuses={"ok": 12},
        seconds=1.5,
        files=files,
    )
    write_json(tmp_path / "manifest.json", made.__dict__)
    assert from_json(json.loads((tmp_path / "manifest.json").read_text())) == made
    assert {"torch", "numpy", "scipy", "pyarrow"} <= set(made.versions) and all(made.versions.values())
