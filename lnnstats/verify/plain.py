"""One run of a design in plain NumPy, float64: what it starts from, its states, and those of its twins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lnnstats.design.values import Chunk
from lnnstats.draws.batches import order
from lnnstats.draws.data import sample
from lnnstats.draws.inits import initial
from lnnstats.draws.streams import Stream
from lnnstats.engine.batch import runs
from lnnstats.parts.networks import Network
from lnnstats.parts.responses import Twin
from lnnstats.study.twins import scaled, twin_of
from lnnstats.study.values import Study, World
from lnnstats.verify.reference import Layers, Points, State, collapsed, trajectory

Batches = Callable[[int], NDArray[np.int64]]


@dataclass(frozen=True, eq=False)
class Plain:
    """What the plain trainer starts from: one run's world, draws, weights and points."""

    world: World
    stream: Stream
    layers: Layers
    train: Points
    test: Points

    @property
    def batches(self) -> Batches | None:
        """The points of every update; None where all are taken."""
        size, points = self.world.training.batch, len(self.train.x)
        if size == "full":
            return None
        epochs: dict[int, NDArray[np.int64]] = {}

        def batch(step: int) -> NDArray[np.int64]:
            epoch, inside = divmod(step, points // size)
            if epoch not in epochs:
                epochs[epoch] = order(self.stream, epoch, points, size)[0]
            return epochs[epoch][inside]

        return batch

    def states(self, leader: Iterator[State] | None = None) -> Iterator[State]:
        """The run, step by step; by the gradients of a leader's states, if there is one."""
        network, training = self.world.network, self.world.training
        return trajectory(network, training, self.layers, self.train, self.batches, leader)

    def twin(self, options: Twin, rate: float) -> Plain:
        """Its twin at a multiple of the learning rate."""
        world = scaled(twin_of(self.world, options), rate)
        return replace(self, world=world, layers=self._start(options, world.network))

    def _start(self, options: Twin, network: Network) -> Layers:
        if options.single_layer == "collapsed":
            return collapsed(self.layers)
        return self.layers if network == self.world.network else drawn(network, self.world, self.stream)


def plain_run(chunk: Chunk, study: Study) -> Plain:
    """The one run of a chunk."""
    (cell,) = chunk.batch.cells
    stream = runs(chunk, study.seed, study.blocks).stream(cell)
    data = sample(cell.world.data, stream)
    split = (Points(part.x[0], part.y[0]) for part in (data.train, data.test))
    return Plain(cell.world, stream, drawn(cell.world.network, cell.world, stream), *split)


def drawn(network: Network, world: World, stream: Stream) -> Layers:
    """Initial weights and biases."""
    layers = initial(network, world.data.inputs, world.data.outputs, stream, world.data.image)
    return tuple((layer.weight[0], None if layer.bias is None else layer.bias[0]) for layer in layers)
