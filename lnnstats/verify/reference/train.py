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
) -> ReferenceRun:
    """Train to the budget or to divergence; `batches(step)` gives the points of an update (None: all of them)."""
    states = {}
    for state in trajectory(network, training, layers, Points(x, targets), batches):
        if state.step in steps:
            states[state.step] = state
    return ReferenceRun(state, states)


def trajectory(
    network: Network, training: Training, layers: Layers, points: Points, batches: Batches | None = None
) -> Iterator[State]:
    """The states 0 .. training.steps, cut off after the first diverged one."""
    start = objective(network, training, layers, points)
    held = memory(training, layers)
    for step in range(training.steps + 1):
        chosen = slice(None) if batches is None else batches(step)
        gradients = gradient(network, training, layers, Points(points.x[chosen], points.targets[chosen]))
        loss = objective(network, training, layers, points)
        diverged = not math.isfinite(loss) or loss > training.diverged_above * start
        yield State(step, layers, loss, gradients, diverged)
        if diverged:
            return
        layers, held = update(network, training, layers, gradients, held, step + 1)
