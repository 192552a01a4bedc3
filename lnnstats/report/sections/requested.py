"""The figures and tables that the study file asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lnnstats.parts.sections import Survival
from lnnstats.report.sections import levels, reported_numbers, survival, table, trajectory, two_panel
from lnnstats.report.sections.narrow import narrowed
from lnnstats.report.subject import Subject
from lnnstats.report.values import Block, Section

REQUESTED: Mapping[str, Callable[[Subject, Any], tuple[Block, ...]]] = {
    "trajectory": trajectory.blocks,
    "two_panel": two_panel.blocks,
    "levels": levels.blocks,
    "table": table.blocks,
    "reported_numbers": reported_numbers.blocks,
    "survival": survival.blocks,
}


def section(subject: Subject) -> Section | None:
    """One after the other, in the order of the file."""
    parts = (*subject.study.report, *_curves(subject))
    blocks = tuple(block for part in parts for block in requested(subject, part))
    return Section("results", "Results", blocks) if blocks else None


def requested(subject: Subject, part: Any) -> tuple[Block, ...]:
    """What one part asks for, of the runs at the levels that it names under `where`."""
    return REQUESTED[part.kind](narrowed(subject, part.where), part)


def _curves(subject: Subject) -> Iterator[Survival]:
    """The survival curves of hypotheses that only describe."""
    strata = [path for path, factor in subject.plan.factors.items() if factor.role == "stratum"]
    for hypothesis in subject.plan.hypotheses:
        if not hypothesis.test.decides:
            panel = strata[0] if strata else None
            title, along = hypothesis.statement or None, hypothesis.test.along
            yield Survival(title=title, response=hypothesis.response, by=along, panel=panel)
