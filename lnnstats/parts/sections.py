"""Report sections a study can ask for: options only. Implementations: `lnnstats.report.sections`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from lnnstats.parts.base import Count, Flag, Index, Part, Scalar, Value, choice, kinds
from lnnstats.parts.responses.base import Measurement

Summary = Literal["mean", "median", "geometric_mean", "share"]
Statistic = Literal["mean", "sd", "mean_sd", "median", "min", "max"]


def _several(value: Any) -> Any:
    """One name as a list of one."""
    return [value] if isinstance(value, str) else value


Below = Annotated[
    tuple[str, ...], Field(min_length=1), BeforeValidator(_several, json_schema_input_type=str | list[str])
]


class _Section(Part):
    """`summary: share` is the share of runs that converged: within the response's resolution, or in time. `where`: a
    factor's path, or an axis of the response (step, layer, measurement) -> the one level shown.
    """

    title: str | None = None
    caption: str | None = None
    where: dict[str, Scalar] = Field(default_factory=dict)

    @property
    def reads(self) -> tuple[str, ...]:
        """The responses that it shows."""
        return getattr(self, "responses", None) or (self.response,)  # type: ignore[attr-defined]


class Trajectory(_Section):
    """A response against the training step: one line a level of `by` (a factor's path or an axis), one panel a level of
    `panel`.
    """

    kind: Literal["trajectory"] = "trajectory"
    response: str
    by: str
    panel: str | None = None
    summary: Summary = "mean"
    log: Literal["both", "x", "y", "none"] = "both"


class TwoPanel(_Section):
    """A response against the training step, one line a level of `by`, and on the same axis below it other responses, a
    line each: BenShmuel's layout of angles by layer above the accuracy.

    `until`: the last step shown. Where the response is an angle with a known floor, its dtype's is a dotted line.
    """

    kind: Literal["two_panel"] = "two_panel"
    response: str
    by: str
    below: Below
    until: Count | None = None
    summary: Summary = "mean"
    log: Literal["x", "y", "both", "none"] = "none"  # of the upper panel; the axis of steps is shared

    @property
    def reads(self) -> tuple[str, ...]:
        """Above, then below."""
        return self.response, *self.below


class Levels(_Section):
    """A response at its last step against the levels of a factor: one line a level of `by`. `slope`: on two logarithmic
    axes, the least-squares slope of every line.
    """

    kind: Literal["levels"] = "levels"
    response: str
    along: str
    by: str | None = None
    summary: Summary = "mean"
    log: Literal["both", "x", "y", "none"] = "none"
    slope: Flag = False


class Table(_Section):
    """Responses at their last step, rows = levels of `rows`, columns = levels of `columns`: the summary with its
    interval.
    """

    kind: Literal["table"] = "table"
    responses: tuple[str, ...]
    rows: str
    columns: str | None = None
    summary: Summary = "mean"


class Survival(_Section):
    """Kaplan-Meier curves of a time response: one line a level of `by`, one panel a level of `panel`."""

    kind: Literal["survival"] = "survival"
    response: str
    by: str
    panel: str | None = None


Places = Literal["all", "last"] | Annotated[tuple[Index, ...], Field(min_length=1)] | Index


class At(Value):
    """Where along the axes of a response a number is taken; over several places together it is one number. `last` of
    layers is the deepest that there is.
    """

    step: Places = "last"
    layer: Places = "all"
    measurement: Literal["all"] | Measurement = "all"


class ReportedNumber(Value):
    """A number that a source reports, in its own words, and what it is set beside: a `summary` of a response over the
    runs at the levels under `where`, at the places under `at`. `note`: why the two differ, if they do.
    """

    quantity: Annotated[str, Field(min_length=1)]
    reported: Annotated[str, Field(min_length=1)]
    response: str
    where: dict[str, Scalar] = Field(default_factory=dict)
    at: At = At()
    summary: Statistic = "mean"
    note: str = ""


class ReportedNumbers(_Section):
    """Every number that a source reports beside ours, with what was measured, in which dtype, by which formula, on
    which scaling of the inputs, the floor of the measurement, and why the two differ.
    """

    kind: Literal["reported_numbers"] = "reported_numbers"
    rows: Annotated[tuple[ReportedNumber, ...], Field(min_length=1)]

    @property
    def reads(self) -> tuple[str, ...]:
        """Of every row its response."""
        return tuple(dict.fromkeys(row.response for row in self.rows))


SECTIONS = kinds(Trajectory, TwoPanel, Levels, Table, ReportedNumbers, Survival)
if TYPE_CHECKING:
    Section = Any  # options differ by kind: whoever reads one knows which it has
else:
    Section = choice(SECTIONS)
