"""Every name a study can use has two halves: options in `parts`, an implementation in each layer that needs one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_args

import pytest

from lnnstats.analysis.calls import ENTRIES as TESTS
from lnnstats.design.values import Form
from lnnstats.draws.data import SAMPLERS
from lnnstats.draws.inits import WEIGHTS
from lnnstats.engine import forms, optimizers, responses
from lnnstats.engine.forms.autograd import ACTIVATIONS
from lnnstats.engine.forms.autograd import LOSSES as ENGINE_LOSSES
from lnnstats.parts.base import Part, per_cell_fields
from lnnstats.parts.inits import INITS
from lnnstats.parts.networks import NETWORKS
from lnnstats.parts.optimizers import OPTIMIZERS
from lnnstats.parts.procedures import PROCEDURES
from lnnstats.parts.responses import RESPONSES
from lnnstats.parts.sources import SOURCES
from lnnstats.parts.training import LOSSES
from lnnstats.study.load import from_text
from lnnstats.study.values import Study
from lnnstats.verify import reference

WATCHED = {"time_to", "measured"}  # watched by the training loop at every step; a column of the user's own table
DESCRIBED = {"kaplan_meier"}  # described in the report, never decided

HALVES: list[tuple[str, Mapping[str, Any], set[str]]] = [
    ("sources", SAMPLERS, set(SOURCES)),
    ("inits", WEIGHTS, set(INITS)),
    ("networks", ACTIVATIONS, set(NETWORKS)),
    ("networks, reference", reference.ACTIVATIONS, set(NETWORKS)),
    ("optimizers", optimizers.OPTIMIZERS, set(OPTIMIZERS)),
    ("optimizers, reference", reference.OPTIMIZERS, set(OPTIMIZERS)),
    ("losses", ENGINE_LOSSES, set(LOSSES)),
    ("losses, reference", reference.LOSSES, set(LOSSES)),
    ("responses", responses.MEASURES, set(RESPONSES) - WATCHED),
    ("responses, reference", reference.RESPONSES, set(RESPONSES) - WATCHED),
    ("procedures", TESTS, set(PROCEDURES) - DESCRIBED),
    ("forms", forms.FORMS, set(get_args(Form))),
]  # fmt: skip


@pytest.mark.parametrize(("implemented", "named"), [half[1:] for half in HALVES], ids=[half[0] for half in HALVES])
def test_every_option_has_an_implementation(implemented: Mapping[str, Any], named: set[str]) -> None:
    assert set(implemented) == named


@pytest.mark.parametrize(
    "table",
    [SOURCES, NETWORKS, INITS, OPTIMIZERS, LOSSES, RESPONSES, PROCEDURES],
    ids=["sources", "networks", "inits", "optimizers", "losses", "responses", "procedures"],
)
def test_names_are_kinds(table: Mapping[str, type[Part]]) -> None:
    assert all(part.model_fields["kind"].default == name for name, part in table.items())


# A study that holds each part, its options away from their defaults, so that losing one on the way would show.
BASE: dict[str, Any] = {
    "data": "linear_regression",
    "network": "linear",
    "training": {},
    "factors": {"network.depth": [1, 2, 4]},
    "responses": {
        "deviation": {"optimal_deviation": {"resolution": 0.01}},
        "arrival": {"time_to": {"of": "deviation", "below": 0.1}},
    },
}
OPTIONS: dict[str, dict[str, Any]] = {
    "linear_regression": {
        "features": 2,
        "noise": 0.5,
        "noise_scale": "mean_response",
        "correlation": -0.25,
        "condition": 10.0,
        "intercept": False,
    },
    "low_rank_regression": {
        "features": 5,
        "outputs": 4,
        "rank": 3,
        "strength": 2.0,
        "spread": 4.0,
        "whitened": True,
    },
    "nonlinear_regression": {"features": 3, "units": 7, "activation": "relu"},
    "gaussian_classes": {"classes": 4, "separation": 1.5},
    "digits": {"classes": [1, 7], "test_share": 0.5, "scaling": "symmetric"},
    "sgd": {"learning_rate": 1e-3},
    "momentum": {"learning_rate": 1e-5, "beta": 0.5},
    "ema_momentum": {"learning_rate": 1e-5, "beta": 0.5, "weight_decay": 1e-4},
    "nesterov": {"learning_rate": 1e-5, "beta": 0.5, "weight_decay": 1e-4},
    "adam": {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-4},
    "adamw": {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-4, "weight_decay": 0.5},
    "rmsprop": {"alpha": 0.5, "epsilon": 1e-4},
    "xavier": {"gain": 0.5},
    "gaussian": {"gain": 2.5},
    "kaiming": {"gain": 1.5},
    "orthogonal": {"gain": 1e-2},
    "identity": {"gain": 0.75},
    "balanced": {"scale": 0.125},
    "given_scale": {"scale": 3.5},
    "time_to": {"of": "deviation", "below": 0.5},
    "gradient_rank": {"tolerance": 1e-9, "steps": [0, 5]},
    "mse": {"split": "test", "steps": "log_spaced", "resolution": 1e-4},
}


def with_source(part: dict[str, Any]) -> dict[str, Any]:
    (kind,) = part
    return {**BASE, "data": part} | ({"responses": {"accuracy": "accuracy"}} if SOURCES[kind].labelled else {})


def with_response(part: dict[str, Any]) -> dict[str, Any]:
    (kind,) = part
    if kind == "measured":
        return {"responses": {"it": part}, "factors": {"dose": [1, 2]}}
    return {
        **BASE,
        "data": "digits" if kind == "accuracy" else "linear_regression",
        "responses": {**BASE["responses"], "it": part},
    }


def with_loss(part: dict[str, Any]) -> dict[str, Any]:
    return {**BASE, "data": "digits", "responses": {"loss": "loss"}, "training": {"loss": part}}


ROUND_TRIPS = [
    *((name, with_source) for name in SOURCES),
    *((name, lambda part: {**BASE, "network": part, "responses": {"loss": "loss"}}) for name in NETWORKS),
    *((name, lambda part: {**BASE, "network": {"linear": {"init": part}}}) for name in INITS),
    *((name, lambda part: {**BASE, "training": {"optimizer": part}}) for name in OPTIMIZERS),
    *((name, with_loss) for name in LOSSES),
    *((name, with_response) for name in RESPONSES),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "within"), ROUND_TRIPS, ids=[f"{number}-{trip[0]}" for number, trip in enumerate(ROUND_TRIPS)]
)
def test_every_part_survives_a_study_file(name: str, within: Any) -> None:
    options = {} if within is with_loss else OPTIONS.get(name, {})
    first = from_text(json.dumps(within({name: options})))
    tree = first.model_dump(mode="json", exclude_none=True)
    assert f'"{name}"' in json.dumps(tree)
    again = from_text(json.dumps(tree))
    assert again == first
    assert all(json.dumps(value) in json.dumps(tree) for value in options.values())


@pytest.mark.parametrize("table", [SOURCES, INITS, OPTIMIZERS], ids=["sources", "inits", "optimizers"])
def test_per_cell_fields_are_fields(table: Mapping[str, type[Part]]) -> None:
    for part in table.values():
        assert per_cell_fields(part) <= set(part.model_fields) - {"kind"}
    assert any(per_cell_fields(part) for part in table.values())


def test_the_plain_study_holds_only_what_was_written() -> None:
    assert from_text(json.dumps(BASE)) == Study.model_validate({**BASE, "title": "study"})
