"""The rows of the first layer's change against the direction of the batch, (1/b) sum_i alpha_i x_i (BenShmuel 2022,
claims 1 to 3; without 1/b where the loss is a sum): response options + changes -> [R, measurements].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from lnnstats.engine.changes import Changes
from lnnstats.engine.device import DTYPES
from lnnstats.engine.forms.sensitivities import Sensitivities
from lnnstats.engine.responses.angles import from_cosine, from_lengths, unit

Measure = Callable[[Any, Tensor, Tensor], Tensor]
Between = Callable[[Tensor, Tensor, bool], Tensor]


def batch_direction(options: Any, changes: Changes) -> Tensor:
    """Angles in degrees, or the difference itself, in float64 of the change as it is stored."""
    direction = _direction(options, changes)
    rates = changes.sensitivities().rates[:, None, None]
    found = []
    for measurement in options.measurements:
        rows = changes.matrices(options, measurement)[0].double()
        scaled = direction if measurement == "gradient" else -rates * direction
        value = MEASURES[options.of](options, *_chosen(options, rows, scaled))
        found.append(value.masked_fill(~rows.isfinite().all(2).all(1), torch.nan))
    return torch.stack(found, dim=1)


def _direction(options: Any, changes: Changes) -> Tensor:
    """[R, 1 or rows, d]: of all rows, or each row's own."""
    seen = changes.sensitivities()
    alphas = ALPHAS[options.alphas](seen, changes.first_rows(options))
    return (alphas.mT @ seen.inputs) * seen.share


# alphas [R, b, 1 or rows] of what the network computes of the batch, and the rows that are measured
ALPHAS: Mapping[str, Callable[[Sensitivities, Any], Tensor]] = {
    "logit": lambda seen, rows: seen.outputs[..., :1],
    "backpropagated": lambda seen, rows: seen.units[..., rows],
    "equal": lambda seen, rows: torch.ones_like(seen.outputs[..., :1]),
}


def _chosen(options: Any, rows: Tensor, direction: Tensor) -> tuple[Tensor, Tensor]:
    """The rows that are compared: the first alone, or all."""
    first = options.first_row or options.of in ("difference", "relative")
    return (rows[:, :1], direction[:, :1]) if first else (rows, direction)


def _mean_angle(options: Any, rows: Tensor, direction: Tensor) -> Tensor:
    of = options.of if options.of != "angle" else "folded" if options.folded else "unfolded"
    if options.formula == "stable":
        return mean_angle(rows, direction, of)
    dtype = DTYPES[options.precision]
    return mean_angle(rows.to(dtype), direction.to(dtype), of, _by_arccos)


def _by_lengths(u: Tensor, v: Tensor, folded: bool) -> Tensor:
    return from_lengths((u - v).norm(dim=2), (u + v).norm(dim=2), folded)


def _by_arccos(u: Tensor, v: Tensor, folded: bool) -> Tensor:
    return from_cosine((u * v).sum(2), folded)


def mean_angle(rows: Tensor, others: Tensor, of: str, between: Between = _by_lengths) -> Tensor:
    """Mean angle in degrees, [R], of rows [R, k, n] to one other [R, 1, n] or one each: `folded` into [0, 90],
    `unfolded`, or of those `above` or `below` 90 degrees. Rows that vanish have none; NaN where none is left.
    """
    (u, here), (v, there) = unit(rows, rows.dtype), unit(others, others.dtype)
    angles = between(u, v, of == "folded")
    return KEPT[of](angles.masked_fill(~(here & there), torch.nan)).nanmean(1)


KEPT: Mapping[str, Callable[[Tensor], Tensor]] = {
    "folded": lambda angles: angles,
    "unfolded": lambda angles: angles,
    "above": lambda angles: angles.where(angles > 90.0, torch.nan),
    "below": lambda angles: angles.where(angles <= 90.0, torch.nan),
}


def _difference(options: Any, rows: Tensor, direction: Tensor) -> Tensor:
    return (rows - direction).norm(dim=2)[:, 0]


def _relative(options: Any, rows: Tensor, direction: Tensor) -> Tensor:
    return _difference(options, rows, direction) / rows.norm(dim=2)[:, 0]


MEASURES: Mapping[str, Measure] = {
    "angle": _mean_angle,
    "above": _mean_angle,
    "below": _mean_angle,
    "difference": _difference,
    "relative": _relative,
}
