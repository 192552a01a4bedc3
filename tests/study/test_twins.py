"""What a twin may differ in, what can be compared with it, and what a derived response may be of."""

from __future__ import annotations

from typing import Any

import pytest

from lnnstats.errors import BadInput
from lnnstats.parts.responses import TwinDistance
from lnnstats.study.twins import twin_of
from tests.worlds import CLASSES, study

RELU = {"network": {"relu": {"depth": 2, "width": 3}}}
BASE = {"loss": "loss", "angle": {"row_angle": {"measurements": ["gradient", "update"]}}}


def distance(**options: Any) -> dict[str, Any]:
    return {"twin_distance": options}


def factors(**options: Any) -> dict[str, Any]:
    return distance(but_for={"training.optimizer": "gamma_sgd"}, over="two_steps", **options)


WRONG: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (distance(), {}, "a twin that differs in nothing"),
    (distance(but_for={"data.noise": 1.0}), {}, "a twin has the data and the budget of its run, found data.noise"),
    (distance(but_for={"training.steps": 5}), {}, "a twin has the data and the budget of its run"),
    (distance(but_for={"training.optimzer": "sgd"}), {}, "unknown field, found 'optimzer'.*did you mean 'optimizer'"),
    (distance(but_for={"training.optimizer": "momentm"}), {}, "unknown name, found 'momentm'"),
    (distance(but_for={"training.optimizer.learning_rate": -1.0}), {}, "found -1.0, allowed .*greater than 0"),
    (distance(but_for={"training.batch": 50}), {}, "a batch larger than the training split, found 50"),
    (distance(but_for={"network.depth": 2}, gradients="shared"), {}, "differ in the optimizer alone"),
    (distance(single_layer="drawn", gradients="shared"), {}, "networks of the same shape"),
    (distance(but_for={"network.depth": 2}, of="parameters"), {}, "networks of the same shape, trained by the same"),
    (distance(but_for={"training.batch": 5}, of="parameters"), {}, "trained by the same program"),
    (distance(single_layer="collapsed"), RELU, "only a product of linear layers collapses to one, found relu"),
    (distance(single_layer="drawn"), RELU, "maps are those of linear networks, found relu and relu"),
    (distance(single_layer="drawn", rates=[]), {}, "rates: found .*at least 1 item"),
    ({"twin_loss": {"single_layer": "drawn", "of": "accuracy"}}, {}, "accuracy needs a data source with classes"),
    (factors(of="parameters"), {}, "two_steps compares averaged momentum with its factors, found parameters, sgd"),
    (factors(), {"optimizer": "ema_momentum"}, "two_steps compares .*found map"),
    ({"extreme_while": {"of": "angle", "when": "loss"}}, {}, "name one measurement of angle"),
    ({"extreme_while": {"of": "loss", "when": "loss", "measurement": "update"}}, {}, "name one measurement of loss"),
    ({"extreme_while": {"of": "los", "when": "loss"}}, {}, "unknown recorded response, found 'los'.*mean 'loss'"),
    ({"extreme_while": {"of": "it", "when": "loss"}}, {}, "unknown recorded response, found 'it'"),
    ({"extreme_while": {"of": "loss", "when": "angle"}}, {}, "a response with one value a step"),
    ({"extreme_while": {"of": "loss", "when": "loss", "at_least": 2.0}}, {}, "a band without a value in it"),
]


@pytest.mark.parametrize(("part", "world", "message"), WRONG, ids=[message for *_, message in WRONG])
def test_what_cannot_be_is_refused(part: dict[str, Any], world: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        study(responses={**BASE, "it": part}, **world)


def test_steps_without_a_common_one_are_refused() -> None:
    asked = {name: {"loss": {"steps": [step]}} for step, name in enumerate("ab")}
    asked["it"] = {"extreme_while": {"of": "a", "when": "b"}}
    with pytest.raises(BadInput, match="recorded at no common step"):
        study(responses=asked)


def test_a_time_is_not_of_a_twin() -> None:
    asked = {"far": distance(single_layer="drawn"), "it": {"time_to": {"of": "far", "below": 0.1}}}
    with pytest.raises(BadInput, match="watched for in every state of a run"):
        study(responses=asked)


def test_every_cell_has_to_have_the_twin() -> None:
    """The first cell that has none is named, be it a combination of levels."""
    asked = {"it": distance(single_layer="collapsed")}
    with pytest.raises(BadInput, match=r"only a product of linear layers.*found relu at network = relu"):
        study(responses=asked, factors={"network": ["linear", "relu"]})


def test_what_is_left_open_is_the_run_s() -> None:
    made = study(CLASSES, {"linear": {"depth": 3, "width": 5, "bias": False}}, {"momentum": {"beta": 0.5}}, loss="mse")
    adam = TwinDistance(but_for={"training.optimizer": {"adam": {"beta1": 0.1}}})
    optimizer = twin_of(made.world, adam).training.optimizer
    assert (optimizer.learning_rate, optimizer.beta1, optimizer.beta2) == (0.01, 0.1, 0.999)
    relu = twin_of(made.world, TwinDistance(but_for={"network": "relu"})).network
    assert (relu.kind, relu.depth, relu.width, relu.bias) == ("relu", 3, 5, False)


@pytest.mark.parametrize("network", [{"linear": {"architecture": "A", "bias": False}}, {"residual": {"depth": 3}}])
def test_a_single_layer_keeps_kind_biases_and_init(network: dict[str, Any]) -> None:
    made = study(CLASSES, network)
    single = twin_of(made.world, TwinDistance(single_layer="collapsed")).network
    assert (single.kind, single.depth) == (made.network.kind, 1)
    assert (single.bias, single.init) == (made.network.bias, made.network.init)
