"""The second source of the ANOVA family agrees on data of every shape, and sees a wrong number."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from lnnstats.stats.procedures.anova import anova
from lnnstats.stats.procedures.group_contrast import group_contrast
from lnnstats.stats.procedures.hotelling import hotelling
from lnnstats.stats.procedures.mixed_anova import mixed_anova
from lnnstats.stats.procedures.rm_anova import rm_anova
from lnnstats.stats.procedures.welch_anova import welch_anova
from lnnstats.stats.second_source import anova as second


def cube(seed, n, *levels):
    rng = np.random.default_rng(seed)
    return np.exp(rng.normal(size=(n, *levels)) + rng.normal(size=(n, *[1] * len(levels))))


def effects(factors):
    return [e for size in range(1, factors + 1) for e in combinations(range(factors), size)]


def disagreements(found, least):
    assert len(found) >= least
    # The libraries fit by pseudo-inverse or print through a frame: ten digits of sixteen are left.
    return {(x.source, x.quantity): x.digits for x in found if x.digits < 9}


@pytest.mark.parametrize("levels", [(4,), (3, 4), (2, 2), (2, 3, 2)])
@pytest.mark.parametrize("correction", ["gg", "hf", "none"])
def test_rm_anova(levels, correction):
    values = cube(1, 9, *levels)
    for effect in effects(len(levels)):
        options = {"effect": effect, "correction": correction}
        evidence = rm_anova(values, **options)
        assert not disagreements(second.rm_anova(evidence, values, **options), 1 if len(levels) > 2 else 2)


@pytest.mark.parametrize(("kind", "robust"), [(3, None), (2, None), (3, "hc3")])
def test_anova(kind, robust):
    rng = np.random.default_rng(2)
    cells = [rng.lognormal(size=n) for n in (4, 6, 3, 5, 7, 4)]
    for effect in effects(2):
        options = {"shape": (2, 3), "effect": effect, "kind": kind, "robust": robust}
        assert not disagreements(second.anova(anova(*cells, **options), *cells, **options), 2)
    assert not disagreements(second.anova(anova(*cells), *cells), 2)


def test_mixed_anova():
    four = [cube(seed, n, 3, 2) for seed, n in enumerate((5, 8, 4, 6))]
    for effect in effects(4):
        options = {"between": (2, 2), "effect": effect}
        assert not disagreements(second.mixed_anova(mixed_anova(*four, **options), *four, **options), 1)


def test_the_others():
    rng = np.random.default_rng(3)
    groups, values = [rng.lognormal(size=n) for n in (5, 9, 7)], cube(4, 20, 4)
    assert not disagreements(second.welch_anova(welch_anova(*groups), *groups), 3)
    assert not disagreements(second.hotelling(hotelling(values), values), 2)
    for variances in ("equal", "unequal"):
        options = {"weights": (1, -0.25, -0.75), "variances": variances}
        assert not disagreements(second.group_contrast(group_contrast(*groups, **options), *groups, **options), 2)


def test_a_wrong_number_is_seen():
    values = cube(5, 8, 3)
    found = second.rm_anova(rm_anova(values, scale="raw"), values)
    assert max(x.digits for x in found if x.quantity == "F") < 3


def test_silent_beyond_its_size():
    values = cube(6, 7000, 3)
    assert second.rm_anova(rm_anova(values), values) == ()
    assert second.hotelling(hotelling(values), values) == ()
    columns = list(values.T)
    assert second.anova(anova(*columns), *columns) == ()
    assert second.welch_anova(welch_anova(*columns), *columns) == ()
    assert second.mixed_anova(mixed_anova(values, values), values, values) == ()
    weights = (1, -1, 0)
    assert second.group_contrast(group_contrast(*columns, weights=weights), *columns, weights=weights) == ()
