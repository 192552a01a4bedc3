"""What the last update did to each layer, in plain NumPy: angles between all its rows, full singular value
decompositions, and the batch's direction point after point.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lnnstats.draws.philox import words
from lnnstats.verify.reference.angles import angle, between, unit
from lnnstats.verify.reference.networks import gradient
from lnnstats.verify.reference.optimizers import moves
from lnnstats.verify.reference.values import Layers, Observation, Points, Reals, State

SAMPLED = 256  # rows of a layer where not all are measured
EPS = float(np.finfo(np.float64).eps)


def measured(response: Any, seen: Observation, measurement: str) -> list[Reals]:
    """The rows of each layer's change that the response measures."""
    return _picked(response, seen, _changes(seen, measurement))


def _picked(response: Any, seen: Observation, matrices: list[Reals]) -> list[Reals]:
    if not _in_part(response, seen):
        return matrices
    return [rows[sampled(len(rows), layer)] for layer, rows in enumerate(matrices, start=1)]


def _in_part(response: Any, seen: Observation) -> bool:
    return seen.state.step not in response.full_steps(seen.training.steps)


def sampled(rows: int, layer: int) -> list[int]:
    """Those with the least words of Philox4x64-10 under key (layer, rows)."""
    drawn = words((layer, rows), np.zeros(1, np.int64), 1, rows)[0, 0].tolist()
    return sorted(sorted(range(rows), key=drawn.__getitem__)[:SAMPLED])


def _changes(seen: Observation, measurement: str) -> list[Reals]:
    """Of every layer; an update by a rule that looks at the weights is the difference that it makes."""
    state = seen.state
    if measurement == "gradient":
        return _gradients(state)
    if measurement == "update" and (found := _moves(seen)) is not None:
        return found
    before = seen.start if measurement == "cumulative" else state.before
    assert before is not None
    return [now - then for (now, _), (then, _) in zip(state.layers, before, strict=True)]


def _gradients(state: State) -> list[Reals]:
    assert state.applied is not None  # changes are measured after an update
    return [weight for weight, _ in state.applied]


def _moves(seen: Observation) -> list[Reals] | None:
    assert seen.state.applied is not None and seen.state.held is not None
    return moves(seen.training, seen.state.applied, seen.state.held, seen.state.step)


def each(response: Any, seen: Observation, measure: Callable[[Reals], float]) -> Reals:
    """[layers, measurements]."""
    kinds = [[measure(rows) for rows in measured(response, seen, kind)] for kind in response.measurements]
    return np.array(kinds).T


def row_angle(response: Any, seen: Observation) -> Reals:
    def found(rows: Reals) -> float:
        units = [unit(row, response.formula, response.precision) for row in rows if row.any()]
        if len(units) < 2:
            return math.nan
        angles = between(np.stack(units), response.formula, response.folded)
        return float(angles.max() if response.of == "largest" else angles.mean())

    return each(response, seen, found)


def singular_ratio(response: Any, seen: Observation) -> Reals:
    return each(response, seen, lambda rows: _second(_values(rows)))


def _second(values: Reals) -> float:
    return math.nan if values[0] == 0 else float(values[1] / values[0]) if len(values) > 1 else 0.0


def rank_one_residual(response: Any, seen: Observation) -> Reals:
    def found(rows: Reals) -> float:
        first, *later = _values(rows).tolist()
        if first == 0:
            return math.nan
        share = sum(value**2 for value in later) / (first**2 + sum(value**2 for value in later))
        return math.sqrt(share) if response.of == "residual" else 1 - share

    return each(response, seen, found)


def numerical_rank(response: Any, seen: Observation) -> Reals:
    return each(response, seen, lambda rows: _count(rows, _tolerance(response, rows)))


def _tolerance(response: Any, rows: Reals) -> float:
    return float(max(rows.shape) * EPS if response.tolerance is None else response.tolerance)


def _count(rows: Reals, tolerance: float) -> int:
    values = _values(rows)
    return int(np.sum(values > tolerance * values[0]))


def _values(rows: Reals) -> Reals:
    return np.linalg.svd(rows, compute_uv=False).astype(np.float64)


def batch_direction(response: Any, seen: Observation) -> Reals:
    """[measurements]."""
    rate, along, found = seen.training.optimizer.learning_rate, _directions(response, seen), []
    for kind in response.measurements:
        rows = measured(response, seen, kind)[0]
        directions = along * (1.0 if kind == "gradient" else -rate)
        pairs = list(zip(rows, np.broadcast_to(directions, rows.shape), strict=True))
        found.append(DIRECTIONS[response.of](response, pairs[:1] if _of_one(response) else pairs))
    return np.array(found)


def _of_one(response: Any) -> bool:
    return bool(response.first_row or response.of in ("difference", "relative"))


def _directions(response: Any, seen: Observation) -> Reals:
    """(1/b) sum_i alpha_i x_i of the batch, [1, d] or each row's own [rows, d]."""
    state = seen.state
    assert state.before is not None and state.batch is not None
    layers = tuple((weight, np.zeros(len(weight)) if bias is None else bias) for weight, bias in state.before)
    total: Any = 0.0
    for x, target in zip(state.batch.x, state.batch.targets, strict=True):
        alphas = _alphas(response, seen, layers, Points(x[None], target[None]))
        total = total + np.outer(alphas, x)
    rows = sampled(len(layers[0][0]), 1) if _in_part(response, seen) else range(len(layers[0][0]))
    mean = total if seen.training.loss.reduction == "sum" else total / len(state.batch.x)
    return np.asarray(mean[list(rows)] if response.alphas == "backpropagated" else mean)


def _alphas(response: Any, seen: Observation, layers: Layers, point: Points) -> Reals:
    """dL_i/dz of the first output, or of every unit of the first layer: what a bias there would be moved by; or 1."""
    if response.alphas == "equal":
        return np.ones(1)
    moved = gradient(seen.network, seen.training, layers, point)
    bias = moved[-1][1] if response.alphas == "logit" else moved[0][1]
    assert bias is not None
    return bias[:1] if response.alphas == "logit" else bias


RowPairs = list[tuple[Reals, Reals]]


def _angles(response: Any, pairs: RowPairs, folded: bool) -> list[float]:
    formula, precision = response.formula, response.precision
    there = [pair for pair in pairs if pair[0].any() and pair[1].any()]
    units = [(unit(row, formula, precision), unit(other, formula, precision)) for row, other in there]
    return [angle(u, v, formula, folded) for u, v in units]


def _mean(angles: list[float]) -> float:
    return float(np.mean(angles)) if angles else math.nan


def _difference(response: Any, pairs: RowPairs) -> float:
    ((row, direction),) = pairs
    return float(np.linalg.norm(row - direction))


def _relative(response: Any, pairs: RowPairs) -> float:
    """Infinite of a row that vanishes."""
    difference, length = _difference(response, pairs), float(np.linalg.norm(pairs[0][0]))
    return difference / length if length else math.nan if difference == 0 else math.inf


DIRECTIONS: Mapping[str, Callable[[Any, RowPairs], float]] = {
    "angle": lambda response, pairs: _mean(_angles(response, pairs, response.folded)),
    "above": lambda response, pairs: _mean([a for a in _angles(response, pairs, False) if a > 90]),
    "below": lambda response, pairs: _mean([a for a in _angles(response, pairs, False) if a <= 90]),
    "difference": _difference,
    "relative": _relative,
}


def ratio_rounding(response: Any, seen: Observation) -> Reals:
    """The size of a row of the weights over that of its change where it is a difference of two, else 1; infinite where
    the difference has lost a row; of each layer.
    """
    return np.max([_relative_sizes(response, seen, kind) for kind in response.measurements], axis=0)


def _relative_sizes(response: Any, seen: Observation, measurement: str) -> Reals:
    changes, intended = measured(response, seen, measurement), _moves(seen)
    if measurement == "gradient" or (measurement == "update" and intended is not None):
        return np.ones(len(changes))
    asked = _picked(response, seen, _gradients(seen.state) if intended is None else intended)
    weights = [weight for weight, _ in seen.state.layers]
    return np.array([_relative_size(*layer) for layer in zip(changes, asked, weights, strict=True)])


def _relative_size(rows: Reals, asked: Reals, weight: Reals) -> float:
    lengths = np.linalg.norm(rows, axis=1)
    if np.any((lengths == 0) & asked.any(axis=1)):  # it moved by less than a weight's last digit
        return math.inf
    least = float(np.min(lengths, where=lengths > 0, initial=math.inf))
    return max(1.0, float(np.linalg.norm(weight, axis=1).max()) / least)


def angle_rounding(response: Any, seen: Observation) -> Reals:
    """The same in degrees."""
    return 180.0 * ratio_rounding(response, seen)


def direction_rounding(response: Any, seen: Observation) -> float:
    """Of the first layer."""
    angled = response.of not in ("difference", "relative")
    return float((angle_rounding if angled else ratio_rounding)(response, seen)[0])


def blind(response: Any) -> float:
    """Degrees that arccos does not tell from 0: an inner product near 1 is rounded by a few eps of its precision."""
    return math.degrees(4 * math.sqrt(np.finfo(response.precision).eps)) if response.formula == "arccos" else 0.0


def rank_rounding(response: Any, seen: Observation) -> Reals:
    """Infinite where rounding, ten eps of what is subtracted, decides the count: there is nothing to compare."""
    found = np.ones(len(seen.state.layers))
    for kind in response.measurements:
        sizes, matrices = _relative_sizes(response, seen, kind), measured(response, seen, kind)
        for layer, (size, rows) in enumerate(zip(sizes, matrices, strict=True)):
            tolerance, rounding = _tolerance(response, rows), 10 * EPS * size
            counts = {_count(rows, tolerance + rounding), _count(rows, tolerance - rounding)} if rows.any() else {0}
            found[layer] = math.inf if math.isinf(size) or len(counts) > 1 else found[layer]
    return found
