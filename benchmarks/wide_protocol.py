"""A wide network (width 16, depth 4, 8 features, 128 points, heavy ball, float64), beside JAX and a PyTorch loop.

Wall time per run-step over 500 steps, compilation excluded; what a training watches for (divergence, at log-spaced
steps) is in ours.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch

from benchmarks import torch_loops
from benchmarks.depth_protocol import US, Timer, all_of, ours
from benchmarks.timing import interleaved, rows, save, seconds, table
from benchmarks.worlds import initial_weights, points, whole, wide_study
from lnnstats.engine.batch import runs, stacked_moments
from lnnstats.study.values import Study

jax.config.update("jax_enable_x64", True)
STEPS, BLOCKS, LOOP_RUNS, REPEATS, RATE, BETA = 500, 1000, 4, 5, 1e-3, 0.9


def main() -> None:
    """Prints and stores the table, in microseconds per run-step."""
    torch.set_num_threads(1)
    timers = competitors(wide_study(STEPS, BLOCKS))
    for timer in timers.values():
        timer()
    measured = rows(interleaved(timers, REPEATS), "lnnstats, train, 1 thread")
    print(table(f"width 16, microseconds per run-step, {REPEATS} interleaved repeats", measured, "us", US))
    save("wide_protocol", measured)


def competitors(study: Study) -> dict[str, Timer]:
    """Name -> a timer that returns seconds per run-step."""
    (split,), weights = points(study), initial_weights(study)
    moments = stacked_moments(runs(whole(study), study.seed, study.blocks), False).value["train"]
    start = tuple(jnp.asarray(weight) for weight in weights)
    data = {"second moments": (start, moments.gram, moments.optimum), "full data": (start, split.x, split.y)}
    programs = {"second moments": descent(quadratic_error), "full data": descent(squared_error)}

    def by_jax(name: str) -> Timer:
        return lambda: all_of(programs[name], [data[name]]) / (BLOCKS * STEPS)

    def by_loop() -> float:
        return seconds(lambda: loop(weights, split.x, split.y)) / (LOOP_RUNS * STEPS)

    return {
        "lnnstats, train, 1 thread": lambda: ours(study) / (BLOCKS * STEPS),
        **{f"JAX, {name}, default threads": by_jax(name) for name in programs},
        "PyTorch, per-run loop on the data, autograd, 1 thread": by_loop,
    }


def descent(error: Callable[..., jax.Array]) -> Callable[..., Any]:
    """jit(vmap(scan)) of heavy-ball descent on an error of (weights, a, b)."""

    def run(start: Any, a: jax.Array, b: jax.Array) -> jax.Array:
        def step(state: Any, _: None) -> tuple[Any, None]:
            weights, velocity = state
            velocity = jax.tree.map(lambda v, g: BETA * v + g, velocity, jax.grad(error)(weights, a, b))
            return (jax.tree.map(lambda w, v: w - RATE * v, weights, velocity), velocity), None

        (weights, _), _ = jax.lax.scan(step, (start, jax.tree.map(jnp.zeros_like, start)), None, length=STEPS)
        return reduce(lambda product, weight: weight @ product, weights)

    return jax.jit(jax.vmap(run))


def quadratic_error(weights: Any, gram: jax.Array, optimum: jax.Array) -> jax.Array:
    """Excess of the mean squared error, from second moments."""
    delta = reduce(lambda product, weight: weight @ product, weights) - optimum
    return jnp.sum((delta @ gram) * delta) / len(optimum)


def squared_error(weights: Any, x: jax.Array, y: jax.Array) -> jax.Array:
    """Mean squared error on the points."""
    outputs = reduce(lambda hidden, weight: hidden @ weight.T, weights, x)
    return jnp.mean((outputs - y) ** 2)


def loop(weights: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> None:
    """A few runs, one after the other."""
    for run in range(LOOP_RUNS):
        start = [torch.tensor(weight[run]) for weight in weights]
        torch_loops.wide(start, torch.tensor(x[run]), torch.tensor(y[run]), RATE, BETA, STEPS)


if __name__ == "__main__":
    main()
