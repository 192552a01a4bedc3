"""The second source agrees with every procedure on data of every kind, and is silent where it cannot help."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from lnnstats import stats
from lnnstats.stats.second_source import events as binary
from lnnstats.stats.second_source import pairs, times, trends

SCORES = np.array([0.0, 1.0, 2.0, 4.0])


def data(n, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.lognormal(size=(2, n))
    values = rng.lognormal(size=(n, 4))
    return a, b, values, rng.random((n, 4)) < 0.2 + 0.1 * SCORES


def agreements(n, seed):
    a, b, values, events = data(n, seed)
    never = np.where(a > 2, np.inf, a)
    yield from pairs.paired_t(stats.paired_t(a, b), a, b)
    yield from pairs.bootstrap_t(stats.bootstrap_t(a, b, resamples=99, seed=1), a, b)
    yield from trends.trend_slope(stats.trend_slope(values, SCORES), values, SCORES)
    yield from pairs.sign_flip(stats.sign_flip(a - b), a - b)
    yield from pairs.sign_test(stats.sign_test(a, b, resolution=0.4), a, b, resolution=0.4)
    yield from binary.exact_binomial(stats.exact_binomial(a > 1, null=0.4), a > 1)
    yield from binary.mcnemar(stats.mcnemar(events[:, 3], events[:, 0]), events[:, 3], events[:, 0])
    yield from binary.ordered_trend(stats.ordered_trend(events, SCORES), events, SCORES)
    risk = stats.ordered_trend(events, SCORES, measure="risk_difference")
    yield from binary.ordered_trend(risk, events, SCORES)
    yield from trends.page(stats.page(values), values)
    yield from trends.page(stats.page(values, resolution=1.0), values, resolution=1.0)
    yield from times.kaplan_meier(stats.kaplan_meier(never, b < 1.5), never, b < 1.5)


@pytest.mark.parametrize(("n", "seed"), [(10, 0), (12, 1), (60, 2)])
def test_all_agree(n, seed):
    found = list(agreements(n, seed))
    assert len(found) > 15
    # Eleven digits: the beta quantiles of scipy and the optimiser of ConditionalLogit stop near 1e-12.
    assert {(x.source, x.quantity): x.digits for x in found if x.digits < 11} == {}


def test_a_wrong_number_is_seen():
    a, b, *_ = data(10, 3)
    wrong = pairs.paired_t(stats.paired_t(a, b, scale="raw"), a, b, scale="log")
    assert max(x.digits for x in wrong) < 3


def test_silent_beyond_its_size():
    many = np.arange(1.0, 20_002.0)
    evidence = stats.paired_t(many, many**0.5)
    assert pairs.paired_t(evidence, many, many**0.5) == ()


def test_silent_where_the_estimate_is_infinite():
    events = np.array([[False, False, True]] * 4)
    assert binary.ordered_trend(stats.ordered_trend(events, [0, 1, 2]), events, [0, 1, 2]) == ()


def test_one_block_has_no_page_trend_test_of_scipy():
    one = np.array([[1.0, 3.0, 2.0]])
    (found,) = trends.page(stats.page(one), one)
    assert (found.source, found.ours, found.theirs) == ("pandas rank", 13.0, 13.0)  # 1 * 1 + 2 * 3 + 3 * 2


def test_heavy_libraries_stay_out_of_the_core():
    """Importing the core and its second source loads none of the libraries that only the checks need."""
    code = (
        "import sys, lnnstats.stats, lnnstats.stats.second_source.pairs;"
        "sys.exit(bool({'pandas', 'pingouin', 'statsmodels', 'torch'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
