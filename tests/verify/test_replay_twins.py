"""The plain NumPy check of twins, midpoints and extremes: it passes on the engine's own, and notices small errors."""

from __future__ import annotations

from typing import Any

import pytest

from lnnstats.verify.reference import RESPONSES
from lnnstats.verify.replay import Drawn, referenced
from tests.worlds import CLASSES, PLANE, chunks_of, study

Tree = dict[str, Any]
DEEP: Tree = {"linear": {"depth": 3, "width": 4}}
WORLDS: dict[str, Tree] = {
    "chain": {"network": {"linear": {"depth": 3}}},
    "moments": {"data": PLANE, "network": DEEP},
    "residual": {
        "data": PLANE,
        "network": {"residual": {"depth": 2, "width": 4}},
        "optimizer": {"momentum": {"weight_decay": 0.1}},
    },
    "batches": {"data": PLANE, "network": {"linear": {"depth": 3, "width": 4, "bias": False}}, "batch": 6},
    "classes": {"data": CLASSES, "network": DEEP, "loss": "cross_entropy", "batch": 5},
    "diverging": {"data": PLANE, "network": DEEP, "optimizer": {"sgd": {"learning_rate": 3.0}}},
}
CHOICES = (
    ("twin_distance", "over", ("size", "nothing")),
    ("twin_angle", "of", ("folded", "above", "below")),
    ("twin_loss", "split", ("train", "test")),
)
OPTIMIZER: Tree = {"training.optimizer": {"momentum": {"beta": 0.7}}}


def asked(classes: bool) -> Tree:
    """Every response beside a twin with every option that is not its default."""
    named: Tree = {"midpoint": "midpoint_gap", "relative": {"midpoint_gap": {"relative": True}}}
    for layer in ("collapsed", "drawn"):
        for kind, option, choices in CHOICES:
            named |= {f"{layer} {choice}": {kind: {"single_layer": layer, option: choice}} for choice in choices}
    named["rates"] = {"twin_distance": {"single_layer": "collapsed", "rates": [0.5, 2.0]}}
    named["loss rates"] = {"twin_loss": {"single_layer": "collapsed", "rates": [0.5, 2.0]}}
    named["own"] = {"twin_distance": {"but_for": OPTIMIZER, "of": "parameters"}}
    named["shared"] = {"twin_distance": {"but_for": OPTIMIZER, "of": "parameters", "gradients": "shared"}}
    named["init"] = {"twin_distance": {"but_for": {"network.init": "xavier"}}}
    named["loss"] = {"loss": {"steps": "log_spaced"}}
    named["path"] = {"twin_distance": {"single_layer": "collapsed", "steps": "log_spaced"}}
    named["extreme"] = {"extreme_while": {"of": "path", "when": "loss", "below": 2.0}}
    return named | ({"accuracy": {"twin_loss": {"single_layer": "drawn", "of": "accuracy"}}} if classes else {})


ENDED = (True, "not diverged")


def checks(options: Tree, responses: Tree) -> list[tuple[bool, str]]:
    made = study(**options, steps=60, responses=responses)
    (chunk,) = chunks_of(made)
    return [(check.ok, check.expected) for check in referenced(Drawn(chunk.batch.cells[0], 1), made)]


@pytest.mark.parametrize("name", WORLDS)
def test_every_response_is_confirmed(name: str) -> None:
    wanted = asked(classes=name == "classes")
    reached = 0 if name == "diverging" else len(wanted)  # of a run that diverged there is nothing to compare
    end = (True, "diverged") if name == "diverging" else ENDED
    assert checks(WORLDS[name], wanted) == [(True, f"{reached} responses in float64"), end]


@pytest.mark.parametrize("over", ["travelled", "two_steps"])
@pytest.mark.parametrize("gradients", ["own", "shared"])
def test_momentum_beside_its_factors_is_confirmed(over: str, gradients: str) -> None:
    part = {"but_for": {"training.optimizer": "gamma_sgd"}, "of": "parameters", "over": over, "gradients": gradients}
    options = {"data": PLANE, "network": DEEP, "optimizer": "ema_momentum"}
    assert checks(options, {"it": {"twin_distance": part}}) == [(True, "1 responses in float64"), ENDED]


@pytest.mark.parametrize(("kind", "part"), [
    ("twin_distance", {"single_layer": "collapsed"}),
    ("twin_angle", {"single_layer": "collapsed"}),
    ("twin_loss", {"single_layer": "collapsed"}),
    ("midpoint_gap", {}),
])  # fmt: skip
def test_a_small_error_is_noticed(monkeypatch: pytest.MonkeyPatch, kind: str, part: Tree) -> None:
    responses = {"it": {kind: part}}
    assert checks(WORLDS["moments"], responses)[0][0]
    wrong = {**RESPONSES, kind: lambda response, seen: RESPONSES[kind](response, seen) * (1 + 1e-5)}
    monkeypatch.setattr("lnnstats.verify.reference.responses.RESPONSES", wrong)
    assert not checks(WORLDS["moments"], responses)[0][0]
