"""Report sections a study can ask for: options only. Implementations: `lnnstats.report.sections`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from lnnstats.parts.base import Flag, Part, Scalar, choice, kinds

Summary = Literal["mean", "median", "geometric_mean", "share"]


class _Section(Part):
    """`summary: share` is the share of runs that converged: within the response's resolution, or in time. `where`: a
    factor's path -> the one level shown.
    """

    title: str | None = None
    caption: str | None = None
    where: dict[str, Scalar] = Field(default_factory=dict)


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


SECTIONS = kinds(Trajectory, Levels, Table, Survival)
if TYPE_CHECKING:
    Section = Any  # options differ by kind: whoever reads one knows which it has
else:
    Section = choice(SECTIONS)
