"""Monte-Carlo errors: against a bootstrap of blocks, known values, cells side by side, and the edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import monte_carlo as mc

BLOCKS, RESAMPLES = 200, 4000


def skewed(seed=0, n=BLOCKS):
    return np.random.default_rng(seed).lognormal(0.0, 0.5, size=n)


def bootstrap(summary, *columns):
    """Standard deviation of `summary` over resampled blocks."""
    draw = np.random.default_rng(99).integers(0, BLOCKS, size=(RESAMPLES, BLOCKS))
    return float(np.std([summary(*(column[rows] for column in columns)) for rows in draw], ddof=1))


SECOND = skewed(1) * skewed(0) ** 0.5
CASES = {
    "mean": (mc.mean, np.mean, (skewed(),)),
    "variance": (mc.variance, lambda x: x.var(ddof=1), (skewed(),)),
    "sd": (mc.deviation, lambda x: x.std(ddof=1), (skewed(),)),
    "rmse": (mc.root_mean_square, lambda x: math.sqrt((x**2).mean()), (skewed() - 1.2,)),
    "proportion": (mc.proportion, np.mean, (skewed() > 1.3,)),
    "median": (lambda x: mc.quantile(x, 0.5), lambda x: mc.quantile(x, 0.5)[0], (skewed(),)),
    "upper quartile": (lambda x: mc.quantile(x, 0.75), lambda x: mc.quantile(x, 0.75)[0], (skewed(),)),
    "ratio": (mc.geometric_mean_ratio, lambda x, y: stats.gmean(x) / stats.gmean(y), (skewed(), SECOND)),
    "precision": (mc.relative_precision, lambda x, y: y.var() / x.var() - 1, (skewed(), SECOND)),
}


@pytest.mark.parametrize("name", CASES)
def test_against_a_bootstrap_of_blocks(name):
    """4,000 resamples know their own sd to 1.1 %; formula and bootstrap differ by a further term of order 1 / n.

    That term is below 1 % for means; for second moments of skewed values and for quantiles, where both sides estimate a
    fourth moment or a density, it reaches 10 % at 200 blocks.
    """
    function, summary, columns = CASES[name]
    estimate, error = function(*columns)
    assert estimate == pytest.approx(summary(*columns), rel=1e-12)
    smooth = name in ("mean", "proportion", "ratio")
    assert error == pytest.approx(bootstrap(summary, *columns), rel=0.05 if smooth else 0.15)


def test_normal_theory():
    """The errors of Morris et al. for normal values: sd / sqrt(2 (n - 1)); of the median 1.2533 sd / sqrt(n)."""
    x = np.random.default_rng(5).normal(size=(300, 400))
    sd, error = mc.deviation(x)
    # 300 cells: the mean of the errors, each uncertain by some 6 %, is known to 0.4 %; order 1 / n adds as much.
    assert np.mean(error) == pytest.approx(1 / math.sqrt(2 * 399), rel=0.02)
    assert np.std(sd, ddof=1) == pytest.approx(np.mean(error), rel=4 / math.sqrt(2 * 299))
    median, error = mc.quantile(x, 0.5)
    assert np.mean(error) == pytest.approx(math.sqrt(math.pi / 2 / 400), rel=0.05)
    assert np.std(median, ddof=1) == pytest.approx(np.mean(error), rel=4 / math.sqrt(2 * 299))


def test_jackknife_of_the_mean_is_its_error_exactly():
    x = skewed().reshape(4, 50)
    whole, error = mc.jackknife(lambda v: v.mean(axis=-1), x)
    estimate, formula = mc.mean(x)
    # The same number by algebra: rounding only.
    assert whole == pytest.approx(estimate, rel=1e-14)
    assert error == pytest.approx(formula, rel=1e-11)


def test_maritz_jarrett_matches_scipy():
    """scipy.stats.mstats.mjci takes the same weights with a, b = np, n(1-p) counted from (n p + 1/2)."""
    x = skewed()
    m = int(BLOCKS * 0.5 + 0.5)
    theirs = stats.mstats.mjci(x, prob=[0.5])[0]
    # Its beta is (m - 1, n - m), ours (101/2 * 2, ...): they differ by one observation in 200, so by under 2 %.
    assert m == 100
    assert mc.quantile(x, 0.5)[1] == pytest.approx(theirs, rel=0.02)


def test_harrell_davis_matches_scipy():
    x = skewed()
    assert mc.quantile(x, 0.3)[0] == pytest.approx(float(stats.mstats.hdquantiles(x, prob=[0.3])[0]), rel=1e-12)


def test_cells_side_by_side():
    x = skewed().reshape(2, 5, 20)
    for function in (mc.mean, mc.variance, mc.deviation, lambda v: mc.quantile(v, 0.5)):
        estimate, error = function(x)
        assert estimate.shape == error.shape == (2, 5)
        assert float(error[1, 3]) == pytest.approx(float(function(x[1, 3])[1]), rel=1e-12)


def test_p_of_resamples():
    assert mc.resampled_p(0.05, 9999) == pytest.approx(math.sqrt(0.05 * 0.95 / 9999), rel=1e-15)
    assert list(mc.resampled_p([0.0, 1.0], 99)) == [0.0, 0.0]


def test_edges():
    assert [float(v) for v in mc.deviation(np.ones(5))] == [0.0, 0.0]
    assert [float(v) for v in mc.root_mean_square(np.zeros(5))] == [0.0, 0.0]
    assert math.isnan(mc.mean([3.0])[1])
    assert math.isnan(mc.deviation([3.0])[1])
    assert math.isnan(mc.jackknife(lambda v: v.mean(axis=-1), [3.0])[1])
    with pytest.raises(ValueError, match="no blocks"):
        mc.mean([])
    with pytest.raises(ValueError, match="between 0 and 1"):
        mc.quantile([1.0, 2.0], 1.0)
