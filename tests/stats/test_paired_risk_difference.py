"""Paired risk difference: Tango's example, direct maximisation in R, McNemar's z, duality, size by enumeration."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats.procedures.paired_risk_difference import paired_risk_difference
from lnnstats.stats.samples.paired_proportions import Discordance, restricted_second, score_statistic, tango
from tests.oracles import oracle

ORACLE = oracle("events")
TABLES = [(20, 5, 12, 23), (0, 0, 0, 10), (43, 0, 1, 0), (0, 10, 0, 0), (3, 4, 4, 3), (0, 6, 1, 0)]


def pairs(both, first, second, neither):
    table = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [both, first, second, neither], axis=0).astype(bool)
    return table[:, 0], table[:, 1]


def test_tango_crossover_of_contact_lenses():
    # Tango (1998), section 5: 44 patients, 43 successes with both, one with the reference only; 90% limits -.096, .037.
    evidence = paired_risk_difference(*pairs(43, 0, 1, 0))
    assert evidence.interval(0.90) == pytest.approx((-0.096, 0.037), abs=5e-4)
    assert evidence.p_above(-0.1) == pytest.approx(0.04376, abs=5e-5)
    assert "1 of 44 blocks differ" in evidence.checks[0]


@pytest.mark.parametrize("case", ORACLE["paired"], ids=lambda case: str(case["delta"]))
def test_score_against_direct_maximisation(case):
    # optimize() in R stops some 1e-8 from the maximum.
    assert score_statistic(Discordance(5, 12, 60), case["delta"]) == pytest.approx(case["z"], rel=1e-6)


@pytest.mark.parametrize("threshold", [-0.9, -0.2, 0.0, 0.35, 0.99])
@pytest.mark.parametrize("counts", [(0, 0, 10), (0, 1, 44), (7, 2, 30), (10, 0, 10)])
def test_restricted_risk_solves_its_quadratic(counts, threshold):
    b, c, n = counts
    q = restricted_second(Discordance(b, c, n), threshold)

    def likelihood(x):
        return stats.multinomial.logpmf([b, c, n - b - c], n, [x + threshold, x, 1 - 2 * x - threshold])

    best = max(likelihood(x) for x in np.linspace(max(0.0, -threshold), (1 - threshold) / 2, 501)[1:-1])
    # Compared at interior points only, where the maximum cannot lie above that of the closed range.
    assert likelihood(min(max(q, 1e-15 - min(threshold, 0.0)), (1 - threshold) / 2 - 1e-15)) >= best - 1e-9


def test_at_zero_it_is_mcnemar():
    evidence = paired_risk_difference(*pairs(20, 5, 12, 23))
    assert evidence.statistic == pytest.approx((5 - 12) / math.sqrt(17), rel=1e-14)
    assert evidence.estimate == pytest.approx(-7 / 60)
    assert evidence.effects[0].method == "Newcombe method 10"


@pytest.mark.parametrize("table", TABLES)
def test_dual_and_reverses(table, assert_dual):
    both, first, second, neither = table
    forward, backward = (paired_risk_difference(*pairs(both, *d, neither)) for d in ((first, second), (second, first)))
    assert_dual(forward)
    # Roots to 1e-13, at a slope of the statistic that may be small near the ends.
    assert forward.interval(0.95) == pytest.approx([-x for x in backward.interval(0.95)[::-1]], abs=1e-9)
    assert (forward.p_above(-1.5), forward.p_above(1.5), forward.p_below(1.5)) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize("threshold", [-0.15, 0.0])
def test_size_by_enumeration(threshold):
    """All tables of 25 blocks, weighted: Tango (1998, table 2) reports sizes up to about .06 at a nominal .05."""
    n, q = 25, 0.2
    size = 0.0
    for b in range(n + 1):
        for c in range(n + 1 - b):
            chance = stats.multinomial.pmf([b, c, n - b - c], n, [q + threshold, q, 1 - 2 * q - threshold])
            size += chance * (tango(Discordance(b, c, n)).p_above(threshold) <= 0.05)
    assert size <= 0.06
