"""Which combinations of levels a study has: options only. Implementation: `lnnstats.study.combinations`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from lnnstats.parts.base import Part, Scalar, choice, kinds


class FullFactorial(Part):
    """Every combination of the factors' levels, less what nesting and `exclude` leave out."""

    kind: Literal["full_factorial"] = "full_factorial"


Generator = Annotated[tuple[str, ...], Field(min_length=2)]


class Fraction(Part):
    """A regular fraction of a factorial of two-level factors (Box, Hunter & Hunter 2005, ch. 6), all others crossed.

    The level of each factor of `generators` is the product of the levels (the first is -1, the second +1) of the
    factors that it names, or its negative for those in `negative`: the other half.
    """

    kind: Literal["fraction"] = "fraction"
    generators: Annotated[dict[str, Generator], Field(min_length=1)]
    negative: tuple[str, ...] = ()


class ExplicitTable(Part):
    """The cells themselves, a row each: a level for every factor."""

    kind: Literal["table"] = "table"
    rows: Annotated[tuple[dict[str, Scalar], ...], Field(min_length=1)]


DESIGNS = kinds(FullFactorial, Fraction, ExplicitTable)
if TYPE_CHECKING:
    Layout = FullFactorial | Fraction | ExplicitTable
else:
    Layout = choice(DESIGNS)
