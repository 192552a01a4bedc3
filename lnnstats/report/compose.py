"""Subject -> Report: the sections in their order, figures and tables numbered as a reader meets them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from lnnstats.report.inline import say, text
from lnnstats.report.sections import (
    design,
    findings,
    flow,
    limitations,
    methods,
    provenance,
    requested,
    summary,
    tuning,
    verdicts,
)
from lnnstats.report.subject import Subject
from lnnstats.report.values import Block, Details, Figure, Inline, Report, Section, Table, plain
from lnnstats.study.values import Citation

__all__ = ["SECTIONS", "Subject", "compose"]

SECTIONS: tuple[Callable[[Subject], Section | None], ...] = (
    summary.section,
    requested.section,
    findings.section,
    verdicts.section,
    design.section,
    tuning.section,
    flow.section,
    methods.section,
    limitations.section,
    provenance.section,
)


def compose(subject: Subject) -> Report:
    """The report of a subject: the same subject, the same report."""
    sections = numbered(section(subject) for section in SECTIONS)
    return Report(subject.study.title or "Untitled study", subtitle(subject.study.source), sections)


def numbered(made: Iterable[Section | None]) -> tuple[Section, ...]:
    """The sections that are there, their figures and tables numbered as a reader meets them."""
    numbers = _Numbers()
    return tuple(replace(section, blocks=tuple(map(numbers.given, section.blocks))) for section in made if section)


def subtitle(source: Citation | None) -> Inline:
    """Where the claims were made."""
    if source is None:
        return ()
    return say(
        "Claims of {citation}{locator}",
        citation=source.citation,
        locator=f", {source.locator}" if source.locator else "",
    )


class _Numbers:
    """Counts figures and tables in reading order."""

    def __init__(self) -> None:
        self.figures = self.tables = 0

    def given(self, block: Block) -> Block:
        """The block with its number, its id and a title that does not repeat the number."""
        if isinstance(block, Table):
            self.tables += 1
            return replace(
                block, number=self.tables, id=f"table-{self.tables}", title=own(block.title, f"Table {self.tables}")
            )
        if isinstance(block, Figure):
            self.figures += 1
            id = f"figure-{self.figures}"
            title = own(block.title, f"Figure {self.figures}")
            return replace(block, number=self.figures, id=id, title=title, data=replace(block.data, id=f"{id}-data"))
        if isinstance(block, Details):
            return replace(block, blocks=tuple(map(self.given, block.blocks)))
        return block


def own(title: Inline, label: str) -> Inline:
    """A title without a number of its own where it gets that number; another number is the source's and called so."""
    said = plain(title)
    if said == label:
        return ()
    return text(f"{said} of the source") if re.fullmatch(r"(Figure|Table) \S+", said) else title
