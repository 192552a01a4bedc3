"""What is measured of the runs at a state: response options + form -> one value a run, [R] or [R, layers]."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor

from lnnstats.engine.changes import Changes
from lnnstats.engine.forms.networks import Networks
from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers.values import Update
from lnnstats.engine.responses.angles import row_angle
from lnnstats.engine.responses.balance import balancedness
from lnnstats.engine.responses.curvature import least_curvature, sharpness
from lnnstats.engine.responses.direction import batch_direction
from lnnstats.engine.responses.maps import effective_rank, end_to_end
from lnnstats.engine.responses.midpoint import midpoint_gap
from lnnstats.engine.responses.one_step import one_step_error
from lnnstats.engine.responses.ranks import numerical_rank, rank_one_residual, singular_ratio
from lnnstats.engine.responses.twins import twin_angle, twin_distance, twin_loss
from lnnstats.engine.twins import Twin

Measure = Callable[[Any, Form], Tensor]
OfChange = Callable[[Any, Changes], Tensor]
OfTwins = Callable[[Any, Form, tuple[Twin, ...]], Tensor]
OfMoves = Callable[[Any, Form, Update, tuple[Twin, ...]], Tensor]
SinceStart = Callable[[Any, Form, Sequence[Networks]], Tensor]

MEASURES: Mapping[str, Measure] = {
    "optimal_deviation": lambda options, form: form.deviation(),
    "mse": lambda options, form: form.mse(options.split),
    "relative_excess_mse": lambda options, form: form.relative_excess(options.split),
    "gradient_norm": lambda options, form: form.gradient_norm(options.of),
    "loss": lambda options, form: form.loss(options.split),
    "accuracy": lambda options, form: form.accuracy(options.split),
    "end_to_end": end_to_end,
    "effective_rank": effective_rank,
    "balancedness": balancedness,
    "least_curvature": least_curvature,
    "sharpness": sharpness,
    "one_step_error": one_step_error,
}

OF_CHANGES: Mapping[str, OfChange] = {
    "row_angle": row_angle,
    "singular_ratio": singular_ratio,
    "numerical_rank": numerical_rank,
    "rank_one_residual": rank_one_residual,
    "batch_direction": batch_direction,
}

OF_TWINS: Mapping[str, OfTwins] = {"twin_distance": twin_distance, "twin_loss": twin_loss}
OF_MOVES: Mapping[str, OfMoves] = {"twin_angle": twin_angle}  # of the last update, and of the twin's
SINCE_START: Mapping[str, SinceStart] = {"midpoint_gap": midpoint_gap}
