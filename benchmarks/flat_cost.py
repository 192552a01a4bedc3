"""Does a run cost the same in a design of a million? Execute + rows + store of 1 to 50 full chunks, and `lnnstats run`.

Each size is a process of its own, so that its peak resident memory is its own; of `lnnstats run`, with its workers, it
is that of the largest process. 200 steps of the depth protocol in float64. Sizes are repeated in turn and the least
time counts; processor seconds are those of all processes together. What a process pays once (imports, the first chunk,
the figures) is in the first size, so the cost of a further run is given beside the cost of a run.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.timing import save
from benchmarks.worlds import TREND, depth_study, depth_text, whole

STEPS, CELLS = 200, 40
REPEATS = {20_000: 5, 100_000: 5, 1_000_000: 2}  # by size
Row = dict[str, Any]


def main() -> None:
    """Prints and stores microseconds a run and a further run, and peak memory."""
    for stage in sys.argv[1:] or ("stages", "pipeline"):
        turns = range(max(REPEATS.values()))
        taken = [_measured(stage, runs) for turn in turns for runs, repeats in REPEATS.items() if turn < repeats]
        measured = [_least([row for row in taken if row["runs"] == runs]) for runs in REPEATS]
        print("\n".join([*HEAD, *map(_line, measured, [None, *measured])]).format(stage=stage, steps=STEPS) + "\n")
        save(f"flat_cost_{stage}", measured)


HEAD = (
    "### {stage}, {steps} steps\n",
    "| runs | us a run | slowest | processor us | us a further run | processor us | peak MiB |",
    "|---|---|---|---|---|---|---|",
)


def _least(rows: list[Row]) -> Row:
    """The least times and the largest memory of a size's repeats; `slowest` is the greatest time."""
    times = {key: min(row[key] for row in rows) for key in ("seconds", "processor_seconds")}
    slowest, peak = (max(row[key] for row in rows) for key in ("seconds", "peak_mib"))
    return {"runs": rows[0]["runs"], "repeats": len(rows), **times, "slowest": slowest, "peak_mib": peak}


def _line(row: Row, smaller: Row | None) -> str:
    """A row of the table; a further run costs what the next smaller size did not."""
    keys, runs = ("seconds", "processor_seconds"), row["runs"]
    wall, slowest, processor = (f"{row[key] / runs * 1e6:.1f}" for key in ("seconds", "slowest", "processor_seconds"))
    further = [f"{(row[k] - smaller[k]) / (runs - smaller['runs']) * 1e6:.1f}" if smaller else "" for k in keys]
    return f"| {runs:,} | {wall} | {slowest} | {processor} | {further[0]} | {further[1]} | {row['peak_mib']:.0f} |"


def _measured(stage: str, runs: int) -> Row:
    """A stage at a size, in a process of its own."""
    code = f"from benchmarks.flat_cost import {stage}; {stage}({runs})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{stage} of {runs} runs failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def stages(runs: int) -> None:
    """Execute, rows and store, chunk by chunk, in one process."""
    import torch

    from lnnstats.design.chunks import chunks
    from lnnstats.design.expand import expand
    from lnnstats.engine.execute import execute
    from lnnstats.results.store import save_chunk
    from lnnstats.results.table import rows

    torch.set_num_threads(1)
    first, study = depth_study(STEPS, blocks=1), depth_study(STEPS, blocks=runs // CELLS)
    execute(whole(first), first, torch.device("cpu"))  # what only the first chunk of a process pays
    with tempfile.TemporaryDirectory() as folder:
        start, used = time.perf_counter(), time.process_time()
        for chunk in chunks(expand(study), {}):
            outcome = execute(chunk, study, torch.device("cpu"))
            save_chunk(Path(folder), chunk, "measured", rows(outcome), "cpu", 0.0)
        _print(runs, time.perf_counter() - start, time.process_time() - used, resource.RUSAGE_SELF)


def pipeline(runs: int) -> None:
    """`lnnstats run` of a study file: training, export, analysis and report."""
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "study.yaml"
        study.write_text(depth_text(STEPS, blocks=runs // CELLS, more=TREND), encoding="utf-8")
        start = time.perf_counter()
        command = [sys.executable, "-m", "lnnstats", "run", str(study), "--out", str(Path(folder) / "run")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        seconds, children = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        _print(runs, seconds, children.ru_utime + children.ru_stime, resource.RUSAGE_CHILDREN)


def _print(runs: int, seconds: float, processor: float, who: int) -> None:
    peak = resource.getrusage(who).ru_maxrss / 1024
    print(json.dumps({"runs": runs, "seconds": seconds, "processor_seconds": processor, "peak_mib": peak}))


if __name__ == "__main__":
    main()
