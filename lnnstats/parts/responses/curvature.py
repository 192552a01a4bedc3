"""Of the curvature of the training loss."""

from __future__ import annotations

from typing import ClassVar, Literal

from lnnstats.parts.base import Count, Flag, Real
from lnnstats.parts.responses.base import Effort, Response


class _Curvature(Response):
    """An eigenvalue of the Hessian of the training loss in all parameters, in float64: exact up to `exact_up_to`
    parameters, beyond by Lanczos on Hessian-vector products with full reorthogonalisation.
    """

    effort: ClassVar[Effort] = "curvature"
    exact_up_to: Count = 64
    iterations: Count = 60


class LeastCurvature(_Curvature):
    """The least eigenvalue of the Hessian of the training loss in all parameters: negative at a strict saddle. Exact up
    to `exact_up_to` parameters, beyond by Lanczos.

    The loss is over the whole training split, without weight decay; of ReLU networks it is the Hessian almost
    everywhere. After `iterations` steps Lanczos is never below the least eigenvalue: a negative value proves one.
    `resolution` may be negative, and should be: rescaling layers against each other leaves the map as it is, so even
    at an optimum the least eigenvalue is 0 up to rounding, and the least of several such zeros lies below 0.
    """

    kind: Literal["least_curvature"] = "least_curvature"
    better: ClassVar[Literal["lower", "higher"]] = "higher"
    resolution: Real | None = None


class Sharpness(_Curvature):
    """The largest eigenvalue of the Hessian of the training loss in all parameters. Exact up to `exact_up_to`
    parameters, beyond by Lanczos, which is never above it. The same Hessian as that of `least_curvature`.
    """

    kind: Literal["sharpness"] = "sharpness"


class MidpointGap(Response):
    """L((a + b)/2) - (L(a) + L(b))/2 of the loss over the training split between the start a and the present weights b,
    in float64: above 0 the loss is not convex on the way.

    Without weight decay. `relative`: over |L(a) - L(b)|, from step 1 on. At or below 0 nothing is proved: a function
    that is not convex may be so between two points.
    """

    kind: Literal["midpoint_gap"] = "midpoint_gap"
    effort: ClassVar[Effort] = "start"
    heavy_tailed: ClassVar[bool] = True
    relative: Flag = False
    resolution: Real | None = None

    def recorded(self, budget: int) -> tuple[int, ...]:
        """From step 1 on where there must be a difference to be relative to."""
        steps = super().recorded(budget)
        return tuple(step for step in steps if step > 0) if self.relative else steps
