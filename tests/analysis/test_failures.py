"""Diverged and censored runs are outcomes: how each procedure takes them, and when it may not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lnnstats.analysis.calls.values import events
from lnnstats.analysis.failures import bounding, enter
from lnnstats.analysis.select import Sample
from lnnstats.analysis.values import Reason
from lnnstats.stats.values import UnusableValues
from lnnstats.study.values import Plan
from tests.analysis.tables import PAIRED, concluded, pairs, plan, sample, verdict

NAN, INF = math.nan, math.inf
SIGN = {"sign_test": {"along": "optimizer", "treatment": "adam", "reference": "sgd"}}
ABOVE = {"mcnemar": {"along": "optimizer", "treatment": "adam", "reference": "sgd"}}
REACHED = {"mcnemar": {"along": "optimizer", "treatment": "adam", "reference": "sgd", "of": "reached"}}
TIMED = {"y": {"measured": {"horizon": 100}}}
RESOLVED = {"y": {"measured": {"resolution": 1.0}}}
HIGHER = {"y": {"accuracy": {}}}
DIVERGED = np.array([[False, False], [True, False], [False, False], [False, False]])
VALUES = np.array([[3.0, 2.0], [NAN, 5.0], [4.0, 1.0], [6.0, 2.5]])
ONE_OF_FOUR = sample(VALUES, DIVERGED)


def entered(one: Sample, asked: Plan) -> Sample | Reason:
    return enter(one, asked.hypotheses[0], asked)


def test_a_mean_leaves_diverged_blocks_out():
    found = entered(ONE_OF_FOUR, plan({"test": PAIRED}))
    np.testing.assert_array_equal(found.values, VALUES[[0, 2, 3]])
    np.testing.assert_array_equal(found.blocks, [0, 2, 3])


def test_its_bounds_put_them_at_the_best_and_the_worst_finite_value():
    asked = plan({"test": PAIRED})
    both = bounding(ONE_OF_FOUR, asked.hypotheses[0], asked)
    assert {name: one.values[1].tolist() for name, one in both.items()} == {
        "diverged at best": [1.0, 5.0],
        "diverged at worst": [6.0, 5.0],
    }


def test_where_higher_is_better_best_and_worst_change_places():
    asked = plan({"test": PAIRED}, responses=HIGHER)
    both = bounding(ONE_OF_FOUR, asked.hypotheses[0], asked)
    assert [one.values[1, 0] for one in both.values()] == [6.0, 1.0]


@pytest.mark.parametrize(("share", "testable"), [(3, True), (4, False)], ids=["a third", "more"])
def test_beyond_a_third_of_a_level_a_mean_is_not_testable(share, testable):
    lost = np.zeros((9, 2), dtype=bool)
    lost[:share, 1] = True
    found = entered(sample(np.ones((9, 2)), lost), plan({"test": PAIRED}))
    assert isinstance(found, Sample) == testable
    assert testable or (found.code, "44%" in found.sentence) == ("diverged", True)


def test_worst_rank_defines_no_mean():
    asked = plan({"test": PAIRED}, analysis={"failures": "worst_rank"})
    assert entered(ONE_OF_FOUR, asked).code == "means_of_diverged"
    whole = sample(np.ones((3, 2)))
    assert entered(whole, asked) is whole


@pytest.mark.parametrize(
    ("responses", "worst"), [(None, INF), (HIGHER, -INF)], ids=["lower is better", "higher is better"]
)
@pytest.mark.parametrize("failures", ["bounds", "worst_rank"])
def test_ranks_take_them_as_the_worst(responses, worst, failures):
    asked = plan({"test": SIGN}, responses=responses, analysis={"failures": failures})
    found = entered(ONE_OF_FOUR, asked)
    assert found.values[1].tolist() == [worst, 5.0]
    assert bounding(ONE_OF_FOUR, asked.hypotheses[0], asked) == {}


def test_two_diverged_runs_of_a_block_tie():
    """Blocks 0-5 speak for the claim; in block 6 both diverged, which is no difference either way."""
    rows = pairs([9, 9, 9, 9, 9, 9, NAN], [1, 2, 3, 4, 5, 6, NAN])
    findings, (found,) = concluded(rows, plan({"test": SIGN}))
    assert found.decision == "supported"
    assert findings[0].p_support == 0.5**6
    assert findings[0].accounting.diverged == 2


def test_an_event_above_a_resolution_happens_to_a_diverged_run():
    asked = plan({"test": ABOVE}, responses=RESOLVED)
    values = sample([[0.5, 1.0], [1.5, 1.0], [NAN, 0.2]], [[False, False], [False, False], [True, False]])
    found = entered(values, asked)
    assert found is values
    assert events(found, asked.hypotheses[0], asked).tolist() == [[False, False], [True, False], [True, False]]
    below = plan({"test": {"mcnemar": {**ABOVE["mcnemar"], "of": "below_resolution"}}}, responses=RESOLVED)
    assert events(found, below.hypotheses[0], below).tolist() == [[True, True], [False, True], [False, True]]


TIMES = sample(
    [[40.0, 100.0], [100.0, INF], [INF, 30.0], [120.0, 99.0]],
    diverged=[[False, False], [False, True], [True, False], [False, False]],
    observed=[[True, False], [True, True], [True, True], [True, True]],
)


def test_a_time_is_restricted_to_the_horizon():
    found = entered(TIMES, plan({"test": PAIRED}, responses=TIMED))
    assert found.values.tolist() == [[40, 100], [100, 100], [100, 30], [100, 99]]


def test_a_diverged_time_that_is_not_given_never_arrives():
    """In somebody's table a run that failed has no time at all; it was never there within the horizon."""
    found = entered(sample([[NAN, 30.0]], diverged=[[True, False]]), plan({"test": PAIRED}, responses=TIMED))
    assert found.values.tolist() == [[100, 30]]


@pytest.mark.parametrize("test", [PAIRED, SIGN, REACHED], ids=["mean", "rank", "event"])
def test_a_run_lost_before_the_horizon_leaves_nothing_to_test(test):
    """Censored at 40 of 100: whether it arrived later nobody knows, and its time is not 40."""
    lost = sample([[40.0, 30.0], [50.0, 30.0]], observed=[[False, True], [True, True]])
    found = entered(lost, plan({"test": test}, responses=TIMED))
    assert found == Reason("lost_early", "1 compared runs were not followed to the horizon of 100")


def test_reached_is_arrival_within_the_horizon():
    """Neither a censored run, nor one that diverged first, nor one that came later than the horizon has arrived."""
    asked = plan({"test": REACHED}, responses=TIMED)
    found = events(entered(TIMES, asked), asked.hypotheses[0], asked)
    assert found.tolist() == [[True, False], [True, False], [False, True], [False, True]]


def clear(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two optimizers whose ratio is near 2 in every block."""
    rng = np.random.default_rng(seed)
    reference = rng.lognormal(0.0, 0.2, size=n)
    return reference * np.exp(rng.normal(0.7, 0.1, size=n)), reference


def test_a_verdict_that_its_bounds_do_not_share_is_contested():
    treatment, reference = clear(12)
    treatment[:4] = NAN
    found = verdict(pairs(treatment, reference), plan({"test": PAIRED, "sesoi": {"ratio": 1.5}}))
    assert (found.decision, found.grade) == ("inconclusive", "contested")
    assert {reason.code for reason in found.reasons} & {"bounds", "contested"}


def test_a_verdict_that_its_bounds_share_stands():
    treatment, reference = clear(20)
    reference = reference / 50  # even the best finite value of the treatment is far above
    treatment[0] = NAN
    found = verdict(pairs(treatment, reference), plan({"test": PAIRED}))
    assert found.decision == "supported"


def test_every_run_is_accounted_for():
    treatment, reference = clear(12)
    treatment[:2] = NAN
    rows = [row for row in pairs(treatment, reference) if (row["block"], row["optimizer"]) != (11, "sgd")]
    rows[8] |= {"observed": False}
    findings, _ = concluded(rows, plan({"test": PAIRED}))
    held = findings[0].accounting
    assert (held.blocks, held.analysed, held.incomplete, held.diverged, held.censored) == (12, 9, 1, 2, 1)


def test_where_higher_is_better_a_diverged_run_is_below_the_resolution():
    """A diverged classifier is no success of "accuracy above .9"."""
    asked = plan({"test": ABOVE}, responses={"y": {"accuracy": {"resolution": 0.9}}})
    lost = np.array([[True, False], [False, False]])
    found = events(sample(np.array([[0.95, 0.95], [0.95, 0.5]]), lost), asked.hypotheses[0], asked)
    assert found.tolist() == [[False, True], [True, False]]


def test_a_run_without_a_value_has_no_event():
    asked = plan({"test": ABOVE}, responses=RESOLVED)
    with pytest.raises(UnusableValues, match="1 runs have no value of y"):
        events(sample(np.array([[NAN, 2.0]]), np.zeros((1, 2), dtype=bool)), asked.hypotheses[0], asked)
