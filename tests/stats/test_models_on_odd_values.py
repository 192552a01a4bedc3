"""Mixed models, robust slopes and meta-analysis on odd values: a number or a refusal that says why, no traceback."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lnnstats.stats.procedures.meta_analysis import meta_analysis
from lnnstats.stats.procedures.mixed_pair import mixed_pair
from lnnstats.stats.procedures.mixed_trend import mixed_trend
from lnnstats.stats.procedures.robust_slope import robust_slope
from lnnstats.stats.values import Degenerate, UnusableValues

ODD = {
    "normal": lambda rng, v: v,
    "rounded": lambda rng, v: np.round(v),
    "tiny": lambda rng, v: v * 1e-150,
    "huge": lambda rng, v: v * 1e150,
    "offset": lambda rng, v: v * 1e-9 + 1e6,
    "binary": lambda rng, v: (v > 0.5).astype(float),
    "skewed": lambda rng, v: np.exp(5 * v),
    "rounding": lambda rng, v: np.repeat(v[:, :1], v.shape[1], axis=1) + 1e-14 * v,
    "far blocks": lambda rng, v: v + 1e8 * rng.normal(size=(len(v), 1)),
}


def answer(procedure, *arrays, **options):
    """Checks of the evidence, or the refusal's code."""
    try:
        evidence = procedure(*arrays, scale="raw", **options)
    except (Degenerate, UnusableValues) as refusal:
        return getattr(refusal, "code", "unusable")
    low, high = evidence.interval(0.95)
    assert evidence.standard_error > 0
    assert evidence.df > 0
    assert low <= evidence.estimate <= high
    assert math.isfinite(high - low)
    assert 0 <= evidence.p_above(0.0) <= 1
    return "ok"


@pytest.mark.parametrize("kind", ODD)
def test_an_answer_or_a_reason(kind):
    rng = np.random.default_rng(8)
    found = []
    for _ in range(25):
        n, k = int(rng.integers(1, 9)), int(rng.integers(2, 6))
        values = ODD[kind](rng, rng.normal(size=(n, k)))
        values[rng.random((n, k)) < rng.choice([0.0, 0.2, 0.6])] = np.nan
        scores = np.sort(rng.choice([0, 1e-3, 1, 2, 4, 8, 1e6], k, replace=False))
        found += [answer(mixed_trend, values, scores, random=r) for r in ("slope", "slope_uncorrelated", "intercept")]
        found += [answer(robust_slope, values, scores, errors=e) for e in ("cr2", "hc3")]
        found += [answer(mixed_pair, values[:, 0], values[:, 1])]
        found += [answer(meta_analysis, np.nan_to_num(ODD[kind](rng, rng.normal(size=(n, 2 * k)))).reshape(n, 2, k))]
    if kind in ("tiny", "huge"):
        assert "ok" not in found
    else:
        assert "ok" in found
