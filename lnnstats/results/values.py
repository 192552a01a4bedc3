"""What training hands over: a chunk's outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnnstats.design.values import Chunk

STATUSES = ("ok", "diverged", "budget_exhausted", "failed")


@dataclass(frozen=True)
class Recorded:
    """One response of a chunk's runs: values [R, steps, layers, measurements] at `steps` (none for a time), 1 layer
    unless `layers` says which there are of each cell, [cells, layers], 1 measurement unless `measurements` names some.

    `observed`: which runs were observed to the end, [R].
    """

    steps: tuple[int, ...]
    values: NDArray[np.float64]
    observed: NDArray[np.bool_]
    layers: NDArray[np.bool_] | None = None
    measurements: tuple[str, ...] = ()


def layers_there(chunk: Chunk, response: Any) -> NDArray[np.bool_] | None:
    """Which layers of a chunk's cells have a value of a response, [cells, layers of the deepest]; None where it has no
    layers. A shallower network lacks some, and a response may be defined for layers of some shapes only.
    """
    if "layer" not in response.axes:
        return None
    worlds = [cell.world for cell in chunk.batch.cells]
    shapes = [world.network.shapes(world.data.inputs, world.data.outputs, world.data.image) for world in worlds]
    there = np.zeros((len(shapes), max(map(len, shapes))), dtype=bool)
    for row, own in zip(there, shapes, strict=True):
        row[: len(own)] = [response.defined(*shape) for shape in own]
    return there


@dataclass(frozen=True)
class Outcome:
    """A chunk trained: which runs diverged, [R], the checksum of their raw draws, [R], and every response."""

    chunk: Chunk
    diverged: NDArray[np.bool_]
    draws: NDArray[np.uint64]
    recorded: Mapping[str, Recorded]

    @property
    def status(self) -> NDArray[np.int8]:
        """Index into STATUSES, [R]: a run that stayed finite but missed a time it was watched for has exhausted its
        budget.
        """
        missed = np.zeros_like(self.diverged)
        for response in self.recorded.values():
            missed |= ~response.observed
        return np.where(self.diverged, 1, np.where(missed, 2, 0)).astype(np.int8)
