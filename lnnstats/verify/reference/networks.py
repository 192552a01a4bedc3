"""Outputs, losses and gradients of a network by layer-by-layer backpropagation over the points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnnstats.names import lookup
from lnnstats.parts.networks import Network
from lnnstats.parts.training import Training
from lnnstats.verify.reference.values import Layers, Points, Reals


def objective(network: Network, training: Training, layers: Layers, points: Points) -> float:
    """The training loss over `points`; inf or nan where it overflows."""
    with np.errstate(over="ignore", invalid="ignore"):
        return LOSSES[training.loss.kind][0](predict(network, layers, points.x), points.targets)


def predict(network: Network, layers: Layers, x: Reals) -> Reals:
    """Outputs [n, C]."""
    return _forward(network, layers, x)[-1]


def gradient(network: Network, training: Training, layers: Layers, points: Points) -> Layers:
    """Gradient of the loss over `points` in every W and b, by backpropagation (Rumelhart, Hinton, Williams 1986)."""
    derivative = lookup(ACTIVATIONS, network.kind, "network")[1]
    with np.errstate(over="ignore", invalid="ignore"):
        *hidden, outputs = _forward(network, layers, points.x)
        delta = LOSSES[training.loss.kind][1](outputs, points.targets)
        backward = []
        for (weight, bias), inputs in zip(reversed(layers), reversed(hidden), strict=True):
            backward.append((delta.T @ inputs, None if bias is None else delta.sum(axis=0)))
            delta = (delta @ weight) * derivative(inputs)
    return tuple(reversed(backward))


def _forward(network: Network, layers: Layers, x: Reals) -> list[Reals]:
    """The inputs of every layer, then the outputs of the last."""
    activation = lookup(ACTIVATIONS, network.kind, "network")[0]
    values = [x]
    for number, (weight, bias) in enumerate(layers, start=1):
        z = values[-1] @ weight.T + (0.0 if bias is None else bias)
        values.append(activation(z) if number < len(layers) else z)
    return values


# name -> (h(z), dh/dz as a function of h)
ACTIVATIONS: Mapping[str, tuple[Callable[[Reals], Reals], Callable[[Reals], Reals]]] = {
    "linear": (lambda z: z, np.ones_like),
    "residual": (lambda z: z, np.ones_like),
    "relu": (lambda z: np.where(np.real(z) <= 0, 0.0, z), lambda h: (h > 0).astype(np.float64)),
    "tanh": (np.tanh, lambda h: 1.0 - h**2),
}


def one_hot(targets: NDArray[Any], classes: int) -> Reals:
    return np.eye(classes)[targets] if targets.ndim == 1 else targets


def squared(outputs: Reals, targets: NDArray[Any]) -> float:
    return float(np.mean((outputs - one_hot(targets, outputs.shape[1])) ** 2))


def _squared_gradient(outputs: Reals, targets: NDArray[Any]) -> Reals:
    return 2.0 * (outputs - one_hot(targets, outputs.shape[1])) / outputs.size


def _log_softmax(outputs: Reals) -> Reals:
    shifted = outputs - outputs.max(axis=1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))


def _cross_entropy(outputs: Reals, labels: NDArray[Any]) -> float:
    return float(-np.mean(_log_softmax(outputs)[np.arange(len(labels)), labels]))


def _cross_entropy_gradient(outputs: Reals, labels: NDArray[Any]) -> Reals:
    return (np.exp(_log_softmax(outputs)) - one_hot(labels, outputs.shape[1])) / len(labels)


# name -> (loss, its gradient in the outputs)
LOSSES: Mapping[str, tuple[Callable[..., float], Callable[..., Reals]]] = {
    "mse": (squared, _squared_gradient),
    "cross_entropy": (_cross_entropy, _cross_entropy_gradient),
}
