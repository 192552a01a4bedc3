"""Hotelling's T squared against R's mlm; invariance, the jackknife by brute force, size, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.stats.procedures.hotelling import hotelling
from lnnstats.stats.procedures.rm_anova import rm_anova
from lnnstats.stats.values import Degenerate, UnusableValues
from tests.oracles import oracle

ORACLE = oracle("anova")["hotelling"]


def noise(seed, n, k):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, k)) + rng.normal(size=(n, 1)) * np.arange(k)


def test_as_in_r():
    evidence = hotelling(ORACLE["values"], scale="raw")
    ours = (evidence.statistic, evidence.numerator_df, evidence.df, evidence.p_above(0.0))
    assert ours == pytest.approx([ORACLE[key] for key in ("F", "df1", "df2", "p")], rel=1e-10)  # rounding
    assert evidence.estimate == pytest.approx(ORACLE["T2"] / (ORACLE["T2"] + 14), rel=1e-10)
    assert evidence.effects[0].estimate == pytest.approx(np.sqrt(ORACLE["T2"] / 15), rel=1e-10)
    assert evidence.checks == ()


def test_two_levels_are_the_f_test(sleep):
    values = np.column_stack(sleep)
    ours, plain = hotelling(values, scale="raw"), rm_anova(values, scale="raw")
    assert (ours.statistic, ours.p_above(0.3)) == pytest.approx((plain.statistic, plain.p_above(0.3)), rel=1e-11)


def test_rescaled_contrasts_give_the_same():
    """T squared does not see which contrasts carry the levels, so shuffled columns change nothing."""
    values = noise(1, 20, 4)
    ours, shuffled = hotelling(values, scale="raw"), hotelling(values[:, [2, 0, 3, 1]] + 1e4, scale="raw")
    assert shuffled.statistic == pytest.approx(ours.statistic, rel=1e-8)  # four digits go with the offset


def test_duality_and_jackknife(assert_dual):
    values = noise(2, 18, 4) + 0.4 * np.arange(4)
    evidence = hotelling(values, scale="raw")
    assert_dual(evidence)
    left = [hotelling(np.delete(values, i, axis=0), scale="raw").estimate for i in range(18)]
    brute = np.sqrt(17 / 18 * ((left - np.mean(left)) ** 2).sum())
    assert evidence.standard_error == pytest.approx(brute, rel=1e-9)


def test_size():
    p = np.array([hotelling(noise(seed, 12, 4), scale="raw").p_above(0.0) for seed in range(500)])
    # Exact for any covariance: two-sided within 4 binomial standard errors.
    assert abs((p <= 0.05).mean() - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 500)


def test_few_blocks_are_noted_or_refused():
    assert hotelling(noise(3, 10, 4), scale="raw").checks[0].startswith("blocks: 10 for 4 levels")
    assert hotelling(noise(3, 4, 4), scale="raw").standard_error is None
    with pytest.raises(Degenerate, match="needs at least 4"):
        hotelling(noise(3, 3, 4), scale="raw")


@pytest.mark.parametrize(
    ("columns", "code"),
    [(lambda x: [x, x + 0.1, x + 0.2], "zero_variance"), (lambda x: [x, x + 0.1, x**2], "singular")],
)
def test_nothing_to_test(columns, code):
    with pytest.raises(Degenerate) as caught:
        hotelling(np.column_stack(columns(np.linspace(1.0, 2.0, 15))), scale="raw")
    assert caught.value.code == code


def test_wrong_calls():
    with pytest.raises(UnusableValues, match="1 of 30 values are NaN"):
        values = noise(4, 10, 3)
        values[0, 0] = np.nan
        hotelling(values, scale="raw")
    with pytest.raises(ValueError, match="1 level; a comparison needs at least 2"):
        hotelling(np.ones((5, 1)), scale="raw")
