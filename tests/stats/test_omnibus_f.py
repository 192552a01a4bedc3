"""Partial eta squared from an F test: its tests against the distributions they stand for, and their interval."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats.pivots.omnibus_f import f_pivot


@pytest.mark.parametrize(("f", "df1", "df2"), [(0.3, 2, 20), (4.0, 3, 36), (25.0, 1, 9), (400.0, 5, 50)])
def test_p_at_zero_is_the_f_test_and_beyond_it_scipy_ncf(f, df1, df2):
    pivot = f_pivot(f, df1, df2)
    assert pivot.p_above(0.0) == pytest.approx(stats.f.sf(f, df1, df2), rel=1e-11)
    for theta in (0.05, 0.3, 0.7):
        noncentrality = theta / (1 - theta) * (df1 + df2 + 1)
        # scipy's noncentral tail is good to about 1e-10, absolutely.
        assert pivot.p_below(theta) == pytest.approx(stats.ncf.cdf(f, df1, df2, noncentrality), abs=1e-9)
        assert pivot.p_above(theta) + pivot.p_below(theta) == pytest.approx(1.0, abs=1e-12)


def test_p_is_monotone_in_the_threshold():
    pivot = f_pivot(6.0, 3, 30)
    p = [pivot.p_above(theta) for theta in np.linspace(-0.1, 1.0, 50)]
    assert all(later >= earlier - 1e-14 for earlier, later in pairwise(p))  # near 1 the sums round


def test_an_interval_of_nothing_and_of_a_faint_effect():
    assert f_pivot(0.0, 3, 30).interval(0.95) == (0.0, 0.0)
    low, high = f_pivot(1.0, 3, 30).interval(0.95)
    assert low == 0.0 < high < 0.5


@pytest.mark.parametrize("theta", [0.0, 0.2, 0.6])
def test_coverage_is_exact(theta):
    """F drawn from its own noncentral distribution: the 90% interval covers theta in 90% of 2,000 draws."""
    rng = np.random.default_rng(1)
    noncentrality = theta / (1 - theta) * 24
    f = (rng.noncentral_chisquare(3, noncentrality, 2000) / 3) / (rng.chisquare(20, 2000) / 20)
    pivots = [f_pivot(each, 3, 20) for each in f]
    # Covered where neither one-sided test at 0.05 rejects; by p, for speed. At 0 nothing lies below.
    missed = np.mean([p.p_above(theta) <= 0.05 or (theta > 0 and p.p_below(theta) <= 0.05) for p in pivots])
    expected = 0.10 if theta else 0.05
    assert abs(missed - expected) < 4 * np.sqrt(expected * (1 - expected) / 2000)


def test_epsilon_leaves_theta_what_it_is():
    plain, corrected = f_pivot(5.0, 4, 40), f_pivot(5.0, 4, 40, 0.5)
    assert corrected.estimate == plain.estimate
    assert (corrected.df1, corrected.df2, corrected.size) == (2.0, 20.0, plain.size / 2)
    assert corrected.interval(0.90)[0] < plain.interval(0.90)[0]
