"""Factors, layout and exclusions -> the combinations of levels that a design has, and what they leave to compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from lnnstats.parts.designs import ExplicitTable, Fraction, FullFactorial
from lnnstats.study.fractions import in_fraction
from lnnstats.study.levels import level_key
from lnnstats.study.values import Exclusion, Factor, Plan, Scalar, Study

Cell = Mapping[str, Scalar]
Levels = Mapping[str, tuple[Scalar, ...]]


@dataclass(frozen=True)
class Combinations:
    """The combinations of level labels that are planned, in order (the last factor fastest, a table as it stands);
    those that the design has and an exclusion takes out; how many more the full factorial has, which nesting, a
    fraction or a table leave out by design.
    """

    planned: tuple[Cell, ...]
    excluded: tuple[tuple[Cell, Exclusion], ...]
    left_out: int


def combinations(plan: Study | Plan, asked: Levels | None = None) -> Combinations:
    """The combinations of a design, of all of it or where each factor is at one of the levels `asked` for."""
    levels = {path: (asked or {}).get(path, factor.labels) for path, factor in plan.factors.items()}
    planned: list[Cell] = []
    excluded: list[tuple[Cell, Exclusion]] = []
    for cell in _designed(plan, levels):
        if reason := next((e for e in plan.exclude if _excludes(e, cell)), None):
            excluded.append((cell, reason))
        else:
            planned.append(cell)
    whole = prod(map(len, levels.values()))
    return Combinations(tuple(planned), tuple(excluded), whole - len(planned) - len(excluded))


def crossed(plan: Study | Plan) -> bool:
    """Whether every combination is planned, so that nothing need be looked up."""
    nested = any(factor.nested_in for factor in plan.factors.values())
    return isinstance(plan.design, FullFactorial) and not nested and not plan.exclude


def _designed(plan: Study | Plan, levels: Levels) -> Iterator[Cell]:
    """The combinations before any is excluded."""
    if isinstance(plan.design, ExplicitTable):
        yield from _rows(plan.design, levels)
        return
    rules = [*_nesting(plan.factors), *_fraction(plan)]
    for chosen in product(*levels.values()):
        cell = dict(zip(levels, chosen, strict=True))
        if all(rule(cell) for rule in rules):
            yield cell


def _rows(table: ExplicitTable, levels: Levels) -> Iterator[Cell]:
    """The rows of a table at the levels asked for, crossed with what it does not name (axes within a run)."""
    known = {path: {level_key(label): label for label in labels} for path, labels in levels.items()}
    for row in table.rows:
        if all(level_key(row[path]) in known[path] for path in levels if path in row):
            own = {path: (known[path][level_key(row[path])],) if path in row else levels[path] for path in levels}
            yield from (dict(zip(own, chosen, strict=True)) for chosen in product(*own.values()))


def _nesting(factors: Mapping[str, Factor]) -> Iterator[Callable[[Cell], bool]]:
    """One rule a nested factor: its level is one there is at the level of the factor that it is nested in."""
    for path, factor in factors.items():
        if factor.nested_in is not None:
            outer = factor.nested_in
            there = {label: frozenset(factor.nest(label)) for label in factors[outer].labels}
            yield lambda cell, path=path, outer=outer, there=there: cell[path] in there[cell[outer]]  # type: ignore[misc]


def _fraction(plan: Study | Plan) -> Iterator[Callable[[Cell], bool]]:
    if isinstance(plan.design, Fraction):
        yield in_fraction(plan.design, {path: factor.labels for path, factor in plan.factors.items()})


def _excludes(exclusion: Exclusion, cell: Cell) -> bool:
    return all(cell[path] in wanted for path, wanted in exclusion.where.items())


def nested_within(factors: Mapping[str, Factor], path: str) -> Iterator[str]:
    """The factors that a factor is nested in, the nearest first."""
    outer = factors[path].nested_in
    while outer is not None:
        yield outer
        outer = factors[outer].nested_in


def unbalanced(planned: tuple[Cell, ...], factors: Mapping[str, Factor], compared: Levels) -> tuple[str, ...]:
    """The other factors of which the compared cells hold different shares of levels, so that a difference of averages
    is one of theirs too. A factor nested in a compared one is averaged within its nests, which differ by design.
    """
    own = [path for path in factors if path not in compared and not {*nested_within(factors, path)} & {*compared}]
    shares: dict[str, set[frozenset[tuple[Scalar, float]]]] = {path: set() for path in own}
    for levels in product(*compared.values()):
        here = [cell for cell in planned if all(cell[p] == at for p, at in zip(compared, levels, strict=True))]
        for path in own if here else ():
            counts = Counter(cell[path] for cell in here)
            shares[path].add(frozenset((label, count / len(here)) for label, count in counts.items()))
    return tuple(path for path, found in shares.items() if len(found) > 1)
