"""Two-part analysis of a spike and a tail: two values for each block and a resolution in, Evidence on a part out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ..arrays import FloatArray, float_array, known_option, same_length
from ..pivots.no_effect import Direction, NoEffect, no_effect_evidence
from ..values import Degenerate, Effect, Evidence
from .mcnemar import mcnemar
from .paired_t import paired_t

PARTS = ("both", "chance", "size", "either")


def two_part(treatment: ArrayLike, reference: ArrayLike, *, resolution: float, part: str = "both") -> Evidence:
    """Values [n] at or below `resolution` are the spike, those above it the tail; `part` says what is asked.

    "chance": theta = log conditional odds ratio of lying above the resolution (exact McNemar).
    "size": theta = log ratio of geometric means over the blocks where both lie above it (paired t on logs).
    "both": the direction that the parts share. An intersection-union test, p = the larger of the two (Berger 1982):
    treatment greater in chance and in size. theta = the smaller of the parts' z, 0 where they point apart.
    "either": any difference, chi-square with 2 df of the sum of the parts' squared z (Lachenbruch 1976), each z that
    of an exact two-sided p; under the null the size test is the same whatever blocks it rests on, so the parts are
    independent. A part without data adds nothing. theta = chi-square / n, cut at 1.
    Degenerate if a part that is asked for has nothing to test.
    """
    first, second = float_array(treatment, "treatment", 1), float_array(reference, "reference", 1)
    same_length(first, second, "treatment, reference")
    if not 0 < resolution < math.inf:
        raise ValueError(f"resolution: {resolution!r} is no positive number; logs are taken above it.")
    known_option("part", part, PARTS)
    return ANALYSES[part](first, second, resolution)


@dataclass(frozen=True, slots=True)
class Side:
    """One part's p-values at no effect, and what it adds to the report."""

    p_above: float
    p_below: float
    attainable: float
    effects: tuple[Effect, ...]
    checks: tuple[str, ...]

    @property
    def z(self) -> float:
        """The normal deviate of the smaller one-sided p; positive where the treatment is greater, 0 at a p of 1/2."""
        smaller = min(self.p_above, self.p_below, 0.5)
        return math.copysign(-float(special.ndtri(smaller)), self.p_below - self.p_above)


NOTHING = Side(1.0, 1.0, 1.0, (), ())


def _chance(first: FloatArray, second: FloatArray, resolution: float) -> Evidence:
    found = mcnemar(first > resolution, second > resolution)
    return replace(found, procedure="two_part", estimand="log conditional odds ratio of lying above the resolution")


def _size(first: FloatArray, second: FloatArray, resolution: float) -> Evidence:
    above = (first > resolution) & (second > resolution)
    kept = int(above.sum())
    if not kept:
        raise Degenerate("too_few_blocks", f"in none of {first.size} blocks do both values lie above the resolution.")
    found = paired_t(first[above], second[above], scale="log")
    left = (f"spike: {first.size - kept} of {first.size} blocks have a value at or below the resolution.",)
    where = "mean log ratio, treatment to reference, over the blocks where both lie above the resolution"
    checks = (*(left if kept < first.size else ()), *found.checks)
    return replace(found, procedure="two_part", estimand=where, checks=checks)


def _both(first: FloatArray, second: FloatArray, resolution: float) -> Evidence:
    chance, size = (_side(part(first, second, resolution)) for part in (_chance, _size))
    smaller = min(abs(chance.z), abs(size.z)) if chance.z * size.z > 0 else 0.0
    high, low = max(chance.p_above, size.p_above), max(chance.p_below, size.p_below)
    tests = Direction("two_part", high, low, 0.0, -math.inf, math.inf)
    shared = math.copysign(smaller, chance.z)
    return Evidence(
        procedure="two_part",
        estimand="direction shared by the chance of lying above the resolution and the size above it",
        measure="direction",
        estimate=shared,
        null=0.0,
        n=first.size,
        statistic_name="smaller z",
        statistic=shared,
        df=None,
        tests=tests,
        attainable=max(chance.attainable, size.attainable),
        display="identity",
        effects=chance.effects + size.effects,
        checks=chance.checks + size.checks,
    )


def _either(first: FloatArray, second: FloatArray, resolution: float) -> Evidence:
    sides = [_side_or_nothing(part, first, second, resolution) for part in (_chance, _size)]
    if all(side is NOTHING for side in sides):
        raise Degenerate("no_discordance", f"in none of the {first.size} blocks does either part have a difference.")
    chi_square = sum(_two_sided_square(side) for side in sides)
    return no_effect_evidence(
        NoEffect("two_part", float(special.chdtrc(2, chi_square))),
        estimand="any difference in the chance of lying above the resolution or in the size above it",
        measure="chi_square_per_block",
        estimate=min(1.0, chi_square / first.size),
        n=first.size,
        statistic_name="chi-square",
        statistic=chi_square,
        df=2.0,
        attainable=0.0 if sides[1] is not NOTHING else _largest_chance(sides[0]),
        effects=sides[0].effects + sides[1].effects,
        checks=sides[0].checks + sides[1].checks,
    )


ANALYSES = {"both": _both, "chance": _chance, "size": _size, "either": _either}


def _side(found: Evidence) -> Side:
    return Side(found.p_above(0.0), found.p_below(0.0), found.attainable, found.effects, found.checks)


def _side_or_nothing(part: Callable[..., Evidence], first: FloatArray, second: FloatArray, resolution: float) -> Side:
    try:
        return _side(part(first, second, resolution))
    except Degenerate:
        return NOTHING


def _two_sided_square(side: Side) -> float:
    """The chi-square (1 df) whose upper tail is the two-sided p, twice the smaller one."""
    return float(special.chdtri(1, min(1.0, 2 * min(side.p_above, side.p_below))))


def _largest_chance(side: Side) -> float:
    """The smallest p where only the chance part has data."""
    return float(special.chdtrc(2, special.chdtri(1, np.minimum(1.0, 2 * side.attainable))))
