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
from lnnstats.engine.forms.autograd import LOSSES as ENGINE_LOSSES
from lnnstats.engine.forms.outputs import OUTPUTS
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

# Watched by the training loop at every step; read off what others recorded; a column of the user's own table.
APART = {"time_to", "extreme_while", "measured"}
AT_STEPS = {name: half for table in ("MEASURES", "OF_CHANGES", "OF_TWINS", "OF_MOVES", "SINCE_START")
            for name, half in getattr(responses, table).items()}  # fmt: skip
DESCRIBED = {"kaplan_meier"}  # described in the report, never decided

HALVES: list[tuple[str, Mapping[str, Any], set[str]]] = [
    ("sources", SAMPLERS, set(SOURCES)),
    ("inits", WEIGHTS, set(INITS)),
    ("networks", OUTPUTS, set(NETWORKS)),
    ("networks, reference", reference.ACTIVATIONS, set(NETWORKS)),
    ("optimizers", optimizers.OPTIMIZERS, set(OPTIMIZERS)),
    ("optimizers, reference", reference.OPTIMIZERS, set(OPTIMIZERS)),
    ("losses", ENGINE_LOSSES, set(LOSSES)),
    ("losses, reference", reference.LOSSES, set(LOSSES)),
    ("responses", AT_STEPS, set(RESPONSES) - APART),
    ("responses, reference", reference.RESPONSES, set(RESPONSES) - APART),
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
    "separable_classes": {"classes": 2, "features": 3, "margin": 0.25, "coding": "scalar"},
    "digits": {"classes": [1, 7], "test_share": 0.5, "scaling": "symmetric"},
    "cifar10": {
        "classes": ["dog", "cat"],
        "train_per_class": 7,
        "test_per_class": 3,
        "scaling": "symmetric",
        "stand_in": "digits",
        "coding": "scalar",
    },
    "linear": {"architecture": "C", "bias": False},
    "residual": {"depth": 3, "width": [7, 5]},
    "relu": {"depth": 4, "width": 3, "activated": 2},
    "tanh": {"architecture": "B", "activated": 1},
    "linear_convolution": {"depth": 3, "width": [6, 2], "kernel": 5},
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
    "extreme_while": {"of": "deviation", "when": "deviation", "at_least": 0.5, "below": 2.0},
    "twin_distance": {"single_layer": "collapsed", "rates": [0.5, 2.0], "of": "map", "over": "size"},
    "twin_angle": {"but_for": {"training.optimizer": {"adam": {"beta1": 0.5}}}, "gradients": "shared", "of": "above"},
    "twin_loss": {"single_layer": "drawn", "split": "test"},
    "midpoint_gap": {"relative": True, "resolution": 1e-12},
    "row_angle": {"of": "largest", "folded": False, "formula": "arccos", "precision": "float32", "rows": "sampled"},
    "singular_ratio": {"measurements": ["update", "cumulative"], "rows": "all"},
    "numerical_rank": {"tolerance": 1e-9, "steps": [0, 5]},
    "rank_one_residual": {"of": "energy_share"},
    "batch_direction": {"alphas": "backpropagated", "of": "above", "first_row": True},
    "mse": {"split": "test", "steps": "log_spaced", "resolution": 1e-4},
}


def with_source(part: dict[str, Any]) -> dict[str, Any]:
    (kind,) = part
    return {**BASE, "data": part} | ({"responses": {"accuracy": "accuracy"}} if SOURCES[kind].labelled else {})


def with_network(part: dict[str, Any]) -> dict[str, Any]:
    """Without levels of its depth, which an architecture sets."""
    (kind,) = part
    source = "digits" if NETWORKS[kind].of_images else "linear_regression"  # type: ignore[attr-defined]
    return {**BASE, "data": source, "network": part, "factors": {}, "responses": {"loss": "loss"}}


def with_response(part: dict[str, Any]) -> dict[str, Any]:
    (kind,) = part
    if kind == "measured":
        return {"responses": {"it": part}, "factors": {"dose": [1, 2]}}
    return {
        **BASE,
        "data": "digits" if kind == "accuracy" else "linear_regression",
        "training": {"batch": 5} if kind == "batch_direction" else {},
        "responses": {**BASE["responses"], "it": part},
    }


def with_loss(part: dict[str, Any]) -> dict[str, Any]:
    return {**BASE, "data": "digits", "responses": {"loss": "loss"}, "training": {"loss": part}}


ROUND_TRIPS = [
    *((name, with_source) for name in SOURCES),
    *((name, with_network) for name in NETWORKS),
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
