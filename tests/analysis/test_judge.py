"""From findings to verdicts: conjunction over strata, families judged jointly, grades, and the reasons given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lnnstats.analysis.judge import judge, scope
from lnnstats.analysis.values import Accounting, Finding, Reason, Sensitivity, Verdict
from lnnstats.stats.corrections import conjunction, joint_two_sided
from lnnstats.study.families import laxest_level, opening_level
from lnnstats.study.values import Plan
from tests.analysis.tables import PAIRED, concluded, crossed, pairs, plan, verdict

SIGN = {"sign_test": {"along": "optimizer", "treatment": "adam", "reference": "sgd"}}
STRATA = {"optimizer": ["sgd", "adam"], "noise": {"levels": [0.1, 0.2, 0.3], "role": "stratum"}}
NONE = Reason("absent_cell", "no run at level 4")


def finding(support: float, refute: float | None = None, hypothesis: str = "H1", **fields) -> Finding:
    """A finding by its two p-values alone."""
    refute = 1 - support if refute is None else refute
    decision = "supported" if support <= 0.05 else "refuted" if refute <= 0.05 else "inconclusive"
    made = Finding(hypothesis, {}, "paired_t", Accounting(20, 20, 0, 0, 0), support, refute, 1.0, decision)
    return replace(made, **fields)


def untestable(hypothesis: str = "H1") -> Finding:
    return finding(1.0, 1.0, hypothesis, decision="untestable", untestable=NONE)


def judged(*findings: Finding, asked: Plan | None = None, **fields) -> Verdict:
    return judge(findings, asked or plan({"test": PAIRED}, **fields))[0]


def codes(found: Verdict) -> list[str]:
    return [reason.code for reason in found.reasons]


@pytest.mark.parametrize(
    ("p_values", "decision"),
    [
        ([0.01, 0.04, 0.05], "supported"),  # all three: the largest decides
        ([0.01, 0.04, 0.06], "inconclusive"),
        ([0.01, 0.02, 0.984], "refuted"),  # 3 x .016 = .048
        ([0.01, 0.02, 0.983], "inconclusive"),  # 3 x .017 = .051
    ],
)
def test_strata_are_a_conjunction(p_values, decision):
    found = judged(*map(finding, p_values))
    assert found.decision == decision
    support, refute = conjunction(p_values, [1 - p for p in p_values])
    assert (found.p_support_adjusted, found.p_refute_adjusted) == (support, refute)


@pytest.mark.parametrize(
    ("others", "decision"),
    [([0.01, 0.01], "untestable"), ([0.01, 0.5], "untestable"), ([0.01, 0.99], "refuted")],
    ids=["supported elsewhere", "undecided elsewhere", "refuted elsewhere"],
)
def test_an_untestable_stratum_forbids_support_but_not_refutation(others, decision):
    found = judged(untestable(), *map(finding, others))
    assert found.decision == decision
    assert codes(found)[0] == ("refuted" if decision == "refuted" else "absent_cell")


def family(m: int, **analysis) -> Plan:
    return plan(*({"test": PAIRED} for _ in range(m)), analysis=analysis)


def test_a_family_is_judged_jointly():
    rng = np.random.default_rng(3)
    support = rng.uniform(size=6) ** 4
    refute = (1 - support) ** 3
    found = judge(
        tuple(finding(s, r, f"H{i}") for i, (s, r) in enumerate(zip(support, refute, strict=True), 1)), family(6)
    )
    joint = joint_two_sided(support, refute, 0.05)
    assert [v.p_support_adjusted for v in found] == joint.p_support_adjusted.tolist()
    assert [v.p_refute_adjusted for v in found] == joint.p_refute_adjusted.tolist()
    decided = [
        "supported" if s else "refuted" if r else "inconclusive"
        for s, r in zip(joint.supported, joint.refuted, strict=True)
    ]
    assert [v.decision for v in found] == decided


def test_each_family_is_its_own():
    asked = plan({"test": PAIRED}, {"test": PAIRED}, {"test": PAIRED, "family": "exploratory"})
    found = judge((finding(0.03), finding(0.9, hypothesis="H2"), finding(0.03, hypothesis="H3")), asked)
    assert [v.decision for v in found] == ["inconclusive", "inconclusive", "supported"]


def test_without_multiplicity_nothing_is_adjusted():
    found = judge(tuple(finding(0.04, hypothesis=f"H{i}") for i in (1, 2, 3)), family(3, multiplicity="none"))
    assert [(v.decision, v.p_support_adjusted) for v in found] == [("supported", 0.04)] * 3


def test_an_untestable_member_still_counts():
    """Two claims, one untestable: the other is held to alpha / 2."""
    one = judge((finding(0.03), untestable("H2")), family(2))
    two = judge((finding(0.02), untestable("H2")), family(2))
    assert [v.decision for v in one] == ["inconclusive", "untestable"]
    assert [v.decision for v in two] == ["supported", "untestable"]


ANSWERS = {
    "agrees": Sensitivity("sign-flip test", "supported", 0.01, 0.99),
    "undecided": Sensitivity("sign-flip test", "inconclusive", 0.2, 0.8),
    "opposite": Sensitivity("sign-flip test", "refuted", 0.99, 0.01),
    "bounded": Sensitivity("diverged at worst", "inconclusive", 0.2, 0.8),
    "lost": Sensitivity("without the block most in favour", "untestable", 1.0, 1.0),
}


@pytest.mark.parametrize(
    ("answers", "checks", "grade", "decision", "code"),
    [
        (["agrees"], (), "robust", "supported", None),
        (["agrees", "undecided"], (), "fragile", "supported", "fragile"),
        (["lost"], (), "fragile", "supported", "fragile"),
        (["agrees"], ("skewness: 1.7 of the paired differences",), "fragile", "supported", "fragile"),
        (["agrees"], ("ties: 3 of 20 blocks tie",), "robust", "supported", None),
        (["undecided", "opposite"], (), "contested", "inconclusive", "contested"),
        (["agrees", "bounded"], (), "contested", "inconclusive", "bounds"),
    ],
)
def test_grades(answers, checks, grade, decision, code):
    found = judged(finding(0.01, sensitivities=tuple(ANSWERS[a] for a in answers), checks=checks))
    assert (found.grade, found.decision) == (grade, decision)
    assert codes(found)[0] == "supported"
    assert codes(found)[1:2] == ([code] if code else [])


def test_a_refutation_is_graded_by_the_strata_that_refute():
    against = Sensitivity("sign-flip test", "supported", 0.01, 0.99)
    quiet = finding(0.01, sensitivities=(replace(against, decision="refuted"),))
    assert judged(quiet, finding(0.999)).grade == "robust"
    assert judged(quiet, finding(0.999, sensitivities=(against,))).decision == "inconclusive"


@pytest.mark.parametrize("p", [0.5, 1.0])
def test_what_is_not_decided_has_no_grade(p):
    assert judged(finding(p, p)).grade == "none"


def test_reasons_for_an_open_end():
    assert codes(judged(finding(0.4))) == ["undecided"]
    small = finding(0.4, p_negligible=0.01)
    assert codes(judged(small, asked=plan({"test": PAIRED, "kind": "direction", "sesoi": {"ratio": 1.1}}))) == [
        "negligible"
    ]
    assert codes(judged(small, asked=plan({"test": PAIRED, "sesoi": {"ratio": 1.1}}))) == ["undecided"]


def test_too_few_blocks_to_decide_anything():
    """Four blocks: no sign test gives a p below 1/16."""
    rows = pairs([2, 2, 2, 2], [1, 1, 1, 1])
    found = verdict(rows, plan({"test": SIGN}))
    assert (found.decision, codes(found)) == ("untestable", ["too_few_blocks"])
    assert "0.0625" in found.reasons[0].sentence


def test_enough_blocks_alone_may_be_too_few_in_a_family():
    rows = pairs([2] * 5, [1] * 5)  # 1/32 = .031
    assert verdict(rows, plan({"test": SIGN})).decision == "supported"
    _, found = concluded(rows, plan({"test": SIGN}, {"test": SIGN}))
    assert [v.decision for v in found] == ["untestable"] * 2


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (pairs([2.0] * 8, [1.0] * 8), "zero_variance"),
        (pairs([2.0], [1.0]), "too_few_blocks"),
        ([r for r in pairs([2.0] * 8, [1.0] * 8) if r["optimizer"] == "adam"], "absent_cell"),
        (
            [r for r in pairs([2.0, 3.0], [1.0, 1.0]) if (r["block"] == 0) == (r["optimizer"] == "adam")],
            "too_few_blocks",
        ),
    ],
    ids=["nothing varies", "one block", "a level without runs", "no block has both"],
)
def test_untestable_data_say_why(rows, code):
    found = verdict(rows, plan({"test": PAIRED}))
    assert (found.decision, codes(found)) == ("untestable", [code])


def test_a_sample_without_a_complete_block_says_so():
    rows = [r for r in pairs([2.0, 3.0], [1.0, 1.0]) if (r["block"] == 0) == (r["optimizer"] == "adam")]
    assert verdict(rows, plan({"test": SIGN})).reasons[0].sentence == "none of 2 blocks has every run that is compared"


def test_ties_throughout_leave_a_sign_test_nothing():
    assert codes(verdict(pairs([1.0] * 8, [1.0] * 8), plan({"test": SIGN}))) == ["no_discordance"]


def test_curves_are_described_never_judged():
    asked = plan(
        {"test": {"kaplan_meier": {"along": "optimizer"}}, "id": "curve"},
        {"test": SIGN, "id": "test"},
        responses={"y": {"measured": {"horizon": 10}}},
    )
    findings, found = concluded(pairs(range(1, 9), [9] * 8), asked)
    assert [v.hypothesis for v in found] == ["test"] == [f.hypothesis for f in findings]


def test_a_verdict_says_of_what_it_speaks():
    asked = plan({"test": PAIRED, "where": {"noise": 0.2}}, factors=STRATA)
    assert (
        scope(asked.hypotheses[0], asked, 12, 12)
        == "optimizer in sgd, adam; noise = 0.2; 12 blocks drawing data and init; over each stratum"
    )


def test_a_level_that_is_not_compared_is_not_spoken_of():
    asked = plan({"test": PAIRED}, factors={"optimizer": ["sgd", "momentum", "adam"]})
    assert scope(asked.hypotheses[0], asked, 12, 12).startswith("optimizer in sgd, adam; 12 blocks")


@pytest.mark.parametrize(
    ("levels", "told"),
    [([1, 2, 3, 4], "in 1 to 4"), ([1, 2, 3], "in 1, 2, 3"), ([1, 2, 3, 5], "in 1, 2, 3, 5"), ([1], "= 1")],
)
def test_a_long_run_of_whole_numbers_is_told_by_its_ends(levels, told):
    factors = {"optimizer": ["sgd", "adam"], "draw": {"levels": levels, "role": "stratum"}}
    asked = plan({"test": PAIRED}, factors=factors)
    assert f"; draw {told}; " in scope(asked.hypotheses[0], asked, 12, 12)


def together(*findings: Finding, compound: dict, **fields) -> Verdict:
    """The verdict of a compound of H1 and H2, alone in its family."""
    asked = plan(
        {"test": PAIRED, "id": "H1", "family": "parts"},
        {"test": PAIRED, "id": "H2", "family": "parts"},
        compounds=[{"id": "both", **compound}],
        **fields,
    )
    return judge(findings, asked)[-1]


@pytest.mark.parametrize(
    ("p1", "p2", "all_of", "any_of"),
    [
        (0.01, 0.04, "supported", "supported"),  # the largest is .04; twice the smallest .02
        (0.02, 0.5, "inconclusive", "supported"),
        (0.03, 0.5, "inconclusive", "inconclusive"),  # twice .03 exceeds .05
        (0.5, 0.98, "refuted", "inconclusive"),  # twice .02 = .04
        (0.96, 0.99, "refuted", "refuted"),  # the largest of .04 and .01
    ],
)
def test_compounds_are_intersection_and_union(p1, p2, all_of, any_of):
    found = finding(p1), finding(p2, hypothesis="H2")
    assert together(*found, compound={"all_of": ["H1", "H2"]}).decision == all_of
    assert together(*found, compound={"any_of": ["H1", "H2"]}).decision == any_of


def test_a_compound_is_untestable_only_where_the_rest_does_not_decide():
    found = finding(0.001), untestable("H2")
    assert together(*found, compound={"all_of": ["H1", "H2"]}).decision == "untestable"
    assert together(*found, compound={"any_of": ["H1", "H2"]}).decision == "supported"
    refuted = finding(0.999), untestable("H2")
    assert together(*refuted, compound={"all_of": ["H1", "H2"]}).decision == "refuted"
    assert together(*refuted, compound={"any_of": ["H1", "H2"]}).decision == "untestable"


def test_a_compound_is_as_robust_as_what_it_rests_on():
    shaky = replace(finding(0.001), sensitivities=(Sensitivity("another test", "inconclusive", 0.2, 0.8),))
    firm = finding(0.001, hypothesis="H2")
    assert together(shaky, firm, compound={"all_of": ["H1", "H2"]}).grade == "fragile"
    assert together(shaky, firm, compound={"any_of": ["H1", "H2"]}).grade == "robust"


def test_a_gate_opens_only_once_everything_before_it_is_supported():
    asked = plan(
        {"test": PAIRED, "id": "H1", "family": "first"},
        {"test": PAIRED, "id": "H2", "family": "second"},
        analysis={"gates": ["first", "second"], "refute_share": 0.2},
    )
    decisions = [v.decision for v in judge((finding(0.03), finding(0.04, hypothesis="H2")), asked)]
    assert decisions == ["supported", "supported"]  # both below .8 x .05
    decisions = [v.decision for v in judge((finding(0.3), finding(0.001, hypothesis="H2")), asked)]
    assert decisions == ["inconclusive", "inconclusive"]


def test_a_family_is_judged_by_its_own_method():
    asked = plan(
        *({"test": PAIRED, "id": name, "family": "explored"} for name in ("H1", "H2")),
        analysis={"families": {"explored": "benjamini_hochberg"}},
    )
    found = judge((finding(0.04), finding(0.045, hypothesis="H2")), asked)
    assert [v.decision for v in found] == ["supported", "supported"]  # Holm would ask .025 of the first


@pytest.mark.parametrize(
    ("same", "grade", "decision"), [(True, "contested", "inconclusive"), (False, "fragile", "supported")]
)
def test_only_the_same_parameter_can_contest(same, grade, decision):
    opposite = Sensitivity("another analysis", "refuted", 0.99, 0.01, same_estimand=same)
    found = judged(replace(finding(0.001), sensitivities=(opposite,)))
    assert (found.grade, found.decision) == (grade, decision)


def test_independent_groups_that_share_blocks_say_so():
    values = np.exp(np.random.default_rng(2).normal(size=(12, 2)))
    welch = {"welch_t": {"along": "optimizer", "treatment": "adam", "reference": "sgd"}}
    (paired,), _ = concluded(pairs(*values.T), plan({"test": welch}))
    assert [c for c in paired.checks if c.startswith("independence: 12 blocks have runs in several groups")]
    apart = [{**r, "block": r["block"] + 100 * (r["optimizer"] == "sgd")} for r in pairs(*values.T)]
    (independent,), _ = concluded(apart, plan({"test": welch}))
    assert not [c for c in independent.checks if c.startswith("independence")]
    assert (paired.accounting.blocks, paired.accounting.analysed) == (24, 24)
    assert independent.p_support == paired.p_support


@pytest.mark.parametrize(
    ("test", "fields", "said"),
    [
        ({"best_level": {"along": "optimizer", "level": "sgd"}}, {}, "sgd is the best optimizer for y (best_level)"),
        ({"friedman": {"along": "optimizer"}}, {}, "optimizer has an effect on y (friedman)"),
        (PAIRED, {"bounds": {"ratio": [0.8, 1.25]}}, "y differs along optimizer by no more than the bounds (paired_t)"),
        (PAIRED, {"alternative": "less"}, "y is less along optimizer (paired_t)"),
    ],
)
def test_a_hypothesis_without_words_says_what_it_claims(test, fields, said):
    rows = crossed(np.exp(np.random.default_rng(3).normal(size=(9, 3))), "optimizer", ("sgd", "adam", "sam"))
    asked = plan({"test": test, **fields}, factors={"optimizer": ["sgd", "adam", "sam"]})
    assert verdict(rows, asked).statement == said


@pytest.mark.parametrize(
    ("how", "opening", "laxest"),
    [("holm", 0.025, 0.025), ("benjamini_hochberg", 0.025, 0.05), ("max_t", 0.025, 0.05), ("none", 0.05, 0.05)],
)
def test_what_a_family_of_two_asks_first_and_at_most(how, opening, laxest):
    asked = plan({"test": PAIRED}, {"test": PAIRED}, analysis={"multiplicity": how})
    assert opening_level(asked, "confirmatory") == opening
    assert laxest_level(asked, "confirmatory") == laxest
