"""The argument for the thesis drawn as boxes and arrows, each arrow with the verdicts on the claims behind it."""

from __future__ import annotations

from collections.abc import Iterator

from lnnstats.report.inline import join, say, text
from lnnstats.report.synthesis.words import DASH, claim_anchor
from lnnstats.report.values import Box, Column, Figure, Inline, Link, Schematic, Section, Table, Tag
from lnnstats.synthesis import values
from lnnstats.synthesis.standing import Stand, carried
from lnnstats.synthesis.synthesise import Synthesised

Carried = tuple[values.Arrow, Stand]
Ends = tuple[int, int]


def section(found: Synthesised) -> Section | None:
    """The figure, where the synthesis declares one."""
    declared = found.synthesis.schematic
    if declared is None:
        return None
    links = _links(found, declared)
    boxes = tuple(Box(node.label, node.layers) for node in declared.nodes.values())
    tagged = (Link(start, end, _tags(some)) for (start, end), some in links.items())
    caption = join((declared.caption, _reading()), " ") if declared.caption else _reading()
    title, drawing = text(declared.title), Schematic(boxes, tuple(tagged))
    figure = Figure(title, caption, _described(boxes, links), _data(boxes, links), drawing)
    return Section("argument", "The argument", (figure,))


def _links(found: Synthesised, declared: values.Schematic) -> dict[Ends, list[Carried]]:
    """What every arrow carries, by the places of the boxes that it joins."""
    order = list(declared.nodes)
    links: dict[Ends, list[Carried]] = {}
    for arrow in declared.arrows:
        ends = order.index(arrow.start), order.index(arrow.to)
        links.setdefault(ends, []).extend((arrow, stand) for stand in carried(found, arrow))
    return links


def _tags(some: list[Carried]) -> tuple[Tag, ...]:
    """What an arrow says stands beside the first reading of its claim."""
    before = [None, *(arrow for arrow, _ in some)]
    return tuple(
        Tag(stand.claimed, stand.standing, f"#{claim_anchor(arrow.claim)}", "" if arrow is last else arrow.said)
        for last, (arrow, stand) in zip(before, some, strict=False)
    )


def _reading() -> Inline:
    return say(
        "An arrow is solid where every verdict supports it, dashed where one refutes it, else dotted. *Divided*: some "
        "verdicts support the claim and some refute it; *untested*: there is none."
    )


def _described(boxes: tuple[Box, ...], links: dict[Ends, list[Carried]]) -> str:
    """In words: every box, and every arrow with its verdicts."""
    told = [f"Schematic of {len(boxes)} boxes and {len(links)} arrows."]
    told += [f"Box {number}: {box.label}." for number, box in enumerate(boxes, 1)]
    for (start, end), some in links.items():
        tags = "; ".join(f"{stand.claimed} {stand.standing}{_said(arrow)}" for arrow, stand in some)
        told.append(f"Arrow from box {start + 1} to box {end + 1}: {tags}.")
    return " ".join(told)


def _said(arrow: values.Arrow) -> str:
    return f" ({arrow.said.rstrip('.')})" if arrow.said else ""


def _data(boxes: tuple[Box, ...], links: dict[Ends, list[Carried]]) -> Table:
    """A row a claim of an arrow: the boxes, how the claim stands, and by which verdicts."""
    heads = ("from", "to", "claim", "verdict", "by", "what the arrow says")
    columns = tuple(Column(text(head), "left" if head in ("claim", "verdict") else "prose") for head in heads)
    return Table(text("Data: arrows with their verdicts"), columns, tuple(_rows(boxes, links)), stub=2)


def _rows(boxes: tuple[Box, ...], links: dict[Ends, list[Carried]]) -> Iterator[tuple[Inline, ...]]:
    for (start, end), some in links.items():
        for arrow, stand in some:
            by = (f"{r.run.name} {r.verdict.hypothesis} {r.verdict.decision}" for r in stand.rulings)
            yield (
                text(boxes[start].label),
                text(boxes[end].label),
                text(stand.claimed),
                text(stand.standing),
                join(by, "; ") or DASH,
                text(arrow.said) or DASH,
            )
