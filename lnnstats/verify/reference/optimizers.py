"""One update of every optimizer, written as its paper has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lnnstats.parts.networks import Network
from lnnstats.parts.optimizers import Adam, AdamW, EmaMomentum, GammaSgd, Momentum, Nesterov, RmsProp, Sgd
from lnnstats.parts.training import Training
from lnnstats.verify.reference.values import Layers, Reals

Memory = tuple[Reals, ...]


def memory(training: Training, layers: Layers) -> list[tuple[Memory, Memory]]:
    """What the optimizer remembers of every W and b: zeros at the start."""
    slots = OPTIMIZERS[training.optimizer.kind][0]
    return [((np.zeros_like(w),) * slots, () if b is None else (np.zeros_like(b),) * slots) for w, b in layers]


def update(
    network: Network, training: Training, layers: Layers, gradients: Layers, held: list[tuple[Memory, Memory]],
    number: int,
) -> tuple[Layers, list[tuple[Memory, Memory]]]:
    """The layers after an update, and what is remembered of it."""
    rule, options = OPTIMIZERS[training.optimizer.kind][1], _options(training)
    moved, remembered = [], []
    for (weight, bias), (g_weight, g_bias), (m_weight, m_bias) in zip(layers, gradients, held, strict=True):
        fixed = np.eye(*weight.shape) if network.skip else np.zeros_like(weight)  # what is trained is W - fixed
        weight, m_weight = rule(options, weight - fixed, g_weight, m_weight, number)
        if bias is not None:
            bias, m_bias = rule(options, bias, g_bias, m_bias, number)
        moved.append((weight + fixed, bias))
        remembered.append((m_weight, m_bias))
    return tuple(moved), remembered


def moves(training: Training, gradients: Layers, held: list[tuple[Memory, Memory]], number: int) -> list[Reals] | None:
    """What an update adds to each W, before it is rounded into it; None of a rule that looks at the weights."""
    rule, options = OPTIMIZERS[training.optimizer.kind][1], _options(training)
    if options.weight_decay or getattr(options, "of", "") == "weights":
        return None
    pairs = zip(gradients, held, strict=True)
    return [rule(options, np.zeros_like(g), g, remembered, number)[0] for (g, _), (remembered, _) in pairs]


def _options(training: Training) -> Any:
    """Those of the optimizer; a horizon that is not given is the budget."""
    options = training.optimizer
    horizon = getattr(options, "horizon", None) or training.steps
    return options.model_copy(update={"horizon": horizon}) if options.kind == "gamma_sgd" else options


def _sgd(options: Sgd, theta: Reals, g: Reals, memory: Memory, number: int) -> tuple[Reals, Memory]:
    return theta - options.learning_rate * (g + options.weight_decay * theta), memory


def _momentum(options: Momentum, theta: Reals, g: Reals, memory: Memory, number: int) -> tuple[Reals, Memory]:
    velocity = options.beta * memory[0] + g + options.weight_decay * theta
    return theta - options.learning_rate * velocity, (velocity,)


def _ema_momentum(options: EmaMomentum, theta: Reals, g: Reals, memory: Memory, number: int) -> tuple[Reals, Memory]:
    mean = options.beta * memory[0] + (1 - options.beta) * (g + options.weight_decay * theta)
    return theta - options.learning_rate * (memory[0] if options.lagged else mean), (mean,)


def _gamma_sgd(options: GammaSgd, theta: Reals, g: Reals, memory: Memory, number: int) -> tuple[Reals, Memory]:
    """The factor as the sum that it is; from the horizon on that of the horizon."""
    assert options.horizon is not None
    first, last = min(number, options.horizon), options.horizon - (1 if options.shifted else 0)
    factor = (1 - options.beta) * sum(options.beta ** (i - first) for i in range(first, last + 1))
    along = theta if options.of == "weights" else g + options.weight_decay * theta
    return theta - options.learning_rate * factor * along, memory


def _nesterov(options: Nesterov, theta: Reals, g: Reals, memory: Memory, number: int) -> tuple[Reals, Memory]:
    """torch's form of Sutskever et al. (2013): theta is where the look-ahead gradient is taken."""
    g = g + options.weight_decay * theta
    velocity = options.beta * memory[0] + g
    return theta - options.learning_rate * (g + options.beta * velocity), (velocity,)


def _adam(options: Adam, theta: Reals, g: Reals, memory: Memory, number: int) -> tuple[Reals, Memory]:
    g = g + options.weight_decay * theta
    first = options.beta1 * memory[0] + (1 - options.beta1) * g
    second = options.beta2 * memory[1] + (1 - options.beta2) * g**2
    mean, square = first / (1 - options.beta1**number), second / (1 - options.beta2**number)
    return theta - options.learning_rate * mean / (np.sqrt(square) + options.epsilon), (first, second)


def _adamw(options: AdamW, theta: Reals, g: Reals, memory: Memory, number: int) -> tuple[Reals, Memory]:
    shrunk = theta * (1 - options.learning_rate * options.weight_decay)
    plain = options.model_copy(update={"weight_decay": 0.0})
    return _adam(plain, shrunk, g, memory, number)


def _rmsprop(options: RmsProp, theta: Reals, g: Reals, memory: Memory, number: int) -> tuple[Reals, Memory]:
    g = g + options.weight_decay * theta
    square = options.alpha * memory[0] + (1 - options.alpha) * g**2
    return theta - options.learning_rate * g / (np.sqrt(square) + options.epsilon), (square,)


# name -> (tensors remembered per parameter, one update: parameter and memory after it; updates count from 1)
OPTIMIZERS: Mapping[str, tuple[int, Callable[..., tuple[Reals, Memory]]]] = {
    "sgd": (0, _sgd),
    "momentum": (1, _momentum),
    "ema_momentum": (1, _ema_momentum),
    "gamma_sgd": (0, _gamma_sgd),
    "nesterov": (1, _nesterov),
    "adam": (2, _adam),
    "adamw": (2, _adamw),
    "rmsprop": (1, _rmsprop),
}
