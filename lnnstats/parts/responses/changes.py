"""What an update does to the weights of every layer: angles between rows, spectra, the direction of the batch.

A change is measured as four things, the axis `measurement`: the `gradient` of the loss that the update was given; the
`update`, what the optimizer adds before it is rounded into the weights; the `difference` of the weights as they are
stored; the `cumulative` difference since the start. Step t is the t-th update: the first is 1.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from lnnstats.parts.base import Flag, Positive
from lnnstats.parts.responses.base import Axis, Effort, Measurement, Response


def _distinct(kinds: tuple[Measurement, ...]) -> tuple[Measurement, ...]:
    if len(set(kinds)) < len(kinds):
        raise ValueError("measurements must differ")
    return kinds


Measurements = Annotated[tuple[Measurement, ...], Field(min_length=1), AfterValidator(_distinct)]
SAMPLED_ROWS = 256  # rows of a layer that are measured where not all are
FULL_STEPS = 10  # beside the last, at which all are
EPS = {"float32": 2.0**-23, "float64": 2.0**-52}  # from 1 to the next number


class Change(Response):
    """`measurements`: of which of the four changes. Of a layer with more than 256 rows a fixed sample of 256 is
    measured, the same in every run and study, but all of them at the last recorded step and at up to ten log-spaced
    ones (`rows: automatic`; `sampled` never all, `all` always). All arithmetic is in float64, of the tensors as they
    are stored.
    """

    effort: ClassVar[Effort] = "change"
    axes: ClassVar[tuple[Axis, ...]] = ("step", "layer", "measurement")
    measurements: Measurements = ("gradient",)
    rows: Literal["automatic", "sampled", "all"] = "automatic"

    @model_validator(mode="after")
    def _some_update(self) -> Change:
        if self.steps == (0,):
            raise ValueError("step 0 comes before the first update: changes are counted from step 1")
        return self

    def recorded(self, budget: int) -> tuple[int, ...]:
        """The updates at which it is recorded, from 1."""
        return tuple(step for step in super().recorded(budget) if step > 0)

    def full_steps(self, budget: int) -> frozenset[int]:
        """The recorded updates at which all rows are measured."""
        steps = self.recorded(budget)
        if self.rows != "automatic":
            return frozenset(steps if self.rows == "all" else ())
        return frozenset(nearest(steps, place) for place in _log_places(steps))


def _log_places(steps: Sequence[int]) -> list[float]:
    """FULL_STEPS places from the first step on, evenly spaced in their logarithm, and the last step."""
    first, last = steps[0] if steps else 1, steps[-1] if steps else 0
    return [first * (last / first) ** (i / FULL_STEPS) for i in range(FULL_STEPS + 1)] if steps else []


def nearest(steps: Sequence[int], place: float) -> int:
    """Of ascending steps the one nearest in ratio to the place; the earlier of two."""
    at = bisect_left(steps, place)
    return min(steps[max(at - 1, 0) : at + 1], key=lambda step: abs(math.log(step / place)))


class RowAngle(Change):
    """Angle in degrees between two rows of a layer's change, the mean over all pairs of rows (or the `largest`); a
    layer of one row has none.

    `folded`: into [0, 90], a row and its negative being one direction. `formula: stable` is 2 atan2(|u - v|, |u + v|)
    of unit rows in float64 (Kahan 2006, section 12); `arccos` of the rows' inner product in the dtype `precision`
    cannot tell angles below about the root of its rounding unit. A row that vanishes has no direction and is left out;
    NaN where no pair is left.
    """

    kind: Literal["row_angle"] = "row_angle"
    of: Literal["mean", "largest"] = "mean"
    folded: Flag = True
    formula: Literal["stable", "arccos"] = "stable"
    precision: Literal["float32", "float64"] = "float64"

    def defined(self, rows: int, columns: int) -> bool:
        return rows > 1


class SingularRatio(Change):
    """s2/s1 of each layer's change (0 = rank one, as with one row or column); NaN where it vanishes."""

    kind: Literal["singular_ratio"] = "singular_ratio"


class NumericalRank(Change):
    """Numerical rank of each layer's change: singular values above `tolerance` * s1 (default max(rows, columns) * eps
    of the dtype of training).

    Of a matrix of more than 32,768 numbers, singular values behind the twelfth are told down to 1e-6 of the thirteenth:
    what is smaller does not count, whatever the tolerance.
    """

    kind: Literal["numerical_rank"] = "numerical_rank"
    tolerance: Positive | None = None


class RankOneResidual(Change):
    """What a matrix of rank one leaves of each layer's change at best: `residual` sqrt(1 - s1^2/|A|_F^2), or the
    `energy_share` s1^2/|A|_F^2 that it takes; NaN where the change vanishes.
    """

    kind: Literal["rank_one_residual"] = "rank_one_residual"
    of: Literal["residual", "energy_share"] = "residual"


class BatchDirection(Change):
    """The rows of the first layer's change against the direction (1/b) sum_i alpha_i x_i of the batch's points x_i, at
    the weights before the update (BenShmuel 2022, claims 1 to 3); without 1/b where the loss is a sum.

    `alphas: logit`, dL_i/dz of the network's first output; `backpropagated`: each row's own, dL_i/dz of that row's unit
    of the first layer; L_i is the loss of point i alone, without weight decay. `equal`: 1, so that the direction of one
    point is the point itself (claim 1).
    `of: angle`, in degrees, the mean over rows, folded into [0, 90] unless `folded: false`; `above` or `below`: the
    mean over the rows whose unfolded angle is above (below) 90 degrees, NaN where there is none; `difference`:
    |row - scale * direction| of the first row, scale = 1 for the gradient and minus the learning rate for the changes
    of an update; `relative`: that over |row|. `first_row`: of the first row alone (of a sample, its first). `formula`
    and `precision` as of row_angle.
    """

    kind: Literal["batch_direction"] = "batch_direction"
    axes: ClassVar[tuple[Axis, ...]] = ("step", "measurement")
    needs: ClassVar[frozenset[str]] = frozenset({"points", "dense"})
    alphas: Literal["logit", "backpropagated", "equal"] = "logit"
    of: Literal["angle", "above", "below", "difference", "relative"] = "angle"
    folded: Flag = True
    first_row: Flag = False
    formula: Literal["stable", "arccos"] = "stable"
    precision: Literal["float32", "float64"] = "float64"


def floor(response: Any, dtype: str) -> float | None:
    """Degrees below which an angle cannot be told from 0 when training is in `dtype`; None of what is no angle.

    Two parallel rows come to be stored with every entry off by at most half an eps of it, so that each row turns by at
    most eps/2 rad and the two by eps; the stable formula in float64 adds a few of its own eps, of which four are
    allowed for: two roundings of every entry of two unit rows. (Single pairs can exceed that: the length of a row of
    3,072 entries is a long sum, and up to 24 eps have been seen.) arccos sees 1 - eps/2, the largest number of its
    precision below 1, as the angle arccos(1 - eps/2) = sqrt(eps), and nothing between that and 0: 0.0198 degrees in
    float32, 8.5e-7 in float64.
    """
    if not isinstance(response, RowAngle | BatchDirection) or getattr(response, "of", "") in ("difference", "relative"):
        return None
    if response.formula == "arccos":
        return math.degrees(max(EPS[dtype], math.sqrt(EPS[response.precision])))
    return math.degrees(EPS[dtype] + 4 * EPS["float64"])
