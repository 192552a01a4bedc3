"""One run of a design in plain NumPy, float64: what it starts from, its twins beside it, its responses and times."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnnstats.design.values import Chunk
from lnnstats.draws.batches import order
from lnnstats.draws.data import sample
from lnnstats.draws.inits import initial
from lnnstats.draws.streams import Stream
from lnnstats.engine.batch import runs
from lnnstats.parts.networks import Network
from lnnstats.parts.responses import ExtremeWhile, TimeTo, Twin
from lnnstats.parts.responses.base import measurements
from lnnstats.study.twins import rates, scaled, twin_of
from lnnstats.study.values import Study, World
from lnnstats.verify.reference import (
    Beside,
    Layers,
    Observation,
    Points,
    State,
    collapsed,
    extreme_while,
    magnitude,
    measure,
    time_to,
    train,
    trajectory,
)

# Below it (or a response's resolution), times the size that the response is rounded against (1 for most, the largest
# eigenvalue's for an eigenvalue), values are compared on this scale: there rounding has no relative size.
FLOOR = 1e-5
Key = tuple[str, int | None, int | None, str | None]  # response, step, layer, measurement
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

    def states(self) -> Iterator[State]:
        """The run, step by step."""
        return trajectory(self.world.network, self.world.training, self.layers, self.train, self.batches)

    def at(self, steps: Collection[int], leader: Iterator[State] | None = None) -> Mapping[int, State]:
        """Its states at some steps, those that it reaches."""
        network, training, points = self.world.network, self.world.training, self.train
        return train(network, training, self.layers, points.x, points.targets, self.batches, steps, leader).states

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


@dataclass(frozen=True, eq=False)
class Traced:
    """A run's states at some steps, and those of the twins of each response."""

    run: Plain
    states: Mapping[int, State]
    twins: Mapping[str, tuple[tuple[Plain, Mapping[int, State]], ...]]

    @classmethod
    def of(cls, run: Plain, study: Study, steps: Collection[int]) -> Traced:
        """Trained, the twins beside it."""
        asked = {name: options for name, options in study.responses.items() if isinstance(options, Twin)}
        twins = {name: tuple(_twin(run, its, rate, steps) for rate in rates(its)) for name, its in asked.items()}
        return cls(run, run.at(steps), twins)

    def seen(self, name: str, step: int) -> Observation | None:
        """What a response may look at; None where the run has diverged before, or a twin of the response has."""
        beside = self.twins.get(name, ())
        if step not in self.states or any(step not in states for _, states in beside):
            return None
        twins = tuple(Beside(t.world.network, t.world.training, t.layers, states[step]) for t, states in beside)
        run, world = self.run, self.run.world
        state = self.states[step]
        return Observation(world.network, world.training, state, run.train, run.test, run.layers, twins)


def _twin(run: Plain, options: Twin, rate: float, steps: Collection[int]) -> tuple[Plain, Mapping[int, State]]:
    twin = run.twin(options, rate)
    return twin, twin.at(steps, run.states() if options.gradients == "shared" else None)


def last_responses(run: Plain, study: Study) -> dict[Key, tuple[float, float]]:
    """The responses of a run at their last recorded steps, by the plain trainer, and the floor of their rounding."""
    budget = run.world.training.steps
    apart = {name: r for name, r in study.responses.items() if isinstance(r, ExtremeWhile)}
    recorded = {n: r.recorded(budget) for n, r in study.responses.items() if not isinstance(r, TimeTo | ExtremeWhile)}
    wanted = {name: steps[-1] for name, steps in recorded.items() if steps}
    common = {name: sorted({*recorded[r.of]} & {*recorded[r.when]}) for name, r in apart.items()}
    traced = Traced.of(run, study, {*wanted.values(), *(step for steps in common.values() for step in steps)})
    found: dict[Key, tuple[float, float]] = {}
    for name, step in wanted.items():
        if (seen := traced.seen(name, step)) is not None:  # else there is nothing to compare
            found |= _values(name, study.responses[name], seen)
    for name, response in apart.items():
        found |= _extreme(name, response, traced, study, common[name])
    return found


def _values(name: str, response: Any, seen: Observation) -> dict[Key, tuple[float, float]]:
    values, floor = np.asarray(measure(response, seen), dtype=np.float64), _floor(response, seen)
    return {
        (name, seen.state.step, layer, measurement): (float(values[index]), floor)
        for index, layer, measurement in _places(response, values.shape, seen.state.layers)
    }


def _floor(response: Any, seen: Observation) -> float:
    size: float = response.resolution if (response.resolution or 0.0) > 0 else FLOOR
    return size * magnitude(response, seen)


def _extreme(
    name: str, response: ExtremeWhile, traced: Traced, study: Study, steps: list[int]
) -> dict[Key, tuple[float, float]]:
    """Of a run that reaches the last of the steps."""
    of, when = study.responses[response.of], study.responses[response.when]
    seen = [(traced.seen(response.of, step), traced.seen(response.when, step)) for step in steps]
    whole = [(a, b) for a, b in seen if a is not None and b is not None]
    if len(whole) < len(steps):
        return {}
    kinds = measurements(of)
    place = kinds.index(response.measurement) if response.measurement else 0

    def value(one: Observation) -> NDArray[np.float64]:
        values = np.asarray(measure(of, one), dtype=np.float64)
        return np.atleast_1d(values[..., place] if kinds else values)

    pairs = ((partial(value, a), float(measure(when, b))) for a, b in whole)
    floor = max(_floor(of, a) for a, _ in whole)
    return {(name, steps[-1], None, None): (extreme_while(response, pairs), floor)}


def _places(
    response: Any, shape: tuple[int, ...], layers: Layers
) -> Iterator[tuple[tuple[int, ...], int | None, str | None]]:
    """The indices of a response's values [layers, measurements], or of the axes of these that it has, and the layer and
    measurement of each; a layer of which it is not defined has none.
    """
    kinds = measurements(response)
    for index in np.ndindex(shape):
        layer = index[0] + 1 if "layer" in response.axes else None
        if layer is None or response.defined(*layers[layer - 1][0].shape):
            yield index, layer, kinds[index[-1]] if kinds else None


def times(run: Plain, study: Study) -> dict[str, float]:
    """The times of a run, by the independent trainer; the budget where it is censored."""
    watches = {name: r for name, r in study.responses.items() if isinstance(r, TimeTo)}
    start = (run.world.network, run.world.training, run.layers, run.train, run.test, run.batches)
    arrived = {name: time_to(study.responses[watch.of], watch, *start) for name, watch in watches.items()}
    return {name: float(run.world.training.steps) if time is None else time for name, time in arrived.items()}
