"""The same question answered other ways: which alternatives there are, and that each is what it says."""

from __future__ import annotations

import math

import numpy as np
import pingouin
import pytest
from scipy import stats

from lnnstats.stats import sign_flip
from tests.analysis.tables import DEPTHS, PAIRED, concluded, crossed, pairs, plan

RNG = np.random.default_rng(5)
# A test on logs is about the ratio, not the difference: the block with the largest ratio has the smallest values.
SIZES = np.array([1e3, 1e2, 1e3, 1e2, 1e-3, 1e3, 1e2, 1e2])
RATIOS = np.exp(np.array([0.31, 0.22, -0.05, 0.4, 0.9, 0.18, 0.33, 0.27]))
TREATMENT, REFERENCE = SIZES * RATIOS, SIZES


def alternatives(rows: list, *hypotheses: dict, **fields) -> dict:
    (finding,), _ = concluded(rows, plan(*hypotheses, **fields))
    return {found.name: found for found in finding.sensitivities}


@pytest.mark.parametrize("alternative", ["greater", "less"])
def test_the_most_telling_blocks_are_left_out_on_the_scale_of_the_test(alternative):
    found = alternatives(pairs(TREATMENT, REFERENCE), {"test": PAIRED, "alternative": alternative})
    logs = np.log(RATIOS)
    largest, smallest = np.delete(logs, logs.argmax()), np.delete(logs, logs.argmin())
    favour, against = (largest, smallest) if alternative == "greater" else (smallest, largest)
    for name, kept in (("favour", favour), ("against", against)):
        expected = stats.ttest_1samp(kept, 0.0, alternative=alternative).pvalue
        assert found[f"without the block most {'in ' if name == 'favour' else ''}{name}"].p_support == pytest.approx(
            expected, rel=1e-9
        )


def test_a_trend_leaves_out_its_steepest_and_its_flattest_block():
    values = SIZES[:, None] * RATIOS[:, None] ** np.log2([1, 2, 4])
    trend = {"test": {"trend_slope": {"along": "depth", "scores": "log2"}}, "alternative": "increasing"}
    found = alternatives(crossed(values, "depth", [1, 2, 4]), trend, factors=DEPTHS)
    expected = stats.ttest_1samp(np.delete(np.log(RATIOS), 4), 0.0, alternative="greater").pvalue
    assert found["without the block most in favour"].p_support == pytest.approx(expected, rel=1e-9)


def test_events_leave_out_a_block_that_has_them():
    values = np.array([[2.0, 0.1]] * 9 + [[0.1, 2.0]])
    sign = {"sign_test": {"along": "optimizer", "treatment": "adam", "reference": "sgd"}}
    found = alternatives(pairs(*values.T), {"test": sign})
    assert found["without the block most in favour"].p_support == pytest.approx(
        stats.binomtest(8, 9, alternative="greater").pvalue
    )
    assert found["without the block most against"].p_support == 0.5**9


def test_beside_a_paired_t_stands_a_sign_flip_test():
    found = alternatives(pairs(TREATMENT, REFERENCE), {"test": PAIRED})["sign-flip test"]
    assert found.p_support == sign_flip(np.log(RATIOS)).p_above(0.0)


@pytest.mark.parametrize(("blocks", "there"), [(2, False), (3, True)])
def test_with_two_blocks_none_is_left_out(blocks, there):
    found = alternatives(pairs(TREATMENT[:blocks], REFERENCE[:blocks]), {"test": PAIRED})
    assert any(name.startswith("without") for name in found) == there


def test_leaving_out_can_be_switched_off():
    found = alternatives(pairs(TREATMENT, REFERENCE), {"test": PAIRED}, analysis={"leave_one_out": False})
    assert list(found) == ["sign-flip test"]


def test_an_omission_that_leaves_nothing_to_test_is_untestable():
    """Three blocks of which one differs from the two that are alike: without it nothing varies."""
    rows = pairs([2.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    found = alternatives(rows, {"test": PAIRED})["without the block most in favour"]
    assert (found.decision, found.p_support, found.p_refute) == ("untestable", 1.0, 1.0)


def test_diverged_runs_are_put_at_their_bounds():
    treatment = TREATMENT.copy()
    treatment[5] = math.nan
    found = alternatives(pairs(treatment, REFERENCE), {"test": {"paired_t": {**PAIRED["paired_t"], "scale": "raw"}}})
    finite = np.concatenate([np.delete(TREATMENT, 5), REFERENCE])
    for name, value in (("best", finite.min()), ("worst", finite.max())):
        filled = np.where(np.isnan(treatment), value, treatment)
        expected = stats.ttest_rel(filled, REFERENCE, alternative="greater").pvalue
        assert found[f"diverged at {name}"].p_support == pytest.approx(expected, rel=1e-9)


def test_diverged_runs_also_rank_last():
    """Two of thirty treated runs diverge: their blocks speak for "greater" in the order of runs, whatever the means."""
    rng = np.random.default_rng(4)
    treated, reference = np.exp(rng.normal(0.5, 0.2, size=30)), np.exp(rng.normal(0.0, 0.2, size=30))
    treated[:2] = np.nan
    found, _ = concluded(pairs(treated, reference), plan({"test": PAIRED}))
    ranked = [s for s in found[0].sensitivities if s.name.startswith("order of the runs")]
    above = int((np.nan_to_num(treated, nan=np.inf) > reference).sum())
    assert [(s.decision, s.same_estimand) for s in ranked] == [("supported", False)]
    assert ranked[0].p_support == pytest.approx(stats.binomtest(above, 30, alternative="greater").pvalue)


def test_bayes_factors_stand_beside_a_t_test():
    rng = np.random.default_rng(5)
    (found,), _ = concluded(pairs(np.exp(rng.normal(0.3, 0.5, size=20)), np.ones(20)), plan({"test": PAIRED}))
    (bayes,) = [e for e in found.effects if e.name.startswith("BF10")]
    assert bayes.level is None
    theirs = float(pingouin.bayesfactor_ttest(found.statistic, 20, paired=True, r=math.sqrt(0.5)))
    assert bayes.estimate == pytest.approx(theirs, rel=1e-6)  # pingouin's quadrature


def test_a_bend_leaves_out_the_block_that_bends_most():
    """Block 0 is the steepest, block 1 bends most: a claim on the bend rests on block 1."""
    rng = np.random.default_rng(6)
    logs = rng.normal(0.0, 0.01, size=(10, 3)) + 0.1 * np.array([1.0, 0.0, 1.0])
    logs[0] += [0.0, 3.0, 6.0]
    logs[1] += [2.0, 0.0, 2.0]
    bend = {"polynomial": {"along": "depth", "degree": 2, "scores": "rank"}}
    rows = crossed(np.exp(logs), "depth", [1, 2, 4])
    found = alternatives(rows, {"test": bend, "alternative": "increasing"}, factors=DEPTHS)
    scores = np.delete(logs, 1, axis=0) @ [0.5, -1.0, 0.5]
    expected = stats.ttest_1samp(scores, 0.0, alternative="greater").pvalue
    assert found["without the block most in favour"].p_support == pytest.approx(expected, rel=1e-9)


def test_a_missing_cell_does_not_make_a_block_telling():
    """Values near 20 on logs: half a block is far from its own other half, yet says little of the difference."""
    rng = np.random.default_rng(7)
    logs = 20 + rng.normal(0.0, 1.0, size=(12, 1)) + rng.normal(0.0, 0.1, size=(12, 2)) + [0.2, 0.0]
    logs[5, 0] += 5.0
    rows = [row for row in pairs(*np.exp(logs).T) if (row["block"], row["optimizer"]) != (3, "sgd")]
    mixed = {"mixed_pair": {"along": "optimizer", "treatment": "adam", "reference": "sgd"}}
    found = alternatives(rows, {"test": mixed})
    without = [row for row in rows if row["block"] != 5]
    (expected,), _ = concluded(without, plan({"test": mixed}, analysis={"leave_one_out": False}))
    assert found["without the block most in favour"].p_support == pytest.approx(expected.p_support, rel=1e-9)


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_a_zero_that_the_resolution_covers_leaves_out_blocks_too(value):
    """The log of a zero is no number, and no warning: under the resolution all values tie."""
    treatment = np.append(TREATMENT[:-1], value)
    wilcoxon = {"wilcoxon": {"along": "optimizer", "treatment": "adam", "reference": "sgd"}}
    responses = {"y": {"measured": {"resolution": 1e-6}}}
    found = alternatives(pairs(treatment, REFERENCE), {"test": wilcoxon}, responses=responses)
    assert {"without the block most in favour", "without the block most against"} <= set(found)


def test_blocks_are_left_out_at_any_size_of_values():
    values = 1e300 * np.exp(np.random.default_rng(8).normal(size=(8, 3)))
    rows = crossed(values, "depth", [1, 2, 4])
    found = alternatives(rows, {"test": {"friedman": {"along": "depth"}}}, factors=DEPTHS)
    again = alternatives(
        crossed(values * 1e-300, "depth", [1, 2, 4]), {"test": {"friedman": {"along": "depth"}}}, factors=DEPTHS
    )
    assert [s.p_support for s in found.values()] == [s.p_support for s in again.values()]


@pytest.mark.parametrize(("blocks", "random"), [(12, False), (30, True)])
def test_a_p_from_random_resamples_tells_its_error(blocks, random):
    """Sign flips of 12 blocks are listed, of 30 drawn."""
    logs = np.random.default_rng(6).normal(0.1, 0.3, size=blocks)
    flips = {"sign_flip": {"along": "optimizer", "treatment": "adam", "reference": "sgd", "resamples": 1999}}
    (found,), _ = concluded(pairs(np.exp(logs), np.ones(blocks)), plan({"test": flips}))
    told = [check for check in found.checks if "Monte-Carlo error" in check]
    assert bool(told) == random
    if random:
        p = found.p_support
        assert f"from 1,999 random resamples, with Monte-Carlo error {math.sqrt(p * (1 - p) / 1999):.2g}" in told[0]


@pytest.mark.parametrize("noise", [1e-4, 1e-10, 1e-14])
def test_blocks_that_all_but_agree_have_an_answer(noise):
    """t of 10^9 and more: the verdict stands, and no Bayes factor is made of rounding."""
    ratios = 2 * np.exp(noise * np.random.default_rng(9).normal(size=20))
    (found,), _ = concluded(pairs(ratios, np.ones(20)), plan({"test": PAIRED}))
    assert found.decision == "supported"
    assert any(e.name.startswith("BF10") for e in found.effects) == (noise > 1e-5)


@pytest.mark.parametrize("noise", [1e-3, 1e-9, 1e-14])
def test_bounds_of_a_billion_standard_deviations_have_an_answer(noise):
    ratios = np.exp(noise * np.random.default_rng(9).normal(size=20))
    (found,), _ = concluded(pairs(ratios, np.ones(20)), plan({"test": PAIRED, "bounds": {"ratio": [0.9, 1.1]}}))
    assert found.decision == "supported"
    assert any("outside" in e.name for e in found.effects) == (noise > 1e-5)
