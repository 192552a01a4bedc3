"""One run trained in plain NumPy, float64: its states, step by step."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from lnnstats.parts.networks import Network
from lnnstats.parts.responses import log_spaced
from lnnstats.parts.training import Training
from lnnstats.verify.reference.networks import gradient, objective
from lnnstats.verify.reference.optimizers import memory, update
from lnnstats.verify.reference.values import Batches, Layers, Points, State


def trajectory(
    network: Network, training: Training, layers: Layers, points: Points, batches: Batches | None = None,
    leader: Iterator[State] | None = None,
) -> Iterator[State]:  # fmt: skip
    """The states 0 .. training.steps, cut off after the first diverged one, be it the leader's; divergence is looked
    for where `Training` says, and a state that is not finite ends the run wherever it is.
    """
    start, checks = math.inf, frozenset(log_spaced(training.steps))
    last: tuple[Any, ...] = ()
    held = memory(training, layers)
    for step in range(training.steps + 1):
        chosen = slice(None) if batches is None else batches(step)
        batch = Points(points.x[chosen], points.targets[chosen])
        diverged = not _finite(layers)
        if step in checks:
            loss = objective(network, training, layers, points)
            start = loss if step == 0 else start
            diverged |= not loss <= training.diverged_above * start or math.isinf(loss)
        if leader is None:
            gradients = gradient(network, training, layers, batch)
        else:
            gradients, diverged = (led := next(leader)).gradients, led.diverged or diverged
        yield State(step, layers, gradients, diverged, *last)
        if diverged:
            return
        last = (layers, gradients, batch, held)
        layers, held = update(network, training, layers, gradients, held, step + 1)


def _finite(layers: Layers) -> bool:
    return all(np.isfinite(tensor).all() for layer in layers for tensor in layer if tensor is not None)
