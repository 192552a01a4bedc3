"""Interval formulas against published examples, other libraries, and their own defining equations."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy import integrate, special, stats
from statsmodels.stats.proportion import proportion_confint

from lnnstats.stats.effects import hedges_correction
from lnnstats.stats.intervals import binomial_limit, newcombe_paired, wilson
from lnnstats.stats.pivots.noncentral_t import noncentral_t_cdf, noncentral_t_limits
from lnnstats.stats.pivots.roots import increasing_root


def test_wilson_matches_statsmodels():
    n = 17
    counts = np.arange(n + 1)
    low, high = wilson(counts, n, 0.95)
    expected = np.array([proportion_confint(count, n, 0.05, "wilson") for count in counts])
    # Same formula in double precision.
    np.testing.assert_allclose(np.stack([low, high], axis=1), expected, rtol=0, atol=1e-11)


def test_the_limit_of_no_event_is_the_closed_form():
    """Clopper & Pearson 1934: with 0 of 12 the upper limit p solves (1 - p)^12 = .025."""
    assert 1 - binomial_limit(12, 12, 0.025) == pytest.approx(1 - 0.025 ** (1 / 12), rel=1e-14)


@pytest.mark.parametrize("n", [5, 12, 30])
def test_newcombe_covers_over_all_tables(n):
    """Exact coverage, all tables of n pairs enumerated, at several probabilities: Newcombe reports a mean near .95."""
    tables = np.array([(*counts, n - sum(counts)) for counts in product(range(n + 1), repeat=3) if sum(counts) <= n])
    limits = np.array([newcombe_paired(*map(int, table), 0.95) for table in tables])
    coverage = []
    for p in [(0.25, 0.25, 0.25, 0.25), (0.1, 0.4, 0.1, 0.4), (0.45, 0.1, 0.05, 0.4), (0.6, 0.2, 0.1, 0.1)]:
        weight = stats.multinomial(n, p).pmf(tables)
        inside = (limits[:, 0] <= p[1] - p[2]) & (p[1] - p[2] <= limits[:, 1])
        coverage.append(weight @ inside)
    assert min(coverage) > 0.925  # the paper's worst cases for method 10 lie above .92
    assert 0.945 < np.mean(coverage) < 0.995


def test_newcombe_is_antisymmetric_and_contains_its_estimate():
    low, high = newcombe_paired(20, 12, 2, 16, 0.95)
    reversed_low, reversed_high = newcombe_paired(20, 2, 12, 16, 0.95)
    assert (low, high) == pytest.approx((-reversed_high, -reversed_low), abs=1e-15)
    assert low < 0.2 < high


def test_newcombe_with_no_event_at_all():
    low, high = newcombe_paired(0, 0, 0, 20, 0.95)
    assert -low == pytest.approx(high)
    assert 0 < high < 0.25


@pytest.mark.parametrize("df", [1, 2, 5, 40, 1000])
@pytest.mark.parametrize("noncentrality", [-3.0, 0.0, 2.0, 8.0])
def test_noncentral_t_matches_scipy_where_that_works(df, noncentrality):
    t = np.array([-6.0, -1.0, 0.3, 2.0, 9.0])
    ours = np.array([noncentral_t_cdf(x, df, noncentrality) for x in t])
    theirs = special.nctdtr(df, noncentrality, t)
    known = np.isfinite(theirs)
    assert known.any()
    # Boost's series stops at about 1e-12 absolute in the centre; ours is rounding of 160 terms.
    np.testing.assert_allclose(ours[known], theirs[known], rtol=0, atol=1e-10)


def test_noncentral_t_where_scipy_gives_nan():
    """nct.cdf(-4.06, 9, 10) is NaN in scipy 1.17; adaptive quadrature of the definition is the second source."""

    def integrand(s):
        return stats.chi(9, scale=1 / 3).pdf(s) * special.ndtr(-4.06 * s - 10)

    expected, _ = integrate.quad(integrand, 0, 6, epsabs=0, epsrel=1e-10)
    # The tail is about 1e-30: 1 - (1 - p) can only say "zero", and that is what an interval needs.
    assert noncentral_t_cdf(-4.06, 9, 10.0) == pytest.approx(expected, abs=1e-15)


def test_noncentral_t_limits_of_the_sleep_data():
    low, high = noncentral_t_limits(4.062127683382037, 9, 0.95)
    # d_z limits .41 and 2.12 (published for these data), two decimals.
    assert (low / math.sqrt(10), high / math.sqrt(10)) == pytest.approx((0.41, 2.12), abs=0.005)


@pytest.mark.parametrize("t", [0.0, -250.0, 1e4, 3e7])
@pytest.mark.parametrize("df", [2, 9, 999_999])
def test_noncentral_t_limits_never_fail(t, df):
    low, high = noncentral_t_limits(t, df, 0.95)
    # Defining equations, solved to 1e-13 of t; cdf slope is below 1/2, so 1e-6 is ample.
    assert noncentral_t_cdf(-t, df, -low) == pytest.approx(0.025, abs=1e-6)
    assert noncentral_t_cdf(-t, df, -high) == pytest.approx(0.975, abs=1e-6)


def test_hedges_correction_of_large_samples():
    assert hedges_correction(10) == pytest.approx(math.gamma(5) / (math.sqrt(5) * math.gamma(4.5)), rel=1e-14)
    # Series 1 - 3/(4m) + O(m^-2).
    assert hedges_correction(10**6) == pytest.approx(1 - 0.75e-6, abs=1e-8)


def test_a_root_that_does_not_exist_is_an_error():
    with pytest.raises(ArithmeticError, match="cannot be inverted"):
        increasing_root(lambda x: 0.5, 0.9, 0.0, 1.0)
