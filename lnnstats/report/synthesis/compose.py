"""Synthesised -> Report: the answer, the claims, the map, what decides, the analysis on paper, provenance."""

from __future__ import annotations

from collections.abc import Callable

from lnnstats.report.compose import numbered, subtitle
from lnnstats.report.synthesis import answer, decides, paper, provenance, rulings, schematic, scope
from lnnstats.report.values import Report, Section
from lnnstats.synthesis.synthesise import Synthesised

SECTIONS: tuple[Callable[[Synthesised], Section | None], ...] = (
    answer.section,
    schematic.section,
    rulings.section,
    scope.section,
    decides.section,
    paper.section,
    provenance.limits,
    provenance.section,
)


def compose(found: Synthesised) -> Report:
    """The report of a synthesis: the same runs, the same report."""
    sections = numbered(section(found) for section in SECTIONS)
    return Report(found.synthesis.title, subtitle(found.synthesis.source), sections)
