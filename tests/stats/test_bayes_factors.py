"""Bayes factors: BayesFactor of R and pingouin, another integral, extremes, posterior masses, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, special, stats

from lnnstats.stats.bayes.correlation import ObservedCorrelation
from lnnstats.stats.bayes.effects import (
    correlation_effect,
    directed_effect,
    groups_observation,
    interval_null_effect,
    jzs_effect,
    observed_correlation,
    paired_observation,
)
from lnnstats.stats.bayes.t import MEDIUM
from lnnstats.stats.values import Degenerate
from tests.oracles import oracle

REFERENCE = oracle("bayes")
EDGE = 1e9  # stands for infinity in the reference


def observed(case):
    if case["n2"]:
        return groups_observation(case["t"], case["n1"], case["n2"])
    return paired_observation(case["t"], case["n1"])


def limits(case):
    return tuple(math.copysign(math.inf, x) if abs(x) >= EDGE else float(x) for x in (case["low"], case["high"]))


def named(case):
    """What a case is called."""
    return f"t{case['t']}-n{case['n1']}-{case['n2']}-r{case['r']:.2f}"


@pytest.mark.parametrize("case", REFERENCE["t"], ids=named)
def test_bayesfactor_of_r(case):
    # R's quadrature is asked for some 4 digits of the factor and gives more: 1e-5 covers every case.
    assert observed(case).log_bf10(case["r"]) == pytest.approx(case["log10_0"], abs=1e-5)


@pytest.mark.parametrize("case", [c for c in REFERENCE["t"] if abs(c["t"]) < 5], ids=named)
def test_intervals_of_bayesfactor(case):
    """Beyond |t| = 5 BayesFactor approximates its intervals and says so."""
    low, high = limits(case)
    inside = observed(case).log_bf(low, high, case["r"])
    # As above.
    assert inside == pytest.approx(case["inside"], abs=1e-5)
    if math.isfinite(low) and math.isfinite(high):
        assert observed(case).log_bf_outside(low, high, case["r"]) + inside == pytest.approx(case["outside"], abs=1e-5)


@pytest.mark.parametrize(
    ("t", "n"), [(0.0, 3), (2.3, 20), (-4.0, 9), (50.0, 20), (1e3, 2), (1e3, 5), (1e3, 100_000), (1.0, 100_000)]
)
def test_against_the_integral_over_g(t, n):
    """Rouder et al. (2009) integrate over the prior variance g instead; here by the trapezoid in log g."""
    x = np.linspace(-8, 120, 100_001)
    g, v = np.exp(x), n - 1
    spread = 1 + n * MEDIUM**2 * g
    log_f = -np.log(spread) / 2 - (v + 1) / 2 * (np.log1p(t * t / (spread * v)) - math.log1p(t * t / v))
    log_f += -math.log(2 * math.pi) / 2 - x / 2 - 1 / (2 * g)
    expected = special.logsumexp(log_f) + math.log(x[1] - x[0])
    # Both lose log10(n) digits to terms of order n and t^2 that cancel.
    assert paired_observation(t, n).log_bf10() == pytest.approx(expected, abs=1e-9, rel=1e-12)


@pytest.mark.parametrize(("t", "n"), [(2.3, 20), (-4.0, 9), (1e3, 5), (-50.0, 1000)])
def test_masses_of_the_posterior_add_up(t, n):
    """BF10 is the mean of BF_+0 and BF_-0, and of the parts of any partition weighted by their prior masses."""
    o = paired_observation(t, n)
    sides = np.logaddexp(o.log_bf(0.0, math.inf), o.log_bf(-math.inf, 0.0)) - math.log(2)
    # Quadrature to 1e-11 each.
    assert sides == pytest.approx(o.log_bf10(), abs=1e-9)
    within = 2 / math.pi * math.atan(0.3 / MEDIUM)
    inside = o.log_bf(-0.3, 0.3)
    outside = o.log_bf_outside(-0.3, 0.3) + inside
    both = np.logaddexp(math.log(within) + inside, math.log(1 - within) + outside)
    assert both == pytest.approx(o.log_bf10(), abs=1e-9)


def test_density_ratio_is_the_noncentral_t():
    o, delta = paired_observation(2.3, 20), np.array([-0.5, 0.0, 0.3, 1.0])
    expected = stats.nct.logpdf(2.3, 19, delta * math.sqrt(20)) - stats.t.logpdf(2.3, 19)
    # scipy's noncentral density is good to some 1e-12 here.
    assert o.log_ratio(delta) == pytest.approx(expected, abs=1e-10)


def test_sleep():
    differences = np.array(REFERENCE["sleep"]["differences"])
    t = float(stats.ttest_1samp(differences, 0.0).statistic)
    effect = jzs_effect(paired_observation(t, 10))
    # R's quadrature, as above.
    assert effect.estimate == pytest.approx(REFERENCE["sleep"]["bf10"], rel=1e-5)
    assert effect.low <= effect.estimate <= effect.high
    assert effect.level is None
    assert effect.method.startswith("no confidence limits")
    assert directed_effect(paired_observation(t, 10), "+").estimate > 1.9 * effect.estimate
    assert interval_null_effect(paired_observation(t, 10), -0.1, 0.1).estimate > 1


def test_correlation_of_r():
    reference = REFERENCE["correlation"]
    o = observed_correlation(reference["x"], reference["y"])
    # Formula against formula: rounding.
    assert o.r == pytest.approx(reference["r"], rel=1e-12)
    for case in reference["bf10"]:
        # BayesFactor integrates the same likelihood; both to 1e-12 or better here.
        assert math.exp(o.log_bf10(case["kappa"])) == pytest.approx(case["bf"], rel=1e-9)
    assert correlation_effect(reference["x"], reference["y"]).low == pytest.approx(math.exp(o.log_bf10(1.0)))


@pytest.mark.parametrize(("r", "n"), [(0.3, 10), (-0.8, 40), (0.999, 30), (0.0, 1000)])
def test_correlation_against_pingouin_and_quad(r, n):
    import pingouin

    o = ObservedCorrelation(r, n)
    theirs = float(pingouin.bayesfactor_pearson(r, n, method="ly", kappa=1.0))
    # pingouin has a closed form in one hypergeometric function, some 1e-9 at large n.
    assert o.log_bf10() == pytest.approx(math.log(theirs), abs=1e-8)

    def density(rho):
        tail = special.hyp2f1(0.5, 0.5, n - 0.5, (1 + rho * r) / 2) / special.hyp2f1(0.5, 0.5, n - 0.5, 0.5)
        return (1 - rho**2) ** ((n - 1) / 2) * (1 - rho * r) ** (1.5 - n) * tail / 2

    positive = integrate.quad(density, 0, 1, points=[0.9, 0.99, abs(r)], limit=500)[0]
    # quad is asked for 1.5e-8.
    assert o.log_bf(0.0, 1.0) == pytest.approx(math.log(2 * positive), abs=1e-6)


def test_overflow_is_infinite():
    effect = jzs_effect(paired_observation(1e3, 100_000))
    assert (effect.estimate, effect.high) == (math.inf, math.inf)


def test_refusals():
    with pytest.raises(Degenerate, match="too_few_blocks"):
        observed_correlation([1.0, 2.0], [1.0, 2.0])
    with pytest.raises(Degenerate, match="constant"):
        observed_correlation([1.0, 1.0, 1.0], [1.0, 2.0, 3.0])
    with pytest.raises(Degenerate, match="on one line"):
        observed_correlation([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    with pytest.raises(ValueError, match="between -1 and 1"):
        ObservedCorrelation(1.0, 10)
    with pytest.raises(ValueError, match="no direction"):
        directed_effect(paired_observation(1.0, 5), "up")
    with pytest.raises(ValueError, match="ascending"):
        interval_null_effect(paired_observation(1.0, 5), 0.2, 0.1)
