"""The paper's protocol on the CPU and on a GPU, from one code path: time per run-step as the number of runs grows.

    python -m benchmarks.device

Training only (draws excluded), float32 and float64, D recorded at log-spaced steps; a warm-up, then the least of three.
"""

from __future__ import annotations

import time

import numpy as np
import torch

from benchmarks.worlds import DEPTH
from lnnstats.design.expand import expand
from lnnstats.design.values import Chunk
from lnnstats.engine.batch import runs
from lnnstats.engine.device import DTYPES, describe, exact
from lnnstats.engine.forms import FORMS
from lnnstats.engine.optimizers import optimizer
from lnnstats.engine.train import train
from lnnstats.study.load import from_text
from lnnstats.study.values import Study

STEPS = 1000
REPEATS = 3


def seconds(declared: Study, device: torch.device) -> tuple[float, float]:
    """(least seconds of training every run as one chunk, mean final D)."""
    exact()
    batch = expand(declared).batches[0]
    chunk = Chunk(batch, 0, declared.blocks.number)
    taken, final = [], 0.0
    for _ in range(1 + REPEATS):
        with torch.inference_mode():
            axis, dtype = runs(chunk, declared.seed, declared.blocks), DTYPES[declared.training.dtype]
            form = FORMS[batch.form](axis, dtype, device)
            update = optimizer(axis, form, dtype, device)
            _wait(device)
            start = time.perf_counter()
            done = train(form, update, batch.cells[0].world.training, declared.responses)
            _wait(device)
        taken.append(time.perf_counter() - start)
        final = float(np.mean(done.values["deviation"][-1].cpu().numpy()))
    return min(taken[1:]), final


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def main() -> None:
    torch.set_num_threads(1)
    devices = [torch.device("cpu"), *([torch.device("cuda")] if torch.cuda.is_available() else [])]
    print("| device | dtype | runs | ns per run-step | mean final D |\n|---|---|---|---|---|")
    for dtype in ("float32", "float64"):
        for blocks in (100, 1_000, 10_000):
            declared = from_text(DEPTH.format(steps=STEPS, dtype=dtype, blocks=blocks))
            for device in devices:
                if device.type == "cpu" and blocks > 1_000:
                    continue
                least, final = seconds(declared, device)
                count = blocks * 40
                print(
                    f"| {describe(device)} | {dtype} | {count:,} | {least / STEPS / count * 1e9:.3f} | {final:.6f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
