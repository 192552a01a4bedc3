"""What is read off other responses, or off a table of the user."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from lnnstats.parts.base import Count, Real
from lnnstats.parts.responses.base import Axis, Measurement, Response


class TimeTo(Response):
    """First step at which the response `of` is below `below` (or above `above`), checked at every step on the device;
    beyond the budget it is censored.

    A run that diverges before has time +inf (it never arrives), which is an observation, not a censoring.
    """

    kind: Literal["time_to"] = "time_to"
    of: str
    below: Real | None = None
    above: Real | None = None
    axes: ClassVar[tuple[Axis, ...]] = ()

    @model_validator(mode="after")
    def _one_side(self) -> TimeTo:
        if (self.below is None) == (self.above is None):
            raise ValueError("names one of below and above")
        return self


class Measured(Response):
    """A column of the user's own table (for `analyze`); nothing is trained for it."""

    kind: Literal["measured"] = "measured"
    heavy_tailed: ClassVar[bool] = True
    horizon: Count | None = None


class ExtremeWhile(Response):
    """The largest value of the response `of`, over its layers too, at the steps at which the response `when` is at
    least `at_least` and below `below`; NaN for a run that is never there.

    It is read off what both have recorded at the same steps, and stands at the last of them; `measurement`: which,
    where `of` has several. A run that is never there has no value: analyses leave it out, and say how many there are.
    """

    kind: Literal["extreme_while"] = "extreme_while"
    of: str
    when: str
    at_least: Real = 0.0
    below: Real = 1.0
    measurement: Measurement | None = None
