"""Mixed models: lmerTest and pbkrtest digit by digit, the fallbacks, the boundary, size, refusals, speed."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from lnnstats.stats.models.fixed_effect import fixed_effect
from lnnstats.stats.models.mixed_model import Model, infer_fixed_effect, long_rows
from lnnstats.stats.models.reml import fit
from lnnstats.stats.procedures.mixed_pair import mixed_pair
from lnnstats.stats.procedures.mixed_trend import mixed_trend
from lnnstats.stats.procedures.paired_t import paired_t
from lnnstats.stats.procedures.trend_slope import trend_slope
from lnnstats.stats.values import Degenerate, UnusableValues
from tests.oracles import oracle

REFERENCE = oracle("models")
CASES = REFERENCE["mixed"]
SLOPE = np.array([0.0, 1.0])
SCORES = np.arange(6.0)


def model(name):
    """The runs of a reference case with its random effects."""
    case = CASES[name]
    x = np.column_stack([np.ones(len(case["x"])), case["x"]])
    alone = name in ("sleepstudy_intercept", "pair_holes", "pastes")
    z = x[:, :1] if alone else x
    return Model(np.array(case["y"], dtype=float), x, z, np.array(case["block"]), name != "sleepstudy_uncorrelated")


@pytest.mark.parametrize("name", CASES)
def test_lmer(name):
    case, runs = CASES[name], model(name)
    found = fit(long_rows(runs.y, runs.x, runs.z, runs.block), correlated=runs.correlated)
    # One likelihood, two optimisers: its value agrees to rounding, its place to the root of that.
    assert found.criterion == pytest.approx(case["deviance"], rel=1e-12)
    assert found.converged
    assert not found.singular
    assert found.beta[1] == pytest.approx(case["estimate"], rel=1e-7)
    assert math.sqrt(found.variance) == pytest.approx(case["sigma"], rel=1e-6)
    variances = np.diag(found.relative) * found.variance
    assert variances == pytest.approx(case["covariance"][: variances.size], rel=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_lmertest_and_pbkrtest(name):
    case, runs = CASES[name], model(name)
    found = fit(long_rows(runs.y, runs.x, runs.z, runs.block), correlated=runs.correlated)
    satterthwaite = fixed_effect(found, SLOPE, "satterthwaite", correlated=runs.correlated)
    kenward_roger = fixed_effect(found, SLOPE, "kenward_roger", correlated=runs.correlated)
    # lmerTest differentiates numerically, good to some 7 digits.
    assert satterthwaite.df == pytest.approx(case["df"], rel=1e-6)
    assert (satterthwaite.error, satterthwaite.statistic) == pytest.approx((case["se"], case["t"]), rel=1e-6)
    assert kenward_roger.df == pytest.approx(case["kr_df"], rel=1e-6)
    assert (kenward_roger.error, kenward_roger.statistic) == pytest.approx((case["kr_se"], case["kr_t"]), rel=1e-6)


def test_one_way():
    """Dyestuff of lme4: a grand mean with batches."""
    case = REFERENCE["one_way"]
    one = np.ones((len(case["y"]), 1))
    runs = Model(np.array(case["y"], dtype=float), one, one, np.array(case["block"]))
    for df, key in (("satterthwaite", "df"), ("kenward_roger", "kr_df")):
        found = infer_fixed_effect(runs, np.ones(1), df=df, fallback="refuse", informative=6)
        # Numerical derivatives of lmerTest: 7 digits.
        assert found.pivot.df == pytest.approx(case[key], rel=1e-6)
        assert found.pivot.error == pytest.approx(case["se"], rel=1e-6)


def test_a_zero_variance_is_reported_and_met_by_the_declared_fallback():
    """Dyestuff2 of lme4, simulated to have no variance between batches."""
    case = REFERENCE["zero_variance"]
    one = np.ones((len(case["y"]), 1))
    runs = Model(np.array(case["y"]), one, one, np.array(case["block"]))
    found = infer_fixed_effect(runs, np.ones(1), df="satterthwaite", fallback="between_within", informative=6)
    assert found.fit.singular
    assert found.checks[0].startswith("singular: ")
    assert found.fit.criterion == pytest.approx(case["deviance"], rel=1e-12)
    # At the boundary the estimate and error are those of plain least squares, in both programs: rounding only.
    assert (found.pivot.estimate, found.pivot.error) == pytest.approx((case["estimate"], case["se"]), rel=1e-12)
    assert found.pivot.df == 5
    with pytest.raises(Degenerate) as caught:
        infer_fixed_effect(runs, np.ones(1), df="satterthwaite", fallback="refuse", informative=6)
    assert caught.value.code == "singular_fit"


def curves(n=8, slope=0.5, seed=0):
    """Values [n, 6] whose blocks have an intercept and a slope of their own."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 1)) + slope * rng.normal(size=(n, 1)) * SCORES + rng.normal(size=(n, 6))


def test_complete_blocks_give_the_t_test_of_their_slopes(assert_dual):
    values = curves()
    by_slopes = trend_slope(values, SCORES, scale="raw")
    evidence = mixed_trend(values, SCORES, scale="raw")
    assert evidence.checks == ()
    # Balanced data with random slopes: an identity, up to the optimiser's 1e-8.
    assert evidence.estimate == pytest.approx(by_slopes.estimate, rel=1e-12)
    assert evidence.statistic == pytest.approx(by_slopes.statistic, rel=1e-6)
    assert evidence.df == pytest.approx(by_slopes.df, rel=1e-6)
    assert evidence.standard_error == pytest.approx(evidence.estimate / evidence.statistic, rel=1e-14)
    assert_dual(evidence)


@pytest.mark.parametrize("random", ["slope", "slope_uncorrelated", "intercept"])
def test_units_do_not_matter(random):
    values = curves(seed=3)
    values[0, 2] = values[3, 5] = np.nan
    plain = mixed_trend(values, SCORES, scale="raw", random=random)
    scaled = mixed_trend(1e3 * values + 1e7, 1e-3 * SCORES, scale="raw", random=random)
    # The offset of 1e7 costs four digits of sixteen; the optimiser leaves 1e-7 in t.
    assert scaled.estimate == pytest.approx(1e6 * plain.estimate, rel=1e-6)
    assert scaled.statistic == pytest.approx(plain.statistic, rel=1e-6)


def test_the_fit_leaves_a_flat_boundary():
    """From the usual start the descent stops where the intercepts do not vary, 4.65 above the optimum."""
    case, runs = CASES["sleepstudy_holes"], model("sleepstudy_holes")
    found = fit(long_rows(runs.y, runs.x, runs.z, runs.block), correlated=True)
    assert found.criterion < case["deviance"] + 1e-9


def test_fallbacks_of_a_singular_slope():
    values = curves(slope=0.0, seed=1)
    kept = mixed_trend(values, SCORES, scale="raw")
    dropped = mixed_trend(values, SCORES, scale="raw", fallback="drop_slope")
    alone = mixed_trend(values, SCORES, scale="raw", random="intercept")
    assert kept.checks[0].startswith("singular: ")
    assert "random intercept only" in dropped.checks[0]
    assert kept.df == 7
    assert (dropped.df, dropped.statistic) == (alone.df, alone.statistic)
    # A random intercept in complete blocks: least squares within blocks, n k - n - 1 degrees of freedom, but for 1e-8.
    assert alone.df == pytest.approx(8 * 6 - 8 - 1, rel=1e-6)
    with pytest.raises(Degenerate, match="singular_fit"):
        mixed_trend(values, SCORES, scale="raw", fallback="refuse")


def test_complete_pairs_give_the_paired_t(assert_dual):
    rng = np.random.default_rng(4)
    reference = rng.lognormal(size=12)
    treatment = reference * rng.lognormal(0.3, 0.2, size=12)
    evidence, paired = mixed_pair(treatment, reference), paired_t(treatment, reference)
    # Balanced data: an identity, up to the optimiser's 1e-8.
    assert (evidence.estimate, evidence.statistic, evidence.df) == pytest.approx(
        (paired.estimate, paired.statistic, paired.df), rel=1e-6
    )
    assert (evidence.measure, evidence.display, evidence.n) == ("ratio", "exp", 12)
    assert_dual(evidence)


def test_incomplete_pairs_match_r():
    case = CASES["pair_holes"]
    values = np.full((14, 2), np.nan)
    values[np.array(case["block"]) - 1, case["x"]] = case["y"]
    evidence = mixed_pair(values[:, 1], values[:, 0], scale="raw")
    # pbkrtest at the optimum of lme4: the optimisers' 1e-7.
    assert (evidence.estimate, evidence.df) == pytest.approx((case["estimate"], case["kr_df"]), rel=1e-6)
    assert evidence.statistic == pytest.approx(case["kr_t"], rel=1e-6)
    assert "5 of 28 cells hold no run" in evidence.checks[0]


def test_negatively_correlated_pairs_are_singular():
    rng = np.random.default_rng(6)
    first = rng.normal(size=10)
    evidence = mixed_pair(first, -first + 0.1 * rng.normal(size=10), scale="raw")
    assert evidence.checks[0].startswith("singular: ")
    assert evidence.df == 9


@pytest.mark.parametrize(("n", "slope", "holes"), [(6, 0.0, 0.0), (10, 0.5, 0.15)])
def test_size(assert_size, n, slope, holes):
    """At the boundary (no slopes of their own) and inside it, with cells missing at random."""
    rng = np.random.default_rng(11)
    worlds = [curves(n, slope, seed) for seed in range(400)]
    p = [
        mixed_trend(np.where(rng.random(x.shape) < holes, np.nan, x), SCORES, scale="raw").p_above(0.0) for x in worlds
    ]
    assert_size(p, 0.05)


@pytest.mark.slow
@pytest.mark.parametrize("slope", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("n", [6, 10, 20])
def test_size_over_many_worlds(assert_size, n, slope):
    rng = np.random.default_rng(12)
    worlds = (curves(n, slope, seed) for seed in range(2000))
    p = [mixed_trend(np.where(rng.random(x.shape) < 0.1, np.nan, x), SCORES, scale="raw").p_above(0.0) for x in worlds]
    assert_size(p, 0.05)


def test_every_fit_converges_with_a_certificate():
    """First-order conditions on the cone of covariances hold in worlds on and off its boundary."""
    for seed in range(300):
        values = curves(6, 0.2 * (seed % 3), seed)
        evidence = mixed_trend(values, SCORES, scale="raw")
        assert not any(check.startswith("unconverged") for check in evidence.checks)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (np.full((1, 4), 1.0), "too_few_blocks"),
        (np.full((3, 4), np.nan), "too_few_blocks"),
        (np.ones((5, 4)), "zero_variance"),
        (np.arange(5.0)[:, None] + np.arange(4.0) * np.arange(5.0)[:, None], "zero_variance"),
        (np.where(np.arange(4) < 2, np.random.default_rng(1).normal(size=(5, 4)), np.nan), "unidentified"),
        (np.where(np.arange(4) < 1, np.random.default_rng(1).normal(size=(5, 4)), np.nan), "unidentified"),
    ],
)
def test_degenerate(values, code):
    with pytest.raises(Degenerate) as caught:
        mixed_trend(values, np.arange(4.0), scale="raw")
    assert caught.value.code == code


def test_a_level_without_runs():
    with pytest.raises(Degenerate, match="unidentified"):
        mixed_pair([1.0, 2.0, 3.0], [np.nan] * 3, scale="raw")


def test_sizes_that_float64_cannot_hold():
    values = curves()
    for unit in (1e150, 1e-150):
        with pytest.raises(UnusableValues, match="another unit"):
            mixed_trend(unit * values, SCORES, scale="raw")
    with pytest.raises(Degenerate, match="a million times"):
        mixed_trend(values + 1e8 * np.arange(8.0)[:, None], SCORES, scale="raw")


def test_unusable():
    values = np.exp(curves())
    with pytest.raises(UnusableValues, match="1 of 48 values are at or below 0"):
        mixed_trend(np.where(values == values.min(), 0.0, values), SCORES)
    with pytest.raises(UnusableValues, match="infinite"):
        mixed_trend(np.where(values == values.min(), np.inf, values), SCORES)
    with pytest.raises(UnusableValues, match="NaN"):
        mixed_trend(np.where(values == values.min(), np.nan, values), SCORES, present=np.ones_like(values, dtype=bool))
    with pytest.raises(ValueError, match="one flag a cell"):
        mixed_trend(values, SCORES, present=[[True]])
    with pytest.raises(ValueError, match="blocks pair by position"):
        mixed_pair([1.0, 2.0], [1.0])


def test_speed():
    """100 blocks by 10 levels: some 5 to 20 ms on one core; the bound leaves room for a busy machine."""
    rng = np.random.default_rng(7)
    scores = np.arange(10.0)
    values = rng.normal(size=(100, 1)) + rng.normal(size=(100, 1)) * scores + rng.normal(size=(100, 10))
    mixed_trend(values, scores, scale="raw")
    start = time.perf_counter()
    mixed_trend(values, scores, scale="raw")
    assert time.perf_counter() - start < 0.5
