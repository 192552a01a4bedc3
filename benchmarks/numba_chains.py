"""Width-1 chains as one fused Numba kernel: a loop over runs, all steps of a run inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from benchmarks.worlds import Chains


def kernel(fastmath: bool, parallel: bool) -> Callable[..., None]:
    """(depths, w, b [R, L] first layer first, 2 Gram [R, 2, 2], OLS [R, 2], rate, steps, out [R, len(steps)])."""
    return numba.njit(_train, fastmath=fastmath, parallel=parallel)


def _train(depths: Any, w: Any, b: Any, gram: Any, optimum: Any, rate: Any, steps: Any, out: Any) -> None:
    for run in numba.prange(len(depths)):
        n, weights, biases = depths[run], w[run].copy(), b[run].copy()
        p, q = np.empty_like(weights), np.empty_like(weights)
        slope, intercept = optimum[run]
        g_ww, g_wb, g_bb = gram[run, 0, 0], gram[run, 0, 1], gram[run, 1, 1]
        taken = 0
        for step in range(steps[-1] + 1):
            p_end, q_end = weights[0], biases[0]
            p[0], q[0] = rate / rate, rate - rate
            for i in range(1, n):
                p[i], q[i] = p_end, q_end
                p_end, q_end = weights[i] * p_end, weights[i] * q_end + biases[i]
            d_slope, d_intercept = p_end - slope, q_end - intercept
            if step == steps[taken]:
                out[run, taken] = abs(d_slope) + abs(d_intercept)
                taken += 1
            s_slope = rate * (g_ww * d_slope + g_wb * d_intercept)
            s_intercept = rate * (g_wb * d_slope + g_bb * d_intercept)
            for i in range(n - 1, -1, -1):
                weight = weights[i]
                weights[i] -= s_slope * p[i] + s_intercept * q[i]
                biases[i] -= s_intercept
                s_slope, s_intercept = s_slope * weight, s_intercept * weight


def arguments(runs: Chains, steps: tuple[int, ...], rate: float) -> tuple[Any, ...]:
    """The kernel's arguments; the last is where it writes D, [R, len(steps)]."""
    number, layers = len(runs.depths), len(runs.weights)
    place = np.minimum(np.arange(layers) + (layers - runs.depths)[:, None], layers - 1)
    w, b = (np.take_along_axis(array.T, place, 1).copy() for array in (runs.weights, runs.biases))
    out = np.empty((number, len(steps)), runs.weights.dtype)
    gram, optimum = np.ascontiguousarray(runs.gram.transpose(2, 0, 1)), np.ascontiguousarray(runs.optimum.T)
    return runs.depths, w, b, gram, optimum, runs.weights.dtype.type(rate), np.array(steps), out
