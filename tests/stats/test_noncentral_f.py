"""The noncentral F against R, scipy, simulation of its definition and its own other tail, over a wide grid."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy import integrate, special

from lnnstats.stats.pivots.noncentral_f import (
    f_upper_tail,
    noncentral_f_lower,
    noncentral_f_upper,
    noncentrality_at,
    noncentrality_limits,
)
from tests.oracles import oracle

ORACLE = oracle("anova")
GRID = list(
    product(
        (0.0, 1e-6, 0.01, 0.5, 1.0, 3.0, 10.0, 100.0, 1e4, 1e9, math.inf),
        (0.6, 1.0, 2.3, 5.0, 40.0),
        (1.0, 3.7, 10.0, 100.0, 1e5, 1e9),
        (0.0, 0.1, 1.0, 10.0, 100.0, 1e3, 1999.0, 2001.0, 1e4, 1e6, 1e9),
    )
)


def test_tails_as_in_r():
    case = ORACLE["tails"]
    ours = [noncentral_f_lower(*x) for x in zip(*(case[k] for k in ("f", "df1", "df2", "nc")), strict=True)]
    # R's pnbeta stops its series at 1e-9 of the total.
    assert ours == pytest.approx(case["lower"], abs=2e-9)


def test_limits_as_by_inverting_r():
    case = ORACLE["limits"]
    for low, high, *given in zip(*(case[k] for k in ("low", "high", "f", "df1", "df2")), strict=True):
        # R's tails are good to 1e-9, and the density of p in the noncentrality is above 1e-3 there.
        assert noncentrality_limits(*given, 0.90) == pytest.approx((low, high), rel=1e-6, abs=1e-6)


def test_both_tails_are_probabilities_and_make_one():
    for given in GRID:
        lower, upper = noncentral_f_lower(*given), noncentral_f_upper(*given)
        assert 0.0 <= lower <= 1.0 and 0.0 <= upper <= 1.0, given
        # Shape parameters up to 1e9 cost the incomplete beta four digits or so of its sixteen.
        assert lower + upper == pytest.approx(1.0, abs=3e-11), given


def test_against_scipy_where_that_has_an_answer():
    compared = 0
    for f, df1, df2, noncentrality in GRID:
        theirs = special.ncfdtr(df1, df2, noncentrality, f)
        if math.isfinite(f) and math.isfinite(theirs) and noncentrality <= 1e4:
            assert noncentral_f_lower(f, df1, df2, noncentrality) == pytest.approx(theirs, abs=1e-9)
            compared += 1
    assert compared > 2000


@pytest.mark.parametrize(("df1", "df2", "noncentrality"), [(2.0, 8.0, 3.0), (5.0, 30.0, 40.0), (3.0, 50.0, 200.0)])
def test_against_its_definition(df1, df2, noncentrality):
    """P = integral over the denominator S of P(chi2'_df1 <= df1 f S / df2), scipy's noncentral chi-square inside."""
    for f in (0.5, 1 + noncentrality / df1, 3 * (1 + noncentrality / df1)):

        def integrand(u, f=f):
            return special.chndtr(df1 * f * special.chdtri(df2, 1 - u) / df2, df1, noncentrality)

        theirs = integrate.quad(integrand, 0, 1, epsabs=1e-11, limit=400)[0]
        assert noncentral_f_lower(f, df1, df2, noncentrality) == pytest.approx(theirs, abs=1e-9)


def test_small_tails_keep_their_digits():
    # P(F(2, m) >= f) = (1 + 2 f / m)^(-m / 2) in closed form.
    for f, m in ((1e3, 20.0), (1e6, 9.0), (40.0, 2e3)):
        closed = math.exp(-m / 2 * math.log1p(2 * f / m))
        assert f_upper_tail(f, 2.0, m) == pytest.approx(closed, rel=1e-11)
        assert noncentral_f_upper(f, 2.0, m, 0.0) == pytest.approx(closed, rel=1e-11)
    assert f_upper_tail([0.0, np.inf], 2.5, 7.0).tolist() == [1.0, 0.0]


def test_ends_of_the_range():
    assert noncentral_f_lower(0.0, 2.0, 5.0, 3.0) == 0.0 and noncentral_f_upper(0.0, 2.0, 5.0, 3.0) == 1.0
    assert noncentral_f_lower(math.inf, 2.0, 5.0, 3.0) == 1.0 and noncentral_f_upper(math.inf, 2.0, 5.0, 3.0) == 0.0
    assert noncentral_f_lower(4.0, 2.0, 5.0, math.inf) == 0.0 and noncentral_f_upper(4.0, 2.0, 5.0, math.inf) == 1.0
    assert noncentrality_limits(0.0, 2.0, 5.0, 0.95) == (0.0, 0.0)
    assert noncentrality_limits(math.inf, 2.0, 5.0, 0.95) == (math.inf, math.inf)


@pytest.mark.parametrize("f", [0.2, 1.0, 7.0, 300.0, 1e6, 1e10])
def test_limits_give_back_their_probability(f):
    for df1, df2, probability in product((1.0, 2.7, 12.0), (3.0, 40.0, 1e6), (0.025, 0.5, 0.95, 0.9995)):
        at = noncentrality_at(f, df1, df2, probability)
        if at == 0:
            assert noncentral_f_lower(f, df1, df2, 0.0) <= probability
        else:
            # Root and tail are exact to about 1e-12 each; the tail's slope in log noncentrality is at most about 1e3.
            assert noncentral_f_lower(f, df1, df2, at) == pytest.approx(probability, abs=1e-8)
