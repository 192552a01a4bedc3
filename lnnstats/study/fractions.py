"""Generators of a two-level fraction -> its defining relation, its resolution, and what is aliased with what.

An effect is a set of factors (one: a main effect; two: their interaction). With levels coded -1 and +1 its contrast is
the product of their columns, and the product of two effects is their symmetric difference, for a column times itself is
all +1. A generator D = ABC says ABCD = +1 in every cell; the words that are constant in all cells form a group, and an
effect is aliased with its product with each of them (Fisher 1942; Box, Hunter & Hunter 2005, ch. 6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from math import prod

from lnnstats.parts.designs import Fraction
from lnnstats.study.values import Scalar

Effect = frozenset[str]
Relation = Mapping[Effect, int]  # each word of the defining relation with its sign; the empty word is left out
Signed = tuple[Effect, int]
ORDER = 3  # aliases of a higher order are not listed


def letters(fraction: Fraction) -> tuple[str, ...]:
    """The factors of a fraction: those its generators name, then those they generate."""
    return tuple(dict.fromkeys([*(p for named in fraction.generators.values() for p in named), *fraction.generators]))


def sign(fraction: Fraction, path: str) -> int:
    """+1, or -1 for a generator that is taken with its sign reversed."""
    return -1 if path in fraction.negative else 1


def in_fraction(fraction: Fraction, labels: Mapping[str, tuple[Scalar, ...]]) -> Callable[[Mapping[str, Scalar]], bool]:
    """Whether a combination of levels lies in a fraction; `labels`: the two levels of each factor, -1 and +1."""
    coded = {path: dict(zip(labels[path], (-1, 1), strict=True)) for path in letters(fraction)}

    def lies_in(cell: Mapping[str, Scalar]) -> bool:
        return all(
            coded[path][cell[path]] == sign(fraction, path) * prod(coded[other][cell[other]] for other in named)
            for path, named in fraction.generators.items()
        )

    return lies_in


def defining_relation(fraction: Fraction) -> Relation:
    """Every word that is constant in all cells: the products of the generators' own words, shortest first."""
    own = [(Effect({path, *named}), sign(fraction, path)) for path, named in fraction.generators.items()]
    words = [_times(chosen) for size in range(1, len(own) + 1) for chosen in combinations(own, size)]
    place = {path: at for at, path in enumerate(letters(fraction))}
    return dict(sorted(words, key=lambda word: (len(word[0]), sorted(place[path] for path in word[0]))))


def _times(words: Iterable[Signed]) -> Signed:
    """The product of signed words."""
    product, sign_ = Effect(), 1
    for word, its in words:
        product, sign_ = product ^ word, sign_ * its
    return product, sign_


def held(relation: Relation, fixed: Iterable[str]) -> Relation:
    """What the relation says of the other factors where some are held at one level: these drop out of every word (their
    level, and so the sign, is not asked for); words of the fixed alone say nothing.
    """
    rest = {word - frozenset(fixed): its for word, its in relation.items()}
    return {word: its for word, its in rest.items() if word}


def resolution(relation: Relation) -> int:
    """The length of the shortest word: at III main effects are aliased with two-factor interactions, at IV with
    three-factor ones, at V two-factor interactions with three-factor ones; 0 where nothing is aliased.
    """
    return min(map(len, relation), default=0)


def aliases(relation: Relation, effect: Effect, order: int = ORDER) -> tuple[Signed, ...]:
    """The effects up to an order that a contrast cannot tell from `effect`, the simplest first."""
    found = [(effect ^ word, its) for word, its in relation.items()]
    return tuple(sorted(((e, its) for e, its in found if 0 < len(e) <= order), key=lambda alias: len(alias[0])))


def alias_table(fraction: Fraction) -> tuple[tuple[Effect, tuple[Signed, ...]], ...]:
    """Main effects and two-factor interactions of a fraction's factors, each with its aliases up to `ORDER`."""
    relation, paths = defining_relation(fraction), letters(fraction)
    effects = [Effect(chosen) for size in (1, 2) for chosen in combinations(paths, size)]
    return tuple((effect, aliases(relation, effect)) for effect in effects)


def named(fraction: Fraction, effect: Effect, its: int = 1) -> str:
    """An effect as it is written: its factors, in the order of the fraction, joined by a product sign."""
    return ("-" if its < 0 else "") + " x ".join(path for path in letters(fraction) if path in effect)
