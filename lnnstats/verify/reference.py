"""In: one run's weights and data. Out: the run trained in plain NumPy, and its responses: the engine's second source.

One run at a time, float64, layer-by-layer backpropagation over the points themselves: nothing is batched over runs, no
second moments are used, and no code is shared with what this module verifies. A layer is a pair (W [k, n], b [k] or
None), input side first; targets are y [n, C], or class labels [n].
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnnstats.names import lookup
from lnnstats.parts import networks, responses
from lnnstats.parts.training import Adam, Momentum, Sgd, Training

Reals = NDArray[np.float64]
Layers = tuple[tuple[Reals, Reals | None], ...]
Network = networks.Linear | networks.Relu | networks.Tanh
Batches = Callable[[int], NDArray[np.int64]]
Memory = tuple[Reals, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """One split: x [n, d] and its targets."""

    x: Reals
    targets: NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """The run after `step` updates: its loss over all training points, and the gradient the next update applies."""

    step: int
    layers: Layers
    loss: float
    gradients: Layers
    diverged: bool


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceRun:
    """The last state, which is the first diverged one if any, and those asked for and reached, by step."""

    last: State
    states: Mapping[int, State]


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What a response may look at: a state, how it was trained, and both splits."""

    network: Network
    training: Training
    state: State
    train: Points
    test: Points

    def split(self, name: str) -> Points:
        return {"train": self.train, "test": self.test}[name]


# Training


def train(
    network: Network,
    training: Training,
    layers: Layers,
    x: Reals,
    targets: NDArray[Any],
    batches: Batches | None = None,
    steps: Collection[int] = (),
) -> ReferenceRun:
    """Train to the budget or to divergence; `batches(step)` gives the points of an update (None: all of them)."""
    states = {}
    for state in trajectory(network, training, layers, Points(x, targets), batches):
        if state.step in steps:
            states[state.step] = state
    return ReferenceRun(state, states)


def trajectory(
    network: Network, training: Training, layers: Layers, points: Points, batches: Batches | None = None
) -> Iterator[State]:
    """The states 0 .. training.steps, cut off after the first diverged one."""
    start = objective(network, training, layers, points)
    memory = _memory(training, layers)
    for step in range(training.steps + 1):
        chosen = slice(None) if batches is None else batches(step)
        gradients = gradient(network, training, layers, Points(points.x[chosen], points.targets[chosen]))
        loss = objective(network, training, layers, points)
        diverged = not math.isfinite(loss) or loss > training.diverged_above * start
        yield State(step, layers, loss, gradients, diverged)
        if diverged:
            return
        layers, memory = _update(training, layers, gradients, memory, step + 1)


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
    "relu": (lambda z: np.maximum(z, 0.0), lambda h: (h > 0).astype(np.float64)),
    "tanh": (np.tanh, lambda h: 1.0 - h**2),
}


def _one_hot(targets: NDArray[Any], classes: int) -> Reals:
    return np.eye(classes)[targets] if targets.ndim == 1 else targets


def _squared(outputs: Reals, targets: NDArray[Any]) -> float:
    return float(np.mean((outputs - _one_hot(targets, outputs.shape[1])) ** 2))


def _squared_gradient(outputs: Reals, targets: NDArray[Any]) -> Reals:
    return 2.0 * (outputs - _one_hot(targets, outputs.shape[1])) / outputs.size


def _log_softmax(outputs: Reals) -> Reals:
    shifted = outputs - outputs.max(axis=1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))


def _cross_entropy(outputs: Reals, labels: NDArray[Any]) -> float:
    return float(-np.mean(_log_softmax(outputs)[np.arange(len(labels)), labels]))


def _cross_entropy_gradient(outputs: Reals, labels: NDArray[Any]) -> Reals:
    return (np.exp(_log_softmax(outputs)) - _one_hot(labels, outputs.shape[1])) / len(labels)


# name -> (loss, its gradient in the outputs)
LOSSES: Mapping[str, tuple[Callable[..., float], Callable[..., Reals]]] = {
    "mse": (_squared, _squared_gradient),
    "cross_entropy": (_cross_entropy, _cross_entropy_gradient),
}


def _memory(training: Training, layers: Layers) -> list[tuple[Memory, Memory]]:
    """What the optimizer remembers of every W and b: zeros at the start."""
    slots = OPTIMIZERS[training.optimizer.kind][0]
    return [((np.zeros_like(w),) * slots, () if b is None else (np.zeros_like(b),) * slots) for w, b in layers]


def _update(
    training: Training, layers: Layers, gradients: Layers, memory: list[tuple[Memory, Memory]], number: int
) -> tuple[Layers, list[tuple[Memory, Memory]]]:
    rule, options = OPTIMIZERS[training.optimizer.kind][1], training.optimizer
    moved, remembered = [], []
    for (weight, bias), (g_weight, g_bias), (m_weight, m_bias) in zip(layers, gradients, memory, strict=True):
        weight, m_weight = rule(options, weight, g_weight, m_weight, number)
        if bias is not None:
            bias, m_bias = rule(options, bias, g_bias, m_bias, number)
        moved.append((weight, bias))
        remembered.append((m_weight, m_bias))
    return tuple(moved), remembered


def _sgd(options: Sgd, theta: Reals, g: Reals, memory: Memory, number: int) -> tuple[Reals, Memory]:
    return theta - options.learning_rate * g, memory


def _momentum(options: Momentum, theta: Reals, g: Reals, memory: Memory, number: int) -> tuple[Reals, Memory]:
    velocity = options.beta * memory[0] + g
    return theta - options.learning_rate * velocity, (velocity,)


def _adam(options: Adam, theta: Reals, g: Reals, memory: Memory, number: int) -> tuple[Reals, Memory]:
    first = options.beta1 * memory[0] + (1 - options.beta1) * g
    second = options.beta2 * memory[1] + (1 - options.beta2) * g**2
    mean, square = first / (1 - options.beta1**number), second / (1 - options.beta2**number)
    return theta - options.learning_rate * mean / (np.sqrt(square) + options.epsilon), (first, second)


# name -> (tensors remembered per parameter, one update: parameter and memory after it; updates count from 1)
OPTIMIZERS: Mapping[str, tuple[int, Callable[..., tuple[Reals, Memory]]]] = {
    "sgd": (0, _sgd),
    "momentum": (1, _momentum),
    "adam": (2, _adam),
}


# Responses


def measure(response: Any, seen: Observation) -> Reals:
    """The response at one state: a scalar [], or one value per layer [N]."""
    return np.asarray(lookup(RESPONSES, response.kind, "responses")(response, seen), np.float64)


def time_to(
    of: Any, watch: responses.TimeTo, network: Network, training: Training, layers: Layers, train: Points, test: Points,
    batches: Batches | None = None,
) -> float | None:  # fmt: skip
    """First step at which `of` has crossed; inf where the run diverges before, None where it is censored."""
    for state in trajectory(network, training, layers, train, batches):
        if state.diverged:
            return math.inf
        value = float(measure(of, Observation(network, training, state, train, test)))
        if (watch.below is not None and value < watch.below) or (watch.above is not None and value > watch.above):
            return float(state.step)
    return None


def least_squares(points: Points, intercept: bool, outputs: int) -> tuple[Reals, Reals]:
    """Slopes [C, d] and intercept [C] (0 without one) of ordinary least squares, minimum norm where not unique."""
    a = np.column_stack([points.x, np.ones(len(points.x))]) if intercept else points.x
    coefficients = np.linalg.lstsq(a, _one_hot(points.targets, outputs), rcond=None)[0].T.astype(np.float64)
    return (coefficients[:, :-1], coefficients[:, -1]) if intercept else (coefficients, np.zeros(outputs))


def end_to_end(layers: Layers) -> tuple[Reals, Reals]:
    """W_e = W_N .. W_1 [C, d] and b_e [C], the affine map of a linear network."""
    slopes, intercept = np.eye(layers[0][0].shape[1]), np.zeros(layers[0][0].shape[1])
    for weight, bias in layers:
        slopes, intercept = weight @ slopes, weight @ intercept + (0.0 if bias is None else bias)
    return slopes, intercept


def _optimum(seen: Observation) -> tuple[Reals, Reals]:
    weight, bias = seen.state.layers[-1]
    return least_squares(seen.train, bias is not None, len(weight))


def _optimal_deviation(response: responses.OptimalDeviation, seen: Observation) -> float:
    found, best = end_to_end(seen.state.layers), _optimum(seen)
    return sum(float(np.sum(np.abs(a - b))) for a, b in zip(found, best, strict=True))


def _mse(response: responses.Mse, seen: Observation) -> float:
    points = seen.split(response.split)
    return _squared(predict(seen.network, seen.state.layers, points.x), points.targets)


def _relative_excess_mse(response: responses.RelativeExcessMse, seen: Observation) -> float:
    """Excess = mean of (f - o)(f + o - 2y), f the network's and o OLS's prediction: no two MSEs are subtracted."""
    points, (slopes, intercept) = seen.split(response.split), _optimum(seen)
    found, best = predict(seen.network, seen.state.layers, points.x), points.x @ slopes.T + intercept
    y = _one_hot(points.targets, found.shape[1])
    return float(np.mean((found - best) * (found + best - 2 * y)) / np.mean((best - y) ** 2))


def _gradient_norm(response: responses.GradientNorm, seen: Observation) -> float:
    tensors = [tensor for layer in seen.state.gradients for tensor in layer if tensor is not None]
    return float(np.mean([np.linalg.norm(tensor) for tensor in tensors]))


def _loss(response: responses.Loss, seen: Observation) -> float:
    return objective(seen.network, seen.training, seen.state.layers, seen.split(response.split))


def _accuracy(response: responses.Accuracy, seen: Observation) -> float:
    points = seen.split(response.split)
    return float(np.mean(np.argmax(predict(seen.network, seen.state.layers, points.x), axis=1) == points.targets))


def _singular_ratio(response: responses.SingularRatio, seen: Observation) -> list[float]:
    values = [np.linalg.svd(weight, compute_uv=False) for weight, _ in seen.state.gradients]
    return [math.nan if s[0] == 0 else float(s[1] / s[0]) if len(s) > 1 else 0.0 for s in values]


def _gradient_rank(response: responses.GradientRank, seen: Observation) -> list[int]:
    return [_rank(weight, response.tolerance) for weight, _ in seen.state.gradients]


def _rank(matrix: Reals, tolerance: float | None) -> int:
    s = np.linalg.svd(matrix, compute_uv=False)
    cut = max(matrix.shape) * np.finfo(np.float64).eps if tolerance is None else tolerance
    return int(np.sum(s > cut * s[0]))


RESPONSES: Mapping[str, Callable[[Any, Observation], Any]] = {
    "optimal_deviation": _optimal_deviation,
    "mse": _mse,
    "relative_excess_mse": _relative_excess_mse,
    "gradient_norm": _gradient_norm,
    "loss": _loss,
    "accuracy": _accuracy,
    "singular_ratio": _singular_ratio,
    "gradient_rank": _gradient_rank,
}
