"""The second source of pairs and of groups agrees on data of every kind, and is silent where it cannot help."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.stats.procedures.bootstrap_mean import bootstrap_mean
from lnnstats.stats.procedures.brunner_munzel import brunner_munzel
from lnnstats.stats.procedures.permutation_t import permutation_t
from lnnstats.stats.procedures.ratio_of_means import ratio_of_means
from lnnstats.stats.procedures.trimmed_t import trimmed_t
from lnnstats.stats.procedures.trimmed_t_groups import trimmed_t_groups
from lnnstats.stats.procedures.welch_t import welch_t
from lnnstats.stats.procedures.wilcoxon import wilcoxon
from lnnstats.stats.second_source import groups, pairs


def of_pairs(a, b):
    for scale in ("raw", "log"):
        yield from pairs.trimmed_t(trimmed_t(a, b, scale=scale), a, b, scale=scale)
        yield from pairs.wilcoxon(wilcoxon(a, b, scale=scale), a, b, scale=scale)
    yield from pairs.wilcoxon(wilcoxon(a, b, resolution=0.8), a, b, resolution=0.8)
    yield from pairs.bootstrap_mean(bootstrap_mean(a, b, resamples=999, seed=1), a, b)
    yield from pairs.ratio_of_means(ratio_of_means(a, b), a, b)


def of_groups(a, b):
    for equal in (False, True):
        yield from groups.welch_t(welch_t(a, b, equal_variances=equal), a, b, equal_variances=equal)
    yield from groups.trimmed_t_groups(trimmed_t_groups(a, b, trim=0.1), a, b, trim=0.1)
    yield from groups.brunner_munzel(brunner_munzel(a, b), a, b)
    yield from groups.brunner_munzel(brunner_munzel(a, b, resolution=0.8), a, b, resolution=0.8)
    yield from groups.permutation_t(permutation_t(a, b, resamples=999), a, b)


@pytest.mark.parametrize(("n", "seed"), [(15, 0), (60, 1)])
def test_all_agree(n, seed):
    a, b = np.random.default_rng(seed).lognormal(size=(2, n))
    found = [
        *of_pairs(a, b),
        *of_groups(a, b[: n - 6]),
        *groups.permutation_t(permutation_t(a[:5], b[:4]), a[:5], b[:4]),
    ]
    assert len(found) > 20
    # Eleven digits: Fieller's limits and the t quantiles are inverted to some 1e-13.
    assert {(x.source, x.quantity): x.digits for x in found if x.digits < 11} == {}


def test_a_wrong_number_is_seen():
    a, b = np.random.default_rng(2).lognormal(size=(2, 20))
    assert max(x.digits for x in groups.welch_t(welch_t(a, b, scale="raw"), a, b)) < 3
    assert max(x.digits for x in pairs.trimmed_t(trimmed_t(a, b, trim=0.1), a, b)) < 3
    assert min(x.digits for x in pairs.ratio_of_means(ratio_of_means(b, a), a, b)) < 3


def test_separated_groups_are_asked_only_what_scipy_can_answer():
    a, b = np.array([3.0, 4.0, 5.0]), np.array([1.0, 2.0])
    assert [x.digits for x in groups.brunner_munzel(brunner_munzel(a, b), a, b)] == [16.0]


def test_silent_beyond_its_size():
    many = np.arange(1.0, 20_002.0)
    evidence = welch_t(many[:5], many[:4])
    assert groups.welch_t(evidence, many, many) == groups.trimmed_t_groups(evidence, many, many) == ()
    assert groups.brunner_munzel(evidence, many, many) == groups.permutation_t(evidence, many, many) == ()
    assert pairs.trimmed_t(evidence, many, many) == pairs.wilcoxon(evidence, many, many[::-1]) == ()
    assert pairs.bootstrap_mean(evidence, many, many) == pairs.ratio_of_means(evidence, many, many) == ()
