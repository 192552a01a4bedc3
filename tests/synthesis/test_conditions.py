"""The rows of the map: marks against hand-made intervals and against the decisions of the studies' own tests."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from lnnstats.analysis.values import Interval, Reason
from lnnstats.errors import BadInput
from lnnstats.stats.procedures.paired_t import paired_t
from lnnstats.study.values import Factor
from lnnstats.synthesis.conditions import ALL, NONE, Condition, margins, mark, setting
from lnnstats.synthesis.decompose import _shares, decompose, flips
from lnnstats.synthesis.values import Factorial

MARGIN = (-0.1, 0.0, 0.1)
CASES = [
    ((0.2, 0.3), True, "harm"),
    ((0.1, 0.3), True, "undecided"),  # on the line itself nothing is decided
    ((0.05, 0.3), True, "undecided"),
    ((-0.05, 0.05), True, "no harm"),
    ((-0.3, 0.05), True, "no harm"),
    ((-0.3, -0.2), True, "reversed"),
    ((-0.3, 0.3), True, "undecided"),
    ((-0.3, -0.2), False, "harm"),
    ((0.2, 0.3), False, "reversed"),
    ((-0.05, 0.3), False, "no harm"),
]


@pytest.mark.parametrize(("ends", "upward", "expected"), CASES)
def test_a_mark_is_where_the_interval_lies(found, ends, upward, expected):
    finding = replace(found.runs["pair"].of("D")[0], dual=Interval(0.9, *ends))
    assert mark(finding, MARGIN, upward, True) == expected


def test_without_a_smallest_effect_there_is_no_relevant_harm_to_exclude(found):
    finding = replace(found.runs["pair"].of("D")[0], dual=Interval(0.9, -0.01, 0.01))
    assert mark(finding, (0.0, 0.0, 0.0), True, True) == "undecided"
    assert mark(replace(finding, dual=Interval(0.9, -0.2, -0.1)), (0.0, 0.0, 0.0), True, True) == "reversed"


def test_what_could_not_be_tested_has_its_own_mark(found):
    finding = replace(found.runs["pair"].of("D")[0], untestable=Reason("zero_variance", "no"), estimate=None)
    assert mark(finding, MARGIN, True, True) == "untestable"


@pytest.mark.parametrize(
    ("decision", "claims_harm", "expected"),
    [("supported", True, "harm"), ("refuted", True, "reversed"), ("supported", False, "reversed"),
     ("inconclusive", True, "undecided")],
)  # fmt: skip
def test_a_test_without_an_interval_says_what_it_decides(found, decision, claims_harm, expected):
    finding = replace(found.runs["pair"].of("D")[0], dual=None, decision=decision)
    assert mark(finding, MARGIN, True, claims_harm) == expected


def test_marks_agree_with_the_decisions_of_the_study(found):
    """Second source: a study's own decision of a stratum, from its p-values."""
    said = {"supported": {"harm"}, "refuted": {"no harm", "reversed"}, "inconclusive": {"undecided"}}
    pairs = [(c, f) for c in found.conditions for f in found.runs[c.study].of(c.hypothesis) if f.stratum == c.stratum]
    claiming = [(c, f) for c, f in pairs if c.hypothesis in ("M", "D")]
    assert len(claiming) == 10
    for condition, finding in claiming:
        assert condition.mark in said[finding.decision], (condition, finding.decision)


def test_a_hypothesis_of_relief_is_turned_round(found):
    by = {(c.hypothesis, c.stratum["data.noise"]): c for c in found.conditions if c.study == "pair"}
    for noise in (0.1, 0.5):
        assert by["D", noise].upward and by["F", noise].upward
        assert by["D", noise].mark == by["F", noise].mark, "the same effect, claimed from either side"


def test_the_margin_of_a_ratio_is_a_factor_on_either_side(found):
    hypothesis = found.runs["pair"].study.hypotheses[0].model_copy(update={"sesoi": {"ratio": 1.25}})
    finding = replace(found.runs["pair"].of("D")[0], null=1.0)
    assert margins(hypothesis, finding) == (0.8, 1.0, 1.25)


def test_settings_are_of_the_stratum_the_step_or_the_world(found):
    sweep = next(c for c in found.conditions if c.study == "sweep")
    assert sweep.settings == {"step size": 0.01, "init": "torch_default", "budget": 10, "depth": ALL}
    pair = next(c for c in found.conditions if c.study == "pair")
    assert pair.settings == {"step size": 0.05, "init": "torch_default", "budget": 30, "depth": ALL}


def test_a_field_is_of_the_part_that_is_there(found):
    """Of a compared part its fields are compared too; another kind of part may have no such field."""
    run = found.runs["pair"]
    hypothesis, finding = run.study.hypotheses[0], run.of("D")[0]
    optimizers = Factor(levels=("sgd", {"momentum": {"beta": 0.5}}), role="stratum")
    mixed = run.study.model_copy(update={"factors": {**run.study.factors, "training.optimizer": optimizers}})
    told = {
        optimizer: setting(
            mixed, hypothesis, replace(finding, stratum={"training.optimizer": optimizer}), "training.optimizer.beta"
        )
        for optimizer in optimizers.labels
    }
    assert told == {"sgd": NONE, "momentum(beta=0.5)": 0.5}
    assert setting(mixed, hypothesis, finding, "training.optimizer.beta") == ALL


def test_one_factor_is_no_factorial(found):
    with pytest.raises(BadInput, match=r"no balanced factorial of two factors or more, found 2 strata of data\.noise"):
        decompose(Factorial(study="pair", hypothesis="D"), found.runs["pair"], found.conditions)


def condition(mark: str) -> Condition:
    return Condition("s", "h", {}, {}, "difference", 0.0, None, MARGIN, True, 9, mark)  # type: ignore[arg-type]


def test_flips_by_hand():
    levels = {"a": (1, 2), "b": ("x", "y", "z")}
    marks = {(1, "x"): "harm", (2, "x"): "no harm", (1, "y"): "harm", (2, "y"): "undecided",
             (1, "z"): "reversed", (2, "z"): "no harm"}  # fmt: skip
    made = {place: condition(mark) for place, mark in marks.items()}
    by_a, by_b = flips(made, levels, "a"), flips(made, levels, "b")
    assert (by_a.pairs, by_a.decided, by_a.flipped) == (3, 2, 1)
    assert (by_b.pairs, by_b.decided, by_b.flipped) == (6, 4, 2)


def test_the_decomposition_is_of_the_studys_own_estimates(found):
    """Second source: the mean effect of a condition is the estimate that its study stored."""
    one = found.decomposition
    assert list(one.levels) == ["training.optimizer.learning_rate", "network.init", "step"] and one.blocks == 8
    for marginal in one.marginals:
        mine = [c.estimate for c in found.factorial if c.stratum[marginal.factor] == marginal.level]
        assert marginal.estimate == pytest.approx(np.mean(mine), abs=1e-12)  # sums in another order


def test_an_effect_that_does_not_vary_beyond_its_noise_has_no_shares():
    draws = np.random.default_rng(5)
    noise = draws.normal(size=(9, 2, 2))
    assert _shares(noise, ("a", "b")) is None and _shares(np.ones((9, 2, 2)), ("a", "b")) is None
    told = _shares(noise + 5 * np.indices((2, 2))[0], ("a", "b"))
    assert told is not None and told.terms[(0,)].estimate > 0.9 and told.variance.low > 0


def test_the_interval_of_a_mean_effect_is_students(found):
    one, (first, *_) = found.decomposition, found.decomposition.marginals
    blocks = effects_of(found, first.factor, first.level)
    low, high = paired_t(blocks, np.zeros_like(blocks), scale="raw").interval(0.95)
    assert (first.interval.low, first.interval.high) == pytest.approx((low, high), rel=1e-9)
    assert not math.isnan(one.ends[(0.01, "torch_default", 10)][0])


def effects_of(found, path, level):
    """A block's mean effect at a level, from the rows: risk above the mean score less that below it."""
    table = found.runs["sweep"].results.table().to_pandas()
    table = table[table[path].astype(str) == str(level)]
    table["beyond"] = ~(table["value"] <= 0.05)
    risk = table.pivot_table(index="block", columns="network.depth", values="beyond", aggfunc="mean")
    return (risk[risk.columns[2]] - risk[risk.columns[0]]).to_numpy(dtype=float)
