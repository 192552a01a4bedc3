"""What varied, what was drawn anew, what was held fixed, what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from lnnstats.parts.base import stated
from lnnstats.parts.tuning import rule
from lnnstats.report import numerals
from lnnstats.report.inline import code, join, say, text
from lnnstats.report.sections.layout import crossed_draws, layout, levels
from lnnstats.report.subject import Subject
from lnnstats.report.values import Block, Column, Definitions, Heading, Inline, Paragraph, Section, Table
from lnnstats.report.words import counted, listed
from lnnstats.study.values import DRAWS as CROSSED
from lnnstats.study.values import Study

RELATED = {
    "within": "; all levels of a block are compared within it",
    "between": "; each block belongs to one of the groups compared",
}
DRAWS = {"data": "the data", "init": "the initial weights", "batches": "the order of the batches"}


def section(subject: Subject) -> Section:
    """Factors, exclusions, blocks, the fixed parts of the world, responses."""
    blocks = [
        *_factors(subject),
        *layout(subject),
        *_excluded(subject),
        Paragraph(_blocks(subject)),
        *_fixed(subject),
        _responses(subject),
    ]
    return Section("design", "Design", tuple(blocks))


def _factors(subject: Subject) -> Iterator[Block]:
    if not subject.study.factors:
        yield Paragraph(text("No factor varies: every run is of one cell."))
        return
    rows = tuple(
        (
            code(path),
            levels(factor),
            text(factor.scale),
            text(factor.role),
            text(numerals.level(factor.baseline)),
        )
        for path, factor in subject.study.factors.items()
    )
    heads = (
        Column(text("factor")),
        Column(text("levels"), "prose"),
        Column(text("scale")),
        Column(text("role")),
        Column(text("reference")),
    )
    note = "A treatment is compared, a stratum is a condition of the claim, a nuisance is averaged over"
    random = any(factor.role == "random" for factor in subject.study.factors.values())
    note += ", a random factor is a sample of draws." if random else "."
    yield Table(text("Factors"), heads, rows, (text(note),))


def _excluded(subject: Subject) -> Iterator[Block]:
    design = subject.design
    if design is None or not design.excluded:
        return
    rows = []
    for exclusion in dict.fromkeys(item.exclusion.reason for item in design.excluded):
        members = [item for item in design.excluded if item.exclusion.reason == exclusion]
        levels = {path: tuple(dict.fromkeys(item.levels[path] for item in members)) for path in members[0].levels}
        where = "; ".join(f"{path}: {listed(found)}" for path, found in levels.items())
        rows.append(((numerals.count(len(members)),), text(where), text(exclusion)))
    heads = (Column(text("cells"), "right"), Column(text("levels"), "prose"), Column(text("reason"), "prose"))
    yield Table(text("Cells left out"), heads, tuple(rows))


def _blocks(subject: Subject) -> Inline:
    plan = subject.study.blocks
    drawn = join([DRAWS[draw] for draw in plan.draws], last=" and ") or text("nothing")
    fixed_draws = held(subject.study)
    fresh = (
        say(" Each level of {paths} draws everything anew within a block.", paths=join(code(p) for p in plan.fresh))
        if plan.fresh
        else ()
    )
    fixed = (
        say(" Held at one draw, and so no part of the inference: {held}.", held=join(fixed_draws, last=" and "))
        if fixed_draws
        else ()
    )
    if subject.published:
        return text("The unit of inference is the run, as the summaries count them; runs of a pair share their blocks.")
    if not subject.study.trains:
        related = {hypothesis.test.blocks for hypothesis in subject.study.hypotheses}
        how = RELATED.get(related.pop(), "") if len(related) == 1 else ""
        return text(f"The unit of inference is the block, as the table names it{how}.")
    return say(
        "The unit of inference is the block. Each of {blocks} draws {drawn} anew and is trained under every cell, so "
        "levels are compared "
        "within blocks.{fresh}{crossed}{fixed}",
        blocks=counted(plan.number, "block"),
        drawn=drawn,
        fresh=fresh,
        crossed=crossed_draws(subject.study),
        fixed=fixed,
    )


def held(study: Study) -> list[str]:
    """What all blocks share one draw of; without batches their order is nothing that is drawn."""
    possible = [purpose for purpose in DRAWS if purpose != "batches" or study.training.batch != "full"]
    crossed = [path.removeprefix(CROSSED) for path in study.factors if path.startswith(CROSSED)]
    return [DRAWS[purpose] for purpose in possible if purpose not in (*study.blocks.draws, *crossed)]


def _fixed(subject: Subject) -> Iterator[Block]:
    """The world's fields that no factor varies."""
    if not subject.study.trains:
        return
    world = subject.study.world
    parts = (("data", world.data), ("network", world.network), ("training", world.training))
    entries = tuple((text(name), _options(name, part, tuple(subject.study.factors))) for name, part in parts)
    yield Heading(text("Held fixed"), "design-fixed")
    yield Definitions(entries)


def _options(name: str, part: BaseModel, factors: tuple[str, ...]) -> Inline:
    """`kind: option value, ...`, less the options that a factor sets."""
    fields = stated(part)
    kind = fields.pop("kind", "")
    told = [
        f"{field.replace('_', ' ')} {_value(value)}"
        for field, value in fields.items()
        if value is not None and f"{name}.{field}" not in factors
    ]
    listing = text("; ".join(told) or "no option")
    return say("{kind}: {listing}", kind=code(str(kind)), listing=listing) if kind else listing


def _value(value: Any) -> str:
    """An option in words; a part within a part as its kind and its options."""
    if rule(value) is not None:
        return "tuned"
    if isinstance(value, BaseModel):
        fields = stated(value)
        kind = fields.pop("kind", "")
        inside = ", ".join(
            f"{field.replace('_', ' ')} {_value(item)}" for field, item in fields.items() if item is not None
        )
        return f"{kind} ({inside})" if inside else str(kind)
    if isinstance(value, list | tuple):
        return listed(tuple(value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else numerals.level(value)


def _responses(subject: Subject) -> Table:
    rows = tuple(
        (
            code(name),
            text(part.kind.replace("_", " ")),
            text(_value(part).removeprefix(part.kind).strip(" ()")),
            text(part.better),
        )
        for name, part in subject.study.responses.items()
    )
    heads = (
        Column(text("response")),
        Column(text("what it is")),
        Column(text("options"), "prose"),
        Column(text("better")),
    )
    return Table(text("Responses"), heads, rows, (text("Values below a response's resolution tie."),))
