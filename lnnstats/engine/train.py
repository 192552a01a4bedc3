"""The training loop: one path for every form, optimizer and device; nothing in it waits for the device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Update
from lnnstats.engine.record import Recorder, Trained
from lnnstats.engine.twins import NO_TWINS, Twins
from lnnstats.parts.training import Training

Tick = Callable[[int], None]
TICKS = 50


def train(
    form: Form,
    update: Update,
    training: Training,
    responses: Mapping[str, Any],
    tick: Tick = lambda steps: None,
    twins: Twins = NO_TWINS,
) -> Trained:
    """Train every run for the budget, its twins beside it, and measure its responses; state t is that after t updates.
    """
    recorder, every = Recorder(form, update, training, responses, twins), max(1, training.steps // TICKS)
    for step in range(training.steps + 1):
        gradients = form.gradients(step)
        recorder.see(step)
        if step < training.steps:
            recorder.begin(step + 1, gradients)
            update(gradients)
            recorder.changed(step + 1)
        if step % every == 0:
            tick(step)
    return recorder.trained()
