"""The values of the reference: points, states of a run, what a response may look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnnstats.parts.networks import Network
from lnnstats.parts.training import Training

Reals = NDArray[np.float64]
Layers = tuple[tuple[Reals, Reals | None], ...]
Batches = Callable[[int], NDArray[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """One split: x [n, d] and its targets."""

    x: Reals
    targets: NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """The run after `step` updates: the gradient the next update applies; of the last update (None at the start) the
    layers that it moved, the gradient that it applied, the points of its batch, and what the optimizer remembered.
    """

    step: int
    layers: Layers
    gradients: Layers
    diverged: bool
    before: Layers | None = None
    applied: Layers | None = None
    batch: Points | None = None
    held: list[tuple[tuple[Reals, ...], tuple[Reals, ...]]] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """A twin of the run at the same step: how it is trained, its start and its state."""

    network: Network
    training: Training
    start: Layers
    state: State


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What a response may look at: a state, how it was trained, both splits, the start, and the response's twins."""

    network: Network
    training: Training
    state: State
    train: Points
    test: Points
    start: Layers | None = None
    twins: tuple[Beside, ...] = ()

    def split(self, name: str) -> Points:
        return {"train": self.train, "test": self.test}[name]
