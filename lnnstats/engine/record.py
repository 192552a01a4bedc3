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

from lnnstats.engine.changes import Changes
from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Update
from lnnstats.engine.responses import MEASURES, OF_CHANGES, OF_MOVES, OF_TWINS, SINCE_START
from lnnstats.engine.responses.extremes import extreme_while
from lnnstats.engine.twins import Twins
from lnnstats.parts.responses import Change, ExtremeWhile, TimeTo, log_spaced
from lnnstats.parts.training import Training


@dataclass(frozen=True)
class Trained:
    """What a chunk's training left on the device.

    `values`: response -> [steps, R, layers, measurements], 1 of an axis that it lacks, at `steps` of that response;
    `times`: response -> [R], budget + 1 where never; `diverged`: [R] bool; `draws`: checksum of the raw draws, [R].
    """

    steps: Mapping[str, tuple[int, ...]]
    values: Mapping[str, Tensor]
    times: Mapping[str, Tensor]
    diverged: Tensor
    draws: NDArray[np.uint64]


class Recorder:
    """Sees every state of a training, in order, and has its twins keep step."""

    def __init__(
        self, form: Form, update: Update, training: Training, responses: Mapping[str, Any], twins: Twins
    ) -> None:
        self._form, self._update, self._twins = form, update, twins
        self._responses, self._bound = responses, training.diverged_above
        self._watches = {name: r for name, r in responses.items() if isinstance(r, TimeTo)}
        self._derived = {name: r for name, r in responses.items() if isinstance(r, ExtremeWhile)}
        measured = {name: r for name, r in responses.items() if name not in {*self._watches, *self._derived}}
        self._steps = {name: r.recorded(training.steps) for name, r in measured.items()}
        self._after = frozenset(name for name, r in measured.items() if r.kind in {*OF_CHANGES, *OF_MOVES})
        asked = [r for r in measured.values() if isinstance(r, Change)]
        with torch.inference_mode(False):  # networks are copies, to be measured anywhere
            self._origin = form.networks() if any(r.kind in SINCE_START for r in measured.values()) else ()
        self._changes = Changes(form, update, asked, training.steps)
        self._checks = frozenset(log_spaced(training.steps))  # whatever is recorded, so that no response moves a status
        self._taken: dict[str, list[Tensor]] = {name: [] for name in self._steps}
        like = form.parameters[0]
        self._waiting = {name: like.new_ones(form.runs, dtype=torch.bool) for name in self._watches}
        self._times = {name: like.new_zeros(form.runs, dtype=torch.int32) for name in self._watches}
        self._diverged, self._start = like.new_zeros(form.runs, dtype=torch.bool), like.new_zeros(form.runs)

    def see(self, step: int) -> None:
        """Take in the state after `step` updates."""
        self._twins.see(step)
        if step in self._checks:
            self._check(step)
        for name, steps in self._steps.items():
            if step in steps and name not in self._after:
                self._take(name, self._measure(name))
        for name, watch in self._watches.items():
            self._waiting[name] &= ~_crossed(self._measure(watch.of), watch)
            self._times[name] += self._waiting[name]

    def begin(self, step: int, gradients: tuple[Tensor, ...]) -> None:
        """Before update number `step`, from 1, by these gradients."""
        self._changes.begin(step)
        self._twins.follow(gradients)

    def changed(self, step: int) -> None:
        """After update number `step`, the gradients that it was given still there."""
        for name in self._after:
            if step in self._steps[name]:
                self._take(name, self._change(name))

    def _take(self, name: str, value: Tensor) -> None:
        """Keep a value [R], [R, layers], [R, measurements] or [R, layers, measurements], as the response's axes say."""
        axes = self._responses[name].axes
        value = value if "layer" in axes else value[:, None]
        self._taken[name].append((value if "measurement" in axes else value[..., None]).clone())

    def trained(self) -> Trained:
        """Everything seen."""
        steps = dict(self._steps)
        values = {name: torch.stack(taken) for name, taken in self._taken.items() if taken}
        for name, response in self._derived.items():
            steps[name], values[name] = extreme_while(response, self._responses, steps, values)
        times = {name: time.to(torch.float64) for name, time in self._times.items()}
        return Trained(steps, values, times, self._diverged, self._form.draws)

    def _measure(self, name: str) -> Tensor:
        response = self._responses[name]
        if response.kind in OF_TWINS:
            return OF_TWINS[response.kind](response, self._form, self._twins.of[name])
        if response.kind in SINCE_START:
            return SINCE_START[response.kind](response, self._form, self._origin)
        return MEASURES[response.kind](response, self._form)

    def _change(self, name: str) -> Tensor:
        response = self._responses[name]
        if response.kind in OF_MOVES:
            return OF_MOVES[response.kind](response, self._form, self._update, self._twins.of[name])
        return OF_CHANGES[response.kind](response, self._changes)

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
