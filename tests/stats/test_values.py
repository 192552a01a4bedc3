"""Agreement counts digits safely; Degenerate carries a code; Evidence is frozen."""

from __future__ import annotations

import dataclasses
import math

import pytest

from lnnstats.stats import Agreement, Degenerate, exact_binomial


@pytest.mark.parametrize(
    ("ours", "theirs", "digits"),
    [
        (1.0, 1.0, 16.0),
        (1.001, 1.0, 3.0),
        (-2.0, 2.0, 0.0),
        (math.inf, math.inf, 16.0),
        (math.inf, -math.inf, 0.0),
        (math.nan, 1.0, 0.0),
        (math.nan, math.nan, 0.0),
        (1e-300, 1.01e-300, 2.0),
        (1e-12, 0.0, 12.0),
        (1.0, math.nextafter(1.0, 2.0), 15.65),
    ],
)
def test_digits(ours, theirs, digits):
    # 0.01 digit: 1.001 and 1.01 are not exact powers of ten away.
    assert Agreement("other", "x", ours, theirs).digits == pytest.approx(digits, abs=0.01)


def test_degenerate_is_machine_readable():
    error = Degenerate("zero_variance", "all blocks agree.")
    assert (error.code, error.message) == ("zero_variance", "all blocks agree.")
    assert str(error) == "zero_variance: all blocks agree."


def test_evidence_is_frozen():
    evidence = exact_binomial([True, False])
    with pytest.raises(dataclasses.FrozenInstanceError):
        evidence.estimate = 1.0
