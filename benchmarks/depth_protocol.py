"""The paper's protocol (width 1, depths 1-10, 4 noises, 100 blocks, SGD), beside JAX, Numba and a PyTorch loop.

Wall time per run-step over 2,000 of the 10,000 steps: a step costs the same all along. All but the loop record D at
log-spaced steps.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numba
import numpy as np
import torch

from benchmarks import jax_chains, numba_chains, torch_loops
from benchmarks.timing import interleaved, rows, save, seconds, table
from benchmarks.worlds import WATCH, Chains, chains, depth_study, points, whole
from lnnstats.design.values import Chunk
from lnnstats.engine.batch import runs
from lnnstats.engine.device import DTYPES
from lnnstats.engine.execute import execute
from lnnstats.engine.forms import FORMS
from lnnstats.engine.optimizers import optimizer
from lnnstats.engine.record import Trained
from lnnstats.engine.train import train
from lnnstats.parts.responses import log_spaced
from lnnstats.study.values import Study

STEPS, POINT_STEPS, LOOP_STEPS, REPEATS, RATE = 2000, 20, 30, 7, 1e-3
CPU = torch.device("cpu")
US = 1e6
Timer = Callable[[], float]


def main() -> None:
    """Both dtypes; prints and stores the tables, in microseconds per run-step."""
    torch.set_num_threads(1)
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS
    stored = {}
    for dtype in ("float32", "float64"):
        with ProcessPoolExecutor(2, get_context("spawn"), initializer=torch.set_num_threads, initargs=(1,)) as pool:
            timers = competitors(dtype, pool)
            for timer in timers.values():
                timer()  # compile, start workers, fault pages in
            measured = rows(interleaved(timers, repeats), "lnnstats, train, 1 thread")
        stored[dtype] = {"agreement": agreement(dtype), "rows": measured}
        print(table(f"{dtype}, per run-step, {repeats} interleaved repeats", measured, "us", US))
        print(f"\nLargest difference of D from lnnstats: {stored[dtype]['agreement']}\n")
    save("depth_protocol", stored)


def competitors(dtype: str, pool: ProcessPoolExecutor) -> dict[str, Timer]:
    """Name -> a timer that returns seconds per run-step."""
    study, watched = depth_study(STEPS, dtype), depth_study(STEPS, dtype, more=WATCH)
    data, chunk = chains(study), whole(study)
    total = work(data, STEPS)
    return {
        "lnnstats, train, 1 thread": lambda: ours(study) / total,
        "lnnstats, train + time_to at every step, 1 thread": lambda: ours(watched) / total,
        "lnnstats, whole execute with draws, 1 thread": lambda: seconds(lambda: execute(chunk, study, CPU)) / total,
        "lnnstats, whole execute with draws, 2 workers": lambda: seconds(lambda: halves(study, pool)) / total,
        **jax_timers(data, depth_study(POINT_STEPS, dtype)),
        **numba_timers(data),
        **loop_timers(data, study),
    }


def work(data: Chains, steps: int) -> int:
    """Run-steps of all runs."""
    return len(data.depths) * steps


@torch.inference_mode()
def ours(study: Study) -> float:
    """Seconds of the training alone, as `lnnstats.engine.execute` calls it."""
    form, update = started(study)
    return seconds(lambda: train(form, update, study.training, study.responses))


def started(study: Study) -> tuple[Any, Any]:
    """The engine's form of a study's runs at their initial weights, and its optimizer."""
    chunk = whole(study)
    axis, dtype = runs(chunk, study.seed, study.blocks), DTYPES[study.training.dtype]
    form = FORMS[chunk.batch.form](axis, dtype, CPU)
    return form, optimizer(axis, form, dtype, CPU)


def halves(study: Study, pool: ProcessPoolExecutor) -> None:
    """Two chunks of half the blocks, each in a worker."""
    batch, half = whole(study).batch, study.blocks.number // 2
    futures = [pool.submit(half_chunk, Chunk(batch, low, low + half), study) for low in (0, half)]
    for future in futures:
        future.result()


def half_chunk(chunk: Chunk, study: Study) -> None:
    """In a worker: train, bring nothing back."""
    execute(chunk, study, CPU)


def jax_timers(data: Chains, short: Study) -> dict[str, Timer]:
    """Second moments, one call a depth and padded, and the full data, one call a depth; XLA's default threads."""
    program, padded = jax_chains.on_moments(log_spaced(STEPS), RATE), jax_chains.placed(data)
    depths = jax_chains.by_depth(data)
    parts = [jax_chains.placed(data, part, first) for part, first in depths]
    full = jax_chains.on_points(log_spaced(POINT_STEPS), RATE)
    cells = points(short)
    x, y = (np.concatenate([getattr(cell, name)[..., 0] for cell in cells]).astype(data.weights.dtype) for name in "xy")
    sets = [(*call[:3], x[part], y[part], call[-1]) for call, (part, _) in zip(parts, depths, strict=True)]
    total, few = work(data, STEPS), work(data, POINT_STEPS)
    return {
        "JAX, second moments, one call a depth, default threads": lambda: all_of(program, parts) / total,
        "JAX, second moments, padded, default threads": lambda: all_of(program, [padded]) / total,
        f"JAX, full data ({POINT_STEPS} steps), one call a depth, default threads": lambda: all_of(full, sets) / few,
    }


def all_of(program: Callable[..., Any], calls: list[Any]) -> float:
    """Seconds of some calls, one after the other, each waited for."""
    return seconds(lambda: [program(*call).block_until_ready() for call in calls])


def numba_timers(data: Chains) -> dict[str, Timer]:
    """The fused kernel, strict and fastmath on one thread, fastmath on two."""
    call = numba_chains.arguments(data, log_spaced(STEPS), RATE)
    kinds = {"1 thread": (False, False), "fastmath, 1 thread": (True, False), "fastmath, 2 threads": (True, True)}

    def timer(fastmath: bool, parallel: bool) -> Timer:
        numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
        kernel = numba_chains.kernel(fastmath, parallel)
        return lambda: seconds(lambda: kernel(*call)) / work(data, STEPS)

    return {f"Numba, fused, {name}": timer(*flags) for name, flags in kinds.items()}


def loop_timers(data: Chains, study: Study) -> dict[str, Timer]:
    """One run of each depth on its 1,000 points, a few steps each."""
    dtype, cells = DTYPES[study.training.dtype], points(study)
    jobs = []
    for position in range(0, len(cells), 4):
        run, first = position * study.blocks.number, len(data.weights) - position // 4 - 1
        numbers = zip(data.weights[first:, run], data.biases[first:, run], strict=True)
        layers = [(torch.tensor(w), torch.tensor(b)) for w, b in numbers]
        jobs.append((layers, *(torch.tensor(getattr(cells[position], name)[0, :, 0], dtype=dtype) for name in "xy")))

    def timer(loop: Callable[..., None]) -> Timer:
        return lambda: seconds(lambda: [loop(*job, RATE, LOOP_STEPS) for job in jobs]) / (len(jobs) * LOOP_STEPS)

    return {
        "PyTorch, per-run loop on the data, by hand, 1 thread": timer(torch_loops.by_hand),
        "PyTorch, per-run loop on the data, autograd, 1 thread": timer(torch_loops.by_autograd),
    }


def agreement(dtype: str) -> dict[str, float]:
    """Largest |D - D of lnnstats| over runs at the last step: the competitors compute the same thing."""
    study = depth_study(200, dtype)
    data, steps = chains(study), log_spaced(200)
    mine: Trained = train(*started(study), study.training, study.responses)
    expected = mine.values["deviation"][-1].numpy()
    call = numba_chains.arguments(data, steps, RATE)
    numba_chains.kernel(False, False)(*call)
    by_jax = jax_chains.on_moments(steps, RATE)(*jax_chains.placed(data))
    others = {"Numba": call[-1][:, -1], "JAX": np.asarray(by_jax)[-1]}
    return {name: float(np.abs(found - expected).max()) for name, found in others.items()}


if __name__ == "__main__":
    main()
