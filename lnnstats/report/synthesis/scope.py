"""The scope map: the depth effect of every condition, and what each says of the thesis, taken alone."""

from __future__ import annotations

from lnnstats.report.inline import say
from lnnstats.report.synthesis.forests import forests
from lnnstats.report.synthesis.tiles import tiles, together
from lnnstats.report.synthesis.words import SIGNS
from lnnstats.report.values import Block, Items, Section
from lnnstats.synthesis.synthesise import Synthesised


def section(found: Synthesised) -> Section | None:
    """How to read it; the factorial as a map of tiles; the other studies as intervals, a figure a measure."""
    if not found.conditions:
        return None
    blocks: list[Block] = [_reading()]
    one = found.decomposition
    inside = found.factorial
    if one:
        blocks += [tiles(found, one), together(found, one)]
    others = tuple(condition for condition in found.conditions if condition not in inside)
    blocks += forests(found, others)
    return Section("map", "The scope map", tuple(blocks))


def _reading() -> Items:
    """What the marks mean."""
    return Items(
        (
            say("{sign} **harm**: the effect is beyond the smallest effect of interest.", sign=SIGNS["harm"]),
            say("{sign} **no relevant harm**: it is short of it.", sign=SIGNS["no harm"]),
            say("{sign} **reversed**: it is beyond it in the other direction.", sign=SIGNS["reversed"]),
            say(
                "{sign} **undecided**: the interval reaches over a line; {dash} **untestable**.",
                sign=SIGNS["undecided"],
                dash=SIGNS["untestable"],
            ),
            say(
                "Every mark is that of its stratum taken alone, by the interval whose ends decide as the study's test "
                "does; a claim about all of them together is a verdict above."
            ),
        )
    )
