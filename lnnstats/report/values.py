"""The frozen blocks a report is made of. Text is spans, never markup: nothing in it can be mistaken for code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lnnstats.analysis.values import Decision, Grade, Standing

Role = Literal["plain", "emphasis", "strong", "code", "math", "number", "break"]
Align = Literal["left", "right", "center", "prose"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text with one role.

    `full`: the number behind a `number` in full precision. Of `math`, `text` is TeX; a `break` starts a line in a cell.
    """

    text: str
    role: Role = "plain"
    full: str = ""


Inline = tuple[Span, ...]
BREAK = Span(" ", "break")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below its section's own; `id` is its anchor."""

    text: Inline
    id: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a `note` is small print, a `quote` somebody else's words, a `warning` something to heed."""

    text: Inline
    kind: Literal["text", "note", "quote", "warning"] = "text"


@dataclass(frozen=True, slots=True)
class Items:
    """An unordered list."""

    entries: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Definitions:
    """Terms with what they stand for."""

    entries: tuple[tuple[Inline, Inline], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head; adjacent columns of one `group` share a head above theirs; `prose` wraps its lines."""

    head: Inline
    align: Align = "left"
    group: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under columns; the first `stub` cells of a row head it. A figure's data has no number: 0. A `wide`
    table lies on its side on paper.
    """

    title: Inline
    columns: tuple[Column, ...]
    rows: tuple[tuple[Inline, ...], ...]
    notes: tuple[Inline, ...] = ()
    stub: int = 1
    wide: bool = False
    number: int = 0
    id: str = ""

    @property
    def groups(self) -> tuple[tuple[str, int], ...]:
        """The heads above the heads, with how many columns each spans; empty where no column is grouped."""
        if not any(column.group for column in self.columns):
            return ()
        spans: list[tuple[str, int]] = []
        for column in self.columns:
            if spans and column.group and spans[-1][0] == column.group:
                spans[-1] = (column.group, spans[-1][1] + 1)
            else:
                spans.append((column.group, 1))
        return tuple(spans)


@dataclass(frozen=True, slots=True)
class Series:
    """One curve: points x, y, limits low to high, all of one length; `rank` of `ranks` gives its colour and marker."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    rank: int
    ranks: int


@dataclass(frozen=True, slots=True)
class Panel:
    """Curves that share a pair of axes."""

    title: str
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A dotted line across a panel at one height, and what it is."""

    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Curves:
    """Panels of curves with shared scales; `limits` as bands or as bars; `steps` holds each value until the next;
    `lines` cross every panel.
    """

    panels: tuple[Panel, ...]
    x_label: str
    y_label: str
    legend: str
    log_x: bool = False
    log_y: bool = False
    limits: Literal["band", "bar"] = "band"
    steps: bool = False
    x_ticks: tuple[tuple[float, str], ...] = ()
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Stacked:
    """Curves of one panel each, one below the other on the horizontal axis of the last."""

    parts: tuple[Curves, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One row of an interval plot: the estimate, the limits that decide (thick) and the wider ones (thin); `mark`: what
    it says, in a word beside it.
    """

    label: str
    value: float
    thick: tuple[float, float]
    thin: tuple[float, float]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Intervals:
    """Estimates under each other against the null value and, shaded, the region in which the claim would be right."""

    estimates: tuple[Estimate, ...]
    x_label: str
    null: float
    region: tuple[float, float]
    log_x: bool


Shade = Literal["dark", "light", "plain", "dashed"]


@dataclass(frozen=True, slots=True)
class Tile:
    """A cell of a map: its shade, and what is written in it."""

    shade: Shade
    text: str


@dataclass(frozen=True, slots=True)
class Tiles:
    """A map: rows and columns named by their level of each factor in `down` and `across`; `legend`: what shades mean.

    `rows` and `columns`: a tuple of levels each, the last factor fastest; `tiles`: a row of tiles a row.
    """

    down: tuple[str, ...]
    across: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[tuple[str, ...], ...]
    tiles: tuple[tuple[Tile, ...], ...]
    legend: tuple[tuple[Shade, str], ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a schematic: its words, and a miniature of a network, of each layer how many neurons."""

    label: str
    layers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """What a link carries: a claim with how it stands, the anchor of what is said of it, and words beside it."""

    claim: str
    standing: Standing
    anchor: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow from a box to a later one, by their places."""

    start: int
    end: int
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Schematic:
    """Boxes from the top down, and arrows between them with what each carries."""

    boxes: tuple[Box, ...]
    links: tuple[Link, ...]


Drawing = Curves | Stacked | Intervals | Tiles | Schematic


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with its caption, a long description made from the numbers, and those numbers as a table."""

    title: Inline
    caption: Inline
    description: str
    data: Table
    drawing: Drawing
    number: int = 0
    id: str = ""


@dataclass(frozen=True, slots=True)
class Badge:
    """A decision and how robust it is; `robust`, `fragile`, `contested`, or `none` where there is nothing to grade."""

    decision: Decision
    grade: Grade


@dataclass(frozen=True, slots=True)
class VerdictEntry:
    """A line of the summary: hypothesis, anchor of its findings, claim, statement, badge, the result in a sentence; of
    a claim that is made of others, what they come to and their lines.
    """

    hypothesis: str
    anchor: str
    claim: str
    statement: Inline
    badge: Badge
    result: Inline
    tally: Inline = ()
    parts: tuple[VerdictEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class VerdictList:
    """All verdicts at a glance."""

    entries: tuple[VerdictEntry, ...]


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks a reader may open: folded on a page, printed in full on paper."""

    summary: Inline
    blocks: tuple[Block, ...]


Block = Heading | Paragraph | Items | Definitions | Table | Figure | Badge | VerdictList | Details


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the report; `id` is its anchor."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A document, whole."""

    title: str
    subtitle: Inline
    sections: tuple[Section, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, in order."""
        return tuple(block for section in self.sections for block in flat(section.blocks) if isinstance(block, Figure))

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every numbered table, in order."""
        return tuple(block for section in self.sections for block in flat(section.blocks) if isinstance(block, Table))


def flat(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Blocks in reading order, those inside `Details` after it."""
    for block in blocks:
        yield block
        if isinstance(block, Details):
            yield from flat(block.blocks)


def plain(text: Inline) -> str:
    """Text without its roles."""
    return "".join(span.text for span in text)
