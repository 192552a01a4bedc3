"""A pair over two random factors: R's aov and lmerTest, negative components, size where a paired t fails."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.stats import Degenerate, crossed_pair, paired_t
from lnnstats.stats.procedures.crossed_pair import mean_squares
from tests.oracles import oracle

R = oracle("crossed")
TABLE = np.array(R["differences"])


def pair_of(differences):
    return np.stack([differences, np.zeros_like(differences)], axis=1)


def test_mean_squares_error_and_df_from_r(assert_dual):
    squares, evidence = mean_squares(TABLE), crossed_pair(pair_of(TABLE), scale="raw")
    assert (squares.of_blocks, squares.of_draws, squares.rest) == pytest.approx(R["mean_squares"], rel=1e-12)
    assert evidence.estimate == pytest.approx(R["estimate"], rel=1e-10)
    # lme4's optimiser stops about 1e-5 from its optimum, which is this closed form; lmerTest's df carry that on.
    assert evidence.standard_error == pytest.approx(R["error"], rel=1e-4)
    assert evidence.statistic == pytest.approx(R["t"], rel=1e-4)
    assert evidence.df == pytest.approx(R["df"], rel=1e-3)
    assert_dual(evidence)


def test_blocks_and_draws_are_treated_alike():
    one, other = crossed_pair(pair_of(TABLE), scale="raw"), crossed_pair(pair_of(TABLE.T), scale="raw")
    assert (one.statistic, one.df) == pytest.approx((other.statistic, other.df), rel=1e-12)


def test_where_draws_do_nothing_blocks_alone_count():
    """Draw effects taken out: their component is negative, and the test is the paired t of the blocks' means."""
    flat = TABLE - TABLE.mean(axis=0) + TABLE.mean()
    ours = crossed_pair(pair_of(flat), scale="raw")
    blocks = paired_t(flat.mean(axis=1), np.zeros(len(flat)), scale="raw")
    assert (ours.statistic, ours.df) == pytest.approx((blocks.statistic, blocks.df), rel=1e-12)
    assert ours.effects[0].low == pytest.approx(blocks.interval(0.95)[0], rel=1e-12)


def test_logs_and_ratios():
    evidence = crossed_pair(np.exp(pair_of(TABLE)))
    assert (evidence.measure, evidence.display) == ("ratio", "exp")
    assert evidence.estimate == pytest.approx(TABLE.mean(), rel=1e-12)


def test_size_where_the_same_draws_serve_all_blocks(assert_size):
    """Draws vary as much as a cell: a paired t of block means is sure of a mean that only these draws have."""
    rng, ours, paired = np.random.default_rng(0), [], []
    for _ in range(600):
        d = 0.3 * rng.normal(size=(20, 1)) + rng.normal(size=(1, 6)) + rng.normal(size=(20, 6))
        ours.append(crossed_pair(pair_of(d), scale="raw").p_above(0.0))
        paired.append(paired_t(d.mean(axis=1), np.zeros(20), scale="raw").p_above(0.0))
    assert_size(ours, 0.05)
    assert np.mean(np.array(paired) <= 0.05) > 0.2


def test_few_draws_are_warned_of():
    assert any(c.startswith("approximation: 3 draws") for c in crossed_pair(pair_of(TABLE[:, :3]), scale="raw").checks)


@pytest.mark.parametrize("differences", [TABLE[:2], TABLE[:, :2], np.ones((4, 3))])
def test_too_few_or_equal_differences(differences):
    with pytest.raises(Degenerate):
        crossed_pair(pair_of(differences), scale="raw")
    with pytest.raises(ValueError, match=r"\[n, 2, m\]"):
        crossed_pair(np.ones((4, 3, 3)))
