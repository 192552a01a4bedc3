"""Statistical procedures a hypothesis can name: options only, a module a family.

Implementations: `lnnstats.stats.procedures`; how a sample becomes their arrays: `lnnstats.analysis.calls`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lnnstats.parts.base import choice, kinds
from lnnstats.parts.procedures import (
    anova,
    events,
    groups,
    identities,
    models,
    pairs,
    pooled,
    ranks,
    steps,
    times,
    trends,
)

ORDER = (pairs, groups, trends, steps, anova, ranks, models, pooled, events, times, identities)
FAMILIES = {family.__name__.rpartition(".")[2]: family.PARTS for family in ORDER}
PROCEDURES = kinds(*(part for parts in FAMILIES.values() for part in parts))
if TYPE_CHECKING:
    Procedure = Any  # options differ by kind: whoever reads one knows which it has
else:
    Procedure = choice(PROCEDURES)
