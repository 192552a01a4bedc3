"""The figures and tables that the study file asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lnnstats.parts.sections import Survival
from lnnstats.report.sections import levels, survival, table, trajectory
from lnnstats.report.subject import Subject
from lnnstats.report.values import Block, Section
from lnnstats.results.query import Results
from lnnstats.study.levels import level_key
from lnnstats.study.values import Scalar

REQUESTED: Mapping[str, Callable[[Subject, Any], tuple[Block, ...]]] = {
    "trajectory": trajectory.blocks,
    "levels": levels.blocks,
    "table": table.blocks,
    "survival": survival.blocks,
}


def section(subject: Subject) -> Section | None:
    """One after the other, in the order of the file."""
    parts = (*subject.study.report, *_curves(subject))
    blocks = tuple(block for part in parts for block in requested(subject, part))
    return Section("results", "Results", blocks) if blocks else None


def requested(subject: Subject, part: Any) -> tuple[Block, ...]:
    """What one part asks for, of the runs at the levels that it names under `where`."""
    return REQUESTED[part.kind](_narrowed(subject, part.where), part)


def _narrowed(subject: Subject, where: Mapping[str, Scalar]) -> Subject:
    """The subject as if each factor named had the one level only."""
    if not where:
        return subject
    factors, dataset = dict(subject.study.factors), subject.results.dataset
    for path, level in where.items():
        place = [level_key(label) for label in factors[path].labels].index(level_key(level))
        label = factors[path].labels[place]
        factors[path] = factors[path].model_copy(update={"levels": (factors[path].levels[place],), "reference": None})
        worded = pa.types.is_dictionary(dataset.schema.field(path).type)  # where any level is no number
        dataset = dataset.filter(pc.field(path) == (str(label) if worded else label))
    return replace(subject, study=subject.study.model_copy(update={"factors": factors}), results=Results(dataset))


def _curves(subject: Subject) -> Iterator[Survival]:
    """The survival curves of hypotheses that only describe."""
    strata = [path for path, factor in subject.plan.factors.items() if factor.role == "stratum"]
    for hypothesis in subject.plan.hypotheses:
        if not hypothesis.test.decides:
            panel = strata[0] if strata else None
            title, along = hypothesis.statement or None, hypothesis.test.along
            yield Survival(title=title, response=hypothesis.response, by=along, panel=panel)
