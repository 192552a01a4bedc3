"""Design + what is stored already -> the chunks still to run, bounded in runs, memory and time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lnnstats.design.cost import run_bytes, run_seconds
from lnnstats.design.values import Batch, Cell, Chunk, Design

MAX_RUNS = 20_000  # about what stays in a core's cache (measured: 100,000 do not)
MAX_BYTES = 1 << 29
MAX_SECONDS = 30.0  # what a kill may lose


def chunks(design: Design, done: Mapping[str, frozenset[int]]) -> tuple[Chunk, ...]:
    """Chunks of every (cell, block) that `done` (cell id -> stored blocks) lacks; cells with the same gaps stay together."""
    return tuple(
        chunk
        for batch in design.batches
        for part, blocks in _gaps(batch, design, done)
        for chunk in _cut(part, blocks, design)
    )


def chunk_runs(batch: Batch, design: Design) -> int:
    """The most runs a chunk of this batch may hold."""
    by_bytes = MAX_BYTES / run_bytes(batch, design.study)
    by_time = MAX_SECONDS / max(run_seconds(batch, batch.cells[0]), 1e-12)
    return max(1, int(min(MAX_RUNS, by_bytes, by_time)))


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


def _cut(batch: Batch, blocks: list[int], design: Design) -> Iterator[Chunk]:
    """Contiguous ranges of blocks, each within the bounds; where one block of all cells is too much, the cells are cut too."""
    limit = chunk_runs(batch, design)
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
