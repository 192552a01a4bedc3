"""Responses: what is measured, at which steps, with which resolution. Implementations: `lnnstats.engine.responses`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lnnstats.parts.base import choice, kinds
from lnnstats.parts.responses.base import Response as AnyResponse
from lnnstats.parts.responses.base import Steps, log_spaced
from lnnstats.parts.responses.changes import (
    BatchDirection,
    Change,
    NumericalRank,
    RankOneResidual,
    RowAngle,
    SingularRatio,
)
from lnnstats.parts.responses.curvature import LeastCurvature, MidpointGap, Sharpness
from lnnstats.parts.responses.derived import ExtremeWhile, Measured, TimeTo
from lnnstats.parts.responses.fit import Accuracy, GradientNorm, Loss, Mse, OptimalDeviation, RelativeExcessMse
from lnnstats.parts.responses.maps import Balancedness, EffectiveRank, EndToEnd, OneStepError
from lnnstats.parts.responses.twins import Twin, TwinAngle, TwinDistance, TwinLoss

RESPONSES = kinds(
    OptimalDeviation,
    Mse,
    RelativeExcessMse,
    GradientNorm,
    Loss,
    Accuracy,
    RowAngle,
    SingularRatio,
    NumericalRank,
    RankOneResidual,
    BatchDirection,
    TwinDistance,
    TwinAngle,
    TwinLoss,
    EndToEnd,
    EffectiveRank,
    Balancedness,
    LeastCurvature,
    Sharpness,
    MidpointGap,
    OneStepError,
    TimeTo,
    ExtremeWhile,
    Measured,
)
if TYPE_CHECKING:
    Response = Any
else:
    Response = choice(RESPONSES)

__all__ = [
    "RESPONSES", "Accuracy", "AnyResponse", "Balancedness", "BatchDirection", "Change", "EffectiveRank", "EndToEnd",
    "ExtremeWhile", "GradientNorm", "LeastCurvature", "Loss", "Measured", "MidpointGap", "Mse", "NumericalRank",
    "OneStepError", "OptimalDeviation", "RankOneResidual", "RelativeExcessMse", "Response", "RowAngle", "Sharpness",
    "SingularRatio", "Steps", "TimeTo", "Twin", "TwinAngle", "TwinDistance", "TwinLoss", "log_spaced",
]  # fmt: skip
