"""Outputs, losses and gradients of a network by layer-by-layer backpropagation over the points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnnstats.names import lookup
from lnnstats.parts.networks import LinearConvolution, Network
from lnnstats.parts.training import Training
from lnnstats.verify.reference import convolutions
from lnnstats.verify.reference.values import Layers, Points, Reals

Activation = tuple[Callable[[Reals], Reals], Callable[[Reals], Reals]]
Backwards = Callable[[Reals, Reals, Reals], tuple[Reals, Reals, Reals]]

def objective(network: Network, training: Training, layers: Layers, points: Points) -> float:
    """The training loss over `points`; inf or nan where it overflows."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean = LOSSES[training.loss.kind][0](predict(network, layers, points.x), points.targets)
        return mean * (len(points.x) if training.loss.reduction == "sum" else 1)


def predict(network: Network, layers: Layers, x: Reals) -> Reals:
    """Outputs [n, C]; of a linear network by its end-to-end map, for a split has more points than a layer has rows."""
    if not network.linear:
        return _forward(network, layers, x)[-1]
    slopes, intercept = end_to_end(layers)
    return x @ slopes.T + (0.0 if intercept is None else intercept)


def end_to_end(layers: Layers) -> tuple[Reals, Reals | None]:
    """W_e = W_N .. W_1 [C, d] and b_e [C], None without biases: multiplied from the output, whose side is narrow."""
    slopes, intercept = layers[-1]
    for weight, bias in reversed(layers[:-1]):
        intercept = None if bias is None or intercept is None else intercept + slopes @ bias
        slopes = slopes @ weight
    return slopes, intercept


def gradient(network: Network, training: Training, layers: Layers, points: Points) -> Layers:
    """Gradient of the loss over `points` in every W and b, by backpropagation (Rumelhart, Hinton, Williams 1986)."""
    with np.errstate(over="ignore", invalid="ignore"):
        *hidden, outputs = _forward(network, layers, points.x)
        delta = LOSSES[training.loss.kind][1](outputs, points.targets)
        delta = delta * len(points.x) if training.loss.reduction == "sum" else delta
        backward = []
        for number in range(len(layers), 0, -1):
            (weight, bias), inputs = layers[number - 1], hidden[number - 1]
            to_weight, to_bias, delta = _backwards(network, layers, number)(inputs, weight, delta)
            backward.append((to_weight, None if bias is None else to_bias))
            delta = delta * _activation(network, layers, number - 1)[1](inputs)
    return tuple(reversed(backward))


def _forward(network: Network, layers: Layers, x: Reals) -> list[Reals]:
    """The inputs of every layer, then the outputs of the last."""
    values = [x]
    for number, (weight, bias) in enumerate(layers, start=1):
        if (kernel := _kernel(network, layers, number)) is not None:
            z = convolutions.convolved(values[-1], weight, bias, kernel)
        else:
            z = values[-1] @ weight.T + (0.0 if bias is None else bias)
        values.append(_activation(network, layers, number)[0](z))
    return values


def _backwards(network: Network, layers: Layers, number: int) -> Backwards:
    """Inputs, weight and gradient in the outputs of a layer -> gradients in its weight, its bias and its inputs."""
    if (kernel := _kernel(network, layers, number)) is not None:
        return partial(convolutions.gradients, kernel=kernel)
    return lambda inputs, weight, delta: (delta.T @ inputs, delta.sum(axis=0), delta @ weight)


def _kernel(network: Network, layers: Layers, number: int) -> int | None:
    """The size of the kernel of layer `number`, from 1, if it is a convolution: all but the last of such a network are.
    """
    return network.kernel if isinstance(network, LinearConvolution) and number < len(layers) else None


def _activation(network: Network, layers: Layers, number: int) -> Activation:
    """What follows layer `number`: nothing above the network's lowest `activated`, by default all but the last."""
    asked = getattr(network, "activated", None)
    followed = len(layers) - 1 if asked is None else asked
    return lookup(ACTIVATIONS, network.kind, "network") if 1 <= number <= followed else ACTIVATIONS["linear"]


# name -> (h(z), dh/dz as a function of h)
ACTIVATIONS: Mapping[str, Activation] = {
    "linear": (lambda z: z, np.ones_like),
    "residual": (lambda z: z, np.ones_like),
    "linear_convolution": (lambda z: z, np.ones_like),
    "relu": (lambda z: np.where(np.real(z) <= 0, 0.0, z), lambda h: (h > 0).astype(np.float64)),
    "tanh": (np.tanh, lambda h: 1.0 - h**2),
}


def one_hot(targets: NDArray[Any], classes: int) -> Reals:
    """Targets [n, C] of class labels [n]; for one output -1 and +1."""
    if targets.ndim == 2:
        return targets
    return np.array([[-1.0], [1.0]])[targets] if classes == 1 else np.eye(classes)[targets]


def squared(outputs: Reals, targets: NDArray[Any]) -> float:
    return float(np.mean((outputs - one_hot(targets, outputs.shape[1])) ** 2))


def _squared_gradient(outputs: Reals, targets: NDArray[Any]) -> Reals:
    return 2.0 * (outputs - one_hot(targets, outputs.shape[1])) / outputs.size


def logits(outputs: Reals) -> Reals:
    """Those of every class, [n, C]; one output z, of two classes, stands for the logits 0 and z."""
    return np.concatenate([np.zeros_like(outputs), outputs], axis=1) if outputs.shape[1] == 1 else outputs


def _log_softmax(outputs: Reals) -> Reals:
    shifted = outputs - outputs.max(axis=1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))


def _cross_entropy(outputs: Reals, labels: NDArray[Any]) -> float:
    return float(-np.mean(_log_softmax(logits(outputs))[np.arange(len(labels)), labels]))


def _cross_entropy_gradient(outputs: Reals, labels: NDArray[Any]) -> Reals:
    of_logits = np.exp(_log_softmax(logits(outputs)))
    of_logits[np.arange(len(labels)), labels] -= 1.0
    return of_logits[:, -outputs.shape[1] :] / len(labels)


# name -> (loss, its gradient in the outputs)
LOSSES: Mapping[str, tuple[Callable[..., float], Callable[..., Reals]]] = {
    "mse": (squared, _squared_gradient),
    "cross_entropy": (_cross_entropy, _cross_entropy_gradient),
}
