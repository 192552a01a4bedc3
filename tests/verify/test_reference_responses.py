"""The reference's second derivatives and one-step errors against finite differences and closed forms."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from lnnstats.parts.networks import Linear, Relu, Residual, Tanh
from lnnstats.parts.optimizers import Sgd
from lnnstats.parts.responses import GradientNorm, LeastCurvature, OneStepError, Sharpness
from lnnstats.parts.training import CrossEntropy, MeanSquaredError, Training
from lnnstats.verify import reference
from lnnstats.verify.reference import Observation, Points, magnitude, measure


def look(network: Any, sizes: tuple[int, ...], loss: Any = None, rate: float = 0.1, bias: bool = True) -> Observation:
    """The first state of a run."""
    rng = np.random.default_rng(4)
    layers = tuple((rng.normal(size=(k, n)), rng.normal(size=k) if bias else None) for n, k in pairwise(sizes))
    labelled = isinstance(loss, CrossEntropy)
    targets = rng.integers(sizes[-1], size=15) if labelled else rng.normal(size=(15, sizes[-1]))
    data = Points(rng.normal(size=(15, sizes[0])), targets)
    training = Training(loss=loss or MeanSquaredError(), optimizer=Sgd(learning_rate=rate))
    state = next(reference.trajectory(network, training, layers, data))
    return Observation(network, training, state, data, data)


def hessian(seen: Observation, step: float = 1e-4) -> np.ndarray:
    """Fourth-order central differences of the analytic gradient."""
    layers = seen.state.layers

    def gradient(direction: np.ndarray) -> np.ndarray:
        moved, place = [], 0
        for weight, bias in layers:
            parts = []
            for tensor in (weight, bias):
                size = 0 if tensor is None else tensor.size
                parts.append(None if tensor is None else tensor + direction[place : place + size].reshape(tensor.shape))
                place += size
            moved.append(tuple(parts))
        found = reference.gradient(seen.network, seen.training, tuple(moved), seen.train)  # type: ignore[arg-type]
        return np.concatenate([tensor.ravel() for layer in found for tensor in layer if tensor is not None])

    size = sum(tensor.size for layer in layers for tensor in layer if tensor is not None)
    columns = []
    for unit in np.eye(size) * step:
        near, far = gradient(unit) - gradient(-unit), gradient(2 * unit) - gradient(-2 * unit)
        columns.append((8 * near - far) / (12 * step))
    return np.array(columns)


@pytest.mark.parametrize("loss", [MeanSquaredError(), CrossEntropy()], ids=lambda loss: loss.kind)
@pytest.mark.parametrize("network", [Linear, Residual, Relu, Tanh])
def test_curvature_is_that_of_finite_differences(network: Any, loss: Any) -> None:
    seen = look(network(), (3, 4, 2), loss)
    values = np.linalg.eigvalsh(hessian(seen))
    # The step to the fourth (1e-16) and eps / step = 1e-12 times gradients near 10.
    tolerance = 1e-10 * max(abs(values))
    for options in ({}, {"exact_up_to": 1, "iterations": 26}, {"exact_up_to": 1, "iterations": 25}):
        # One dimension short of all 26, only what has converged is compared: the largest.
        assert measure(Sharpness(**options), seen) == pytest.approx(values[-1], abs=tolerance)
        if options.get("iterations") != 25:
            assert measure(LeastCurvature(**options), seen) == pytest.approx(values[0], abs=tolerance)
        assert magnitude(Sharpness(**options), seen) == pytest.approx(max(abs(values)), rel=1e-6)


def test_a_unit_that_is_off_at_every_point_has_no_curvature() -> None:
    """Its input is exactly 0 where all biases are: an imaginary step must not switch it on."""
    seen = look(Relu(), (2, 2, 2, 1))
    dead = ((-np.eye(2), np.zeros(2)), (np.eye(2), np.zeros(2)), (np.ones((1, 2)), np.zeros(1)))
    points = Points(np.abs(seen.train.x), seen.train.targets)
    off = replace(seen, state=replace(seen.state, layers=dead), train=points)
    # Only the last bias moves the loss: second derivative 2.
    found = [float(measure(kind(), off)) for kind in (LeastCurvature, Sharpness)]
    assert found == pytest.approx([0, 2], abs=1e-14)


def test_a_diverged_state_has_no_curvature() -> None:
    seen = look(Linear(), (2, 2, 1))
    wild = tuple((weight * 1e300, bias) for weight, bias in seen.state.layers)
    assert np.isnan(measure(Sharpness(), replace(seen, state=replace(seen.state, layers=wild))))


@pytest.mark.parametrize("formula", ["first_order", "slope_only"])
@pytest.mark.parametrize("bias", [True, False])
def test_one_step_errors_are_what_the_prediction_misses(formula: str, bias: bool) -> None:
    """At a rate where digits remain to subtract; derivatives of the map by central differences along the step."""
    seen = look(Linear(bias=bias), (3, 2, 2, 1), rate=0.05, bias=bias)
    gradients = reference.gradient(seen.network, seen.training, seen.state.layers, seen.train)

    def mapped(rate: float) -> np.ndarray:
        moved = tuple(
            (w - rate * g, None if b is None else b - rate * h)
            for (w, b), (g, h) in zip(seen.state.layers, gradients, strict=True)
        )
        slopes, intercept = reference.affine(moved)  # type: ignore[arg-type]
        return np.column_stack([slopes, intercept])

    change, h = mapped(0.05) - mapped(0), 1e-3
    # The map is a cubic in the rate: fourth-order differences are exact but for rounding.
    first = 0.05 * (8 * (mapped(h) - mapped(-h)) - (mapped(2 * h) - mapped(-2 * h))) / (12 * h)
    wanted, moved = np.linalg.norm(change - first), np.linalg.norm(change)
    if formula == "slope_only":
        predicted = 0.05 * slopes_alone(seen)
        wanted, moved = np.linalg.norm(change[:, :-1] - predicted), np.linalg.norm(change[:, :-1])
    for relative, value in ((False, wanted), (True, wanted / moved)):
        # Differences lose eps / h = 1e-13 of maps near 10.
        found = measure(OneStepError(formula=formula, relative=relative), seen)  # type: ignore[arg-type]
        assert found == pytest.approx(value, rel=1e-9)


def slopes_alone(seen: Observation) -> np.ndarray:
    """-sum_i of the three layers' terms, G by differentiating the loss of an affine map at W_e."""
    (w1, _), (w2, _), (w3, _) = seen.state.layers
    whole, intercept = reference.affine(seen.state.layers)
    layer = ((whole, intercept),)
    ((g, _),) = reference.gradient(Linear(), seen.training, layer, seen.train)
    return -((w3 @ w2) @ (w3 @ w2).T @ g + w3 @ w3.T @ g @ w1.T @ w1 + g @ (w2 @ w1).T @ (w2 @ w1))


@pytest.mark.parametrize("rate", [1e-6, 1e-3])
def test_two_scalar_layers_miss_the_product_of_their_steps(rate: float) -> None:
    seen = look(Linear(bias=False), (1, 1, 1), rate=rate, bias=False)
    (g1, _), (g2, _) = seen.state.gradients
    # A tiny error keeps its digits: no two maps are subtracted.
    assert measure(OneStepError(), seen) == pytest.approx(rate**2 * abs((g1 * g2).item()), rel=1e-13)
    # Rounded residuals are errors of the size of the rate; over the change of the map they are as much of it.
    (w1, _), (w2, _) = seen.state.layers
    slope = abs((g1 * w2 + w1 * g2 - rate * g1 * g2).item())
    assert magnitude(OneStepError(), seen) == rate
    assert magnitude(OneStepError(relative=True), seen) == pytest.approx(max(1, 1 / slope), rel=1e-12)


def test_the_total_gradient_norm_is_that_of_all_parameters() -> None:
    seen = look(Tanh(), (3, 4, 2))
    whole = np.concatenate([tensor.ravel() for layer in seen.state.gradients for tensor in layer if tensor is not None])
    assert measure(GradientNorm(of="total"), seen) == pytest.approx(np.linalg.norm(whole), rel=1e-14)
    assert magnitude(GradientNorm(), seen) == 1
