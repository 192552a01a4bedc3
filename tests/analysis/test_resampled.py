"""Families judged by joint sign flips: adjusted p-values, their gain where claims are correlated, and their error."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats.resampling.max_t import max_t
from tests.analysis.tables import PAIRED, concluded, pairs, plan

N = 12


def family(m: int, how: str = "max_t", **fields):
    hypotheses = [{"test": PAIRED, "response": f"y{i}", **fields} for i in range(m)]
    analysis = {"multiplicity": how, "leave_one_out": False}
    return plan(*hypotheses, responses={f"y{i}": "measured" for i in range(m)}, analysis=analysis)


def rows(logs):
    return [row for i in range(logs.shape[1]) for row in pairs(np.exp(logs[:, i]), np.ones(N), response=f"y{i}")]


def test_a_direction_is_the_step_down_test_of_both_sides():
    logs = np.random.default_rng(0).normal([0.4, 0.1, 0.0], 0.3, size=(N, 3))
    _, verdicts = concluded(rows(logs), family(3))
    p = max_t(np.stack([logs, -logs], axis=2).reshape(N, 6)).step_down
    assert [v.p_support_adjusted for v in verdicts] == pytest.approx(p[::2])
    assert [v.p_refute_adjusted for v in verdicts] == pytest.approx(p[1::2])


def test_an_equivalence_needs_both_sides():
    logs, edge = np.random.default_rng(1).normal(0.0, 0.1, size=(N, 2)), math.log(1.2)
    _, verdicts = concluded(rows(logs), family(2, bounds={"ratio": [1 / 1.2, 1.2]}))
    inside = np.stack([logs + edge, edge - logs, logs - edge, -edge - logs], axis=2).reshape(N, 8)
    p = max_t(inside).step_down
    assert [v.p_support_adjusted for v in verdicts] == pytest.approx([max(p[:2]), max(p[4:6])])
    assert [v.decision for v in verdicts] == ["supported", "supported"]


def test_correlated_claims_gain_on_holm():
    """With correlations of .9 five claims count for less than five: adjusted p-values are smaller on average."""
    rng, total = np.random.default_rng(2), {"max_t": 0.0, "holm": 0.0}
    for _ in range(20):
        logs = 0.25 + 0.3 * (0.95 * rng.normal(size=(N, 1)) + 0.3 * rng.normal(size=(N, 5)))
        for how in total:
            total[how] += sum(v.p_support_adjusted for v in concluded(rows(logs), family(5, how))[1])
    assert total["max_t"] < total["holm"]


def test_any_false_direction_comes_no_oftener_than_alpha():
    """Where there is no effect every verdict is false: both sides of every claim are true nulls."""
    rng, asked, errors, repetitions = np.random.default_rng(3), family(3), 0, 300
    for _ in range(repetitions):
        logs = 0.7 * rng.normal(size=(N, 1)) + rng.normal(size=(N, 3))
        errors += any(v.decision in ("supported", "refuted") for v in concluded(rows(logs), asked)[1])
    assert errors <= stats.binom.isf(1e-5, repetitions, 0.05)
