"""Steps and layers as levels, and hypotheses among the runs that meet a condition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from lnnstats.errors import BadInput
from tests.analysis.tables import Tree, concluded, plan, verdict

RESPONSES: Tree = {"y": {"measured": {"steps": [10, 100], "resolution": 0.5}}, "z": {"measured": {"steps": [10]}}}
PLACES = {"at": {"step": [10, 100]}}


def rows(values: Any, response: str = "y", axis: str = "step", places: tuple[int, ...] = (10, 100)) -> list[Tree]:
    """Rows of one cell, values [blocks, places]; NaN stands for a run that diverged."""
    array = np.asarray(values, dtype=float)
    diverged = np.isnan(array).any(axis=1)
    return [
        {"depth": 1, "response": response, axis: place, "block": block, "value": float(array[block, j]),
         "status": "diverged" if diverged[block] else "ok"}
        for block in range(len(array)) for j, place in enumerate(places)
    ]  # fmt: skip


def asked(*hypotheses: Tree) -> Any:
    return plan(*hypotheses, factors={"depth": {"levels": [1], "role": "stratum"}}, responses=RESPONSES)


def test_two_steps_are_compared_within_blocks() -> None:
    """As scipy's paired t on the two steps of every run."""
    values = np.exp(np.random.default_rng(3).normal(size=(20, 2)))
    test = {"paired_t": {"along": "step", "treatment": 100, "reference": 10}}
    ((found,), (made,)) = concluded(rows(values), asked({"test": test, **PLACES}))
    wanted = stats.ttest_rel(np.log(values[:, 1]), np.log(values[:, 0]))
    assert found.statistic == pytest.approx(wanted.statistic, rel=1e-12) and found.stratum == {"depth": 1}
    assert "step in 10, 100" in made.scope


def test_each_step_is_a_stratum() -> None:
    values = np.array([[1.0, 0.0]] * 12 + [[1.0, 1.0]] * 8)
    test = {"binomial": {"of": "above_resolution"}}
    findings, _ = concluded(rows(values), asked({"test": test, "null_value": 0.5, **PLACES}))
    shares = {found.stratum["step"]: found.estimate for found in findings}
    assert shares == {10: 1.0, 100: 0.4}
    assert all(found.accounting.blocks == 20 for found in findings)


def test_layers_are_compared_as_steps_are() -> None:
    values = np.exp(np.random.default_rng(4).normal(size=(20, 2)))
    responses = {"y": "singular_ratio"}
    test = {"paired_t": {"along": "layer", "treatment": 2, "reference": 1}}
    made = plan({"test": test, "at": {"layer": [1, 2]}}, factors={"depth": [1]}, responses=responses)
    (found,), _ = concluded(rows(values, axis="layer", places=(1, 2)), made)
    wanted = stats.ttest_rel(np.log(values[:, 1]), np.log(values[:, 0]))
    assert found.statistic == pytest.approx(wanted.statistic, rel=1e-12)


AMONG = {"response": "y", "step": 10, "above": 0.5}
LATE = {"test": {"binomial": {"of": "below_resolution"}}, "null_value": 0.5, "among": AMONG}


def test_a_condition_takes_the_runs_that_meet_it() -> None:
    """12 of the 20 runs are above the bound at step 10; 9 of these fall below the resolution by step 100."""
    values = np.array([[1, 0]] * 9 + [[1, 1]] * 3 + [[0.2, 0]] * 8)
    ((found,), (made,)) = concluded(rows(values), asked(LATE))
    assert found.accounting.blocks == 12 and found.estimate == 9 / 12
    assert found.p_support == pytest.approx(stats.binomtest(9, 12, alternative="greater").pvalue, rel=1e-12)
    assert "runs with y above 0.5 at step 10" in made.scope


def test_strata_say_how_many_runs_each_has() -> None:
    """12 runs meet the condition at depth 1, 7 at depth 2; no stratum has the blocks of another."""
    values = {1: [[1, 0]] * 12 + [[0.2, 0]] * 8, 2: [[1, 0]] * 7 + [[0.2, 0]] * 13}
    table = [row | {"depth": depth} for depth, found in values.items() for row in rows(found)]
    two = plan(LATE, factors={"depth": {"levels": [1, 2], "role": "stratum"}}, responses=RESPONSES)
    findings, (made,) = concluded(table, two)
    assert [found.accounting.blocks for found in findings] == [12, 7]
    assert "7 to 12 blocks" in made.scope


def test_a_run_that_diverged_is_above_every_bound() -> None:
    values = np.array([[1, 0]] * 10 + [[np.nan, np.nan]] * 4 + [[0.2, 0]] * 6)
    ((found,), _) = concluded(rows(values), asked(LATE))
    assert found.accounting.blocks == 14 and found.accounting.diverged == 4


def test_a_condition_on_another_response() -> None:
    values = np.array([[0.0, 0.0]] * 10 + [[0.0, 1.0]] * 10)
    condition = rows(np.arange(20.0)[:, None], "z", places=(10,))
    ((found,), _) = concluded([*rows(values), *condition], asked({**LATE, "among": {"response": "z", "below": 12}}))
    assert found.accounting.blocks == 12 and found.estimate == 10 / 12


def test_no_run_that_meets_it_is_untestable() -> None:
    values = np.zeros((10, 2))
    made = verdict(rows(values), asked(LATE))
    assert made.decision == "untestable"


@pytest.mark.parametrize(
    ("hypothesis", "words"),
    [
        ({"test": {"paired_t": {"along": "step", "treatment": 100, "reference": 10}}}, "at: {step: [...]}"),
        ({**LATE, "among": {"response": "w", "above": 1}}, "unknown response"),
        ({**LATE, "among": {"response": "y", "above": 1, "below": 0}}, "one of below and above"),
        ({**LATE, "test": {"paired_t": {"along": "depth", "treatment": 1, "reference": 2}}}, "selected"),
        ({**LATE, "at": {"step": [10]}}, "at least 2"),
    ],
)
def test_what_could_not_be_answered_is_refused(hypothesis: Tree, words: str) -> None:
    with pytest.raises(BadInput) as refusal:
        plan(hypothesis, factors={"depth": [1, 2]}, responses=RESPONSES)
    assert words in str(refusal.value)
