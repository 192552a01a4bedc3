"""Generators -> words, resolution, aliases: as in textbook tables, and as the columns of the cells say themselves."""

from __future__ import annotations

from collections import Counter
from itertools import combinations as subsets
from itertools import product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnnstats.parts.designs import Fraction
from lnnstats.study.fractions import (
    Effect,
    alias_table,
    aliases,
    defining_relation,
    held,
    in_fraction,
    letters,
    named,
    resolution,
)


def fraction(*generators: str, negative: str = "") -> Fraction:
    """`fraction("E=ABCD")`, with factors of one letter."""
    made = {text[0]: tuple(text[2:]) for text in generators}
    return Fraction(generators=made, negative=tuple(negative))


def words(design: Fraction) -> set[str]:
    relation = defining_relation(design)
    return {("-" if its < 0 else "") + "".join(sorted(word)) for word, its in relation.items()}


def aliased(design: Fraction, effect: str, order: int = 3) -> set[str]:
    found = aliases(defining_relation(design), Effect(effect), order)
    return {("-" if its < 0 else "") + "".join(sorted(other)) for other, its in found}


SEVEN = fraction("D=AB", "E=AC", "F=BC", "G=ABC")


def test_the_half_fraction_of_five_factors():
    """2^(5-1) of resolution V, I = ABCDE (Box, Hunter & Hunter 2005, ch. 6): AB = CDE, and main effects are clear."""
    half = fraction("E=ABCD")
    assert words(half) == {"ABCDE"} and resolution(defining_relation(half)) == 5
    assert aliased(half, "A") == set() and aliased(half, "A", order=4) == {"BCDE"}
    assert aliased(half, "AB") == {"CDE"} and aliased(half, "DE") == {"ABC"}


def test_the_saturated_sixteenth_of_seven_factors():
    """2^(7-4) of resolution III (Box, Hunter & Hunter 2005, ch. 6): its fifteen words, and A = BD = CE = FG."""
    first, second = "ABD ACE BCF ABCG BCDE ACDF CDG ABEF", "BEG AFG DEF ADEG CEFG BDFG ABCDEFG"
    assert words(SEVEN) == {*first.split(), *second.split()}
    assert resolution(defining_relation(SEVEN)) == 3
    mains = {"A": "BD CE FG", "B": "AD CF EG", "C": "AE BF DG", "D": "AB CG EF", "E": "AC BG DF"}
    for effect, others in (mains | {"F": "AG BC DE", "G": "AF BE CD"}).items():
        assert aliased(SEVEN, effect, order=2) == set(others.split())


@pytest.mark.parametrize(("generators", "pattern"), [
    (["D=ABC"], {4: 1}),
    (["D=AB", "E=AC"], {3: 2, 4: 1}),
    (["F=ABCDE"], {6: 1}),
    (["E=ABC", "F=BCD"], {4: 3}),
    (["E=ABC", "F=ABD", "G=ACD"], {4: 7}),
    (["F=ABCD", "G=ABDE"], {4: 1, 5: 2}),
    (["E=BCD", "F=ACD", "G=ABC", "H=ABD"], {4: 14, 8: 1}),
    (["E=ABC", "F=BCD", "G=ACD", "H=ABD", "J=ABCD"], {3: 4, 4: 14, 5: 8, 7: 4, 8: 1}),
], ids=str)  # fmt: skip
def test_word_lengths_are_those_of_the_catalogue(generators, pattern):
    """Word length patterns of minimum-aberration fractions (Chen, Sun & Wu 1993, which FrF2's catalogue holds)."""
    relation = defining_relation(fraction(*generators))
    assert Counter(map(len, relation)) == pattern and resolution(relation) == min(pattern)


def cells(design: Fraction) -> list[dict[str, int]]:
    paths = letters(design)
    lies_in = in_fraction(design, dict.fromkeys(paths, (-1, 1)))
    every = (dict(zip(paths, codes, strict=True)) for codes in product((-1, 1), repeat=len(paths)))
    return [cell for cell in every if lies_in(cell)]


def contrast(design: Fraction, effect: Effect) -> tuple[int, ...]:
    """An effect's column over the cells, from the cells alone."""
    return tuple(prod(cell[path] for path in effect) for cell in cells(design))


generated = st.lists(
    st.sets(st.sampled_from("ABCD"), min_size=2).map(lambda named: "".join(sorted(named))), min_size=1, max_size=3
)


@given(generated, st.integers(0, 7))
def test_aliases_are_the_effects_with_the_same_column(named_by, reversed_):
    """By definition: another effect of up to three factors has the same column, or the same with its sign reversed."""
    new = "EFG"[: len(named_by)]
    generators = [f"{path}={factors}" for path, factors in zip(new, named_by, strict=True)]
    design = fraction(*generators, negative="".join(p for i, p in enumerate(new) if reversed_ >> i & 1))
    base = {path for factors in named_by for path in factors}
    assert len(cells(design)) == 2 ** len(base)
    effects = [Effect(chosen) for size in (1, 2, 3) for chosen in subsets(letters(design), size)]
    columns = {effect: contrast(design, effect) for effect in effects}
    for effect, found in alias_table(design):
        minus = tuple(-code for code in columns[effect])
        same = {(e, 1) for e in effects if e != effect and columns[e] == columns[effect]}
        assert set(found) == same | {(e, -1) for e in effects if columns[e] == minus}


def test_the_other_half_has_the_sign_reversed():
    other = fraction("C=AB", negative="C")
    assert words(other) == {"-ABC"} and aliased(other, "A") == {"-BC"}
    assert not {tuple(cell.values()) for cell in cells(other)} & {tuple(c.values()) for c in cells(fraction("C=AB"))}
    assert named(other, Effect("BA"), -1) == "-A x B"


def test_a_factor_held_at_one_level_drops_out_of_the_words():
    """2^(4-1) at one level of D is the 2^(3-1) with I = ABC: A, clear before, is then BC."""
    relation = defining_relation(fraction("D=ABC"))
    assert [e for e, _ in aliases(relation, Effect("A"), order=2)] == []
    assert [e for e, _ in aliases(held(relation, "D"), Effect("A"), order=2)] == [Effect("BC")]
    assert held(relation, "ABCD") == {}
