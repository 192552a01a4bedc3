"""Design + what is stored already -> the chunks still to run, bounded in runs, memory and time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lnnstats.design.cost import chunk_bytes, run_bytes
from lnnstats.design.values import Batch, Cell, Chunk, Design
from lnnstats.design.work import training


@dataclass(frozen=True)
class Limits:
    """The most a chunk may hold: runs, bytes, and seconds of one core, which is what a kill may lose.

    `cache`: bytes of runs on second moments, which every step passes over from end to end.
    """

    runs: int
    bytes: float
    seconds: float
    cache: float = math.inf


CORE = Limits(20_000, 1 << 29, 30.0, 1 << 25)  # a core's cache (measured: twice the bytes, or 100,000 runs, are slower)
GPU = Limits(1_000_000, 1 << 33, 600.0)  # small kernels wait for their launch: the wider the better (not yet measured)


def chunks(design: Design, done: Mapping[str, frozenset[int]], limits: Limits = CORE) -> tuple[Chunk, ...]:
    """Chunks of every (cell, block) that `done` (cell id -> stored blocks) lacks.

    Cells with the same gaps stay together.
    """
    return tuple(
        chunk
        for batch in design.batches
        for part, blocks in _gaps(batch, design, done)
        for chunk in _cut(part, blocks, design, limits)
    )


def chunk_runs(batch: Batch, design: Design, limits: Limits = CORE) -> int:
    """The most runs a chunk of this batch may hold; data that its runs share leave them half of the bytes at least.

    What a chunk takes whatever its size is paid again by every chunk: its runs may take at least twice as long.
    """
    work = training(batch, design.study)
    held = limits.bytes if batch.form == "autograd" else min(limits.bytes, limits.cache)
    by_bytes = max(held - chunk_bytes(batch, design.study), held / 2) / run_bytes(batch, design.study)
    by_time = max(limits.seconds - work.chunk, 2 * work.chunk) / work.run
    return max(1, int(min(limits.runs, by_bytes, by_time)))


def _gaps(batch: Batch, design: Design, done: Mapping[str, frozenset[int]]) -> Iterator[tuple[Batch, list[int]]]:
    """Sub-batches of cells that miss the same blocks."""
    missing: dict[tuple[int, ...], list[Cell]] = {}
    everything = range(design.study.blocks.number)
    for cell in batch.cells:
        stored = done.get(cell.id, frozenset())
        gap = tuple(everything) if not stored else tuple(b for b in everything if b not in stored)
        if gap:
            missing.setdefault(gap, []).append(cell)
    return ((Batch(batch.form, tuple(cells)), list(gap)) for gap, cells in missing.items())


def _cut(batch: Batch, blocks: list[int], design: Design, limits: Limits) -> Iterator[Chunk]:
    """Contiguous ranges of blocks within the limits; where one block of all cells is too much, cells are cut too."""
    limit = chunk_runs(batch, design, limits)
    for first in range(0, len(batch.cells), limit):
        part = Batch(batch.form, batch.cells[first : first + limit])
        width = max(1, limit // len(part.cells))
        for start, stop in _ranges(blocks):
            for low in range(start, stop, width):
                yield Chunk(part, low, min(low + width, stop))


def _ranges(blocks: list[int]) -> Iterator[tuple[int, int]]:
    """Maximal runs of consecutive numbers as [start, stop)."""
    start = previous = blocks[0]
    for block in blocks[1:]:
        if block != previous + 1:
            yield start, previous + 1
            start = block
        previous = block
    yield start, previous + 1
