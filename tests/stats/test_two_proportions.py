"""Two independent proportions: Fisher, Barnard and the score test against R, scipy, published tables, enumeration."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats.exact.hypergeometric import hypergeometric
from lnnstats.stats.exact.unconditional import unconditional, upper_p
from lnnstats.stats.procedures.barnard import barnard
from lnnstats.stats.procedures.fisher import fisher
from lnnstats.stats.procedures.risk_difference import risk_difference
from lnnstats.stats.samples.two_proportions import TwoCounts, restricted_risks, score_statistic
from lnnstats.stats.values import Degenerate, UnusableValues
from tests.oracles import oracle

ORACLE = oracle("events")
TABLES = [(7, 15, 12, 15), (0, 10, 0, 10), (10, 10, 0, 12), (0, 5, 4, 7), (9, 9, 7, 8), (3, 20, 11, 17)]


def groups(count_1, n_1, count_2, n_2):
    return np.arange(n_1) < count_1, np.arange(n_2) < count_2


@pytest.mark.parametrize("case", ORACLE["fisher"], ids=lambda case: str(case["counts"]))
def test_fisher_matches_r(case):
    evidence = fisher(*groups(*case["counts"]))
    # fisher.test sums dhyper: 1e-12 of rounding; its estimate and limits come from uniroot at 1e-4 in the odds ratio
    # or its inverse, so a large limit is known to some parts in a hundred.
    assert evidence.p_above(0.0) == pytest.approx(case["greater"], rel=1e-11)
    assert evidence.p_below(0.0) == pytest.approx(case["less"], rel=1e-11)
    assert evidence.p_above(math.log(2.0)) == pytest.approx(case["greater_than_2"], rel=1e-11)
    assert math.exp(evidence.estimate) == pytest.approx(case["estimate"], rel=1e-3)
    assert np.exp(evidence.interval(0.95)) == pytest.approx([float(x) for x in case["limits"]], rel=1e-2, abs=1e-12)


def test_fisher_tea(assert_dual):
    # Fisher's (1935) tea: 3 of 4 against 1 of 4, one-sided p = 17/70; one table in seventy is the most extreme.
    evidence = fisher(*groups(3, 4, 1, 4))
    assert evidence.p_above(0.0) == pytest.approx(17 / 70, rel=1e-14)
    assert evidence.attainable == pytest.approx(1 / 70, rel=1e-13)
    assert_dual(evidence)


@pytest.mark.parametrize("table", [t for t in TABLES if 0 < t[0] + t[2] < t[1] + t[3]])
def test_fisher_is_dual_and_reverses(table, assert_dual):
    a, n, b, m = table
    forward, backward = fisher(*groups(*table)), fisher(*groups(b, m, a, n))
    assert_dual(forward)
    for t in (-1.0, 0.0, 2.5):
        assert forward.p_above(t) == pytest.approx(backward.p_below(-t), rel=1e-12)


@pytest.mark.parametrize(("odds", "p"), [(0.0, 0.3), (1.0, 0.1)])
def test_fisher_size_given_the_margins(odds, p):
    """Every table of a margin, weighted by its chance at the threshold: P(p_above <= alpha) <= alpha."""
    n, m, total = 9, 7, 6
    tests = [hypergeometric(TwoCounts(a, n, total - a, m)) for a in range(total + 1)]
    weight = stats.nchypergeom_fisher(n + m, n, total, math.exp(odds)).pmf(np.arange(total + 1))
    rejected = np.array([test.p_above(odds) <= p for test in tests])
    assert weight[rejected].sum() <= p + 1e-12


def test_mid_p_interval_solves_its_equation_and_lies_inside():
    exact = hypergeometric(TwoCounts(7, 15, 12, 15))
    low, high = exact.mid_p_interval(0.95)
    # Root finding to 1e-13 of the log odds.
    assert exact.mid_p(low)[0] == pytest.approx(0.025, abs=1e-10)
    assert exact.mid_p(high)[1] == pytest.approx(0.025, abs=1e-10)
    wide = exact.interval(0.95)
    assert wide[0] < low < high < wide[1]


def test_fisher_with_large_counts():
    """Weights beyond the range of a float: ten thousand runs a group."""
    evidence = fisher(*groups(5200, 10_000, 5000, 10_000))
    table = [[5200, 4800], [5000, 5000]]
    # scipy sums the same tail in another order.
    assert evidence.p_above(0.0) == pytest.approx(stats.fisher_exact(table, "greater").pvalue, rel=1e-8)


def test_barnard_vaccine_trial(assert_dual):
    # 7 of 15 against 12 of 15: one-sided p .0341 (Mehta & Senchaudhuri 2003, pooled statistic; Fisher gives .064).
    evidence = barnard(*groups(7, 15, 12, 15))
    assert evidence.p_below(0.0) == pytest.approx(0.0341, abs=5e-5)
    theirs = stats.barnard_exact([[7, 12], [8, 3]], alternative="less", pooled=True, n=256)
    assert evidence.statistic == pytest.approx(theirs.statistic, rel=1e-12)
    # scipy maximises over a grid of the nuisance risk only; ours is refined, so theirs lies just below.
    assert theirs.pvalue <= evidence.p_below(0.0) * (1 + 1e-9)
    assert evidence.p_below(0.0) == pytest.approx(theirs.pvalue, rel=2e-3)
    assert_dual(evidence)


@pytest.mark.parametrize("threshold", [-0.4, -0.1, 0.0, 0.2])
def test_the_supremum_is_found(threshold):
    """Against a scan of 200,001 risks, with binomials by scipy."""
    counts = TwoCounts(7, 11, 3, 8)
    z = score_statistic(np.arange(12)[:, None], 11, np.arange(9), 8, threshold)
    extreme = z >= z[7, 3] - 1e-9
    risks = np.linspace(max(0.0, -threshold), min(1.0, 1.0 - threshold), 20_001)
    first = stats.binom.pmf(np.arange(12), 11, risks[:, None] + threshold)
    second = stats.binom.pmf(np.arange(9), 8, risks[:, None])
    chance = np.einsum("mi,ij,mj->m", first, extreme.astype(float), second)
    # The scan's step of 5e-5 misses a maximum by its curvature times the step squared, far below 1e-6.
    assert upper_p(counts, threshold) == pytest.approx(chance.max(), rel=1e-6)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (7, 12), (30, 9), (25, 25)])
def test_the_statistic_falls_as_the_reference_rises(n, m):
    """Barnard's convexity, which the cumulative sums of the exact test rest on."""
    for threshold in np.linspace(-1, 1, 41):
        z = score_statistic(np.arange(n + 1)[:, None], n, np.arange(m + 1), m, float(threshold))
        # The root of the cubic is good to some 1e-8; steps between tables are far wider, or ties.
        assert (np.diff(np.clip(z, -1e9, 1e9), axis=1) <= 1e-6).all()


@pytest.mark.parametrize("table", TABLES)
def test_barnard_is_dual_and_reverses(table, assert_dual):
    a, n, b, m = table
    forward, backward = barnard(*groups(*table)), barnard(*groups(b, m, a, n))
    assert_dual(forward)
    assert forward.interval(0.95) == pytest.approx([-x for x in backward.interval(0.95)[::-1]], abs=1e-9)
    p = [forward.p_above(t) for t in np.linspace(-1.1, 1.1, 45)]
    assert (np.diff(p) >= -1e-9).all()


@pytest.mark.parametrize(("n", "m"), [(4, 4), (2, 6)])
def test_barnard_keeps_its_level_at_every_threshold(n, m):
    """All tables enumerated under several risks with the difference at the threshold: the size is at most alpha."""
    tests = [[unconditional(TwoCounts(a, n, b, m)) for b in range(m + 1)] for a in range(n + 1)]
    for threshold in (-0.3, 0.0, 0.25):
        p = np.array([[test.p_above(threshold) for test in row] for row in tests])
        for risk in np.linspace(max(0, -threshold), min(1, 1 - threshold), 15):
            weight = np.outer(
                stats.binom.pmf(range(n + 1), n, risk + threshold), stats.binom.pmf(range(m + 1), m, risk)
            )
            for alpha in (0.025, 0.05, 0.2):
                assert weight[p <= alpha].sum() <= alpha + 1e-9


def test_barnard_gains_over_fisher_and_attains():
    evidence = barnard(*groups(10, 10, 0, 10))
    # Only this table is as extreme; its chance p^10 (1 - p)^10 is largest at one half.
    assert evidence.p_above(0.0) == pytest.approx(0.5**20, rel=1e-12)
    assert evidence.attainable == pytest.approx(0.5**20, rel=1e-12)
    assert barnard(*groups(7, 15, 12, 15)).p_below(0.0) < fisher(*groups(7, 15, 12, 15)).p_below(0.0)


def test_barnard_beyond_its_size_is_asymptotic():
    evidence = barnard(*groups(80, 200, 100, 200))
    assert "approximation" in evidence.checks[0]
    assert evidence.p_below(0.0) == risk_difference(*groups(80, 200, 100, 200)).p_below(0.0)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("threshold", [-0.6, -0.05, 0.0, 0.3])
def test_restricted_estimates_maximise_the_likelihood(table, threshold):
    a, n, b, m = table
    first, second = restricted_risks(a, n, b, m, threshold)
    assert first - second == pytest.approx(threshold, abs=1e-15)

    def likelihood(p):
        return stats.binom.logpmf(a, n, np.clip(p + threshold, 0, 1)) + stats.binom.logpmf(b, m, p)

    grid = np.linspace(max(0.0, -threshold), min(1.0, 1.0 - threshold), 4001)
    # A maximum is flat: the grid's best lies below the true one by its step squared, and never above it.
    assert likelihood(second) >= likelihood(grid).max() - 1e-9


@pytest.mark.parametrize("case", ORACLE["independent"], ids=lambda case: str(case["delta"]))
def test_score_statistic_against_direct_maximisation(case):
    evidence = risk_difference(*groups(56, 70, 48, 80))
    # optimize() in R stops some 1e-8 from the maximum, where the variance is not stationary.
    assert -stats.norm.ppf(evidence.p_above(case["delta"])) == pytest.approx(case["z"], rel=1e-6)


def test_published_intervals(assert_dual):
    # Newcombe (1998), table II, (a) 56/70 - 48/80: method 6 (Miettinen-Nurminen) .0528 to .3382, method 10
    # .0524 to .3339; (f) 0/10 - 0/10: method 10 -.2775 to .2775.
    evidence = risk_difference(*groups(56, 70, 48, 80))
    assert evidence.interval(0.95) == pytest.approx((0.0528, 0.3382), abs=5e-5)
    assert (evidence.effects[0].low, evidence.effects[0].high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert_dual(evidence)
    nothing = risk_difference(*groups(0, 10, 0, 10)).effects[0]
    assert (nothing.low, nothing.high) == pytest.approx((-0.2775, 0.2775), abs=5e-5)


@pytest.mark.parametrize("table", TABLES)
def test_risk_difference_is_dual(table, assert_dual):
    evidence = risk_difference(*groups(*table))
    assert_dual(evidence)
    low, high = evidence.interval(0.95)
    assert -1 <= low <= evidence.estimate <= high <= 1
    assert (evidence.p_above(-1.01), evidence.p_above(1.01), evidence.p_below(1.01)) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize("risk", [0.2, 0.5])
def test_risk_difference_size(risk):
    """All tables of 30 runs a group at thresholds 0 and -.1: an asymptotic test, published sizes reach .06 at .05."""
    n = 30
    for threshold in (0.0, -0.1):
        z = score_statistic(np.arange(n + 1)[:, None], n, np.arange(n + 1), n, threshold) * math.sqrt(
            (2 * n - 1) / (2 * n)
        )
        weight = np.outer(stats.binom.pmf(range(n + 1), n, risk + threshold), stats.binom.pmf(range(n + 1), n, risk))
        assert weight[stats.norm.sf(z) <= 0.05].sum() <= 0.06


def test_refusals():
    with pytest.raises(Degenerate, match="agree on the event"):
        fisher([True, True], [True])
    for procedure in (fisher, barnard, risk_difference):
        with pytest.raises(Degenerate) as caught:
            procedure([], [True])
        assert caught.value.code == "too_few_blocks"
        with pytest.raises(UnusableValues, match="booleans"):
            procedure([0.5, 1.0], [1.0])
