"""Architectures in a study: as a level, beside a depth, and in what a hypothesis asks of layers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lnnstats.design.expand import expand
from lnnstats.errors import BadInput
from lnnstats.parts.networks import Relu
from lnnstats.study.load import from_text
from lnnstats.study.substitute import substitute
from lnnstats.study.values import Study

DIGITS = {"digits": {"classes": [3, 8]}}


def study(network: Any = "linear", factors: Any = None, data: Any = None, **fields: Any) -> Study:
    tree = {"data": data or DIGITS, "network": network, "factors": factors or {}, "responses": {"loss": "loss"}}
    return from_text(json.dumps(tree | fields))


def depths(made: Study) -> list[int]:
    return [cell.world.network.depth for cell in expand(made).cells]


NAMES = {"network.architecture": ["single", "A", "B", "C"]}


@pytest.mark.parametrize(
    "network", ["linear", {"linear": {"depth": 3, "width": [7, 5]}}, {"tanh": {"architecture": "B"}}]
)
def test_an_architecture_is_a_level_whatever_the_network_was(network: Any) -> None:
    made = study(network, NAMES)
    assert depths(made) == [1, 2, 4, 8]
    assert made.factors["network.architecture"].labels == ("single", "A", "B", "C")
    assert [cell.world.network.hidden for cell in expand(made).cells][2] == (2048, 1024, 128)


def test_other_levels_leave_an_architecture_as_it_is() -> None:
    made = study({"linear": {"architecture": "B"}}, {"network.bias": [True, False], "training.batch": [64, "full"]})
    assert depths(made) == [4, 4, 4, 4]


def test_a_study_survives_its_dump() -> None:
    made = study({"linear": {"architecture": "A"}}, {"network.architecture": ["A", "B"]})
    assert from_text(json.dumps(made.model_dump(mode="json", exclude_none=True))) == made


@pytest.mark.parametrize(("field", "value", "sets"), [("depth", 3, "2"), ("width", 64, r"\[128\]")])
def test_a_clash_is_named_where_it_stands(field: str, value: Any, sets: str) -> None:
    with pytest.raises(BadInput, match=f"architecture A sets {field} to {sets}") as caught:
        study({"linear": {"architecture": "A", field: value}})
    assert [problem.path for problem in caught.value.problems] == [f"network.linear.{field}"]


def test_a_level_clashes_too() -> None:
    with pytest.raises(BadInput, match="architecture A sets depth to 2") as caught:
        study({"linear": {"architecture": "A"}}, {"network.depth": [2, 3]})
    assert [problem.path for problem in caught.value.problems] == ["factors.network.depth.levels.1"]


@pytest.mark.parametrize("order", [1, -1])
def test_levels_of_both_clash_in_any_order(order: int) -> None:
    factors = dict([("network.architecture", ["A", "B"]), ("network.depth", [2, 3])][::order])
    with pytest.raises(BadInput, match=r"architecture (A sets depth to 2|B sets depth to 4)"):
        expand(study("linear", factors))


def test_whole_networks_come_before_their_architecture() -> None:
    made = study("linear", {"network.architecture": ["A", "C"], "network": ["linear", "relu"]})
    assert sorted(depths(made)) == [2, 2, 8, 8]
    assert substitute(made.world, {"network.architecture": "C", "network": "relu"}).network == Relu(architecture="C")


def asked(layer: int, network: Any, factors: dict[str, list[Any]]) -> Study:
    """A hypothesis on a layer, in strata of the factors."""
    strata = {path: {"levels": levels, "role": "stratum"} for path, levels in factors.items()}
    test = {"paired_t": {"along": "training.batch", "treatment": "full"}}
    return study(
        network,
        {"training.batch": [64, "full"], **strata},
        responses={"ratio": "singular_ratio"},
        hypotheses=[{"response": "ratio", "test": test, "at": {"layer": layer}}],
    )


@pytest.mark.parametrize(
    ("network", "factors", "deepest"),
    [
        ("linear", {"network.architecture": ["A", "C"]}, 8),
        ({"linear": {"architecture": "B"}}, {}, 4),
        ("linear", {"network.depth": [1, 6]}, 6),
        ("linear", {"network": ["linear", {"relu": {"depth": 5}}]}, 5),
        ({"linear": {"depth": 3}}, {"network.width": [[4, 5], [6, 7]]}, 3),
    ],
    ids=["architecture", "base", "depth", "network", "width"],
)  # fmt: skip
def test_hypotheses_ask_of_layers_that_some_level_has(network: Any, factors: Any, deepest: int) -> None:
    assert asked(deepest, network, factors)
    with pytest.raises(BadInput, match=f"no such layer, found {deepest + 1}, allowed 1 to {deepest}"):
        asked(deepest + 1, network, factors)


LAST = {"responses": {"angle": "row_angle"}, "factors": {"training.optimizer.learning_rate": [0.1, 0.2]}}
TEST = {"response": "angle", "test": {"paired_t": {"along": "training.optimizer.learning_rate", "treatment": 0.2}}}


@pytest.mark.parametrize("place", ["last", 2])
def test_a_layer_without_a_value_is_refused(place: Any) -> None:
    """One output is one row, and no pair of rows; with two there is one."""
    two, one = ({"digits": {"classes": [3, 8], "coding": coding}} for coding in ("one_hot", "scalar"))
    asked = LAST | {"network": {"linear": {"depth": 2, "width": 4}}, "hypotheses": [TEST | {"at": {"layer": place}}]}
    assert study(data=two, **asked)
    with pytest.raises(BadInput, match="row_angle has no value of such a layer, found layer 2, 1 x 4"):
        study(data=one, **asked)
