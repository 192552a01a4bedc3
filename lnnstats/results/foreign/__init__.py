"""Anybody's table -> the long table of a run, or one clear error (docs/bring_your_own_table.md); a table -> a file."""

from __future__ import annotations

from lnnstats.results.foreign.read import Foreign, read, read_table
from lnnstats.results.foreign.write import write_table

__all__ = ["Foreign", "read", "read_table", "write_table"]
