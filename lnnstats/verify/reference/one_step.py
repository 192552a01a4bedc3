"""The error of a one-step prediction, in plain NumPy: the map after a step as a polynomial in the learning rate.

(W_N - r G_N) ... (W_1 - r G_1) and its intercept are sums of powers of r: the first-order change is their coefficient
of r, and the error of a prediction the rest, without the difference of two nearly equal maps.
"""

from __future__ import annotations

from functools import reduce

import numpy as np

from lnnstats.verify.reference.networks import gradient, one_hot, predict
from lnnstats.verify.reference.values import Layers, Observation, Reals


def one_step(seen: Observation, formula: str) -> tuple[Reals, Reals]:
    """Error of the prediction and actual change, of (W_e, b_e) [C, d+1] or of the slopes alone [C, d]."""
    rate = seen.training.optimizer.learning_rate
    powers = _polynomial(seen.state.layers, gradient(seen.network, seen.training, seen.state.layers, seen.train))
    sizes = rate ** np.arange(1, len(powers))[:, None, None]
    error = (sizes[1:] * powers[2:]).sum(axis=0)
    change = (sizes * powers[1:]).sum(axis=0)
    if formula == "first_order":
        return error, change
    left_out = rate * (powers[1][:, :-1] - _predicted(seen))
    return error[:, :-1] + left_out, change[:, :-1]


def _polynomial(layers: Layers, gradients: Layers) -> Reals:
    """Coefficients [N+1, C+1, d+1] of the powers of the rate in the map of (x, 1), less its constant row."""
    product = np.eye(layers[0][0].shape[1] + 1)[None]
    for layer, direction in zip(layers, gradients, strict=True):
        constant, linear = _homogeneous(*layer, 1.0), -_homogeneous(*direction, 0.0)
        grown = np.zeros((len(product) + 1, len(constant), product.shape[2]))
        grown[:-1] += constant @ product
        grown[1:] += linear @ product
        product = grown
    return product[:, :-1]


def _homogeneous(weight: Reals, bias: Reals | None, corner: float) -> Reals:
    """[[W, b], [0, corner]]."""
    column = np.zeros(len(weight)) if bias is None else bias
    return np.block([[weight, column[:, None]], [np.zeros((1, weight.shape[1])), np.full((1, 1), corner)]])


def _predicted(seen: Observation) -> Reals:
    """-sum_i (W_N..W_{i+1}) (W_N..W_{i+1})' G (W_{i-1}..W_1)' (W_{i-1}..W_1), G = dL/dW_e = 2 mean r x' / C, [C, d]."""
    layers, points = seen.state.layers, seen.train
    outputs = predict(seen.network, layers, points.x)
    slope_gradient = 2.0 * (outputs - one_hot(points.targets, outputs.shape[1])).T @ points.x / outputs.size
    weights = [weight for weight, _ in layers]
    total = np.zeros_like(slope_gradient)
    for index in range(len(weights)):
        before = reduce(lambda product, weight: weight @ product, weights[:index], np.eye(points.x.shape[1]))
        after = reduce(lambda product, weight: product @ weight, reversed(weights[index + 1 :]), np.eye(len(total)))
        total -= after @ after.T @ slope_gradient @ before.T @ before
    return total
