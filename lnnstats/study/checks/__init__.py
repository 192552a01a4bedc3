"""What a study must be beyond its fields' types: levels that are worlds, names that refer to something, questions that
can be answered.
"""

from __future__ import annotations

from collections.abc import Iterator

from lnnstats.study.checks import (
    axes,
    derived,
    designs,
    families,
    hypotheses,
    references,
    sections,
    tuning,
    twins,
    worlds,
)
from lnnstats.study.checks.values import Inconsistency
from lnnstats.study.values import Study

CHECKS = (
    worlds.world,
    worlds.factors,
    axes.factors,
    worlds.responses,
    derived.derived,
    tuning.tuning,
    references.blocks,
    references.claimed,
    designs.designs,
    hypotheses.hypotheses,
    families.compounds,
    families.families,
    references.exclusions,
    sections.sections,
)


def inconsistencies(study: Study) -> Iterator[Inconsistency]:
    """Every inconsistency of a well-typed study; of what its hypotheses compare, once all that they name is there."""
    found = [problem for check in CHECKS for problem in check(study)]
    yield from found or (*twins.twins(study), *designs.compared(study))
