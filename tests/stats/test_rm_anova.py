"""Repeated-measures ANOVA against afex, car and effectsize; epsilon, duality, size, refusals."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from lnnstats.stats.procedures.rm_anova import rm_anova, rm_anova_f, rm_anova_table
from lnnstats.stats.values import Degenerate, UnusableValues
from tests.oracles import oracle

ORACLE = oracle("anova")
# R solves for p with the same incomplete beta; sums of squares differ by the order of summation only.
ROUNDING = 1e-9


def terms(names):
    """afex's term names as tuples of factor numbers."""
    letters = sorted({letter for name in names for letter in name.split(":")})
    return [tuple(letters.index(letter) for letter in name.split(":")) for name in names]


def noise(seed, n, *levels):
    """Blocks with their own level and slope: far from spherical."""
    rng = np.random.default_rng(seed)
    slopes = rng.normal(size=n)[:, None] * np.arange(levels[0])
    return rng.normal(size=(n, *levels)) + slopes.reshape(n, -1, *[1] * (len(levels) - 1))


@pytest.mark.parametrize("case", ["three_way", "one_way"])
@pytest.mark.parametrize("correction", ["gg", "hf", "none"])
def test_every_term_as_in_afex(case, correction):
    values, theirs = ORACLE[case]["values"], ORACLE[case][correction]
    table = rm_anova_table(values, scale="raw", correction=correction)
    expected = zip(*(np.atleast_1d(theirs[key]) for key in ("df1", "df2", "F", "p", "ges", "pes")), strict=True)
    for term, numbers in zip(terms(np.atleast_1d(theirs["term"])), expected, strict=True):
        row = table.row(term)
        ours = (row.pivot.df1, row.pivot.df2, row.pivot.f, row.p, row.generalised_eta_squared, row.partial_eta_squared)
        assert ours == pytest.approx(numbers, rel=ROUNDING)
        assert rm_anova(values, effect=term, scale="raw", correction=correction).p_above(0.0) == row.p


@pytest.mark.parametrize("case", ["three_way", "one_way"])
def test_epsilons_sums_and_shares_as_in_car_and_effectsize(case):
    theirs, table = ORACLE[case], rm_anova_table(ORACLE[case]["values"], scale="raw")
    sphere = theirs["sphere"]
    for name, gg, hf, w in zip(*(np.atleast_1d(sphere[key]) for key in ("term", "gg", "hf", "w")), strict=True):
        (term,) = terms([name]) if case == "one_way" else [tuple("PQR".index(x) for x in name.split(":"))]
        row = table.row(term)
        assert (row.epsilon_gg, row.epsilon_hf) == pytest.approx((float(gg), min(1.0, float(hf))), rel=ROUNDING)
        assert row.mauchly_w == pytest.approx(float(w), rel=1e-8)  # a determinant loses a digit
    for name, squares, error in zip(sphere["ss_term"][1:], sphere["ss"][1:], sphere["error"][1:], strict=True):
        row = table.row(tuple("PQR".index(x) for x in name.split(":")))
        assert (row.squares, row.error) == pytest.approx((squares, error), rel=ROUNDING)
    shares = theirs["shares"]
    for name, *pair in zip(*(np.atleast_1d(shares[key]) for key in ("term", "omega", "epsilon")), strict=True):
        row = table.row(tuple("PQR".index(x) for x in name.split(":")))
        ours = max(0.0, row.omega_squared), max(0.0, row.epsilon_squared)  # effectsize cuts at zero
        assert ours == pytest.approx([float(x) for x in pair], rel=ROUNDING)


def test_two_levels_are_the_paired_t(sleep):
    from lnnstats.stats.procedures.paired_t import paired_t

    first, second = sleep
    ours, t = rm_anova(np.column_stack(sleep), scale="raw"), paired_t(first, second, scale="raw")
    assert ours.statistic == pytest.approx(t.statistic**2, rel=1e-12)
    assert ours.p_above(0.0) == pytest.approx(2 * t.p_below(0.0), rel=1e-12)
    assert (ours.numerator_df, ours.df) == (1, 9)


def test_fewer_blocks_than_levels_and_no_mauchly():
    row = rm_anova_table(noise(1, 4, 8), scale="raw").row((0,))
    assert row.mauchly_w is None and 1 / 7 <= row.epsilon_gg < 3 / 7  # the scatter has rank 3 of 7


def test_epsilon_of_many_factors_is_that_of_the_cells():
    """An interaction of all factors, reshaped by hand: double differences of a 2 x 2 are one contrast."""
    values = noise(2, 9, 2, 2, 2)
    double = values[:, 1, 1] - values[:, 0, 1] - values[:, 1, 0] + values[:, 0, 0]
    triple = double[:, 1] - double[:, 0]
    t = triple.mean() / (triple.std(ddof=1) / 3)
    assert rm_anova(values, scale="raw").statistic == pytest.approx(t**2, rel=1e-12)


def test_worlds_at_once_are_the_worlds_one_by_one():
    worlds = np.stack([noise(seed, 7, 3, 4) for seed in range(5)])
    for correction in ("gg", "hf", "none"):
        f, p = rm_anova_f(worlds, factors=2, effect=(1,), correction=correction)
        one = [rm_anova(world, effect=(1,), scale="raw", correction=correction) for world in worlds]
        assert f == pytest.approx([x.statistic for x in one], rel=1e-12)
        assert p == pytest.approx([x.p_above(0.0) for x in one], rel=1e-10)


@pytest.mark.parametrize("shift", [0.0, 0.15, 1.0])
def test_tests_and_interval_are_dual(assert_dual, shift):
    evidence = rm_anova(noise(3, 12, 4) + shift * np.arange(4), scale="raw")
    assert_dual(evidence)
    assert (evidence.interval(0.90)[0] > 0) == (evidence.p_above(0.0) < 0.05)
    assert evidence.p_above(-0.1) == 0.0 and evidence.p_below(0.0) == 1.0
    assert evidence.p_above(1.0) == 1.0 and evidence.p_below(1.0) == 0.0


def test_standard_error_is_the_jackknife_by_brute_force():
    values = noise(4, 9, 3, 2)
    left_out = [rm_anova(np.delete(values, i, axis=0), effect=(0,), scale="raw").estimate for i in range(9)]
    brute = np.sqrt(8 / 9 * ((left_out - np.mean(left_out)) ** 2).sum())
    assert rm_anova(values, effect=(0,), scale="raw").standard_error == pytest.approx(brute, rel=1e-10)


def test_standard_error_is_near_that_of_the_bootstrap():
    values = noise(5, 60, 3) + np.array([0.0, 1.0, 2.0])  # clear of 0, where eta squared is smooth
    rng = np.random.default_rng(6)
    worlds = values[rng.integers(0, 60, (1000, 60))]
    f, _ = rm_anova_f(worlds, factors=1)
    eta = 2 * f / (2 * f + 118)
    # 1,000 resamples leave 2%, the two methods differ by O(1/n): a fifth is allowed.
    assert rm_anova(values, scale="raw").standard_error == pytest.approx(eta.std(), rel=0.2)


def test_size_under_slopes_of_their_own(assert_size):
    """Greenhouse-Geisser holds the level where the uncorrected F does not (six levels, ten blocks, 4,000 worlds)."""
    rng = np.random.default_rng(7)
    worlds = rng.normal(size=(4000, 10, 6)) + rng.normal(size=(4000, 10, 1)) * np.arange(6)
    _, corrected = rm_anova_f(worlds, factors=1)
    _, plain = rm_anova_f(worlds, factors=1, correction="none")
    assert_size(corrected, 0.05)
    assert (plain <= 0.05).mean() > 0.05 + 4 * np.sqrt(0.05 * 0.95 / 4000)


@pytest.mark.slow
@pytest.mark.parametrize("blocks", [5, 10, 20, 30])
@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0])
def test_size_as_documented(blocks, slope):
    """20,000 worlds of six levels: the corrected test between 0.01 and 0.055, Huynh-Feldt up to 0.08."""
    rng = np.random.default_rng(20)
    worlds = rng.normal(size=(20_000, blocks, 6)) + slope * rng.normal(size=(20_000, blocks, 1)) * np.arange(6)
    rates = {c: (rm_anova_f(worlds, factors=1, correction=c)[1] <= 0.05).mean() for c in ("gg", "hf", "none")}
    # 4 binomial standard errors of 20,000 worlds are 0.006.
    assert 0.01 - 0.006 < rates["gg"] < 0.055 + 0.006
    assert rates["hf"] < 0.08 + 0.006
    assert (rates["none"] > 0.1) == (slope == 1.0)


def test_size_when_spherical():
    rng = np.random.default_rng(8)
    _, plain = rm_anova_f(rng.normal(size=(4000, 8, 4)), factors=1, correction="none")
    # Exact there: two-sided within 4 binomial standard errors.
    assert abs((plain <= 0.05).mean() - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 4000)


def test_an_offset_changes_nothing():
    values = np.round(noise(9, 8, 3), 3)
    plain, shifted = (rm_anova(values + offset, scale="raw").statistic for offset in (0.0, 2.0**30))
    # Values near 2^30 are rounded to 2^-23 of their unit: 7 digits of the contrasts are left.
    assert shifted == pytest.approx(plain, rel=1e-5)


def test_log_scale_is_raw_on_logs():
    values = np.exp(noise(10, 8, 3, 2))
    for effect in (*((i,) for i in range(2)), *combinations(range(2), 2)):
        ours = rm_anova(values, effect=effect)
        assert ours.statistic == pytest.approx(rm_anova(np.log(values), effect=effect, scale="raw").statistic, rel=1e-9)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (np.tile([1.0, 2.0, 3.0], (6, 1)), "zero_variance"),
        (np.arange(6.0)[:, None] + 1e6 * np.array([0.1, 0.2, 0.3]), "zero_variance"),
        (np.full((6, 3), 0.1), "zero_variance"),
        ([[1.0, 2.0, 4.0]], "too_few_blocks"),
        (np.empty((0, 3)), "too_few_blocks"),
    ],
)
def test_nothing_to_test(values, code):
    with pytest.raises(Degenerate) as caught:
        rm_anova(values, scale="raw")
    assert caught.value.code == code


@pytest.mark.parametrize("unit", [1e-200, 1e-80, 1e100, 1e200])
def test_values_whose_squares_are_lost_are_refused(unit):
    with pytest.raises(UnusableValues, match="another unit"):
        rm_anova(noise(12, 6, 3) * unit, scale="raw")


@pytest.mark.parametrize("unit", [1e-70, 1e70])
def test_the_unit_does_not_matter_between(unit):
    values = noise(12, 6, 3)
    ours, scaled = (rm_anova(values * u, scale="raw") for u in (1.0, unit))
    assert (scaled.statistic, scaled.df) == pytest.approx((ours.statistic, ours.df), rel=1e-10)


def test_a_share_of_almost_one_is_still_a_number():
    values = np.array([0.0, 1e9, 3e9]) + 1e-4 * noise(13, 6, 3)
    evidence = rm_anova(values, scale="raw", correction="none")
    low, high = evidence.interval(0.95)
    assert 0.99 < low <= evidence.estimate <= 1.0 and low <= high <= 1.0
    assert all(0.99 < effect.low <= effect.high <= 1.0 for effect in evidence.effects)


def test_wrong_calls():
    values = noise(11, 5, 3, 2)
    for bad in (np.nan, np.inf):
        broken = values.copy()
        broken[1, 2, 0] = bad
        with pytest.raises(UnusableValues, match="1 of 30 values"):
            rm_anova(broken, scale="raw")
    with pytest.raises(UnusableValues, match="at or below 0"):
        rm_anova(values)
    with pytest.raises(ValueError, match="factors 0 to 1, each once"):
        rm_anova(values, effect=(0, 2), scale="raw")
    with pytest.raises(ValueError, match="choose one of gg, hf, none"):
        rm_anova(values, scale="raw", correction="auto")
    with pytest.raises(ValueError, match="at least 2 levels"):
        rm_anova(values[:, :1], scale="raw")
    with pytest.raises(ValueError, match="at least 2 levels"):
        rm_anova(values[:, 0, 0], scale="raw")
