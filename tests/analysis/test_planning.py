"""Chances of a decision: against statsmodels' power, against simulation, and as `check` tells them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.power import TTestPower

from lnnstats.analysis.planning import chances, undecidable
from lnnstats.stats.power import chance
from tests.analysis.tables import PAIRED, concluded, pairs, plan

RELEVANT = {"test": PAIRED, "sesoi": {"ratio": 1.2}, "sd": 0.3}


def test_one_sided_power_is_that_of_the_noncentral_t():
    for theta, n in [(0.5, 20), (0.2, 8), (1.5, 3), (0.1, 200)]:
        ours = chance(0.0, math.inf, theta=theta, sd=1.0, n=n, level=0.05)
        # Gauss-Legendre with 400 nodes on a smooth integrand; statsmodels' noncentral t is good to about 1e-10.
        assert ours == pytest.approx(TTestPower().power(theta, n, 0.05, alternative="larger"), abs=1e-6)


def test_two_one_sided_tests_as_simulated():
    rng, n = np.random.default_rng(0), 12
    x = rng.normal(0.1, 1.0, size=(40_000, n))
    reach = 1.795885 * x.std(axis=1, ddof=1) / math.sqrt(n)  # the upper .05 point of t with 11 df
    inside = (x.mean(axis=1) - reach > -0.9) & (x.mean(axis=1) + reach < 0.9)
    # Four binomial standard errors of 40,000 draws.
    assert chance(-0.9, 0.9, theta=0.1, sd=1.0, n=n, level=0.05) == pytest.approx(inside.mean(), abs=0.01)


def test_chances_are_those_of_the_verdicts():
    asked = plan(RELEVANT, blocks={"number": 14, "draws": ["init"]}, analysis={"leave_one_out": False})
    (nothing, *_, twice) = chances(asked)
    assert (nothing.theta, twice.theta) == (1.0, pytest.approx(1.44))
    rng, decided = np.random.default_rng(1), []
    for _ in range(300):
        ratios = np.exp(rng.normal(0.0, 0.3, size=14))
        decided.append(concluded(pairs(ratios, np.ones(14)), asked)[0][0].decision)
    # Four binomial standard errors of 300 draws at a chance near .7.
    assert decided.count("refuted") / 300 == pytest.approx(nothing.refuted, abs=0.11)
    assert 0.0 < nothing.supported < 0.001


def test_the_other_direction_mirrors():
    up = next(iter(chances(plan(RELEVANT))))
    down = next(iter(chances(plan({**RELEVANT, "alternative": "less"}))))
    assert (up.supported, up.refuted) == pytest.approx((down.supported, down.refuted))


def test_a_family_asks_for_more():
    (alone, *_), (first, *_) = chances(plan(RELEVANT)), chances(plan(RELEVANT, RELEVANT))
    assert first.refuted < alone.refuted


def test_too_few_blocks_for_any_decision_are_said():
    few = {"number": 4, "draws": ["init"]}
    assert undecidable(plan(RELEVANT, blocks=few)) == ("H1",)
    assert undecidable(plan(RELEVANT, blocks={"number": 40, "draws": ["init"]})) == ()


@pytest.mark.parametrize(("scale", "null", "shown"), [("raw", -1.0, -1.0), ("raw", None, 0.0), ("log", None, 1.0)])
def test_a_bare_direction_is_planned_on_its_own_scale(scale, null, shown):
    test = {"bootstrap_t": {"along": "optimizer", "treatment": "adam", "reference": "sgd", "scale": scale}}
    (nothing,) = chances(plan({"test": test, "sd": 1.0, **({} if null is None else {"null_value": null})}))
    assert nothing.theta == shown
    assert (nothing.supported, nothing.refuted) == pytest.approx((0.05, 0.05), abs=1e-6)


@pytest.mark.parametrize("null", [{}, {"null_value": 1.2}])
def test_the_shares_of_an_equivalence_lead_from_the_null_to_the_upper_bound(null):
    """At the bound itself either one-sided test errs with probability alpha, the doubled refutation with half of it."""
    asked = {"test": PAIRED, "sd": 0.02, "bounds": {"ratio": [1.1, 1.3]}, **null}
    found = {c.share: c for c in chances(plan(asked))}
    assert (found[0.0].theta, found[1.0].theta) == pytest.approx((null.get("null_value", 1.0), 1.3))
    assert (found[1.0].supported, found[1.0].refuted) == pytest.approx((0.05, 0.025), abs=1e-6)
