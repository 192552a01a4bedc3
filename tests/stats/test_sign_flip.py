"""Sign flips: brute force over all flips, ties of floats, duality, size, the random branch."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from lnnstats.stats import Degenerate, sign_flip


def brute_force(values, threshold):
    """Share of flips whose studentised mean reaches that of the data."""
    d = np.asarray(values) - threshold

    def t(x):
        with np.errstate(divide="ignore"):
            return x.mean() / (x.std(ddof=1) / np.sqrt(x.size))

    observed = t(d)
    flips = [t(d * np.array(signs)) for signs in product([1, -1], repeat=d.size)]
    return np.mean([value >= observed - 1e-9 for value in flips])


@pytest.mark.parametrize("threshold", [-0.4, 0.0, 0.3])
def test_matches_enumeration_of_the_studentised_statistic(threshold):
    values = np.random.default_rng(0).normal(0.2, 1.0, size=9)
    assert sign_flip(values).p_above(threshold) == pytest.approx(brute_force(values, threshold), abs=1e-15)
    assert sign_flip(values).p_below(threshold) == pytest.approx(brute_force(-values, -threshold), abs=1e-15)


def test_float_ties_count():
    # 0.1 + 0.2 and 0.3 tie in exact arithmetic only: p = 5/8 (subsets with sum <= 0: {-.3}, {-.3,.1}, {-.3,.2}, all).
    assert sign_flip([0.1, 0.2, -0.3]).p_above(0.0) == 5 / 8


def test_duality_at_every_step():
    evidence = sign_flip(np.random.default_rng(1).normal(size=8))
    for level in (0.5, 0.9, 0.95):
        low, high = evidence.interval(level)
        for threshold in (np.nextafter(low, -9), low, 0.0, high, np.nextafter(high, 9)):
            assert (low > threshold) == (evidence.p_above(threshold) <= (1 - level) / 2 + 1e-12)
            assert (high < threshold) == (evidence.p_below(threshold) <= (1 - level) / 2 + 1e-12)


def test_the_smallest_p_is_attained():
    evidence = sign_flip([0.5, 1.0, 1.5, 2.5, 3.0])
    assert evidence.p_above(0.0) == evidence.attainable == 1 / 32


@pytest.mark.parametrize("n", [6, 30])
def test_size_for_symmetric_differences(n, assert_size):
    rng = np.random.default_rng(n)
    p = [sign_flip(rng.standard_t(2, size=n), resamples=199, seed=i).p_above(0.0) for i in range(300)]
    assert_size(p, 0.05)


def test_random_flips_agree_with_enumeration():
    """n = 21 is drawn, 20 of its blocks enumerable with a block of zero difference changing nothing."""
    values = np.random.default_rng(5).normal(0.3, 1.0, size=20)
    exact = sign_flip(values).p_above(0.0)
    drawn = sign_flip(np.append(values, 0.0), resamples=9999, seed=3).p_above(0.0)
    assert drawn == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 9999))


def test_many_blocks_and_none_that_vary():
    many = sign_flip(np.random.default_rng(2).normal(size=50_000))
    assert many.checks[0].startswith("approximation: ")
    with pytest.raises(Degenerate):
        sign_flip(np.ones(5))
