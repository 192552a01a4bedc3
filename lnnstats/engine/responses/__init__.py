"""What is measured of the runs at a state: response options + form -> one value a run, [R] or [R, layers]."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from lnnstats.engine.forms.values import Form
from lnnstats.engine.responses.balance import balancedness
from lnnstats.engine.responses.curvature import least_curvature, sharpness
from lnnstats.engine.responses.gradients import gradient_rank, singular_ratio
from lnnstats.engine.responses.maps import effective_rank, end_to_end
from lnnstats.engine.responses.one_step import one_step_error

Measure = Callable[[Any, Form], Tensor]

MEASURES: Mapping[str, Measure] = {
    "optimal_deviation": lambda options, form: form.deviation(),
    "mse": lambda options, form: form.mse(options.split),
    "relative_excess_mse": lambda options, form: form.relative_excess(options.split),
    "gradient_norm": lambda options, form: form.gradient_norm(options.of),
    "loss": lambda options, form: form.loss(options.split),
    "accuracy": lambda options, form: form.accuracy(options.split),
    "singular_ratio": singular_ratio,
    "gradient_rank": gradient_rank,
    "end_to_end": end_to_end,
    "effective_rank": effective_rank,
    "balancedness": balancedness,
    "least_curvature": least_curvature,
    "sharpness": sharpness,
    "one_step_error": one_step_error,
}
