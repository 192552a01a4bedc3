"""What every option model shares: spelling, strictness, frozen values."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from lnnstats.parts.base import choice, kinds, per_cell_fields
from lnnstats.parts.inits import Orthogonal, TorchDefault
from lnnstats.parts.networks import Linear, Relu
from lnnstats.parts.optimizers import OPTIMIZERS, Adam, Momentum, Sgd
from lnnstats.parts.sources import Digits, LinearRegression

OPTIMIZER: TypeAdapter[Any] = TypeAdapter(choice(OPTIMIZERS))
ONE: TypeAdapter[Any] = TypeAdapter(choice(kinds(Sgd)))


@pytest.mark.parametrize(
    "spelled", ["sgd", {"sgd": None}, {"sgd": {}}, {"sgd": {"learning_rate": 0.01}}, Sgd()], ids=str
)
def test_a_part_is_spelled_as_its_name_or_a_one_key_mapping(spelled: Any) -> None:
    assert OPTIMIZER.validate_python(spelled) == ONE.validate_python(spelled) == Sgd(learning_rate=0.01)
    assert OPTIMIZER.dump_python(Sgd()) == {"sgd": {"learning_rate": 0.01, "weight_decay": 0.0}}


@pytest.mark.parametrize(
    "spelled",
    ["sdg", {}, {"sgd": {}, "adam": {}}, {"sgd": 3}, {"sgd": {"rate": 1.0}}, 3, None, ["sgd"], {"kind": "sgd"}],
    ids=str,
)
def test_anything_else_is_refused(spelled: Any) -> None:
    for adapter in (OPTIMIZER, ONE):
        with pytest.raises(ValidationError):
            adapter.validate_python(spelled)


@pytest.mark.parametrize(
    ("part", "options"),
    [
        (Sgd, {"learning_rate": 0.0}),
        (Sgd, {"learning_rate": float("inf")}),
        (Sgd, {"learning_rate": "0.1"}),
        (Sgd, {"learning_rate": True}),
        (Momentum, {"beta": 1.0}),
        (Momentum, {"beta": -0.1}),
        (Adam, {"epsilon": 0}),
        (Linear, {"depth": 0}),
        (Linear, {"depth": 2.0}),
        (Linear, {"depth": True}),
        (Linear, {"bias": 1}),
        (Linear, {"depth": 3, "width": (2,)}),
        (Linear, {"width": 0}),
        (LinearRegression, {"noise": -0.1}),
        (LinearRegression, {"correlation": 1.0}),
        (Digits, {"classes": (1,)}),
        (Digits, {"classes": (1, 1)}),
        (Digits, {"classes": (1, 10)}),
        (Digits, {"test_share": 1.0}),
    ],
)
def test_options_have_limits_and_are_never_coerced(part: Any, options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        part(**options)


def test_values_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Sgd().learning_rate = 1.0  # type: ignore[misc]


def test_per_cell_marks() -> None:
    assert per_cell_fields(Adam) == {"learning_rate", "weight_decay", "beta1", "beta2", "epsilon"}
    assert per_cell_fields(Orthogonal) == {"gain"} and per_cell_fields(TorchDefault) == frozenset()
    assert per_cell_fields(LinearRegression) == {
        *("noise", "noise_scale", "correlation", "condition", "whitened", "intercept"),
    }


@pytest.mark.parametrize(
    ("network", "shapes"),
    [
        (Linear(), ((2, 5),)),
        (Linear(depth=3, width=4), ((4, 5), (4, 4), (2, 4))),
        (Relu(depth=3, width=(7, 3)), ((7, 5), (3, 7), (2, 3))),
    ],
)
def test_layer_shapes_are_rows_by_columns_from_the_input(network: Any, shapes: Any) -> None:
    assert network.shapes(5, 2) == shapes
