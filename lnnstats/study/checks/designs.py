"""Which combinations of levels a study has: nests, fractions, tables and crossed draws that can be, and that leave
every hypothesis something to compare.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from lnnstats.parts.designs import ExplicitTable, Fraction
from lnnstats.study.axes import facing
from lnnstats.study.checks.values import Inconsistency, Place, unknown
from lnnstats.study.combinations import crossed, unbalanced
from lnnstats.study.comparisons import Comparison, comparisons
from lnnstats.study.fractions import defining_relation, letters, named, resolution
from lnnstats.study.levels import level_key
from lnnstats.study.values import DRAWS, PURPOSES, Factor, Hypothesis, Plan, Study


def designs(study: Study) -> Iterator[Inconsistency]:
    """Every inconsistency of the layout."""
    yield from _nests(study)
    yield from _fraction(study)
    yield from _table(study)
    yield from _random(study)


def _nests(study: Study) -> Iterator[Inconsistency]:
    for path, factor in study.factors.items():
        if factor.nested_in is None:
            continue
        place = ("factors", path)
        if factor.nested_in not in study.factors:
            yield unknown((*place, "nested_in"), "factor", factor.nested_in, [p for p in study.factors if p != path])
        elif circle := _circle(study, path):
            yield Inconsistency((*place, "nested_in"), "nested in itself", " in ".join(circle))
        else:
            yield from _nest_levels(factor, study.factors[factor.nested_in], (*place, "levels"))


def _circle(study: Study, path: str) -> tuple[str, ...]:
    """The chain of nesting from a factor back to itself, if there is one."""
    chain, outer = [path], study.factors[path].nested_in
    while outer in study.factors and outer not in chain:
        chain.append(outer)
        outer = study.factors[outer].nested_in
    return (*chain, path) if outer == path else ()


def _nest_levels(factor: Factor, outer: Factor, place: Place) -> Iterator[Inconsistency]:
    """Every level of the outer factor once, with levels of the nested one."""
    keys, given = {level_key(label) for label in outer.labels}, [level_key(name) for name, _ in factor.nests]
    for at, (name, levels) in enumerate(factor.nests):
        if given[at] not in keys:
            yield unknown((*place, str(name)), f"level of {factor.nested_in}", name, outer.labels)
        elif given[at] in given[:at]:
            yield Inconsistency((*place, str(name)), f"this level of {factor.nested_in} is named twice", str(name))
        for level in levels:
            if level not in factor.labels:
                yield unknown((*place, str(name)), "level", level, factor.labels)
    for label in outer.labels:
        if level_key(label) not in given:
            message, allowed = f"no levels at a level of {factor.nested_in}", f"levels: {{{label}: [...]}}"
            yield Inconsistency(place, message, str(label), allowed)


def _fraction(study: Study) -> Iterator[Inconsistency]:
    design, place = study.design, ("design", "fraction")
    if not isinstance(design, Fraction):
        return
    found = [*_generators(design, study, (*place, "generators"))]
    yield from found
    for path in design.negative:
        if path not in design.generators:
            yield unknown((*place, "negative"), "generated factor", path, design.generators)
    if not found and resolution(relation := defining_relation(design)) < 3:
        word, its = next(iter(relation.items()))
        message = "two main effects are one contrast: a fraction has resolution III at least"
        yield Inconsistency((*place, "generators"), message, f"I = {named(design, word, its)}", "other generators")


def _generators(design: Fraction, study: Study, place: Place) -> Iterator[Inconsistency]:
    """Generators in factors of two levels that are not generated themselves."""
    for path, factors in design.generators.items():
        at = (*place, path)
        if path in factors:
            yield Inconsistency(at, "a generator that names the factor it generates", path, "other factors")
        elif len(set(factors)) < len(factors):
            yield Inconsistency(at, "a factor named twice cancels itself", ", ".join(factors))
        elif generated := [other for other in factors if other in design.generators]:
            hint = "write it in the factors that are crossed in full"
            yield Inconsistency(at, "a generator that names a generated factor", generated[0], hint=hint)
    for path in letters(design):
        factor = study.factors.get(path)
        if factor is None:
            yield unknown(place, "factor", path, study.factors)
        elif len(factor.levels) != 2:
            found = f"{path} has {len(factor.levels)}"
            yield Inconsistency(place, "a factor of a fraction has two levels", found, "leave it out: it is crossed")
        elif factor.nested_in is not None or factor.role == "random":
            what = "nested" if factor.nested_in is not None else "random"
            yield Inconsistency(place, "a factor of a fraction is crossed and fixed", f"{path} is {what}")


def _table(study: Study) -> Iterator[Inconsistency]:
    """Rows of known levels, one for every factor, each once."""
    if not isinstance(study.design, ExplicitTable):
        return
    seen: dict[tuple[object, ...], int] = {}
    for index, row in enumerate(study.design.rows):
        place: Place = ("design", "table", "rows", index)
        for path in [path for path in row if path not in study.factors]:
            yield unknown((*place, path), "factor", path, study.factors)
        for path in [path for path in study.factors if path not in row]:
            yield Inconsistency(place, "a row names a level of every factor", f"none of {path}", f"{path}: level")
        for path, level in row.items():
            labels = study.factors[path].labels if path in study.factors else (level,)
            if level_key(level) not in map(level_key, labels):
                yield unknown((*place, path), "level", level, labels)
        key = tuple(level_key(row[path]) for path in study.factors if path in row)
        if (first := seen.setdefault(key, index)) != index:
            yield Inconsistency(place, "a cell named twice", f"rows {first + 1} and {index + 1}", "each cell once")
    for path, factor in study.factors.items():
        if factor.nested_in is not None:
            place = ("factors", path, "nested_in")
            yield Inconsistency(place, "a table says itself which levels meet", path, "a list of levels")


def _random(study: Study) -> Iterator[Inconsistency]:
    """Random factors that are draws, crossed with blocks that draw something else."""
    for path, factor in study.factors.items():
        place = ("factors", path)
        if factor.role == "random" and factor.nested_in is not None:
            yield Inconsistency((*place, "nested_in"), "a random factor is crossed with all others", path)
        if study.trains and path.startswith(DRAWS):
            yield from _draw(study, path.removeprefix(DRAWS), factor, place)
        elif study.trains and factor.role == "random":
            allowed = ", ".join(f"{DRAWS}{purpose}" for purpose in PURPOSES)
            yield Inconsistency((*place, "role"), "a random factor is a draw", path, allowed)


def _draw(study: Study, purpose: str, factor: Factor, place: Place) -> Iterator[Inconsistency]:
    if purpose not in PURPOSES:
        yield unknown(place, "draw", f"{DRAWS}{purpose}", [f"{DRAWS}{known}" for known in PURPOSES])
        return
    if factor.role != "random":
        yield Inconsistency((*place, "role"), "draws are a sample, not treatments", factor.role, "role: random")
    if not all(type(level) is int and 0 <= level < 2**31 for level in factor.levels):
        yield Inconsistency((*place, "levels"), "draws are numbered", str(list(factor.levels)), "0, 1, 2, ...")
    if purpose in study.blocks.draws:
        rest = ", ".join(drawn for drawn in study.blocks.draws if drawn != purpose)
        message = "every block draws it anew, and so it cannot be crossed with the blocks"
        yield Inconsistency(place, message, f"{purpose} in blocks.draws", f"blocks: {{draws: [{rest}]}}")
    if purpose == "batches" and study.training.batch == "full" and "training.batch" not in study.factors:
        yield Inconsistency(place, "full batches have no order to draw", "batch: full", "training: {batch: N}")


def compared(study: Study) -> Iterator[Inconsistency]:
    """What hypotheses compare, in a design that lacks some combinations; of a study that is sound but for this."""
    for index, hypothesis in enumerate(() if crossed(study) else study.hypotheses):
        yield from _comparisons(facing(study.plan, hypothesis), hypothesis, ("hypotheses", index))


def _comparisons(plan: Plan, hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    found = list(comparisons(plan, hypothesis))
    if not found:
        what = ", ".join(hypothesis.test.compared) or "a cell under these conditions"
        yield Inconsistency(place, "the design has nothing to compare", what, "levels that meet in one stratum")
    for comparison in found:
        if problem := _incomparable(plan, comparison, (*place, "test", hypothesis.test.kind)):
            yield problem
            return


def _incomparable(plan: Plan, comparison: Comparison, place: Place) -> Inconsistency | None:
    """Why levels cannot be compared in a stratum: a combination is lacking, or they differ in another factor too."""
    planned, axes = comparison.planned or (), comparison.axes
    here = {tuple(cell[path] for path in axes) for cell in planned}
    where = "".join(f", at {path} = {label}" for path, label in comparison.stratum.items())
    for levels in product(*axes.values()):
        if levels not in here:
            cell = ", ".join(f"{path} = {label}" for path, label in zip(axes, levels, strict=True))
            hint = "take one of the factors as strata (role: stratum), or keep to levels that meet, by `where`"
            return Inconsistency(place, "the design lacks a combination that is compared", cell + where, hint=hint)
    if others := unbalanced(planned, plan.factors, axes):
        message = "the levels compared are averages over different levels of another factor: its effect is mixed in"
        hint = f"take it as strata (role: stratum), or one level of it, where: {{{others[0]}: level}}"
        return Inconsistency(place, message, ", ".join(others) + where, hint=hint)
    return None
