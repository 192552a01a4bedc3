"""The figures and tables that the study file asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lnnstats.report.sections import levels, survival, table, trajectory
from lnnstats.report.subject import Subject
from lnnstats.report.values import Block, Section

REQUESTED: Mapping[str, Callable[[Subject, Any], tuple[Block, ...]]] = {
    "trajectory": trajectory.blocks,
    "levels": levels.blocks,
    "table": table.blocks,
    "survival": survival.blocks,
}


def section(subject: Subject) -> Section | None:
    """One after the other, in the order of the file."""
    blocks = tuple(block for part in subject.study.report for block in REQUESTED[part.kind](subject, part))
    return Section("results", "Results", blocks) if blocks else None
