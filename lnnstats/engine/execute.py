"""Chunk -> Outcome: the whole of one unit of work, from draws to NumPy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lnnstats.design.values import Chunk
from lnnstats.engine.batch import runs
from lnnstats.engine.device import DTYPES, exact, pick
from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers import optimizer
from lnnstats.engine.record import Trained
from lnnstats.engine.start import forms, started
from lnnstats.engine.train import Tick, train
from lnnstats.parts.responses.base import measurements
from lnnstats.results.values import Outcome, Recorded, layers_there
from lnnstats.study.values import Study


def execute(chunk: Chunk, study: Study, device: torch.device, tick: Tick = lambda steps: None) -> Outcome:
    """Train the runs of a chunk on a device and bring their responses back."""
    return collect(chunk, study, trained(chunk, study, device, tick))


def rerun(chunk: Chunk, study: Study, device: str, nudge: bool = False) -> Outcome:
    """Train the runs of a chunk on a named device; `nudge` moves initial weights by one unit in the last place."""
    return collect(chunk, study, trained(chunk, study, pick(device), nudge=nudge))


def trained(
    chunk: Chunk, study: Study, device: torch.device, tick: Tick = lambda steps: None, nudge: bool = False
) -> Trained:
    """Train the runs of a chunk; everything stays on the device.

    `nudge` moves every initial weight by one unit in the last place.
    """
    exact()
    programs = {chunk.batch.form, *forms(chunk.batch.cells[0].world, study.responses.values())}
    with torch.inference_mode("autograd" not in programs):  # no graph where gradients are written out
        return _trained(chunk, study, device, tick, nudge)


def _trained(chunk: Chunk, study: Study, device: torch.device, tick: Tick, nudge: bool) -> Trained:
    axis = runs(chunk, study.seed, study.blocks)
    training = chunk.batch.cells[0].world.training
    dtype = DTYPES[training.dtype]
    form, twins = started(chunk.batch.form, axis, study.responses, dtype, device)
    for one in (form, *(twin.form for twin in twins.each)) if nudge else ():
        _nudge(one)
    return train(form, optimizer(axis, form, dtype, device), training, study.responses, tick, twins)


def _nudge(form: Form) -> None:
    """Every trained parameter times 1 + eps."""
    dtype = form.parameters[0].dtype
    ones = torch.ones(form.runs, dtype=dtype, device=form.parameters[0].device)
    for parameter, trained_ in zip(form.parameters, form.step_sizes(ones), strict=True):
        parameter.addcmul_(parameter, trained_, value=torch.finfo(dtype).eps)


def collect(chunk: Chunk, study: Study, trained: Trained) -> Outcome:
    """Device tensors as arrays: values [runs, steps, layers, measurements], times with what was observed, a status a
    run.
    """
    recorded = {
        name: _recorded(tensor, trained.steps[name], study.responses[name], chunk)
        for name, tensor in trained.values.items()
    }
    diverged = trained.diverged.cpu().numpy()
    budget = chunk.batch.cells[0].world.training.steps
    for name, tensor in trained.times.items():
        recorded[name] = _time(tensor.cpu().numpy(), budget, diverged)
    return Outcome(chunk, diverged, trained.draws, recorded)


def _recorded(tensor: torch.Tensor, steps: tuple[int, ...], response: Any, chunk: Chunk) -> Recorded:
    values = np.ascontiguousarray(np.moveaxis(tensor.to(torch.float64).cpu().numpy(), 0, 1))
    layers, observed = layers_there(chunk, response), np.ones(len(values), dtype=bool)
    return Recorded(steps, values, observed, layers, measurements(response))


def _time(times: NDArray[np.float64], budget: int, diverged: NDArray[np.bool_]) -> Recorded:
    """A time beyond the budget is censored at it; a run that diverged before arriving never arrives (+inf, observed).
    """
    arrived = times <= budget
    values = np.where(arrived, times, np.where(diverged, np.inf, budget))
    return Recorded((), values[:, None, None, None], arrived | diverged)
