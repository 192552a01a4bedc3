"""Warnings where hazards are not proportional: R's cox.zph within strata, groups and pairs whose hazards cross."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import cox, log_rank, stratified_cox, stratified_log_rank
from lnnstats.stats.models.proportional_hazards import pairs_p
from tests.oracles import oracle

R = oracle("trends")["proportional"]
FIRST, SECOND = np.array(R["first"]), np.array(R["second"])
ALL = np.ones(FIRST.size, bool)


def warned(evidence):
    return any(check.startswith("proportional hazards:") for check in evidence.checks)


def test_within_blocks_it_is_the_score_test_of_r():
    ours = pairs_p(np.minimum(FIRST, SECOND), FIRST < SECOND)
    # cox.zph carries coxph's estimate, known to its convergence only.
    assert ours == pytest.approx(stats.chi2.sf(R["chisq"], 1), rel=1e-6)


def test_crossing_hazards_are_warned_of():
    """The treatment is first in every early block and in no late one; the rates of the whole are alike."""
    time = np.arange(1.0, 41.0)
    sooner = time <= 20
    first, second = np.where(sooner, time, time + 1), np.where(sooner, time + 1, time)
    assert warned(stratified_cox(first, second, ALL, ALL))
    assert warned(stratified_log_rank(np.column_stack([first, second]), np.ones((40, 2), bool)))
    bunched, spread = np.full(40, 20.0) + np.arange(40) / 10, np.concatenate([time[:20] / 5, time[20:] * 5])
    assert warned(cox(bunched, spread, ALL, ALL)) and warned(log_rank((bunched, ALL), (spread, ALL)))


def test_proportional_hazards_are_seldom_warned_of():
    rng, told = np.random.default_rng(1), []
    for _ in range(300):
        first, second = rng.exponential(size=40), 2 * rng.exponential(size=40)
        told.append([warned(log_rank((first, ALL), (second, ALL))), warned(stratified_cox(first, second, ALL, ALL))])
    # Nominal .05: 4 binomial errors of .0126 above it.
    assert (np.mean(told, axis=0) < 0.1).all()


def test_nothing_to_say_without_two_sides():
    assert math.isnan(pairs_p(np.array([1.0, 2.0]), np.array([True, True])))
    assert math.isnan(pairs_p(np.array([1.0, 1.0]), np.array([True, False])))
    assert not warned(log_rank((FIRST, ALL), (SECOND, ALL), (FIRST + SECOND, ALL)))
