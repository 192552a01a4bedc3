"""One run trained in plain NumPy, float64: its states, step by step."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import Any

from numpy.typing import NDArray

from lnnstats.parts.networks import Network
from lnnstats.parts.training import Training
from lnnstats.verify.reference.networks import gradient, objective
from lnnstats.verify.reference.optimizers import memory, update
from lnnstats.verify.reference.values import Batches, Layers, Points, Reals, ReferenceRun, State


def train(
    network: Network,
    training: Training,
    layers: Layers,
    x: Reals,
    targets: NDArray[Any],
    batches: Batches | None = None,
    steps: Collection[int] = (),
    leader: Iterator[State] | None = None,
) -> ReferenceRun:
    """Train to the budget or to divergence; `batches(step)` gives the points of an update (None: all of them), `leader`
    the states whose gradients are applied (None: its own).
    """
    states = {}
    for state in trajectory(network, training, layers, Points(x, targets), batches, leader):
        if state.step in steps:
            states[state.step] = state
    return ReferenceRun(state, states)


def trajectory(
    network: Network, training: Training, layers: Layers, points: Points, batches: Batches | None = None,
    leader: Iterator[State] | None = None,
) -> Iterator[State]:  # fmt: skip
    """The states 0 .. training.steps, cut off after the first diverged one, be it the leader's."""
    start = objective(network, training, layers, points)
    last: tuple[Layers, Layers, Points] | tuple[()] = ()
    held = memory(training, layers)
    for step in range(training.steps + 1):
        chosen = slice(None) if batches is None else batches(step)
        batch = Points(points.x[chosen], points.targets[chosen])
        gradients = gradient(network, training, layers, batch)
        loss = objective(network, training, layers, points)
        diverged = not math.isfinite(loss) or loss > training.diverged_above * start
        if leader is not None:
            gradients, diverged = (led := next(leader)).gradients, led.diverged or diverged
        yield State(step, layers, loss, gradients, diverged, *last)
        if diverged:
            return
        last = (layers, gradients, batch)
        layers, held = update(network, training, layers, gradients, held, step + 1)
