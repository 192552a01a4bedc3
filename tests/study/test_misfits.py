"""Parts that do not fit each other are found before anything runs, in the study and in the cells of its factors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lnnstats.design.expand import expand
from lnnstats.errors import BadInput
from lnnstats.parts.inits import INITS
from lnnstats.study.load import from_text

SQUARE = {"linear_regression": {"features": 4, "outputs": 3}}


def study(data: Any, network: Any, factors: Any = None, loss: str = "mse", responses: Any = None) -> Any:
    tree = {"data": data, "network": network, "training": {"loss": loss}, "factors": factors or {}}
    return from_text(json.dumps({**tree, "responses": responses or {"loss": "loss"}}))


@pytest.mark.parametrize("init", ["identity", "balanced", "zero_asymmetric"])
@pytest.mark.parametrize("network", ["linear", "residual", "relu"])
def test_a_full_rank_init_needs_hidden_layers_as_wide_as_the_smaller_end(init: str, network: str) -> None:
    with pytest.raises(BadInput, match=f"init {init} needs hidden layers .* found width 2, allowed 3 or more"):
        study(SQUARE, {network: {"depth": 3, "width": [5, 2], "init": init}})
    assert study(SQUARE, {network: {"depth": 3, "width": [5, 3], "init": init}})
    assert study(SQUARE, {network: {"depth": 1, "init": init}})


@pytest.mark.parametrize("init", ["torch_default", "orthogonal", "given_scale"])
def test_other_inits_have_bottlenecks(init: str) -> None:
    assert study(SQUARE, {"linear": {"depth": 3, "width": 1, "init": init}})


IMAGES = {"digits": {"classes": [3, 8]}}
CONVOLUTION = {"linear_convolution": {"depth": 2, "width": 4}}


def test_convolutions_need_images() -> None:
    assert study(IMAGES, CONVOLUTION)
    with pytest.raises(BadInput, match="linear_convolution needs images, found gaussian_classes"):
        study("gaussian_classes", CONVOLUTION)
    with pytest.raises(BadInput, match=r"factors.network.levels.1: linear_convolution needs images"):
        study("gaussian_classes", "linear", {"network": ["linear", CONVOLUTION]})
    with pytest.raises(BadInput, match="end_to_end needs a linear network"):
        study(IMAGES, CONVOLUTION, responses={"map": "end_to_end"})


def test_what_is_wrong_at_every_level_is_said_once() -> None:
    with pytest.raises(BadInput) as refused:
        study("gaussian_classes", CONVOLUTION, {"training.optimizer.learning_rate": [0.1, 0.2]})
    (problem,) = refused.value.problems
    assert problem.message == "linear_convolution needs images"


@pytest.mark.parametrize("init", INITS)
def test_convolutions_take_inits_that_know_their_layers(init: str) -> None:
    network = {"linear_convolution": {"depth": 3, "width": 4, "init": init}}
    if init in ("torch_default", "kaiming", "gaussian", "orthogonal"):
        assert study(IMAGES, network)
    else:
        with pytest.raises(BadInput, match=f"init {init} is of dense layers, linear_convolution has others"):
            study(IMAGES, network)


def test_a_cell_of_two_factors_is_asked_too() -> None:
    factors = {"network.width": [2, 4], "network.init": ["gaussian", "balanced"]}
    made = study(SQUARE, {"linear": {"depth": 2}}, factors)
    with pytest.raises(BadInput, match=r"width 2 at network.width = 2, network.init = balanced"):
        expand(made)


@pytest.mark.parametrize("data", ["linear_regression", "low_rank_regression", "nonlinear_regression"])
def test_regressions_have_no_classes(data: str) -> None:
    with pytest.raises(BadInput, match=f"cross_entropy needs classes, found {data}"):
        study(data, "linear", loss="cross_entropy")
    with pytest.raises(BadInput, match="accuracy needs a data source with classes"):
        study(data, "linear", responses={"share": "accuracy"})


@pytest.mark.parametrize("data", ["low_rank_regression", "nonlinear_regression"])
def test_regressions_have_a_least_squares_optimum(data: str) -> None:
    assert study(data, {"residual": {"width": 8}}, responses={"d": "optimal_deviation", "e": "relative_excess_mse"})
    with pytest.raises(BadInput, match="optimal_deviation needs a linear network"):
        study(data, "tanh", responses={"d": "optimal_deviation"})


DEPTHS = {"network.depth": [1, 2]}
NESTED = {"network.width": {"nested_in": "network.depth", "role": "stratum", "levels": {"1": [1], "2": [4, 8]}}}
SOUND = {
    "data": "linear_regression",
    "network": "linear",
    "factors": DEPTHS,
    "responses": {"loss": "loss"},
    "hypotheses": [{"response": "loss", "test": {"paired_t": {"along": "network.depth", "treatment": 2}}}],
}


def rates(*levels: Any) -> Any:
    return {"factors": {**DEPTHS, "training.optimizer.learning_rate": {"levels": levels, "role": "stratum"}}}


def asked(treatment: int, **fields: Any) -> Any:
    test = {"paired_t": {"along": "network.depth", "treatment": treatment}}
    return {"hypotheses": [{"response": "loss", "test": test, **fields}]}


def tuned(grid: list[float]) -> Any:
    return {"tune": {"grid": grid, "by": "loss"}}


RATES, ASKED = "factors.training.optimizer.learning_rate.levels", "hypotheses.0"
SLIPS = [
    ({"exclude": [{"where": {"network.dept": 1}, "reason": "r"}]}, "exclude.0.where.network.dept", "unknown factor"),
    ({"factors": DEPTHS | NESTED, **asked(7)}, f"{ASKED}.test.paired_t.treatment", "unknown level, found 7"),
    (asked(2, at={"step": [1000, 1000]}), f"{ASKED}.at.step", "a step named twice, found 1000"),
    (rates(0.1, tuned([0.3, 0.1])), f"{RATES}.1.tune.grid", "the values of a grid ascend"),
    (rates(0.1, {"tun": {}}), f"{RATES}.1.tun", "unknown field, found 'tun', allowed tune, did you mean 'tune'?"),
    ({"training": {"optimizer": {"sgd": {"learning_rate": tuned([0.1])}}}}, "training.optimizer", "at least 2 items"),
]


@pytest.mark.parametrize(("fields", "place", "said"), SLIPS, ids=[said for _, _, said in SLIPS])
def test_a_slip_is_named_where_it_is_and_there_alone(fields: Any, place: str, said: str) -> None:
    assert from_text(json.dumps(SOUND))
    with pytest.raises(BadInput) as caught:
        from_text(json.dumps(SOUND | fields))
    assert any(said in str(problem) for problem in caught.value.problems)
    assert all(problem.path.startswith(place) for problem in caught.value.problems)
