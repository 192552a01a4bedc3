"""The values of a synthesis file: a thesis, the studies that speak to it, what their hypotheses mean for it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lnnstats.parts.base import Count, Value
from lnnstats.parts.sections import Section
from lnnstats.study.values import Citation

Name = Annotated[str, Field(min_length=1)]
MOST_NEURONS = 8  # of a layer of a miniature


class Reading(Value):
    """A hypothesis as a row of the map: whether it claims the thesis's `harm` or the contrary, `relief`."""

    hypothesis: Name
    claims: Literal["harm", "relief"] = "harm"


class Listed(Value):
    """A study: its file, relative to this one, and which of its hypotheses are conditions of the map."""

    file: Name
    map: tuple[Reading, ...] = ()


class Factorial(Value):
    """The study whose strata are a balanced factorial: of its `hypothesis` the effect is taken apart.

    `columns`: the factors, by the names of this file, that the map sets side by side; the others are its rows.
    """

    study: Name
    hypothesis: Name
    columns: tuple[Name, ...] = ()


class Equation(Value):
    """A statement of an analysis on paper: its formula in TeX, what it predicts, the hypothesis that measured it."""

    formula: str = ""
    said: Name
    study: Name
    hypothesis: Name


class Shown(Value):
    """A figure or a table of a study's results, as a study file asks for one under `report`."""

    study: Name
    show: Section


class OnPaper(Value):
    """An analysis on paper, in words, and beside it where it was measured to hold."""

    text: str
    equations: tuple[Equation, ...] = ()
    report: tuple[Shown, ...] = ()


class Node(Value):
    """A box of the schematic: what stands in it, and a miniature, of each layer how many neurons to draw."""

    label: Name
    layers: tuple[Annotated[Count, Field(le=MOST_NEURONS)], ...] = ()


class Arrow(Value):
    """A step of the argument from one box to another, and a claim that it rests on: the verdicts on it of all studies,
    of one `study`, or of one `hypothesis` there. Arrows between the same boxes are one with several claims.
    """

    start: Name = Field(alias="from")
    to: Name
    claim: Name
    study: Name | None = None
    hypothesis: Name | None = None
    said: str = ""


class Schematic(Value):
    """The argument for the thesis as boxes, from the top down, and arrows that carry the verdicts on their claims."""

    title: Name = "The argument, arrow by arrow"
    caption: str = ""
    nodes: Annotated[dict[str, Node], Field(min_length=2)]
    arrows: Annotated[tuple[Arrow, ...], Field(min_length=1)]


class Synthesis(Value):
    """A synthesis file, whole. `factors`: what the map calls a field of the world, or `step` (budget) -> its path."""

    lnnstats: Literal[1] = 1
    title: Name
    source: Citation | None = None
    thesis: Name
    harm: Name = "harm"
    claims: Annotated[tuple[Name, ...], Field(min_length=1)]
    studies: Annotated[dict[str, Listed], Field(min_length=1)]
    factors: dict[str, Name] = Field(default_factory=dict)
    schematic: Schematic | None = None
    factorial: Factorial | None = None
    analysis: OnPaper | None = None
    limitations: tuple[str, ...] = ()
