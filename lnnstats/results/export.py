"""Stored chunks -> the results of a design in canonical order, a window of blocks at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from lnnstats.design.cost import WINDOW_ROWS, values_per_run
from lnnstats.design.values import Design
from lnnstats.results.store import Receipt, read_chunks
from lnnstats.results.table import exported


def windows(design: Design, rows: int = WINDOW_ROWS) -> Iterator[tuple[int, int]]:
    """Ranges [first, last) that partition the blocks, of about `rows` rows or one block, whatever the chunks are."""
    width = max(1, rows // sum(values_per_run(design.study, cell) for cell in design.cells))
    blocks = design.study.blocks.number
    return ((first, min(first + width, blocks)) for first in range(0, blocks, width))


def exports(folder: Path, held: list[Receipt], design: Design) -> Iterator[pa.Table]:
    """The results of a design, window after window in order, each in canonical order.

    A chunk that lies in two windows is read twice.
    """
    return (exported(read_chunks(folder, held, blocks), design) for blocks in windows(design))
