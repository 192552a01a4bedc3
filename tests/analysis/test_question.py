"""What a hypothesis asks of a parameter: which one-sided p supports it, which refutes it, on which scale."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.analysis.question import Answer, answer, bounds, origin, smallest
from lnnstats.stats.procedures.paired_t import paired_t
from lnnstats.stats.procedures.sign_test import sign_test
from lnnstats.study.values import Hypothesis
from tests.analysis.tables import PAIRED, plan

RNG = np.random.default_rng(2)
TREATMENT, REFERENCE = np.exp(RNG.normal([[0.3], [0.0]], 0.4, size=(2, 12)))
LOGS = np.log(TREATMENT / REFERENCE)
EVIDENCE = paired_t(TREATMENT, REFERENCE)
RAW = {"paired_t": {"along": "optimizer", "treatment": "adam", "reference": "sgd", "scale": "raw"}}
SIGN = {"sign_test": {"along": "optimizer", "treatment": "adam", "reference": "sgd"}}


def hypothesis(test: dict = PAIRED, **fields) -> Hypothesis:
    return plan({"test": test, **fields}).hypotheses[0]


def p_greater(theta: float, values: np.ndarray = LOGS) -> float:
    """scipy's one-sided p of mean <= theta."""
    return float(stats.ttest_1samp(values, theta, alternative="greater").pvalue)


def close(value: float) -> object:
    return pytest.approx(value, rel=1e-9)  # two programs, one t distribution


@pytest.mark.parametrize(
    ("alternative", "flip"), [("greater", False), ("increasing", False), ("less", True), ("decreasing", True)]
)
def test_direction(alternative, flip):
    p = p_greater(0.0)
    found = answer(hypothesis(alternative=alternative), EVIDENCE)
    assert (found.p_support, found.p_refute) == (close(1 - p if flip else p), close(p if flip else 1 - p))
    assert found.p_negligible == 1.0  # no smallest effect, nothing to be smaller than


@pytest.mark.parametrize(("alternative", "threshold"), [("greater", math.log(1.2)), ("less", -math.log(1.2))])
def test_relevance_is_about_the_smallest_effect_beyond_the_null(alternative, threshold):
    found = answer(hypothesis(alternative=alternative, sesoi={"ratio": 1.2}), EVIDENCE)
    p = p_greater(threshold)
    support, refute = (p, 1 - p) if alternative == "greater" else (1 - p, p)
    assert (found.p_support, found.p_refute) == (close(support), close(refute))


@pytest.mark.parametrize("alternative", ["greater", "less"])
def test_a_bare_direction_is_tested_at_the_null_and_may_be_negligible(alternative):
    found = answer(hypothesis(alternative=alternative, kind="direction", sesoi={"ratio": 1.2}), EVIDENCE)
    bare = answer(hypothesis(alternative=alternative), EVIDENCE)
    assert (found.p_support, found.p_refute) == (bare.p_support, bare.p_refute)
    edge = math.log(1.2)
    assert found.p_negligible == close(1 - p_greater(edge) if alternative == "greater" else p_greater(-edge))


def test_equivalence_is_two_one_sided_tests_and_its_refutation_is_doubled():
    asked = hypothesis(bounds={"ratio": [0.8, 1.1]})
    found = answer(asked, EVIDENCE)
    low, high = math.log(0.8), math.log(1.1)
    assert found.p_support == close(max(p_greater(low), 1 - p_greater(high)))
    assert found.p_refute == close(2 * min(p_greater(high), 1 - p_greater(low)))
    assert asked.question == "equivalence"


def test_a_doubled_p_stays_a_probability():
    found = answer(hypothesis(bounds={"ratio": [0.1, 10.0]}), EVIDENCE)
    assert found.p_refute == 1.0


@pytest.mark.parametrize(
    ("test", "fields", "line"),
    [
        (PAIRED, {"null_value": 1.5}, math.log(1.5)),
        (PAIRED, {}, 0.0),
        (RAW, {"null_value": 1.5}, 1.5),
    ],
    ids=["a ratio is taken to logs", "none is the procedure's", "a difference is as it is"],
)
def test_the_null_on_the_scale_of_the_test(test, fields, line):
    scale = test["paired_t"].get("scale", "log")
    assert origin(hypothesis(test, **fields), paired_t(TREATMENT, REFERENCE, scale=scale)) == line


def test_a_null_value_moves_the_whole_question():
    found = answer(hypothesis(null_value=1.3, sesoi={"ratio": 1.1}), EVIDENCE)
    assert found.p_support == close(p_greater(math.log(1.3) + math.log(1.1)))


def test_probabilities_start_from_one_half():
    first, second = RNG.normal(size=(2, 15))
    asked = hypothesis(SIGN, sesoi={"probability": 0.2})
    found = answer(asked, sign_test(first, second))
    greater = int((first > second).sum())
    assert found.p_support == close(stats.binomtest(greater, 15, 0.7, alternative="greater").pvalue)
    assert found.p_refute == close(stats.binomtest(greater, 15, 0.7, alternative="less").pvalue)


@pytest.mark.parametrize(
    ("test", "fields", "size", "limits"),
    [
        (PAIRED, {"sesoi": {"ratio": 1.25}}, math.log(1.25), None),
        (RAW, {"sesoi": {"difference": 1.25}}, 1.25, None),
        (PAIRED, {}, 0.0, None),
        (PAIRED, {"bounds": {"ratio": [0.5, 2.0]}}, 0.0, (math.log(0.5), math.log(2.0))),
        (RAW, {"bounds": {"difference": [-1.0, 2.0]}}, 0.0, (-1.0, 2.0)),
    ],
)
def test_sizes_on_the_scale_of_the_test(test, fields, size, limits):
    asked = hypothesis(test, **fields)
    assert smallest(asked) == size
    assert limits is None or bounds(asked) == limits


@pytest.mark.parametrize(
    ("support", "refute", "decision"),
    [(0.05, 0.95, "supported"), (0.0501, 0.9499, "inconclusive"), (0.96, 0.04, "refuted"), (0.5, 0.5, "inconclusive")],
)
def test_a_single_question_is_decided_at_alpha_inclusive(support, refute, decision):
    assert Answer(support, refute).decide(0.05) == decision
