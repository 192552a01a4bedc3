"""Study -> its layout in words: what a fraction confounds with what, what nesting or a table leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lnnstats.parts.designs import ExplicitTable, Fraction
from lnnstats.study.axes import facing
from lnnstats.study.comparisons import kept, split_by
from lnnstats.study.fractions import (
    ORDER,
    Effect,
    Signed,
    alias_table,
    aliases,
    defining_relation,
    held,
    letters,
    named,
    resolution,
)
from lnnstats.study.values import Hypothesis, Study

ROMAN = ("0", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


@dataclass(frozen=True)
class Aliased:
    """An effect as it is written, and what its contrast cannot be told from, up to `ORDER` factors."""

    effect: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Confounding:
    """A fraction: its name (2^(k-p), resolution), its defining relation, what is aliased, what is crossed with it."""

    name: str
    relation: str
    effects: tuple[Aliased, ...]
    crossed: tuple[str, ...]


def confounding(study: Study) -> Confounding | None:
    """What the fraction of a study confounds; None where its design is none."""
    design = study.design
    if not isinstance(design, Fraction):
        return None
    relation, paths = defining_relation(design), letters(design)
    length = resolution(relation)
    level = ROMAN[length] if length < len(ROMAN) else str(length)
    return Confounding(
        f"2^({len(paths)}-{len(design.generators)}) fraction of resolution {level}",
        " = ".join(["I", *(named(design, word, its) for word, its in relation.items())]),
        tuple(Aliased(named(design, effect), _names(design, found)) for effect, found in alias_table(design)),
        tuple(path for path in study.factors if path not in paths),
    )


def _names(design: Fraction, found: Iterable[Signed]) -> tuple[str, ...]:
    return tuple(named(design, effect, its) for effect, its in found)


def lines(study: Study, left_out: int) -> Iterator[str]:
    """The layout as `check` prints it; nothing for a full factorial."""
    if found := confounding(study):
        also = f", crossed with {', '.join(found.crossed)}" if found.crossed else ""
        yield f"design:    {found.name}{also}"
        yield f"           {found.relation}"
        for alias in found.effects:
            yield f"aliases:   {alias.effect}: {', '.join(alias.aliases) or f'none up to order {ORDER}'}"
    elif isinstance(study.design, ExplicitTable):
        yield f"design:    the cells of a table, {left_out} of the full factorial left out"
    elif left_out:
        yield f"design:    {left_out} cells of the full factorial are left out by nesting"


def confounded(study: Study, hypothesis: Hypothesis) -> tuple[str, tuple[str, ...]] | None:
    """The effect that a hypothesis is about, and the effects of its order or below, of two factors at most, that its
    contrast cannot be told from within a stratum; None where there are none, or the design is no fraction.
    """
    design = study.design
    if not isinstance(design, Fraction):
        return None
    plan = facing(study.plan, hypothesis)
    fixed = [path for path in study.factors if len(kept(plan, hypothesis, path)) == 1]
    own = getattr(hypothesis.test, "effect", None)
    effect = Effect(own if isinstance(own, tuple) else hypothesis.test.compared) & Effect(letters(design))
    relation = held(defining_relation(design), {*fixed, *split_by(plan, hypothesis)})
    found = aliases(relation, effect, order=2) if effect else ()
    return (named(design, effect), _names(design, found)) if found else None
