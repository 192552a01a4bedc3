"""From a sample to the arrays of a procedure, a module a family; the table of all of them."""

from __future__ import annotations

from collections.abc import Mapping

from lnnstats.analysis.calls import events, pairs, times, trends
from lnnstats.analysis.calls.values import Entry

ENTRIES: Mapping[str, Entry] = {
    kind: entry for family in (pairs, trends, events, times) for kind, entry in family.TABLE.items()
}
