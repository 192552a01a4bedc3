"""The rows of the first layer's change against the direction of the batch: identities, and cases done by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from lnnstats.engine.execute import execute
from lnnstats.engine.forms.sensitivities import Sensitivities
from lnnstats.engine.responses import batch_direction
from lnnstats.errors import BadInput
from lnnstats.parts.responses import BatchDirection
from tests.worlds import CLASSES, CPU, DIGITS, PLANE, TWO, chunks_of, study

SINGLE = {"linear": {"depth": 1}}
DEEP = {"linear": {"depth": 3, "width": [6, 4]}}
RELU = {"relu": {"depth": 3, "width": [6, 4]}}
PAIR = {"gaussian_classes": {"classes": 2, "features": 4, "train": 21, "test": 9, "separation": 2.0}}
EPS = 2.0**-52


def measured(data: Any, network: Any, steps: int = 4, loss: Any = "cross_entropy", **options: Any) -> np.ndarray:
    """[runs, steps, measurements], of mini-batches of 5 in float64 by cross-entropy."""
    every = {"measurements": ["gradient", "update", "difference"], "steps": list(range(1, steps + 1)), **options}
    made = study(
        data, network, loss=loss, batch=5, steps=steps, responses={"seen": {"batch_direction": every}}
    )
    (chunk,) = chunks_of(made)
    return execute(chunk, made, CPU).recorded["seen"].values[:, :, 0]


@pytest.mark.parametrize("network", [SINGLE, DEEP, RELU], ids=["single", "deep", "relu"])
@pytest.mark.parametrize("data", [PAIR, TWO, CLASSES], ids=["two classes", "one output", "three classes"])
def test_rows_are_the_batch_s_points_weighted_by_their_own_sensitivities(data: Any, network: Any) -> None:
    """dL/dW_1 = (1/b) sum_i (dL_i/dz_1) x_i' by the chain rule, of any network."""
    gradient, update, difference = np.moveaxis(measured(data, network, alphas="backpropagated", of="relative"), 2, 0)
    finite = np.isfinite(gradient)  # the first unit of a ReLU network may be off at all five points
    assert finite.mean() > 0.5
    assert gradient[finite].max() < 100 * EPS and update[finite].max() < 100 * EPS
    # The weights are about 1, the update of them 1e-3 or more: rounding is eps over that.
    assert difference[finite].max() < 1e-11
    angles = measured(data, network, alphas="backpropagated")
    assert np.nanmax(angles[..., :2]) < math.degrees(100 * EPS)


@pytest.mark.parametrize("loss", ["cross_entropy", "mse"])
@pytest.mark.parametrize("network", [DEEP, RELU], ids=["deep", "relu"])
def test_a_loss_that_adds_up_has_the_sum_of_its_points(network: Any, loss: str) -> None:
    added = measured(CLASSES, network, loss={loss: {"reduction": "sum"}}, alphas="backpropagated", of="relative")
    assert np.nanmax(added[..., :2]) < 100 * EPS


def test_of_two_classes_every_row_of_a_linear_network_has_the_direction_of_the_logit() -> None:
    """The logits' gradients are g (1, -1): all rows are multiples of (1/b) sum_i g_i x_i; with three classes they are
    not.
    """
    for network in (SINGLE, DEEP):
        assert max(measured(data, network)[..., 0].max() for data in (PAIR, TWO)) < 1e-10
        assert measured(CLASSES, network)[..., 0].min() > 0.1


def test_rows_of_the_second_class_point_the_other_way() -> None:
    unfolded, above, below = (measured(PAIR, SINGLE, **options)[..., 0] for options in (
        {"folded": False}, {"of": "above"}, {"of": "below"}))  # fmt: skip
    np.testing.assert_allclose(unfolded, 90, atol=1e-10)  # one row at 0, one at 180
    np.testing.assert_allclose(above, 180, atol=1e-10)
    np.testing.assert_allclose(below, 0, atol=1e-10)
    first = measured(PAIR, SINGLE, folded=False, first_row=True)
    np.testing.assert_allclose(first[..., 0], 0, atol=1e-10)
    # an update is minus the rate times the gradient, and compared with minus the rate times the direction
    np.testing.assert_allclose(first[..., 1], 0, atol=1e-10)


def test_a_difference_is_that_of_the_first_row() -> None:
    """Times the learning rate for an update, 0.01."""
    relative, absolute = (measured(CLASSES, SINGLE, of=of, alphas="logit") for of in ("relative", "difference"))
    assert absolute[..., 0].max() < 1e-14 and absolute[..., 1].max() < 1e-16
    assert relative[..., 0].max() < 100 * EPS


def of_rows(rows: Any, outputs: Any, inputs: Any, **options: Any) -> float:
    """Of one run whose first layer changed by these rows."""
    held = (torch.tensor([rows], dtype=torch.float64),)
    points = torch.tensor([inputs], dtype=torch.float64), torch.tensor([outputs], dtype=torch.float64)
    seen = Sensitivities(points[0], points[1], points[1], torch.tensor([0.5], dtype=torch.float64), 1 / len(inputs))
    changes = SimpleNamespace(
        matrices=lambda options, measurement: held, sensitivities=lambda: seen, first_rows=lambda options: slice(None)
    )
    return float(batch_direction(BatchDirection(**options), changes)[0, 0])


def test_by_hand() -> None:
    """Two points (2, 0) and (0, 4) of sensitivities 1 and 0.5: the direction is (1, 1)."""
    inputs, outputs = [[2.0, 0.0], [0.0, 4.0]], [[1.0, 7.0], [0.5, -7.0]]
    rows = [[3.0, 0.0], [-2.0, -2.0], [0.0, 0.0]]  # at 45 degrees, at 180, and none
    assert of_rows(rows, outputs, inputs) == pytest.approx(22.5, rel=1e-14)
    assert of_rows(rows, outputs, inputs, folded=False) == pytest.approx(112.5, rel=1e-14)
    assert of_rows(rows, outputs, inputs, of="above") == pytest.approx(180, rel=1e-14)
    assert of_rows(rows, outputs, inputs, of="below") == pytest.approx(45, rel=1e-14)
    assert of_rows(rows, outputs, inputs, formula="arccos", precision="float32") == pytest.approx(22.5, abs=0.02)
    assert of_rows(rows, outputs, inputs, first_row=True) == pytest.approx(45, rel=1e-14)
    assert of_rows(rows, outputs, inputs, of="difference") == pytest.approx(math.sqrt(5))  # (3, 0) - (1, 1)
    assert of_rows(rows, outputs, inputs, of="relative") == pytest.approx(math.sqrt(5) / 3)
    # of an update at the rate 0.5: (3, 0) + (0.5, 0.5)
    moved = of_rows(rows, outputs, inputs, of="difference", measurements=("update",))
    assert moved == pytest.approx(math.hypot(3.5, 0.5))
    # alphas of 1: (1, 2)
    assert of_rows([[1.0, 2.0]], outputs, inputs, alphas="equal", of="relative") == pytest.approx(0, abs=1e-15)
    # the second unit's own direction: (7, -14), at right angles to nothing here
    assert of_rows([[1.0, 0.0], [1.0, -2.0]], outputs, inputs, alphas="backpropagated") == pytest.approx(22.5)


def test_a_run_that_is_not_finite_has_no_direction() -> None:
    assert math.isnan(of_rows([[math.nan, 0.0], [1.0, 1.0]], [[1.0], [0.5]], [[2.0, 0.0], [0.0, 4.0]]))


def test_it_is_measured_where_the_points_are_seen() -> None:
    asked = {"seen": "batch_direction"}
    with pytest.raises(BadInput, match="batch_direction needs a program that sees the points"):
        study(PLANE, DEEP, responses=asked)
    study(PLANE, DEEP, responses=asked, batch=6)
    with pytest.raises(BadInput, match="batch_direction needs a network of dense layers"):
        study(DIGITS, {"linear_convolution": {"depth": 2, "width": 2}}, loss="cross_entropy", responses=asked)
