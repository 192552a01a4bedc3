"""Published summaries answer what means and spreads can, exactly as the runs would; everything else is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lnnstats.analysis.judge import judge
from lnnstats.analysis.summarised import ROUNDED, analyse_summaries
from lnnstats.analysis.values import Finding
from lnnstats.errors import BadInput
from lnnstats.results.summaries import Summaries, Summary
from lnnstats.study.values import Plan
from tests.analysis.tables import PAIR, concluded, pairs, plan

WELCH = {"welch_t": {"along": "optimizer", "treatment": "adam", "reference": "sgd", "scale": "raw"}}
PAIRED = {"paired_t": WELCH["welch_t"]}
THREE = {"optimizer": ["sgd", "adam", "momentum"]}
RUNS = np.random.default_rng(4).normal([1.0, 1.6], 0.5, size=(9, 2)) + np.random.default_rng(5).normal(size=(9, 1))


def summary(level: str, values: np.ndarray, correlation: float | None = None) -> Summary:
    return Summary("y", {"optimizer": level}, values.mean(), values.std(ddof=1), values.size, correlation=correlation)


def published(*cells: Summary) -> Summaries:
    return Summaries(Path("table.csv"), cells)


def both(correlation: float | None = None) -> Summaries:
    """The runs, adam first, as a paper would print them if it kept every digit."""
    return published(summary("adam", RUNS[:, 0], correlation), summary("sgd", RUNS[:, 1]))


def found(summaries: Summaries, asked: Plan, correlation: float | None = None) -> Finding:
    (only,) = analyse_summaries(summaries, asked, correlation)
    return only


NUMBERS = ("estimate", "p_support", "p_refute", "statistic", "df", "standard_error")


def same(one: Finding, other: Finding) -> None:
    # Sums of nine numbers, and for a pair an sd by way of a correlation: some tens of roundings.
    for name in NUMBERS:
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-10), name
    assert (one.dual.low, one.dual.high) == pytest.approx((other.dual.low, other.dual.high), rel=1e-10)
    assert one.decision == other.decision
    assert one.procedure == other.procedure


@pytest.mark.parametrize("equal", [False, True], ids=["Welch", "Student"])
@pytest.mark.parametrize("more", [{}, {"alternative": "less"}, {"bounds": {"difference": [-3.0, 1.0]}}], ids=str)
def test_groups_are_tested_as_their_runs_would_be(equal, more):
    asked = plan({"test": {"welch_t": {**WELCH["welch_t"], "equal_variances": equal}}, **more})
    rows = [{**r, "block": 2 * r["block"] + (r["optimizer"] == "sgd")} for r in pairs(*RUNS.T)]
    ((whole,), _), short = concluded(rows, asked), found(both(), asked)
    same(short, whole)
    assert (short.accounting.blocks, short.accounting.analysed) == (18, 18) == (whole.accounting.blocks, 18)


@pytest.mark.parametrize(("kind", "more"), [("paired_t", {}), ("tost", {"bounds": {"difference": [-2.0, 0.5]}})])
def test_pairs_are_tested_as_their_runs_would_be(kind, more):
    asked = plan({"test": {kind: WELCH["welch_t"]}, **more})
    ((whole,), _) = concluded(pairs(*RUNS.T), asked)
    short = found(both(np.corrcoef(RUNS.T)[0, 1]), asked)
    same(short, whole)
    assert (short.accounting.blocks, short.accounting.analysed) == (9, 9)


def test_the_second_source_agrees():
    for test, correlation in ((WELCH, None), (PAIRED, 0.3)):
        agreed = found(both(correlation), plan({"test": test})).agreements
        # scipy computes the same closed forms: fifteen digits less what cancels in a tail.
        assert agreed and min(a.digits for a in agreed) > 11


def test_the_correlation_is_with_the_reference_level_whichever_side_that_is_on():
    asked = plan(
        {"test": {"paired_t": {"along": "optimizer", "treatment": "sgd", "reference": "adam", "scale": "raw"}}}
    )
    r = np.corrcoef(RUNS.T)[0, 1]
    forward, backward = found(both(r), plan({"test": PAIRED})), found(both(r), asked)
    assert (backward.estimate, backward.p_support) == (-forward.estimate, pytest.approx(forward.p_refute, rel=1e-12))


def test_a_correlation_with_a_third_level_is_not_taken_for_that_of_the_pair():
    cells = [summary(name, RUNS[:, 0] + i, 0.9) for i, name in enumerate(("adam", "momentum"))]
    test = {"paired_t": {"along": "optimizer", "treatment": "momentum", "reference": "adam", "scale": "raw"}}
    asked = plan({"test": test}, factors=THREE)
    with pytest.raises(BadInput, match=r"hypotheses\.H1: summaries: momentum: .* needs the correlation"):
        analyse_summaries(published(*cells), asked)
    assert found(published(*cells), asked, correlation=0.5).decision == "supported"


def test_the_table_s_own_correlation_stands_before_the_one_given():
    asked = plan({"test": PAIRED})
    assert found(both(0.7), asked, correlation=0.1) == found(both(0.7), asked)


def test_every_stratum_is_a_finding():
    factors = {**PAIR, "width": {"levels": [4, 8], "role": "stratum"}}
    cells = [
        Summary("y", {"optimizer": level, "width": width}, 1.0 + shift * width, 0.5, 12)
        for width in (4, 8)
        for level, shift in (("sgd", 0.0), ("adam", 0.2))
    ]
    one, other = analyse_summaries(published(*cells), plan({"test": WELCH}, factors=factors))
    assert (one.stratum, other.stratum) == ({"width": 4}, {"width": 8})
    assert (one.estimate, other.estimate) == pytest.approx((0.8, 1.6), rel=1e-12)  # sums of two decimals
    only = found(published(*cells), plan({"test": WELCH, "where": {"width": 8}}, factors={**factors, "width": [4, 8]}))
    assert only.estimate == other.estimate


def graded(rounding: float, asked: Plan) -> tuple[Finding, str, str]:
    """Two means 0.2 apart, printed to a unit of twice `rounding`."""
    cells = [Summary("y", {"optimizer": o}, m, 0.2, 10, rounding, rounding) for o, m in (("adam", 0.6), ("sgd", 0.4))]
    only = found(published(*cells), asked)
    (verdict,) = judge((only,), asked)
    return only, verdict.decision, verdict.grade


@pytest.mark.parametrize(("rounding", "grade"), [(0.0, "robust"), (0.0005, "robust"), (0.05, "fragile")])
def test_what_rounding_hides_is_a_sensitivity(rounding, grade):
    only, decision, shown = graded(rounding, plan({"test": WELCH}))
    assert (only.decision, decision, shown) == ("supported", "supported", grade)
    assert [s.name for s in only.sensitivities] == ([ROUNDED] if rounding else [])
    assert all(s.p_support > only.p_support for s in only.sensitivities)


@pytest.mark.parametrize("test", [WELCH, PAIRED], ids=["groups", "pairs"])
@pytest.mark.parametrize(("n", "m"), [(10, 10), (3, 30)])
def test_the_sensitivity_bounds_whatever_lies_within_the_rounding(test, n, m):
    rng, asked = np.random.default_rng(7), plan({"test": test})
    m = n if test is PAIRED else m
    printed = Summary("y", {"optimizer": "adam"}, 0.9, 0.3, n, 0.05, 0.05, 0.5, 0.05)
    reference = Summary("y", {"optimizer": "sgd"}, 0.2, 0.1, m, 0.05, 0.05)
    (bound,) = found(published(printed, reference), asked).sensitivities
    for _ in range(200):
        mean, other, sd, spread, r = np.array([0.9, 0.2, 0.3, 0.1, 0.5]) + rng.uniform(-0.05, 0.05, 5)
        exact = published(
            Summary("y", {"optimizer": "adam"}, mean, sd, n, correlation=r),
            Summary("y", {"optimizer": "sgd"}, other, spread, m),
        )
        assert found(exact, asked).p_support <= bound.p_support


def test_groups_that_do_not_vary_are_untestable_and_accounted_for():
    cells = [Summary("y", {"optimizer": o}, m, 0.0, 10) for o, m in (("adam", 1.0), ("sgd", 2.0))]
    only = found(published(*cells), plan({"test": WELCH}))
    assert (only.decision, only.untestable.code) == ("untestable", "zero_variance")
    assert (only.accounting.blocks, only.accounting.analysed) == (20, 0)


NUISANCE = {**PAIR, "width": {"levels": [4, 8], "role": "nuisance"}}
TIME = {"y": {"measured": {"horizon": 9}}}
LOGGED = {"welch_t": {"along": "optimizer", "treatment": "adam"}}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (plan({"test": LOGGED}), r"H1\.test\.scale: a geometric mean cannot be had from .*, found log, allowed raw"),
        (
            plan({"test": {"sign_test": {"along": "optimizer", "treatment": "adam"}}}),
            r"H1\.test: published summaries cannot answer this test, found sign_test, allowed welch_t, paired_t, tost",
        ),
        (plan({"test": WELCH}, responses=TIME), r"H1\.response: .* never arrived entered, found y, a time"),
        (plan({"test": WELCH}, factors=NUISANCE), r"H1: an average over levels needs the runs, found width"),
        (plan({"test": PAIRED}, analysis={"multiplicity": "max_t"}), r"H1\.family: max_t resamples runs"),
        (plan({"test": PAIRED}), r"H1: summaries: adam: a paired comparison needs the correlation"),
        (
            plan({"test": {"welch_t": {**WELCH["welch_t"], "treatment": "momentum"}}}, factors=THREE),
            r"H1: table.csv: no row for a cell that is compared, found response y, optimizer momentum",
        ),
    ],
    ids=["log", "sign test", "time", "average", "max_t", "no correlation", "no row"],
)
def test_what_needs_the_runs_is_refused(asked, message):
    with pytest.raises(BadInput, match=message):
        analyse_summaries(both(), asked)


def test_every_hypothesis_that_cannot_be_answered_is_named_at_once():
    with pytest.raises(BadInput) as refusal:
        analyse_summaries(both(), plan({"test": LOGGED}, {"test": WELCH}, {"test": {"paired_t": LOGGED["welch_t"]}}))
    assert [p.path for p in refusal.value.problems] == ["hypotheses.H1.test.scale", "hypotheses.H3.test.scale"]
