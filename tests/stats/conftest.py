"""Shared checks: the sleep data, the duality of tests and intervals, and the Monte-Carlo bound of a rejection rate."""

from __future__ import annotations

import math

import numpy as np
import pytest

# Student (1908), hours of sleep gained under two drugs by ten patients (R's `sleep`).
SLEEP_1 = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
SLEEP_2 = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])


@pytest.fixture
def sleep():
    return SLEEP_1, SLEEP_2


def _assert_dual(evidence, levels=(0.5, 0.9, 0.95, 0.998)):
    """Just inside each limit the test does not reject at (1 - level) / 2; just outside it does."""
    for level in levels:
        a = (1 - level) / 2
        low, high = evidence.interval(level)
        # Inverted by root finding to 1e-13: a nudge of 1e-7 of the width is far outside its error.
        nudge = 1e-7 * max(1e-3, min(high - low, 1e3)) if math.isfinite(high - low) else 1e-7
        if math.isfinite(low):
            assert evidence.p_above(low - nudge) <= a * (1 + 1e-9)
            assert evidence.p_above(low + nudge) >= a * (1 - 1e-9)
        if math.isfinite(high):
            assert evidence.p_below(high + nudge) <= a * (1 + 1e-9)
            assert evidence.p_below(high - nudge) >= a * (1 - 1e-9)


@pytest.fixture(scope="session")
def assert_dual():
    return _assert_dual


def _assert_size(p_values, alpha):
    """Rejections at alpha are no more than chance allows under a true null: 4 binomial standard errors (3e-5)."""
    p = np.asarray(p_values)
    assert (p <= alpha).mean() <= alpha + 4 * math.sqrt(alpha * (1 - alpha) / p.size)


@pytest.fixture(scope="session")
def assert_size():
    return _assert_size
