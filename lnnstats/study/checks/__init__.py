"""What a study must be beyond its fields' types: levels that are worlds, names that refer to something, questions that
can be answered.
"""

from __future__ import annotations

from collections.abc import Iterator

from lnnstats.study.checks import families, hypotheses, references, worlds
from lnnstats.study.checks.values import Inconsistency
from lnnstats.study.values import Study

CHECKS = (
    worlds.world,
    worlds.factors,
    worlds.responses,
    references.blocks,
    references.claimed,
    hypotheses.hypotheses,
    families.compounds,
    families.families,
    references.exclusions,
    references.sections,
)


def inconsistencies(study: Study) -> Iterator[Inconsistency]:
    """Every inconsistency of a well-typed study."""
    for check in CHECKS:
        yield from check(study)
