"""Pending chunks -> stored chunks: in this process, or by workers with one torch thread each; every chunk is stored as
it finishes.
"""

from __future__ import annotations

import multiprocessing
import queue
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from lnnstats.design.values import Chunk
from lnnstats.engine.device import describe, pick
from lnnstats.engine.execute import execute
from lnnstats.errors import Failed, Problem
from lnnstats.results.store import Receipt, save_chunk
from lnnstats.results.table import rows
from lnnstats.study.values import Study
from lnnstats.watch import Advance


@dataclass(frozen=True)
class Job:
    """Everything a worker needs beside a chunk."""

    study: Study
    folder: Path
    measured: str
    device: str


def work(chunks: Sequence[Chunk], job: Job, workers: int, advance: Advance) -> Iterator[Receipt]:
    """Train and store every chunk; yields receipts as chunks finish."""
    if workers <= 1 or len(chunks) <= 1:
        return _alone(chunks, job, advance)
    return _together(chunks, job, min(workers, len(chunks)), advance)


def one(chunk: Chunk, job: Job, advance: Advance) -> Receipt:
    """Train and store one chunk."""
    device, start, seen = pick(job.device), time.perf_counter(), 0
    total = chunk.batch.cells[0].world.training.steps

    def tick(step: int) -> None:
        nonlocal seen
        advance((step - seen) * chunk.runs)
        seen = step

    outcome = execute(chunk, job.study, device, tick)
    tick(total)
    return save_chunk(job.folder, chunk, job.measured, rows(outcome), describe(device), time.perf_counter() - start)


def _alone(chunks: Sequence[Chunk], job: Job, advance: Advance) -> Iterator[Receipt]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # small tensors: more threads only wait for each other
    try:
        for chunk in chunks:
            yield one(chunk, job, advance)
    finally:
        torch.set_num_threads(before)


def _together(chunks: Sequence[Chunk], job: Job, workers: int, advance: Advance) -> Iterator[Receipt]:
    context = multiprocessing.get_context("spawn")
    ticks = context.Queue()
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare, initargs=(ticks,))
    with _listening(ticks, advance):
        try:
            with _uninterrupted():
                pending: set[Future[Receipt]] = {pool.submit(_in_worker, chunk, job) for chunk in chunks}
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        except BrokenProcessPool:
            hint = "finished chunks are kept; repeat the same command, with --workers 1 if memory was short"
            raise Failed(Problem(path=str(job.folder), message="a worker died", hint=hint)) from None
        finally:
            _stop(pool)


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the workers at once; what they had not stored is trained again by the next run."""
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Workers started inside inherit Ctrl-C blocked: it is the parent's to handle, when the block ends."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _listening(ticks: Any, advance: Advance) -> Iterator[None]:
    """Pass the workers' ticks on while the block runs."""
    over = threading.Event()

    def listen() -> None:
        while not over.is_set():
            try:
                advance(ticks.get(timeout=0.2))
            except queue.Empty:
                continue

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


_TICKS: list[Any] = []  # a worker's way to report, set once when the worker starts


def _prepare(ticks: Any) -> None:
    torch.set_num_threads(1)
    _TICKS.append(ticks)


def _in_worker(chunk: Chunk, job: Job) -> Receipt:
    return one(chunk, job, _TICKS[0].put)
