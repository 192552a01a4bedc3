"""Planned contrasts and interactions: emmeans, afex and R's t.test on the same blocks; polynomials; refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import sign_flip
from lnnstats.stats.procedures.contrast import contrast
from lnnstats.stats.procedures.interaction import interaction
from lnnstats.stats.samples.planned import contrast_weights, polynomial_weights
from lnnstats.stats.values import Degenerate, UnusableValues
from tests.oracles import oracle

R = oracle("steps")
VALUES = np.array(R["values"])


def matches(evidence, r):
    """t, estimate, error, limits and both p as R printed them (15 digits; its p_below is one minus a p)."""
    assert evidence.statistic == pytest.approx(r["t"], rel=1e-10)
    assert evidence.estimate == pytest.approx(r["estimate"], rel=1e-10)
    assert evidence.standard_error == pytest.approx(r["error"], rel=1e-10)
    assert evidence.interval(0.95) == pytest.approx((r["low"], r["high"]), rel=1e-10)
    if "p_above" in r:
        assert evidence.p_above(0.0) == pytest.approx(r["p_above"], rel=1e-10)
        assert evidence.p_below(0.0) == pytest.approx(r["p_below"], rel=1e-9)


def test_contrast_matches_emmeans(assert_dual):
    evidence = contrast(VALUES, [-1, -1, 1, 1])
    matches(evidence, R["contrast"])
    assert (evidence.measure, evidence.display) == ("ratio", "exp")
    assert_dual(evidence)


def test_polynomial_matches_r():
    weights = polynomial_weights(R["scores"], 2)
    np.testing.assert_allclose(weights, R["quadratic"], rtol=1e-11)
    matches(contrast(VALUES, weights), R["polynomial"])


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_polynomials_are_orthogonal_to_lower_powers(degree):
    scores = np.array([2.0, 3.0, 7.0, 11.0, 20.0])
    weights = polynomial_weights(scores, degree)
    for lower in range(degree):
        # Sums of five terms of size up to 20^degree.
        assert weights @ scores**lower == pytest.approx(0.0, abs=1e-12 * 20.0**degree)
    assert weights @ scores**degree > 0


def test_contrast_of_two_levels_is_the_ratio_of_geometric_means():
    evidence = contrast(VALUES, [0, -3, 3, 0])
    assert np.exp(evidence.estimate) == pytest.approx(stats.gmean(VALUES[:, 2]) / stats.gmean(VALUES[:, 1]), rel=1e-12)


def test_interaction_matches_r(assert_dual):
    evidence = interaction(VALUES.reshape(-1, 2, 2))
    matches(evidence, R["interaction"])
    # The F of afex's 2 x 2 interaction within blocks is t squared.
    assert evidence.statistic**2 == pytest.approx(R["interaction_f"], rel=1e-9)
    assert_dual(evidence)


def test_difference_of_slopes_matches_lm():
    evidence = interaction(np.array(R["wide"]), R["wide_scores"], scale="raw")
    matches(evidence, R["slopes"])
    assert evidence.measure == "difference"


def test_sign_flips_of_double_differences():
    logs = np.log(VALUES)
    flips = sign_flip(logs @ [1, -1, -1, 1])
    evidence = interaction(VALUES.reshape(-1, 2, 2), method="sign_flip")
    assert evidence.df is None
    assert evidence.attainable == 2.0**-9
    for t in (-0.3, 0.0, 0.2):
        assert evidence.p_above(t) == flips.p_above(t)
    assert evidence.interval(0.95) == pytest.approx(flips.interval(0.95), abs=1e-12)


@pytest.mark.parametrize(
    ("weights", "words"),
    [([1, 1, -1, 0], "zero"), ([0, 0, 0, 0], "zero"), ([1, -1], "2 weights"), ([1, -1, np.inf, 0], "infinite")],
)
def test_weights_that_are_no_contrast(weights, words):
    with pytest.raises(ValueError, match=words):
        contrast_weights(weights, 4)


def test_bad_values_have_an_answer():
    with pytest.raises(UnusableValues, match="NaN"):
        contrast([[1.0, np.nan], [1.0, 2.0]], [1, -1])
    with pytest.raises(UnusableValues, match="at or below"):
        contrast([[1.0, 0.0], [1.0, 2.0]], [1, -1])
    with pytest.raises(Degenerate) as caught:
        contrast([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]], [1, -1])
    assert caught.value.code == "zero_variance"
    with pytest.raises(Degenerate, match="1 block"):
        contrast([[1.0, 2.0]], [1, -1])
    with pytest.raises(ValueError, match="shape"):
        interaction(np.ones((3, 3, 2)))
    with pytest.raises(ValueError, match="shape"):
        interaction(np.ones((3, 2, 3)))
    with pytest.raises(ValueError, match="method"):
        contrast(VALUES, [1, -1, 0, 0], method="wilcoxon")
    with pytest.raises(ValueError, match="degree"):
        polynomial_weights([1, 2, 2], 2)
