"""A study that trains in a moment, and what its run folders hold."""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lnnstats.study.load import from_text
from lnnstats.study.values import Study

ROOT = Path(__file__).resolve().parents[2]
Tree = dict[str, Any]
DEEPER: Tree = {"paired_t": {"along": "network.depth", "treatment": 2, "reference": 1}}
TINY: Tree = {
    "title": "tiny",
    "seed": 7,
    "data": {"linear_regression": {"features": 2, "train": 20, "test": 10, "noise": 0.3}},
    "network": {"linear": {"depth": 1, "width": 2}},
    "training": {"optimizer": {"sgd": {"learning_rate": 0.05}}, "steps": 30},
    "factors": {"network.depth": {"levels": [1, 2], "scale": "ordinal"}},
    "blocks": {"number": 6, "draws": ["data", "init"]},
    "responses": {
        "test": {"mse": {"split": "test", "steps": [0, 10, 30]}},
        "excess": {"relative_excess_mse": {"resolution": 1e-3}},
        "time": {"time_to": {"of": "excess", "below": 0.5}},
    },
    "hypotheses": [
        {"id": "H1", "response": "test", "test": DEEPER, "sesoi": {"ratio": 1.05}},
        {"id": "H2", "response": "time", "test": {"sign_test": DEEPER["paired_t"]}},
    ],
}


def tiny(**changes: Any) -> str:
    """The text of the tiny study; `blocks=9` and `levels=[...]` are short, other keys replace whole sections."""
    tree = copy.deepcopy(TINY)
    if "blocks" in changes:
        tree["blocks"]["number"] = changes.pop("blocks")
    if "levels" in changes:
        tree["factors"]["network.depth"]["levels"] = changes.pop("levels")
    return json.dumps({**tree, **changes}, indent=1)  # JSON is YAML 1.2


def study(**changes: Any) -> Study:
    return from_text(tiny(**changes))


def chunk_files(folder: Path) -> dict[str, tuple[int, int]]:
    """Every chunk file and receipt, with its inode and time of change: a file written again, even alike, differs."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (folder / "chunks").iterdir()}


def receipts(folder: Path) -> list[Tree]:
    return [json.loads(path.read_text()) for path in sorted((folder / "chunks").glob("*.json"))]


def held(folder: Path) -> list[tuple[str, int]]:
    """Every (cell, block) that some chunk holds."""
    return [(cell, block) for r in receipts(folder) for cell in r["cells"] for block in range(r["first"], r["last"])]


def results(folder: Path) -> pa.Table:
    """The results with plain columns, so that equal content is equal."""
    table = pq.read_table(folder / "results.parquet")
    return pa.table(
        {
            n: c.cast(c.type.value_type) if pa.types.is_dictionary(c.type) else c
            for n, c in zip(table.column_names, table.columns, strict=True)
        }
    )


def leftovers(folder: Path) -> list[Path]:
    return list(folder.rglob("*.tmp"))


# The command line in a process of its own; the first argument is the most runs of a chunk.
COMMAND = """
import sys
from lnnstats.design.chunks import Limits
import lnnstats.engine.fill as fill
fill.CORE = Limits(int(sys.argv.pop(1)), 1 << 29, 30.0)
{before}
from lnnstats.cli import main
if __name__ == "__main__":
    main(prog_name="lnnstats")
"""


def command(*arguments: Any, max_runs: int = 20_000, before: str = "", cwd: Path = ROOT) -> subprocess.Popen[str]:
    """`lnnstats ARGUMENTS` started, at the head of a process group."""
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND.format(before=before), str(max_runs), *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(process: subprocess.Popen[str], timeout: float = 120) -> tuple[int, str, str]:
    """(exit code, standard output, standard error) of a process that ends by itself."""
    out, err = process.communicate(timeout=timeout)
    return process.returncode, out, err


def wait_for(there: Any, process: subprocess.Popen[str], timeout: float = 60) -> bool:
    """Wait until `there()` is true; False where the process ended first."""
    until = time.monotonic() + timeout
    while not there() and process.poll() is None:
        assert time.monotonic() < until, "the process does not come to what is awaited"
        time.sleep(0.01)
    return process.poll() is None


def interrupt(process: subprocess.Popen[str], how: signal.Signals = signal.SIGINT) -> None:
    """What a terminal does: the signal goes to the whole group."""
    os.killpg(process.pid, how)
