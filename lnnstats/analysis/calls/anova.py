"""Analyses of variance, and contrasts of independent groups: from a sample to the arrays of each procedure."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np
from numpy.typing import NDArray

from lnnstats.analysis.calls.values import Call, Entry
from lnnstats.analysis.select import Sample
from lnnstats.stats.procedures.anova import anova
from lnnstats.stats.procedures.group_contrast import group_contrast
from lnnstats.stats.procedures.hotelling import hotelling
from lnnstats.stats.procedures.mixed_anova import mixed_anova
from lnnstats.stats.procedures.rm_anova import rm_anova
from lnnstats.stats.procedures.welch_anova import welch_anova
from lnnstats.stats.second_source import anova as second
from lnnstats.stats.values import UnusableValues
from lnnstats.study.values import Hypothesis, Plan


def repeated(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Every block in every cell of the factors."""
    test = hypothesis.test
    shared = {"effect": _effect(sample, test), "scale": test.scale, "correction": test.correction}
    return Call((sample.cube(),), shared, {"names": sample.factors})


def independent(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """One vector a cell of the factors."""
    test, shape = hypothesis.test, tuple(map(len, sample.axes))
    options = {"effect": _effect(sample, test), "kind": test.type, "robust": test.robust, "scale": test.scale}
    return Call(sample.groups(), {"shape": shape, **options}, {"names": sample.factors})


def split_plot(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """One array a combination of the factors between, of the blocks that have every cell within it."""
    test, shape = hypothesis.test, tuple(map(len, sample.axes))
    between = shape[: len(test.between)]
    shared = {"between": between, "effect": _effect(sample, test), "scale": test.scale}
    own = {"correction": test.correction, "names": sample.factors}
    return Call(_whole_plots(sample, between, shape[len(between) :]), shared, own)


def levels(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Every block at every level of one factor."""
    return Call((sample.values,), {"scale": hypothesis.test.scale})


def groups(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """One vector a level of one factor."""
    return Call(sample.groups(), {"scale": hypothesis.test.scale})


def weighted(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """One vector a level, and the weights of the levels."""
    test = hypothesis.test
    return Call(sample.groups(), {"weights": test.weights, "variances": test.variances, "scale": test.scale})


def _effect(sample: Sample, test: object) -> tuple[int, ...] | None:
    """The factors of the effect as their places among those compared."""
    effect: tuple[str, ...] | None = getattr(test, "effect", None)
    return None if effect is None else tuple(sample.factors.index(path) for path in effect)


def _whole_plots(sample: Sample, between: tuple[int, ...], within: tuple[int, ...]) -> tuple[NDArray[np.float64], ...]:
    """Values [n_g, k1, ...] of each group. A block that lacks a cell within its group is left out, as a block with a
    diverged run is of any comparison within blocks; one with cells in two groups is refused.
    """
    shape = (len(sample.values), prod(between), prod(within))
    values, present = sample.values.reshape(shape), sample.present.reshape(shape)
    if astray := int((np.asarray(present.any(axis=2)).sum(axis=1) > 1).sum()):
        raise UnusableValues(f"{astray} blocks have runs in several groups of the factors between; each belongs to one")
    whole = np.asarray(present.all(axis=2))
    return tuple(values[whole[:, group], group].reshape(-1, *within) for group in range(shape[1]))


TABLE: Mapping[str, Entry] = {
    "rm_anova": Entry(repeated, rm_anova, second.rm_anova),
    "anova": Entry(independent, anova, second.anova),
    "mixed_anova": Entry(split_plot, mixed_anova, second.mixed_anova),
    "welch_anova": Entry(groups, welch_anova, second.welch_anova),
    "hotelling": Entry(levels, hotelling, second.hotelling),
    "group_contrast": Entry(weighted, group_contrast, second.group_contrast),
}
