"""Does a run cost the same in a design of a million? Execute + rows + store of 1 to 50 full chunks, and `lnnstats run`.

Each size is a process of its own, so that its peak resident memory is its own; of `lnnstats run`, with its workers, it
is that of the largest process. 200 steps of the depth protocol in float64.
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

STEPS, CELLS, SIZES = 200, 40, (20_000, 100_000, 1_000_000)


def main() -> None:
    """Prints and stores microseconds a run, the ratio to one chunk, and peak memory."""
    for stage in sys.argv[1:] or ("stages", "pipeline"):
        measured = [_measured(stage, runs) for runs in SIZES]
        print(f"### {stage}, {STEPS} steps\n\n| runs | us a run | of the first | peak MiB |\n|---|---|---|---|")
        for row in measured:
            each, first = row["seconds"] / row["runs"], measured[0]["seconds"] / measured[0]["runs"]
            print(f"| {row['runs']:,} | {each * 1e6:.1f} | {each / first:.2f} | {row['peak_mib']:.0f} |")
        print()
        save(f"flat_cost_{stage}", measured)


def _measured(stage: str, runs: int) -> dict[str, Any]:
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
        start = time.perf_counter()
        for chunk in chunks(expand(study), {}):
            outcome = execute(chunk, study, torch.device("cpu"))
            save_chunk(Path(folder), chunk, "measured", rows(outcome), "cpu", 0.0)
        _print(runs, time.perf_counter() - start, 0)


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
        _print(runs, time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def _print(runs: int, seconds: float, children_kib: int) -> None:
    peak = max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, children_kib) / 1024
    print(json.dumps({"runs": runs, "seconds": seconds, "peak_mib": peak}))


if __name__ == "__main__":
    main()
