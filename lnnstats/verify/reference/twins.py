"""A run beside its twin, and beside its own start, in plain NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from lnnstats.parts import responses
from lnnstats.verify.reference.curvature import flat, hessian
from lnnstats.verify.reference.networks import end_to_end, gradient, logits, objective, predict
from lnnstats.verify.reference.values import Beside, Layers, Observation, Reals, State


def collapsed(layers: Layers) -> Layers:
    """A linear network as the one layer of its end-to-end map."""
    return (end_to_end(layers),)


def twin_distance(response: responses.TwinDistance, seen: Observation) -> float:
    """Of the nearest twin; infinite of one that is not finite."""
    return min(_distance(response, seen, twin) for twin in seen.twins)


def _distance(response: responses.TwinDistance, seen: Observation, twin: Beside) -> float:
    here, there = (PLACES[response.of](one.state.layers) for one in (seen, twin))
    if not np.isfinite(there).all():
        return math.inf
    scale = _scale(response, seen, twin)
    return float(np.linalg.norm(here - there)) / scale if scale else math.nan


def _scale(response: responses.TwinDistance, seen: Observation, twin: Beside) -> float:
    place = PLACES[response.of]
    match response.over:
        case "size":
            return float(np.linalg.norm(place(seen.state.layers)))
        case "travelled":
            return float(np.linalg.norm(place(twin.state.layers) - place(twin.start)))
        case "two_steps":
            return two_steps(seen, twin)
        case _:
            return 1.0


# Where a training is, as one vector.
PLACES: Mapping[str, Callable[[Layers], Reals]] = {"map": lambda layers: flat(collapsed(layers)), "parameters": flat}


def two_steps(seen: Observation, twin: Beside) -> float:
    """rate^2 beta (1 - beta)^2 |H g| at the start."""
    rate, beta = twin.training.optimizer.learning_rate, twin.training.optimizer.beta
    slope = gradient(twin.network, twin.training, twin.start, seen.train)
    start = replace(twin.state, layers=twin.start)
    curved = hessian(Observation(twin.network, twin.training, start, seen.train, seen.test))(flat(slope))
    return float(rate**2 * beta * (1 - beta) ** 2 * np.linalg.norm(curved))


def twin_angle(response: responses.TwinAngle, seen: Observation) -> float:
    """Between rows of the first layer's last moves: the angle by the sine and cosine of their Gram-Schmidt parts."""
    (twin,) = seen.twins
    rows, (row, *_) = _moved(seen.state), _moved(twin.state)
    angles = [angle for own in rows if (angle := _degrees(own, row)) is not None]
    match response.of:
        case "folded":
            kept = [min(angle, 180 - angle) for angle in angles]
        case "above":
            kept = [angle for angle in angles if angle > 90]
        case _:
            kept = [angle for angle in angles if angle <= 90]
    return float(np.mean(kept)) if kept else math.nan


def _moved(state: State) -> Reals:
    assert state.before is not None  # a move is measured after an update
    return state.layers[0][0] - state.before[0][0]


def _degrees(first: Reals, second: Reals) -> float | None:
    lengths = np.linalg.norm(first), np.linalg.norm(second)
    if not all(lengths):
        return None
    u, v = first / lengths[0], second / lengths[1]
    along = float(u @ v)
    return math.degrees(math.atan2(float(np.linalg.norm(u - along * v)), along))


def twin_loss(response: responses.TwinLoss, seen: Observation) -> float:
    """Of the twin with the least difference."""
    points = seen.split(response.split)

    def good(one: Observation | Beside) -> float:
        if response.of == "accuracy":
            found = logits(predict(one.network, one.state.layers, points.x))
            return float(np.mean(np.argmax(found, axis=1) == points.targets))
        return objective(one.network, one.training, one.state.layers, points)

    return min((good(seen) - good(twin) for twin in seen.twins), key=abs)


def midpoint_gap(response: responses.MidpointGap, seen: Observation) -> float:
    """Mean over a - m and b - m of the loss, m halfway from the start a to the state b, with its sign turned."""
    assert seen.start is not None
    middle = tuple(_half(a, b) for a, b in zip(seen.start, seen.state.layers, strict=True))
    first, half, last = (
        objective(seen.network, seen.training, layers, seen.train) for layers in (seen.start, middle, seen.state.layers)
    )
    gap = -float(np.mean([first - half, last - half]))
    return (gap / abs(first - last) if first != last else math.nan) if response.relative else gap


def _half(a: tuple[Reals, Reals | None], b: tuple[Reals, Reals | None]) -> tuple[Reals, Reals | None]:
    return a[0] + (b[0] - a[0]) / 2, None if a[1] is None or b[1] is None else a[1] + (b[1] - a[1]) / 2


def inside(response: responses.ExtremeWhile, value: float) -> bool:
    """Whether a value of `when` is in the band."""
    return response.at_least <= value < response.below


def distance_rounding(response: responses.TwinDistance, seen: Observation) -> float:
    """The size of what is subtracted, on the scale of the distance."""
    place = PLACES[response.of]
    sizes = [float(np.linalg.norm(place(layers))) for layers in (seen.state.layers, *(t.start for t in seen.twins))]
    return max(1.0, *sizes) / min(_scale(response, seen, twin) or 1.0 for twin in seen.twins)


def angle_rounding(response: responses.TwinAngle, seen: Observation) -> float:
    """Half a turn times the size of the weights over that of a move, which is a difference of weights."""
    moves = [np.linalg.norm(_moved(state)) for state in (seen.state, *(twin.state for twin in seen.twins))]
    return 180.0 * max(1.0, float(np.linalg.norm(seen.state.layers[0][0])) / float(min(moves) or 1.0))


def gap_rounding(response: responses.MidpointGap, seen: Observation) -> float:
    """The size of the losses, on the scale of the gap."""
    assert seen.start is not None
    first, last = (objective(seen.network, seen.training, a, seen.train) for a in (seen.start, seen.state.layers))
    return max(1.0, first, last) / (abs(first - last) or 1.0 if response.relative else 1.0)
