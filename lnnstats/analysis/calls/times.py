"""Times: from a sample to the arrays of each procedure."""

from __future__ import annotations

from collections.abc import Mapping

from lnnstats.analysis.calls.values import Entry

TABLE: Mapping[str, Entry] = {}
