"""The plain NumPy check of responses that lie near zero: it passes on the engine's own, and notices small errors."""

from __future__ import annotations

from typing import Any

import pytest

from lnnstats.verify import replay
from lnnstats.verify.reference import RESPONSES
from lnnstats.verify.replay import Drawn, referenced
from tests.worlds import CLASSES, PLANE, SCALAR, chunks_of, responses, study

WORLDS: dict[str, dict[str, Any]] = {
    "chain": {"data": SCALAR, "network": {"linear": {"depth": 4}}},
    "moments": {"data": PLANE, "network": {"linear": {"depth": 2, "width": 3}}, "optimizer": "momentum"},
    "residual": {"data": PLANE, "network": {"residual": {"depth": 2, "width": 3}}},
    "relu": {"data": PLANE, "network": {"relu": {"depth": 3, "width": 8}}, "batch": 6},  # 130 parameters: Lanczos
    "classes": {"data": CLASSES, "network": {"tanh": {"depth": 2, "width": 3}}, "loss": "cross_entropy"},
    "float32": {"data": PLANE, "network": {"tanh": {"depth": 2, "width": 3}}, "dtype": "float32"},
}


def checks(options: dict[str, Any], asked: dict[str, Any]) -> list[bool]:
    made = study(**options, steps=400, responses=asked)
    (chunk,) = chunks_of(made)
    return [check.ok for check in referenced(Drawn(chunk.batch.cells[0], 1), made)]


@pytest.mark.parametrize("options", WORLDS.values(), ids=WORLDS)
def test_every_response_is_confirmed(options: dict[str, Any]) -> None:
    asked = responses(options["data"], next(iter(options["network"])), options.get("loss", "mse"))
    assert checks(options, asked) == [True, True]


def test_of_a_long_training_its_first_steps_are_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "REFERENCE_STEPS", 30)
    asked = {"deviation": "optimal_deviation", "arrival": {"time_to": {"of": "deviation", "below": 0.01}}}
    made = study(SCALAR, {"linear": {"depth": 4}}, steps=400, responses=asked)
    (chunk,) = chunks_of(made)
    found = list(referenced(Drawn(chunk.batch.cells[0], 1), made))
    # Of a time that neither program has reached by then nothing is known.
    assert [(check.ok, check.name.split(" of ")[0]) for check in found] == [(True, "NumPy reference"), (True, "end")]
    assert all("the first 30 steps" in check.name for check in found)


def test_a_response_of_later_steps_is_left_to_the_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "REFERENCE_PRODUCTS", 30_000)
    asked = {
        "late": {"mse": {"steps": [200, 300]}},
        "early": {"loss": {"steps": "log_spaced"}},
        "band": {"extreme_while": {"of": "late", "when": "early"}},
    }
    made = study(SCALAR, {"linear": {"depth": 4}}, steps=400, responses=asked)
    (chunk,) = chunks_of(made)
    first, end = referenced(Drawn(chunk.batch.cells[0], 1), made)
    assert first.ok and end.ok and first.expected == "1 responses in float64"


def test_who_diverges_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """One program's bound is another than the other's: no value tells, for a run that has diverged has none."""
    asked, rate = {"loss": "loss"}, {"sgd": {"learning_rate": 3.0}}
    made = study(SCALAR, {"linear": {"depth": 1}}, steps=400, responses=asked, optimizer=rate)
    (chunk,) = chunks_of(made)
    assert [check.observed for check in referenced(Drawn(chunk.batch.cells[0], 1), made)][1] == "diverged"
    monkeypatch.setattr(replay, "last_responses", lambda run, study: ({}, False))
    assert [check.ok for check in referenced(Drawn(chunk.batch.cells[0], 1), made)] == [True, False]


# A chain trained to its optimum has flat directions: its least eigenvalue is rounding, and has no relative size.
FLAT = {"data": SCALAR, "network": {"linear": {"depth": 3}}, "optimizer": {"momentum": {"learning_rate": 0.05}}}
TINY = {"data": SCALAR, "network": {"linear": {"depth": 3}}, "optimizer": {"sgd": {"learning_rate": 1e-6}}}


def test_the_least_eigenvalue_at_an_optimum_is_confirmed() -> None:
    asked = {"least": "least_curvature", "lanczos": {"least_curvature": {"exact_up_to": 1}}}
    assert checks(FLAT, asked) == [True, True]


@pytest.mark.parametrize(("options", "kind", "changed"), [
    (FLAT, "least_curvature", lambda value: value + 1e-9),  # of a largest eigenvalue near 10
    (FLAT, "sharpness", lambda value: value * (1 + 1e-5)),
    (TINY, "one_step_error", lambda value: value * (1 + 1e-3)),  # the error itself is near 1e-12
], ids=["least", "sharpness", "step"])  # fmt: skip
def test_a_small_error_is_noticed(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], kind: str, changed: Any
) -> None:
    assert checks(options, {"it": kind}) == [True, True]
    wrong = {**RESPONSES, kind: lambda response, seen: changed(RESPONSES[kind](response, seen))}
    monkeypatch.setattr("lnnstats.verify.reference.responses.RESPONSES", wrong)
    assert checks(options, {"it": kind}) == [False, True]
