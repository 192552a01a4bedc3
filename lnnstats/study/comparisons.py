"""Plan + hypothesis -> what it compares: its strata, and in each the levels that the design has there.

A design need not have every combination. A stratum holds the comparison of the levels that it has: fewer of a nested
factor, or of one of whose combinations some are excluded. Where it lacks a level that the test names, or leaves fewer
levels than the test needs, there is nothing to compare, and it is no stratum of the hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from lnnstats.study.combinations import Cell, Levels, combinations, crossed
from lnnstats.study.values import Hypothesis, Plan, Scalar, Study


@dataclass(frozen=True)
class Comparison:
    """A stratum, the levels compared in it by factor, and the combinations planned there (None: every one)."""

    stratum: Mapping[str, Scalar]
    axes: Levels
    planned: tuple[Cell, ...] | None


def comparisons(plan: Plan, hypothesis: Hypothesis) -> Iterator[Comparison]:
    """The comparisons of a hypothesis, one a stratum; one without a stratum's levels where it has no stratum.

    The plan is the one that the hypothesis faces (`lnnstats.study.axes`).
    """
    levels, all_planned = compared(plan, hypothesis), crossed(plan)
    asked = {path: kept(plan, hypothesis, path) for path in plan.factors} | levels
    for stratum in _strata(plan, hypothesis):
        if all_planned:
            yield Comparison(stratum, levels, None)
            continue
        planned = combinations(plan, asked | {path: (label,) for path, label in stratum.items()}).planned
        found = Comparison(stratum, _there(levels, planned), planned)
        if planned and not any(_too_few(plan, hypothesis, found, path) for path in levels):
            yield found


def strata(plan: Plan, hypothesis: Hypothesis) -> Iterator[Mapping[str, Scalar]]:
    """The combinations of the levels of a hypothesis's strata in which there is something to compare."""
    return (comparison.stratum for comparison in comparisons(plan, hypothesis))


def spoken(plan: Plan, hypothesis: Hypothesis) -> Levels:
    """The levels of each factor that a hypothesis speaks of: in its comparisons, in their strata, averaged over."""
    levels = {path: kept(plan, hypothesis, path) for path in plan.factors} | compared(plan, hypothesis)
    if crossed(plan):
        return levels
    cells = [cell for comparison in comparisons(plan, hypothesis) for cell in comparison.planned or ()]
    return _there(levels, tuple(cells))


def compared(plan: Plan, hypothesis: Hypothesis) -> dict[str, tuple[Scalar, ...]]:
    """The factors a hypothesis compares and their levels, in order; none for a procedure on one cell."""
    test = hypothesis.test
    return {
        path: test.chosen(path, plan.factors[path].baseline) or kept(plan, hypothesis, path) for path in test.compared
    }


def kept(plan: Plan, hypothesis: Hypothesis, path: str) -> tuple[Scalar, ...]:
    """A factor's levels in declared order, less those that `where` leaves out."""
    labels = plan.factors[path].labels
    return tuple(label for label in labels if label in hypothesis.where.get(path, labels))


def fixed_draws(plan: Study | Plan) -> dict[str, list[str]]:
    """The random factors that hypotheses average over, as if their draws were all there are, and these hypotheses."""
    random = [path for path, factor in plan.factors.items() if factor.role == "random"]
    over = {path: [h.id for h in plan.hypotheses if h.test.decides and path not in h.test.compared] for path in random}
    return {path: ids for path, ids in over.items() if ids}


def split_by(plan: Plan, hypothesis: Hypothesis) -> list[str]:
    """The factors whose levels are a hypothesis's strata."""
    settled = (*hypothesis.test.compared, *hypothesis.average)
    split = [path for path, factor in plan.factors.items() if factor.role == "stratum" and path not in settled]
    return [] if hypothesis.strata == "average" else split


def _strata(plan: Plan, hypothesis: Hypothesis) -> Iterator[dict[str, Scalar]]:
    """Every combination of the levels of the strata, whether or not the design has it."""
    split = split_by(plan, hypothesis)
    for labels in product(*(kept(plan, hypothesis, path) for path in split)):
        yield dict(zip(split, labels, strict=True))


def _there(levels: Levels, planned: tuple[Cell, ...]) -> Levels:
    here = {path: {cell[path] for cell in planned} for path in levels}
    return {path: tuple(label for label in labels if label in here[path]) for path, labels in levels.items()}


def _too_few(plan: Plan, hypothesis: Hypothesis, found: Comparison, path: str) -> bool:
    """Whether a stratum leaves nothing to compare of a factor."""
    wanted, there = compared(plan, hypothesis)[path], found.axes[path]
    return not hypothesis.test.comparable(path, wanted, there, plan.factors[path].baseline)
