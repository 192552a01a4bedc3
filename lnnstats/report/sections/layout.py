"""Which combinations of levels a study has, in words: a fraction and its aliases, what nesting and tables leave out."""

from __future__ import annotations

from collections.abc import Iterator

from lnnstats.design.aliases import confounding
from lnnstats.parts.designs import ExplicitTable
from lnnstats.report.inline import code, join, say, text
from lnnstats.report.subject import Subject
from lnnstats.report.values import Block, Column, Inline, Paragraph, Table
from lnnstats.report.words import counted, listed
from lnnstats.study.combinations import crossed
from lnnstats.study.fractions import ORDER
from lnnstats.study.values import DRAWS, Factor, Study


def named(study: Study) -> str:
    """What a design is called at the head of a sentence."""
    if found := confounding(study):
        return f"A {found.name} of the factorial"
    if isinstance(study.design, ExplicitTable):
        return "A table of cells combined"
    if any(factor.nested_in for factor in study.factors.values()):
        return "A design with nested factors combined"
    return "A factorial design crossed"


def levels(factor: Factor) -> Inline:
    """The levels of a factor; of a nested one those at each level of the factor that it is nested in."""
    if factor.nested_in is None:
        return text(listed(factor.labels))
    nests = "; ".join(f"at {outer}: {listed(labels)}" for outer, labels in factor.nests)
    return say("nested in {outer}, {nests}", outer=code(factor.nested_in), nests=nests)


def crossed_draws(study: Study) -> Inline:
    """The draws that are crossed with the blocks."""
    random = {path: factor for path, factor in study.factors.items() if factor.role == "random"}
    told = [
        say("{what}: {count}", what=code(path.removeprefix(DRAWS)), count=counted(len(factor.levels), "draw"))
        for path, factor in random.items()
    ]
    if not told:
        return ()
    return say(" Crossed with the blocks, each draw the same in all of them: {told}.", told=join(told, last=" and "))


def layout(subject: Subject) -> Iterator[Block]:
    """What the design leaves out, and what a fraction cannot tell apart; nothing of a full factorial."""
    study = subject.study
    if crossed(study):
        return
    if subject.design is not None and subject.design.left_out:
        cells = counted(subject.design.left_out, "cell")
        yield Paragraph(say("By design {cells} of the full factorial are left out.", cells=cells))
    yield from _aliases(study)


def _aliases(study: Study) -> Iterator[Block]:
    found = confounding(study)
    if found is None:
        return
    also = say(", crossed with {paths}", paths=join(map(code, found.crossed), last=" and ")) if found.crossed else ()
    said = "The design is a {name}{also}. Its defining relation is {relation}: the product of each word is constant."
    yield Paragraph(say(said, name=found.name, also=also, relation=code(found.relation)))
    rows = tuple((code(e.effect), join(map(code, e.aliases)) or text("none")) for e in found.effects)
    heads = (Column(text("effect")), Column(text("aliases"), "prose"))
    note = f"The contrast of an effect is that of its aliases too, here up to order {ORDER}; a minus reverses the sign."
    yield Table(text("Aliases of the fraction"), heads, rows, (text(note),))
