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
