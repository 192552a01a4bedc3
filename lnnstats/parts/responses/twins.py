"""Of a run beside its twin, which starts from the same weights, sees the same batches, and differs in what is named."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from lnnstats.parts.base import Positive
from lnnstats.parts.responses.base import Effort, Response, Split


class Twin(Response):
    """The twin is trained in lockstep with the run: the same data, batches and start, but for what is named.

    `single_layer`: one layer in place of the network, its start the run's own network multiplied out (`collapsed`), or
    what a cell of depth 1 draws (`drawn`). `but_for`: paths of the network and of training -> what the twin has there;
    what a named part leaves open is as the run has it. Another network starts from what a cell of it draws, from the
    same streams. `gradients: shared`: the twin's optimizer is given the run's gradients instead of the twin's own.
    """

    effort: ClassVar[Effort] = "twin"
    heavy_tailed: ClassVar[bool] = True
    single_layer: Literal["no", "collapsed", "drawn"] = "no"
    but_for: dict[str, Any] = Field(default_factory=dict)
    gradients: Literal["own", "shared"] = "own"


class _Nearest(Twin):
    """`rates`: multiples of the run's learning rate, a twin each; the value is that of the nearest of them."""

    rates: tuple[Positive, ...] = Field(default=(1.0,), min_length=1)


class TwinDistance(_Nearest):
    """|theta - theta_twin| in float64 over the end-to-end maps (`of: map`, of W_e and b_e) or over all parameters.

    `over`: relative to the `size` of what the run has, to how far the twin has `travelled` from its start (from step 1
    on), or to `nothing`. `over: two_steps` is relative to lr^2 beta (1 - beta)^2 |H g|, gradient and Hessian of the
    training loss at the start: by so much the parameters of `ema_momentum` and of its `gamma_sgd` of horizon 2 differ
    after two steps, exactly where the loss is quadratic, else to second order in lr. A twin that has left the finite
    numbers is infinitely far.
    """

    kind: Literal["twin_distance"] = "twin_distance"
    of: Literal["map", "parameters"] = "map"
    over: Literal["size", "travelled", "nothing", "two_steps"] = "travelled"

    def recorded(self, budget: int) -> tuple[int, ...]:
        """From step 1 on where there must be a way travelled."""
        steps = super().recorded(budget)
        return tuple(step for step in steps if step > 0) if self.over == "travelled" else steps


class TwinAngle(Twin):
    """Angle in degrees between the rows of the first layer's last update and the first row of the twin's, in float64 by
    2 atan2(|u - v|, |u + v|) of unit rows (Kahan 2006); with a single layer as twin, the direction of claim 3.

    `folded`: the mean over rows of the angle folded into [0, 90]; `above`, `below`: the mean over the rows whose
    unfolded angle is above (at most) 90 degrees, NaN where there is none. Step t is the t-th update, from 1.
    """

    kind: Literal["twin_angle"] = "twin_angle"
    of: Literal["folded", "above", "below"] = "folded"

    def recorded(self, budget: int) -> tuple[int, ...]:
        """The updates at which it is recorded, from 1."""
        return tuple(step for step in super().recorded(budget) if step > 0)


class TwinLoss(_Nearest):
    """Loss or accuracy of the run less that of its twin, on a split; -infinity where the twin's loss is not finite."""

    kind: Literal["twin_loss"] = "twin_loss"
    of: Literal["loss", "accuracy"] = "loss"
    split: Split = "train"
