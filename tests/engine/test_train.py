"""The training loop on scripted losses: what a step is, when a time ends or a run has diverged, what is recorded."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from lnnstats.engine.execute import collect
from lnnstats.engine.record import Trained
from lnnstats.engine.train import train
from lnnstats.parts.responses import Loss, Mse, TimeTo
from lnnstats.parts.training import Training
from lnnstats.results.values import STATUSES, Outcome
from tests.worlds import chunks_of, study


class Scripted:
    """A form whose training loss and MSE at state t are column t of a script [R, steps + 1]."""

    def __init__(self, losses: list[list[float]]) -> None:
        self.script = torch.tensor(losses, dtype=torch.float64)
        self.runs, self.parameters, self.state = len(losses), (self.script,), -1
        self.draws = np.zeros(self.runs, dtype=np.uint64)
        self.updates: list[int] = []

    def gradients(self, step: int) -> tuple[Tensor, ...]:
        self.state = step
        return (torch.zeros_like(self.script),)

    def loss(self, split: str) -> Tensor:
        return self.script[:, self.state]

    def mse(self, split: str) -> Tensor:
        return self.script[:, self.state]


def played(losses: list[list[float]], responses: dict[str, Any], **training: Any) -> Trained:
    form: Any = Scripted(losses)
    return train(
        form,
        lambda gradients: form.updates.append(form.state),
        Training(steps=len(losses[0]) - 1, **training),
        responses,
    )


def outcome(losses: list[list[float]], responses: dict[str, Any]) -> Outcome:
    """One run a block, as execution hands it over."""
    named = {name: response.model_dump() for name, response in responses.items()}
    made = study(steps=len(losses[0]) - 1, blocks={"number": len(losses)}, responses=named)
    (chunk,) = chunks_of(made)
    return collect(chunk, made, played(losses, responses))


ARRIVAL = {"mse": Mse(), "arrival": TimeTo(of="mse", below=0.5)}


@pytest.mark.parametrize(("losses", "time"), [
    ([0.4, 9, 9, 9], 0),  # below at the start: no step was needed
    ([1, 0.4, 9, 9], 1),  # after one update, and it stays arrived when it leaves again
    ([1, 0.5, 0.49, 0.1], 2),  # at the bound is not below it
    ([1, 1, 1, 0.1], 3),  # the last state counts
    ([1, 1, 1, 1], 4),  # never: one more than the budget
    ([1, math.nan, 0.1, 0.1], 2),  # a NaN is not below
])  # fmt: skip
def test_a_time_is_the_first_state_below(losses: list[float], time: int) -> None:
    assert played([losses], ARRIVAL).times["arrival"].tolist() == [time]


def test_times_are_censored_at_the_budget_or_infinite_after_divergence() -> None:
    losses: list[list[float]] = [[1, 1, 0.1, 0.1], [1, 1, 1, 1], [1, 1, 1, 1e7], [1, 0.1, 1, 1e7]]
    found = outcome(losses, ARRIVAL)
    arrival = found.recorded["arrival"]
    assert arrival.values.ravel().tolist() == [2, 3, math.inf, 1]
    assert arrival.observed.tolist() == [True, False, True, True]
    assert [STATUSES[status] for status in found.status] == ["ok", "budget_exhausted", "diverged", "diverged"]
    assert arrival.steps == ()


@pytest.mark.parametrize(
    ("last", "diverged"),
    [
        (2.0, False),
        (2e6, False),
        (2.0000001e6, True),
        (math.inf, True),
        (math.nan, True),
        (-math.inf, True),
        (0.0, False),
    ],
)
def test_a_run_diverges_beyond_a_multiple_of_its_first_loss(last: float, diverged: bool) -> None:
    assert played([[2.0, 1.0, last]], {"loss": Loss()}).diverged.tolist() == [diverged]


def test_once_diverged_always_diverged() -> None:
    assert played([[1, 1e7, 1, 1]], {"loss": Loss(steps=(1,))}).diverged.tolist() == [True]


def test_the_bound_of_divergence_is_the_studys() -> None:
    assert played([[1, 9], [1, 11]], {"loss": Loss()}, diverged_above=10.0).diverged.tolist() == [False, True]


def test_a_run_whose_first_loss_is_not_finite_has_diverged() -> None:
    assert played([[math.nan, 1], [math.inf, 1], [1, 1]], {"loss": Loss()}).diverged.tolist() == [True, True, False]


def test_state_t_is_the_state_after_t_updates() -> None:
    form: Any = Scripted([[5.0, 4.0, 3.0, 2.0]])
    trained = train(
        form, lambda gradients: form.updates.append(form.state), Training(steps=3), {"loss": Loss(steps=(0, 2, 3))}
    )
    assert form.updates == [0, 1, 2]
    assert trained.steps["loss"] == (0, 2, 3)
    assert trained.values["loss"].shape == (3, 1, 1, 1)
    assert trained.values["loss"].flatten().tolist() == [5.0, 3.0, 2.0]


@pytest.mark.parametrize(("steps", "recorded"), [
    ("last", (25,)), ((3, 1, 99), (1, 3)), ("log_spaced", (0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25)),
])  # fmt: skip
def test_recorded_steps(steps: Any, recorded: tuple[int, ...]) -> None:
    """Ten a decade, rounded: 1, 1.26, 1.58, 2, 2.51, 3.16, 3.98, 5.01, 6.31, 7.94, 10, 12.6, 15.8, 20."""
    assert Loss(steps=steps).recorded(25) == recorded


def test_progress_is_told_about_fifty_times() -> None:
    told: list[int] = []
    form: Any = Scripted([[1.0] * 501])
    train(form, lambda gradients: None, Training(steps=500), {"loss": Loss()}, told.append)
    assert told == list(range(0, 501, 10))
