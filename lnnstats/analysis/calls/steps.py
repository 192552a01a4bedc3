"""Planned comparisons of several levels: from a sample to the arrays of each procedure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lnnstats.analysis.calls.values import Call, Entry, resampling, scored, scores
from lnnstats.analysis.select import Sample
from lnnstats.stats.procedures.adjacent_steps import adjacent_steps
from lnnstats.stats.procedures.all_pairs import all_pairs
from lnnstats.stats.procedures.best_level import best_level
from lnnstats.stats.procedures.contrast import contrast
from lnnstats.stats.procedures.interaction import interaction
from lnnstats.stats.procedures.many_to_one import many_to_one
from lnnstats.stats.samples.planned import polynomial_weights
from lnnstats.stats.second_source import steps as second
from lnnstats.stats.values import UnusableValues
from lnnstats.study.values import Hypothesis, Plan


def weighted(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Levels and the weights declared for them, in their order."""
    weights = np.array(list(hypothesis.test.weights.values()))
    return Call((sample.values, weights), _tested(hypothesis), resampling(hypothesis, plan))


def polynomial(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Levels and the weights of a polynomial in their scores."""
    weights = polynomial_weights(scored(sample, hypothesis), hypothesis.test.degree)
    return Call((sample.values, weights), _tested(hypothesis), resampling(hypothesis, plan))


def crossed(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Two levels by two."""
    return Call((sample.cube(),), _tested(hypothesis), resampling(hypothesis, plan))


def crossed_trends(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Two levels by the scored levels of the second factor."""
    along = scores(sample.axes[1], hypothesis.test.scores)
    return Call((sample.cube(), along), _tested(hypothesis), resampling(hypothesis, plan))


def stepwise(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Levels in their order, rising or falling as the hypothesis claims."""
    shared = {**_tested(hypothesis), "alternative": "increasing" if hypothesis.upward else "decreasing"}
    return Call((sample.values,), shared, _named(sample, hypothesis, plan))


def optimum(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Levels and the place of the one claimed best, better as the response says."""
    shared = {**_tested(hypothesis), "better": plan.responses[hypothesis.response].better}
    return Call((sample.values, _place(sample, hypothesis.test.level)), shared, _named(sample, hypothesis, plan))


def against_one(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Levels and the place of the reference, on the side that the hypothesis claims."""
    named = hypothesis.test.reference
    place = _place(sample, plan.factors[hypothesis.test.along].baseline if named is None else named)
    shared = {**_tested(hypothesis), "alternative": "greater" if hypothesis.upward else "less"}
    return Call((sample.values, place), shared, _named(sample, hypothesis, plan))


def unordered(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Levels in no order."""
    return Call((sample.values,), _tested(hypothesis), _named(sample, hypothesis, plan))


def _tested(hypothesis: Hypothesis) -> dict[str, Any]:
    return {"scale": hypothesis.test.scale, "method": hypothesis.test.method}


def _named(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> dict[str, Any]:
    return {"names": sample.levels, **resampling(hypothesis, plan)}


def _place(sample: Sample, level: Any) -> int:
    """The column of a level; UnusableValues if it is not among those compared."""
    if level not in sample.levels:
        there = ", ".join(map(str, sample.levels))
        raise UnusableValues(f"level {level!r} is not among those compared: {there}; name one of them.")
    return sample.levels.index(level)


TABLE: Mapping[str, Entry] = {
    "contrast": Entry(weighted, contrast, second.contrast),
    "polynomial": Entry(polynomial, contrast, second.contrast),
    "interaction": Entry(crossed, interaction, second.interaction),
    "interaction_slope": Entry(crossed_trends, interaction, second.interaction),
    "adjacent_steps": Entry(stepwise, adjacent_steps, second.adjacent_steps),
    "best_level": Entry(optimum, best_level, second.best_level),
    "many_to_one": Entry(against_one, many_to_one, second.many_to_one),
    "all_pairs": Entry(unordered, all_pairs, second.all_pairs),
}
