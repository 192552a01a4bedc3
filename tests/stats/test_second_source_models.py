"""The second source of models and pooled estimates agrees, and is silent where it cannot help."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.stats.procedures.meta_analysis import meta_analysis
from lnnstats.stats.procedures.mixed_pair import mixed_pair
from lnnstats.stats.procedures.mixed_trend import mixed_trend
from lnnstats.stats.procedures.robust_slope import robust_slope
from lnnstats.stats.second_source import models, pooled

SCORES = np.array([1.0, 2.0, 4.0, 8.0, 16.0])


def curves(n, seed, slope=0.3):
    rng = np.random.default_rng(seed)
    log = 2 * rng.normal(size=(n, 1)) + slope * rng.normal(size=(n, 1)) * SCORES + rng.normal(size=(n, 5))
    return np.where(rng.random(log.shape) < 0.1, np.nan, np.exp(log))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("random", ["slope", "slope_uncorrelated", "intercept"])
def test_mixed_trend(seed, random):
    values, options = curves(15, seed), {"random": random, "df": "satterthwaite"}
    found = models.mixed_trend(mixed_trend(values, SCORES, **options), values, SCORES, **options)
    assert len(found) == 2
    # Two optimisers of one flat function: the place is known to the root of its rounding, some 6 digits.
    assert min(agreement.digits for agreement in found) >= 6


@pytest.mark.parametrize("df", ["satterthwaite", "kenward_roger"])
def test_mixed_pair(df):
    values = curves(20, 1, slope=0.0)[:, :2]
    found = models.mixed_pair(mixed_pair(values[:, 0], values[:, 1], df=df), values[:, 0], values[:, 1], df=df)
    assert len(found) == (2 if df == "satterthwaite" else 1)
    # As above.
    assert min(agreement.digits for agreement in found) >= 6


@pytest.mark.parametrize("random", ["slope", "slope_uncorrelated"])
@pytest.mark.parametrize(("fallback", "numbers"), [("between_within", 2), ("drop_slope", 1)])
def test_a_singular_fit(random, fallback, numbers):
    values = curves(10, 3, slope=0.0)
    evidence = mixed_trend(values, SCORES, random=random, fallback=fallback)
    assert evidence.checks[0].startswith("singular")
    found = models.mixed_trend(evidence, values, SCORES, random=random)
    assert [agreement.source for agreement in found] == ["scipy REML, statsmodels GLS"] * numbers
    # Nelder and Mead to 1e-9 in the factor of the covariance.
    assert min(agreement.digits for agreement in found) >= 6


@pytest.mark.parametrize("errors", ["cr2", "hc3"])
def test_robust_slope(errors):
    values = curves(15, 2)
    found = models.robust_slope(robust_slope(values, SCORES, errors=errors), values, SCORES, errors=errors)
    assert len(found) == (1 if errors == "cr2" else 2)
    # Closed forms; rounding times conditioning.
    assert min(agreement.digits for agreement in found) >= 11


@pytest.mark.parametrize(("seed", "tau"), [(0, 0.5), (1, 0.5), (2, 0.0), (3, 0.0)])
def test_meta_analysis(seed, tau):
    rng = np.random.default_rng(seed)
    values = np.exp(rng.normal(size=(9, 2, 5)) + np.stack([tau * rng.normal(size=5), np.zeros(5)]))
    found = pooled.meta_analysis(meta_analysis(values), values)
    assert len(found) == 3
    # Roots of one score, written twice; tau2 = 0 is one.
    assert min(agreement.digits for agreement in found) >= 11
    assert len(pooled.meta_analysis(meta_analysis(values, adhoc=True), values, adhoc=True)) == 1


def test_a_wrong_number_is_seen():
    values = curves(15, 2)
    wrong = models.robust_slope(robust_slope(values, SCORES, scale="raw"), values, SCORES)
    assert max(agreement.digits for agreement in wrong) < 3


def test_silent_beyond_their_size():
    many = np.random.default_rng(0).lognormal(size=(4_001, 5))
    evidence = robust_slope(many, SCORES)
    assert models.robust_slope(evidence, many, SCORES) == ()
    assert models.mixed_trend(evidence, many, SCORES) == ()
    assert models.mixed_pair(evidence, many.ravel(), many.ravel()) == ()
    assert pooled.meta_analysis(evidence, many[:, :4].reshape(-1, 2, 1).repeat(2, axis=2)) == ()
