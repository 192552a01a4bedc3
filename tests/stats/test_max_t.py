"""Max-T and batched sign flips: all flips listed in R, scipy, error rate over correlated contrasts, and speed."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from scipy import stats

from lnnstats.stats import sign_flip
from lnnstats.stats.resampling.flips import sign_flip_pvalues
from lnnstats.stats.resampling.max_t import max_t, max_t_limits
from lnnstats.stats.values import Degenerate, UnusableValues
from tests.oracles import oracle

R = oracle("steps")
LOGS = np.log(np.array(R["values"]))
DIFFERENCES = LOGS[:, 1:] - LOGS[:, :1]


@pytest.mark.parametrize(("name", "thresholds"), [("max_t", 0.0), ("max_t_shifted", R["thresholds"])])
def test_matches_all_flips_listed_in_r(name, thresholds):
    ours, r = max_t(DIFFERENCES, thresholds), R[name]
    np.testing.assert_allclose(ours.statistics, r["t"], rtol=1e-10)
    # Counts over 512 flips.
    np.testing.assert_array_equal(ours.single_step, r["single"])
    np.testing.assert_array_equal(ours.step_down, r["down"])
    assert ours.attainable == 2.0**-9


def test_one_contrast_is_the_sign_flip():
    for n in (7, 30):
        values = np.random.default_rng(n).normal(size=n) + 0.3
        flips, ours = sign_flip(values, seed=5), max_t(values[:, None], 0.1, seed=5)
        assert ours.single_step[0] == ours.step_down[0] == pytest.approx(flips.p_above(0.1), abs=4 * 0.005)
        assert n > 20 or ours.single_step[0] == flips.p_above(0.1)


def test_copies_cost_nothing():
    """The joint flips keep the correlation: a contrast given ten times keeps its p, where Holm asks ten times it."""
    values = np.random.default_rng(1).normal(size=(10, 1)) + 0.8
    np.testing.assert_array_equal(max_t(np.tile(values, 10)).single_step, np.tile(max_t(values).single_step, 10))


def test_constant_contrasts():
    values = np.column_stack([np.zeros(6), np.full(6, 2.0), [1.0, 2, 3, 1, 2, 3]])
    ours = max_t(values)
    assert (ours.statistics[0], ours.statistics[1]) == (0.0, math.inf)
    assert (ours.single_step[0], ours.single_step[1]) == (1.0, 2.0**-6)


def test_familywise_error_of_correlated_contrasts():
    """Two true nulls beside a false one, all against one reference: 4 binomial errors."""
    rng = np.random.default_rng(2)
    worlds = [rng.standard_t(3, size=(9, 4)) * [1, 1, 2, 3] + [0, 0, 0, 8] for _ in range(1500)]
    wrong = [(max_t(w[:, 1:] - w[:, :1]).step_down[:2] <= 0.05).any() for w in worlds]
    assert np.mean(wrong) <= 0.05 + 4 * math.sqrt(0.05 * 0.95 / 1500)


def test_limits_invert_the_single_step_test():
    low, high = max_t_limits(DIFFERENCES, 0.9)
    mean, error = DIFFERENCES.mean(axis=0), stats.sem(DIFFERENCES, axis=0)
    distances = (mean - low) / error
    # One distance for all; just outside it the test rejects at 5%, just inside it does not.
    assert distances == pytest.approx(np.full(3, distances[0]), rel=1e-9)
    assert max_t(DIFFERENCES, low - 1e-7).single_step.min() <= 0.05
    assert max_t(DIFFERENCES, low + 1e-7).single_step.min() > 0.05
    assert max_t(-DIFFERENCES, -high - 1e-7).single_step.min() <= 0.05
    assert max_t(-DIFFERENCES, -high + 1e-7).single_step.min() > 0.05
    assert np.isinf(max_t_limits(DIFFERENCES[:5], 0.95)).all()


def test_simultaneous_coverage():
    """Three correlated contrasts of 8 normal blocks: 4 binomial errors below 90% would be chance beyond 1 in 30,000."""
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(400):
        table = rng.normal(size=(8, 4)) * [1, 1, 2, 3]
        low, high = max_t_limits(table[:, 1:] - table[:, :1], 0.9)
        covered += bool(((low <= 0) & (high >= 0)).all())
    assert covered / 400 >= 0.9 - 4 * math.sqrt(0.09 / 400)


def test_batched_p_are_those_of_each_cell():
    cells = np.round(np.random.default_rng(4).normal(size=(3, 4, 10)), 1) + 0.2
    above, below = sign_flip_pvalues(cells, 0.1)
    assert above.shape == below.shape == (3, 4)
    for place in np.ndindex(3, 4):
        one = sign_flip(cells[place])
        assert (above[place], below[place]) == (one.p_above(0.1), one.p_below(0.1))
    theirs = stats.permutation_test(
        (cells[0, 0] - 0.1,), np.mean, permutation_type="samples", alternative="greater", n_resamples=np.inf
    )
    # All 1,024 flips.
    assert above[0, 0] == pytest.approx(theirs.pvalue, rel=1e-11)


def test_batched_beyond_enumeration_is_drawn_and_reproducible():
    cells = np.random.default_rng(5).normal(size=(6, 40)) + 0.3
    assert sign_flip_pvalues(np.ones(25))[0] == 1e-4
    above, _ = sign_flip_pvalues(cells, seed=1)
    np.testing.assert_array_equal(above, sign_flip_pvalues(cells, seed=1)[0])
    t = stats.ttest_1samp(cells, 0, axis=1, alternative="greater").pvalue
    # 40 normal blocks: t and flips differ by Monte-Carlo error, .005 at most, and by O(1/n).
    np.testing.assert_allclose(above, t, atol=4 * 0.005 + 0.005)


def test_counted_flips_are_those_listed():
    """All 2^20 flips counted by halves and listed, with ties; 2^24 against random ones, 4 Monte-Carlo errors."""
    cells = np.round(np.random.default_rng(7).normal(size=(2, 20)), 1)
    for cell, above, below in zip(cells, *sign_flip_pvalues(cells), strict=True):
        assert (above, below) == (sign_flip(cell).p_above(0.0), sign_flip(cell).p_below(0.0))
    cell = np.random.default_rng(8).normal(size=24) + 0.3
    exact, drawn = sign_flip_pvalues(cell)[0], sign_flip(cell, resamples=99999).p_above(0.0)
    assert float(exact) == pytest.approx(drawn, abs=4 * math.sqrt(drawn * (1 - drawn) / 99999))
    assert sign_flip_pvalues(np.full(24, 1.0))[0] == 2.0**-24


def test_batched_is_ten_times_faster_than_scipy_per_cell():
    """40 cells x 10 responses, 30 blocks, 9,999 flips each; four cells of scipy, to keep the test short, times 100."""
    cells = np.random.default_rng(6).normal(size=(40, 10, 30))
    start = time.perf_counter()
    sign_flip_pvalues(cells)
    ours = time.perf_counter() - start
    start = time.perf_counter()
    for cell in cells[:4, 0]:
        stats.permutation_test((cell,), np.mean, permutation_type="samples", vectorized=True, n_resamples=9999, rng=1)
    assert ours < 100 * (time.perf_counter() - start) / 10


def test_bad_values_have_an_answer():
    with pytest.raises(UnusableValues, match="not finite"):
        sign_flip_pvalues([[1.0, np.nan]])
    with pytest.raises(Degenerate, match="no blocks"):
        sign_flip_pvalues(np.empty((3, 0)))
    with pytest.raises(UnusableValues, match="NaN"):
        max_t([[1.0, np.nan]])
    with pytest.raises(ValueError, match="thresholds"):
        max_t(DIFFERENCES, [0.0, 1.0])
    with pytest.raises(Degenerate, match="1 block"):
        max_t_limits(DIFFERENCES[:1], 0.9)
