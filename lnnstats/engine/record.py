"""What is kept of a training: responses at their steps, times watched for at every step, who diverged.

Never waits for the device.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.responses import MEASURES
from lnnstats.parts.responses import TimeTo, log_spaced
from lnnstats.parts.training import Training


@dataclass(frozen=True)
class Trained:
    """What a chunk's training left on the device.

    `values`: response -> [steps, R] or [steps, R, layers], at `steps` of that response; `times`: response -> [R],
    budget + 1 where never; `diverged`: [R] bool; `draws`: checksum of the raw draws, [R].
    """

    steps: Mapping[str, tuple[int, ...]]
    values: Mapping[str, Tensor]
    times: Mapping[str, Tensor]
    diverged: Tensor
    draws: NDArray[np.uint64]


class Recorder:
    """Sees every state of a training, in order."""

    def __init__(self, form: Form, training: Training, responses: Mapping[str, Any]) -> None:
        self._form, self._responses, self._bound = form, responses, training.diverged_above
        self._watches = {name: r for name, r in responses.items() if isinstance(r, TimeTo)}
        self._steps = {name: r.recorded(training.steps) for name, r in responses.items() if name not in self._watches}
        self._checks = frozenset(log_spaced(training.steps))  # whatever is recorded, so that no response moves a status
        self._taken: dict[str, list[Tensor]] = {name: [] for name in self._steps}
        like = form.parameters[0]
        self._waiting = {name: like.new_ones(form.runs, dtype=torch.bool) for name in self._watches}
        self._times = {name: like.new_zeros(form.runs, dtype=torch.int32) for name in self._watches}
        self._diverged, self._start = like.new_zeros(form.runs, dtype=torch.bool), like.new_zeros(form.runs)

    def see(self, step: int) -> None:
        """Take in the state after `step` updates."""
        if step in self._checks:
            self._check(step)
        for name, steps in self._steps.items():
            if step in steps:
                self._taken[name].append(self._measure(name).clone())
        for name, watch in self._watches.items():
            self._waiting[name] &= ~_crossed(self._measure(watch.of), watch)
            self._times[name] += self._waiting[name]

    def trained(self) -> Trained:
        """Everything seen."""
        values = {name: torch.stack(taken) for name, taken in self._taken.items() if taken}
        times = {name: time.to(torch.float64) for name, time in self._times.items()}
        return Trained(self._steps, values, times, self._diverged, self._form.draws)

    def _measure(self, name: str) -> Tensor:
        response = self._responses[name]
        return MEASURES[response.kind](response, self._form)

    def _check(self, step: int) -> None:
        """A run has diverged once its loss is not finite, or above its bound times the loss at the start."""
        loss = self._form.loss("train")
        if step == 0:
            self._start.copy_(loss)
        self._diverged |= ~(loss.isfinite() & (loss <= self._bound * self._start))


def _crossed(value: Tensor, watch: TimeTo) -> Tensor:
    """Which runs are where the watch waits for them; NaN is nowhere."""
    if watch.below is not None:
        return value < watch.below
    assert watch.above is not None
    return value > watch.above
