"""The training loop: one path for every form, optimizer and device; nothing in it waits for the device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Update
from lnnstats.engine.responses import MEASURES
from lnnstats.parts.responses import TimeTo, log_spaced
from lnnstats.parts.training import Training

Tick = Callable[[int], None]
TICKS = 50


@dataclass(frozen=True)
class Trained:
    """What a chunk's training left on the device.

    `values`: response -> [steps, R] or [steps, R, layers], at `steps` of that response; `times`: response -> [R], budget + 1 where never;
    `diverged`: [R] bool; `draws`: checksum of the raw draws, [R].
    """

    steps: Mapping[str, tuple[int, ...]]
    values: Mapping[str, Tensor]
    times: Mapping[str, Tensor]
    diverged: Tensor
    draws: NDArray[np.uint64]


def train(form: Form, update: Update, training: Training, responses: Mapping[str, Any], tick: Tick = lambda steps: None) -> Trained:
    """Train every run for the budget and measure its responses; state t is the state after t updates."""
    budget = training.steps
    watches = {name: r for name, r in responses.items() if isinstance(r, TimeTo)}
    steps = {name: r.recorded(budget) for name, r in responses.items() if name not in watches}
    checks = {budget, *log_spaced(budget), *(step for recorded in steps.values() for step in recorded)}
    taken: dict[str, list[Tensor]] = {name: [] for name in steps}
    waiting = {name: form.parameters[0].new_ones(form.runs, dtype=torch.bool) for name in watches}
    times = {name: form.parameters[0].new_zeros(form.runs, dtype=torch.int32) for name in watches}
    diverged, start = form.parameters[0].new_zeros(form.runs, dtype=torch.bool), None
    every = max(1, budget // TICKS)
    for step in range(budget + 1):
        gradients = form.gradients(step)
        if step in checks:
            loss = form.loss("train")
            start = loss.clone() if start is None else start
            diverged |= ~(loss <= training.diverged_above * start)
            for name, recorded in steps.items():
                if step in recorded:
                    taken[name].append(MEASURES[responses[name].kind](responses[name], form).clone())
        for name, watch in watches.items():
            value = MEASURES[responses[watch.of].kind](responses[watch.of], form)
            waiting[name] &= ~(value < watch.below)
            times[name] += waiting[name]
        if step < budget:
            update(gradients)
        if step % every == 0:
            tick(step)
    values = {name: torch.stack(parts) for name, parts in taken.items()}
    return Trained(steps, values, {name: time.double() for name, time in times.items()}, diverged, form.draws)
