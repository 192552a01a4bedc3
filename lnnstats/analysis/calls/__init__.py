"""From a sample to the arrays of a procedure, a module a family; the table of all of them."""

from __future__ import annotations

from collections.abc import Mapping

from lnnstats.analysis.calls import (
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
from lnnstats.analysis.calls.values import Entry

FAMILIES = (pairs, groups, trends, steps, anova, ranks, models, pooled, events, times, identities)
ENTRIES: Mapping[str, Entry] = {kind: entry for family in FAMILIES for kind, entry in family.TABLE.items()}
