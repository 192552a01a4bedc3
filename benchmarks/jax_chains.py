"""Width-1 chains in JAX: jit(vmap(scan)) by jax.grad on second moments or on the data; D at chosen steps."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from benchmarks.worlds import Chains

jax.config.update("jax_enable_x64", True)
Program = Callable[..., Any]


def affine(weights: Array, biases: Array) -> tuple[Array, Array]:
    """Slope and intercept of one chain of L layers, [L] each."""
    slope, intercept = jnp.ones_like(weights[0]), jnp.zeros_like(weights[0])
    for weight, bias in zip(weights, biases, strict=True):
        slope, intercept = weight * slope, weight * intercept + bias
    return slope, intercept


def on_moments(steps: tuple[int, ...], rate: float) -> Program:
    """(weights, biases, trained [L, R], 2 Gram [2, 2, R], OLS [2, R]) -> D [len(steps), R]."""

    def run(weights: Array, biases: Array, trained: Array, gram: Array, optimum: Array) -> Array:
        def error(parameters: tuple[Array, Array]) -> Array:
            delta = jnp.stack(affine(*parameters)) - optimum
            return 0.5 * delta @ gram @ delta

        return descend(error, (weights, biases), trained, optimum, steps, rate)

    return jax.jit(jax.vmap(run, in_axes=-1, out_axes=-1))


def on_points(steps: tuple[int, ...], rate: float) -> Program:
    """(weights, biases, trained [L, R], x, y [R, n], OLS [2, R]) -> D [len(steps), R]."""

    def run(weights: Array, biases: Array, trained: Array, x: Array, y: Array, optimum: Array) -> Array:
        def error(parameters: tuple[Array, Array]) -> Array:
            hidden = x
            for weight, bias in zip(*parameters, strict=True):
                hidden = weight * hidden + bias
            return jnp.mean((hidden - y) ** 2)

        return descend(error, (weights, biases), trained, optimum, steps, rate)

    return jax.jit(jax.vmap(run, in_axes=(-1, -1, -1, 0, 0, -1), out_axes=-1))


def descend(
    error: Program, start: Any, trained: Array, optimum: Array, steps: tuple[int, ...], rate: float
) -> Array:
    """D of one run at every recorded step of gradient descent: a scan over the recorded steps, a loop between them."""

    def step(_: Any, parameters: Any) -> Any:
        return jax.tree.map(lambda p, g: p - rate * trained * g, parameters, jax.grad(error)(parameters))

    def record(parameters: Any, bounds: Array) -> tuple[Any, Array]:
        parameters = jax.lax.fori_loop(bounds[0], bounds[1], step, parameters)
        return parameters, jnp.abs(jnp.stack(affine(*parameters)) - optimum).sum()

    bounds = np.stack([np.array([0, *steps[:-1]]), np.array(steps)], axis=1)
    return jax.lax.scan(record, start, bounds)[1]


def placed(runs: Chains, part: slice = slice(None), first: int = 0) -> tuple[Array, ...]:
    """The arrays of some runs on the device; `first` drops the layers that none of them has."""
    layered = (array[first:, part] for array in (runs.weights, runs.biases, runs.trained))
    return tuple(jnp.asarray(array) for array in (*layered, runs.gram[..., part], runs.optimum[:, part]))


def by_depth(runs: Chains) -> list[tuple[slice, int]]:
    """For every depth its runs, and how many leading layers they lack."""
    levels = np.unique(runs.depths)
    bounds: NDArray[np.int64] = np.searchsorted(runs.depths, [*levels, levels[-1] + 1])
    parts = [slice(low, high) for low, high in pairwise(bounds)]
    return [(part, len(runs.weights) - depth) for part, depth in zip(parts, levels, strict=True)]
