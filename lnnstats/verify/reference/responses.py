"""Every response of one state, and times watched for, in plain NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from lnnstats.names import lookup
from lnnstats.parts import responses
from lnnstats.parts.networks import Network
from lnnstats.parts.training import Training
from lnnstats.verify.reference import changes
from lnnstats.verify.reference.curvature import ends, radius
from lnnstats.verify.reference.networks import end_to_end, logits, objective, one_hot, predict, squared
from lnnstats.verify.reference.one_step import one_step
from lnnstats.verify.reference.train import trajectory
from lnnstats.verify.reference.twins import (
    angle_rounding,
    distance_rounding,
    gap_rounding,
    midpoint_gap,
    twin_angle,
    twin_distance,
    twin_loss,
)
from lnnstats.verify.reference.values import Batches, Layers, Observation, Points, Reals


def measure(response: Any, seen: Observation) -> Reals:
    """The response at one state: a scalar [], or a value a layer, a measurement, or both [N, measurements]."""
    return np.asarray(lookup(RESPONSES, response.kind, "responses")(response, seen), np.float64)


def magnitude(response: Any, seen: Observation) -> Any:
    """The size against which the response is rounded: of the largest eigenvalue for every eigenvalue, of a step for a
    step's error, of the weights over their change for what is measured of a change (of each layer, if it has them), 1
    for all others.
    """
    return MAGNITUDES[response.kind](response, seen) if response.kind in MAGNITUDES else 1.0


def blind(response: Any) -> float:
    """The size of what the response's formula cannot tell from 0."""
    return changes.blind(response) if response.kind in ("row_angle", "batch_direction") else 0.0


def time_to(
    of: Any, watch: responses.TimeTo, network: Network, training: Training, layers: Layers, train: Points, test: Points,
    batches: Batches | None = None,
) -> float | None:  # fmt: skip
    """First step at which `of` has crossed; inf where the run diverges before, None where it is censored."""
    for state in trajectory(network, training, layers, train, batches):
        if state.diverged:
            return math.inf
        value = float(measure(of, Observation(network, training, state, train, test, layers)))
        if (watch.below is not None and value < watch.below) or (watch.above is not None and value > watch.above):
            return float(state.step)
    return None


def least_squares(points: Points, intercept: bool, outputs: int) -> tuple[Reals, Reals]:
    """Slopes [C, d] and intercept [C] (0 without one) of ordinary least squares, minimum norm where not unique."""
    a = np.column_stack([points.x, np.ones(len(points.x))]) if intercept else points.x
    coefficients = np.linalg.lstsq(a, one_hot(points.targets, outputs), rcond=None)[0].T.astype(np.float64)
    return (coefficients[:, :-1], coefficients[:, -1]) if intercept else (coefficients, np.zeros(outputs))


def affine(layers: Layers) -> tuple[Reals, Reals]:
    """The end-to-end map [C, d] of a linear network, and its intercept [C], 0 without biases."""
    slopes, intercept = end_to_end(layers)
    return slopes, np.zeros(len(slopes)) if intercept is None else intercept


def _optimum(seen: Observation) -> tuple[Reals, Reals]:
    weight, bias = seen.state.layers[-1]
    return least_squares(seen.train, bias is not None, len(weight))


def _optimal_deviation(response: responses.OptimalDeviation, seen: Observation) -> float:
    found, best = affine(seen.state.layers), _optimum(seen)
    return sum(float(np.sum(np.abs(a - b))) for a, b in zip(found, best, strict=True))


def _mse(response: responses.Mse, seen: Observation) -> float:
    points = seen.split(response.split)
    return squared(predict(seen.network, seen.state.layers, points.x), points.targets)


def _relative_excess_mse(response: responses.RelativeExcessMse, seen: Observation) -> float:
    """Excess = mean of (f - o)(f + o - 2y), f the network's and o OLS's prediction: no two MSEs are subtracted."""
    points, (slopes, intercept) = seen.split(response.split), _optimum(seen)
    found, best = predict(seen.network, seen.state.layers, points.x), points.x @ slopes.T + intercept
    y = one_hot(points.targets, found.shape[1])
    return float(np.mean((found - best) * (found + best - 2 * y)) / np.mean((best - y) ** 2))


def _gradient_norm(response: responses.GradientNorm, seen: Observation) -> float:
    tensors = [tensor for layer in seen.state.gradients for tensor in layer if tensor is not None]
    norms = [float(np.linalg.norm(tensor)) for tensor in tensors]
    return math.hypot(*norms) if response.of == "total" else float(np.mean(norms))


def _loss(response: responses.Loss, seen: Observation) -> float:
    return objective(seen.network, seen.training, seen.state.layers, seen.split(response.split))


def _accuracy(response: responses.Accuracy, seen: Observation) -> float:
    points = seen.split(response.split)
    found = predict(seen.network, seen.state.layers, points.x)
    return float(np.mean(np.argmax(logits(found), axis=1) == points.targets))


def _end_to_end(response: responses.EndToEnd, seen: Observation) -> float:
    slopes, intercept = affine(seen.state.layers)
    if response.of == "entry":
        return float(np.column_stack([intercept, slopes])[response.output - 1, response.input])
    return float(np.linalg.norm(slopes, 2 if response.of == "spectral_norm" else "fro"))


def _effective_rank(response: responses.EffectiveRank, seen: Observation) -> float:
    s = np.linalg.svd(end_to_end(seen.state.layers)[0], compute_uv=False)
    if s[0] == 0:
        return math.nan
    shares = s[s > 0] / s.sum()
    return float(np.prod(shares**-shares))


def _balancedness(response: responses.Balancedness, seen: Observation) -> float:
    """The layer [W_j, b_j] (W_j without biases) faces W_{j+1}."""
    total = 0.0
    for (weight, bias), (following, _) in pairwise(seen.state.layers):
        whole = weight if bias is None else np.column_stack([weight, bias])
        total += float(np.sum((following.T @ following - whole @ whole.T) ** 2))
    return math.sqrt(total)


def _one_step_error(response: responses.OneStepError, seen: Observation) -> float:
    error, change = (float(np.linalg.norm(part)) for part in one_step(seen, response.formula))
    return (error / change if change else math.nan) if response.relative else error


def _step_rounding(response: Any, seen: Observation) -> float:
    """The rate, for residuals of size 1 are what is rounded; over the change itself where the error is, from 1 on."""
    rate, change = seen.training.optimizer.learning_rate, float(np.linalg.norm(one_step(seen, response.formula)[1]))
    return float(max(1.0, rate / change) if response.relative and change else 1.0 if response.relative else rate)


MAGNITUDES: Mapping[str, Callable[[Any, Observation], Any]] = {
    "least_curvature": lambda response, seen: radius(seen, response.exact_up_to, response.iterations),
    "sharpness": lambda response, seen: radius(seen, response.exact_up_to, response.iterations),
    "one_step_error": _step_rounding,
    "row_angle": changes.angle_rounding,
    "singular_ratio": changes.ratio_rounding,
    "numerical_rank": changes.rank_rounding,
    "rank_one_residual": changes.ratio_rounding,
    "batch_direction": changes.direction_rounding,
    "twin_distance": distance_rounding,
    "twin_angle": angle_rounding,
    "midpoint_gap": gap_rounding,
}

RESPONSES: Mapping[str, Callable[[Any, Observation], Any]] = {
    "optimal_deviation": _optimal_deviation,
    "mse": _mse,
    "relative_excess_mse": _relative_excess_mse,
    "gradient_norm": _gradient_norm,
    "loss": _loss,
    "accuracy": _accuracy,
    "row_angle": changes.row_angle,
    "singular_ratio": changes.singular_ratio,
    "numerical_rank": changes.numerical_rank,
    "rank_one_residual": changes.rank_one_residual,
    "batch_direction": changes.batch_direction,
    "end_to_end": _end_to_end,
    "effective_rank": _effective_rank,
    "balancedness": _balancedness,
    "least_curvature": lambda response, seen: ends(seen, response.exact_up_to, response.iterations)[0],
    "sharpness": lambda response, seen: ends(seen, response.exact_up_to, response.iterations)[1],
    "one_step_error": _one_step_error,
    "twin_distance": twin_distance,
    "twin_angle": twin_angle,
    "twin_loss": twin_loss,
    "midpoint_gap": midpoint_gap,
}
