"""Options of networks: architectures by their names, layers of convolutions, layers below that are nonlinear."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from lnnstats.parts.base import choice
from lnnstats.parts.networks import ARCHITECTURES, NETWORKS, Linear, LinearConvolution, Relu, Tanh
from lnnstats.study.levels import label

NETWORK: TypeAdapter[Any] = TypeAdapter(choice(NETWORKS))

# BenShmuel 2022, sections 3 and 6: 3072 inputs, 2 outputs
PRINTED = {
    "single": (3072, 2),
    "A": (3072, 128, 2),
    "B": (3072, 2048, 1024, 128, 2),
    "C": (3072, 2500, 1500, 1024, 512, 256, 64, 16, 2),
}


@pytest.mark.parametrize("name", PRINTED)
def test_an_architecture_is_the_papers(name: str) -> None:
    sizes = PRINTED[name]
    network = Linear(architecture=name)
    assert network.shapes(3072, 2) == tuple(zip(sizes[1:], sizes[:-1], strict=True))
    assert network.depth == len(sizes) - 1 and network.hidden == sizes[1:-1]
    assert set(PRINTED) == set(ARCHITECTURES)


def test_ends_are_those_of_the_data() -> None:
    assert Linear(architecture="A").shapes(64, 10) == ((128, 64), (10, 128))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"architecture": "A", "depth": 3}, "architecture A sets depth to 2"),
        ({"architecture": "B", "depth": 1}, "architecture B sets depth to 4"),
        ({"architecture": "A", "width": 64}, r"architecture A sets width to \[128\]"),
        ({"architecture": "B", "width": (2048, 1024)}, r"architecture B sets width to \[2048, 1024, 128\]"),
        ({"architecture": "D"}, "Input should be 'single', 'A', 'B' or 'C'"),
        ({"architecture": ["A"]}, "Input should be 'single', 'A', 'B' or 'C'"),
    ],
)
def test_another_depth_or_width_is_refused_where_it_stands(options: dict[str, Any], said: str) -> None:
    (slip,) = [name for name in options if name != "architecture"] or ["architecture"]
    with pytest.raises(ValidationError, match=said) as caught:
        Linear(**options)
    assert [error["loc"] for error in caught.value.errors()] == [(slip,)]


@pytest.mark.parametrize(
    "options", [{"depth": 4, "width": (2048, 1024, 128)}, {"depth": 4}, {"width": [2048, 1024, 128]}, {}], ids=str
)
def test_what_an_architecture_sets_may_be_named_too(options: dict[str, Any]) -> None:
    assert Linear(architecture="B", **options) == Linear(architecture="B")
    assert Linear(architecture="A", width=128).hidden == (128,)


def test_a_name_leaves_no_trace_where_it_is_not_given() -> None:
    """So that the cells of runs stored before there were names keep their ids."""
    for kind in set(NETWORKS) - {"linear_convolution"}:
        (tree,) = NETWORK.dump_python(NETWORKS[kind]()).values()
        assert tree == {"depth": 1, "width": 1, "bias": True, "init": {"torch_default": {}}}


@pytest.mark.parametrize("network", [Linear(architecture="B"), Relu(architecture="C", activated=2)], ids=str)
def test_a_named_network_survives_its_dump(network: Any) -> None:
    assert NETWORK.validate_python(NETWORK.dump_python(network, mode="json")) == network


def test_a_label_says_what_was_written() -> None:
    assert label({"linear": {"architecture": "B"}}) == "linear(architecture=B)"


@pytest.mark.parametrize("kind", [Relu, Tanh])
def test_the_last_layer_is_never_activated(kind: Any) -> None:
    assert kind(depth=3, activated=2) and kind(depth=1, activated=0)
    with pytest.raises(ValidationError, match="activated 3: of depth 3, 0 to 2 layers can be"):
        kind(depth=3, activated=3)


IMAGE = (3, 8, 8)


@pytest.mark.parametrize(
    ("network", "shapes", "places"),
    [
        (LinearConvolution(), ((2, 192),), (1,)),
        (LinearConvolution(depth=3, width=4), ((4, 27), (4, 36), (2, 256)), (64, 64, 1)),
        (LinearConvolution(depth=3, width=(5, 7), kernel=1), ((5, 3), (7, 5), (2, 448)), (64, 64, 1)),
    ],
)
def test_convolutions_have_a_row_a_channel(network: Any, shapes: Any, places: Any) -> None:
    assert network.shapes(192, 2, IMAGE) == shapes
    assert network.places(IMAGE) == places
    with pytest.raises(ValueError, match="needs a data source of images"):
        network.shapes(192, 2)


def test_a_dense_layer_is_applied_once() -> None:
    assert Linear(depth=3).places() == Linear(depth=3).places(IMAGE) == (1, 1, 1)


@pytest.mark.parametrize("options", [{"kernel": 2}, {"kernel": 0}, {"kernel": 3.0}, {"architecture": "A"}], ids=str)
def test_a_convolution_has_a_middle_and_no_dense_architecture(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        LinearConvolution(depth=2, **options)
