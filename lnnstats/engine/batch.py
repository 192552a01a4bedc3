"""Chunk -> what its runs start from: initial weights, rates, data or second moments.

Run r = (cell r // B, block r % B).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from lnnstats.design.values import Cell, Chunk
from lnnstats.draws.batches import order
from lnnstats.draws.data import sample
from lnnstats.draws.data.values import Dataset
from lnnstats.draws.inits import Layer, initial
from lnnstats.draws.moments import Moments, moments, targets
from lnnstats.draws.streams import Stream, Tally
from lnnstats.study.values import Blocks

SLAB_POINTS = 4_000_000  # numbers of data held at once while moments are taken
SPLITS = ("train", "test")
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Runs:
    """The run axis of a chunk: its cells, its blocks, and how blocks draw."""

    cells: tuple[Cell, ...]
    blocks: NDArray[np.int64]
    seed: int
    drawing: Blocks

    @property
    def size(self) -> int:
        return len(self.cells) * len(self.blocks)

    def stream(self, cell: Cell, blocks: NDArray[np.int64] | None = None, tally: Tally | None = None) -> Stream:
        """The random stream of a cell's blocks: its stratum's own where that draws anew, its crossed draws."""
        tags = tuple((purpose, cell.fresh) for purpose in self.drawing.draws) if cell.fresh else ()
        here, drawn = self.blocks if blocks is None else blocks, frozenset(self.drawing.draws)
        return Stream(self.seed, here, drawn, tags, tally, tuple(cell.crossed.items()))

    def column(self, field: Callable[[Cell], float]) -> NDArray[np.float64]:
        """A per-cell number for every run, [R]."""
        return np.repeat(np.array([field(cell) for cell in self.cells], dtype=np.float64), len(self.blocks))

    def rows(self, groups: Iterable[int], lengths: Sequence[int]) -> NDArray[np.int64]:
        """Where each run's draw stands in the stack of all groups' draws, [R]; `lengths`: draws of each group, one a
        block or one that its blocks share.
        """
        starts, inside = np.cumsum([0, *lengths]), np.arange(len(self.blocks))
        return np.concatenate([starts[group] + np.minimum(inside, lengths[group] - 1) for group in groups])


def runs(chunk: Chunk, seed: int, drawing: Blocks) -> Runs:
    """The run axis of a chunk."""
    return Runs(chunk.batch.cells, np.arange(chunk.first, chunk.last, dtype=np.int64), seed, drawing)


def grouped(cells: tuple[Cell, ...], key: Callable[[Cell], Key]) -> tuple[list[Cell], list[int]]:
    """One cell of each distinct key, in order, and the group of each cell."""
    seen: dict[Key, int] = {}
    groups = [seen.setdefault(key(cell), len(seen)) for cell in cells]
    return [cells[groups.index(group)] for group in range(len(seen))], groups


@dataclass(frozen=True, eq=False)
class Drawn(Generic[Value]):
    """What was drawn, and the checksum of its raw words, [R] (or [blocks] before it is spread over runs)."""

    value: Value
    checksum: NDArray[np.uint64]


def initial_layers(axis: Runs) -> Drawn[list[tuple[Layer, ...]]]:
    """For every cell its initial layers [B or 1, rows, columns]; cells of one network share the draw."""
    first, groups = grouped(axis.cells, _initialised_by)
    drawn = [_layers(axis, cell) for cell in first]
    checksum = np.concatenate([np.broadcast_to(drawn[group].checksum, axis.blocks.shape) for group in groups])
    return Drawn([drawn[group].value for group in groups], checksum)


def _initialised_by(cell: Cell) -> tuple[Any, ...]:
    """What a cell's initial weights depend on beside the block."""
    data = cell.world.data
    return cell.world.network, data.inputs, data.outputs, data.image, cell.fresh, cell.crossed.get("init")


def _sampled_by(cell: Cell) -> tuple[Any, ...]:
    """What a cell's data depend on beside the block."""
    return cell.world.data, cell.fresh, cell.crossed.get("data")


def _layers(axis: Runs, cell: Cell) -> Drawn[tuple[Layer, ...]]:
    tally = Tally(len(axis.blocks))
    data = cell.world.data
    drawn = initial(cell.world.network, data.inputs, data.outputs, axis.stream(cell, tally=tally), data.image)
    return Drawn(drawn, tally.sums)


def stacked_moments(axis: Runs, intercept: bool) -> Drawn[dict[str, Moments]]:
    """Second moments of both splits of every run's data, [R, ...], taken in slabs of blocks: the data are never held
    whole.
    """
    first, groups = grouped(axis.cells, _sampled_by)
    held = [list(_moments(axis, cell, intercept)) for cell in first]
    parts = [slab for slabs in held for slab in slabs]
    rows = axis.rows(groups, [sum(len(slab.checksum) for slab in slabs) for slabs in held])
    splits = {split: _stacked([part.value[split] for part in parts], rows) for split in SPLITS}
    return Drawn(splits, np.concatenate([part.checksum for part in parts])[rows])


def _stacked(parts: list[Moments], rows: NDArray[np.int64]) -> Moments:
    return Moments(
        *(np.concatenate([getattr(part, name) for part in parts])[rows] for name in ("gram", "optimum", "floor"))
    )


def _moments(axis: Runs, cell: Cell, intercept: bool) -> Iterator[Drawn[dict[str, Moments]]]:
    for blocks in _slabs(axis, cell):
        data = _sampled(axis, cell, blocks)
        splits = {split: getattr(data.value, split) for split in SPLITS}
        outputs = cell.world.data.outputs
        yield Drawn(
            {name: moments(part, targets(part, outputs), intercept) for name, part in splits.items()}, data.checksum
        )


def _sampled(axis: Runs, cell: Cell, blocks: NDArray[np.int64]) -> Drawn[Dataset]:
    """A cell's data in some blocks; the checksum has the data's leading axis, [B or 1]."""
    tally = Tally(len(blocks) if _differ(axis, cell) else 1)
    return Drawn(sample(cell.world.data, axis.stream(cell, blocks, tally)), tally.sums)


def _differ(axis: Runs, cell: Cell) -> bool:
    """Whether each block has data of its own."""
    return "data" in axis.drawing.draws and cell.world.data.drawn


def _slabs(axis: Runs, cell: Cell) -> Iterator[NDArray[np.int64]]:
    if not _differ(axis, cell):
        return iter((axis.blocks[:1],))
    points = cell.world.data.train * (cell.world.data.inputs + cell.world.data.outputs)
    width = max(1, SLAB_POINTS // points)
    return (axis.blocks[start : start + width] for start in range(0, len(axis.blocks), width))


def stacked_data(axis: Runs) -> tuple[Drawn[tuple[Dataset, ...]], NDArray[np.int64]]:
    """The distinct data sets of a chunk, one Dataset a group, and each run's row in their stack."""
    first, groups = grouped(axis.cells, _sampled_by)
    sets = [_sampled(axis, cell, axis.blocks) for cell in first]
    rows = axis.rows(groups, [len(data.checksum) for data in sets])
    return Drawn(tuple(data.value for data in sets), np.concatenate([data.checksum for data in sets])[rows]), rows


@dataclass
class BatchOrder:
    """The points of every step's mini-batch, [R or 1, batch] a step, held on the device one window of epochs at a time.
    """

    axis: Runs
    points: int
    batch: int
    device: torch.device
    _first: int = 0
    _window: torch.Tensor | None = None

    WINDOW = 1 << 24  # indices held at once

    def __call__(self, step: int) -> torch.Tensor:
        """Indices of each run's batch at a step, [R, batch], or [1, batch] of the batch that all runs share."""
        if self._window is None or not self._first <= step < self._first + len(self._window):
            self._load(step)
        assert self._window is not None
        return self._window[step - self._first]

    def _load(self, step: int) -> None:
        per_epoch = self.points // self.batch
        start = step // per_epoch
        left = self.axis.cells[0].world.training.steps // per_epoch + 1 - start
        epochs = max(1, min(left, self.WINDOW // (per_epoch * self.batch * self.axis.size)))
        first, groups = grouped(self.axis.cells, lambda cell: (cell.fresh, cell.crossed.get("batches")))
        rows = self.axis.rows(groups, [self.axis.stream(cell).copies("batches") for cell in first])
        rows = rows if rows.any() else rows[:1]
        drawn = [
            np.concatenate([order(self.axis.stream(c), e, self.points, self.batch) for c in first])[rows]
            for e in range(start, start + epochs)
        ]
        self._first = start * per_epoch
        self._window = to_device(np.concatenate(drawn, axis=1).swapaxes(0, 1).copy(), torch.int64, self.device)


def to_device(array: NDArray[Any], dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    """A NumPy array as a tensor of its own on the device, without waiting for it."""
    tensor = torch.as_tensor(np.ascontiguousarray(array)).to(dtype, copy=True)
    return (tensor.pin_memory() if device.type == "cuda" and torch.cuda.is_available() else tensor).to(
        device, non_blocking=True
    )
