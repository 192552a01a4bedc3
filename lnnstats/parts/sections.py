"""Report sections a study can ask for: options only. Implementations: `lnnstats.report.sections`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from lnnstats.parts.base import Part, choice, kinds

Summary = Literal["mean", "median", "geometric_mean"]


class _Section(Part):
    title: str | None = None
    caption: str | None = None


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
    """A response at its last step against the levels of a factor: one line a level of `by`."""

    kind: Literal["levels"] = "levels"
    response: str
    along: str
    by: str | None = None
    summary: Summary = "mean"
    log: Literal["both", "x", "y", "none"] = "none"


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
