"""What a verdict promises, measured: on tables of known truth neither false support nor false refutation exceeds alpha.

Every table goes through selection, procedure, question and judgement as a study's would. Counts are held against a
binomial bound: with true chance alpha a count above it has probability 1e-5. Beside each stands what the method finds
where the truth is clear, so that one which never decides would fail.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from lnnstats.study.values import Plan
from tests.analysis.tables import DEPTHS, PAIRED, concluded, crossed, pairs, plan

ALPHA, BLOCKS, CHANCE = 0.05, 12, 1e-5
SIGN = {"sign_test": {"along": "optimizer", "treatment": "adam", "reference": "sgd"}}
TOST = {"tost": PAIRED["paired_t"]}
TREND = {"ordered_trend": {"along": "depth", "scores": "rank"}}
EVENT = {"y": {"measured": {"resolution": 0.5}}}
ALONE = {
    "analysis": {"alpha": ALPHA, "leave_one_out": False}
}  # decisions as they are before other analyses can contest them

Rng = np.random.Generator
Simulate = Callable[[Rng, float], list]


@pytest.fixture(autouse=True)
def no_second_source(monkeypatch):
    """The other libraries decide nothing, and take most of the time."""
    monkeypatch.setattr("lnnstats.analysis.analyse.agreements", lambda *_: ())


def counted(simulate: Simulate, theta: float, asked: Plan, repetitions: int, seed: int = 1) -> Counter:
    """How often each decision was reached."""
    rng = np.random.default_rng(seed)
    return Counter(concluded(simulate(rng, theta), asked)[1][0].decision for _ in range(repetitions))


def most(repetitions: int, chance: float = ALPHA) -> int:
    """A count that an event of this chance exceeds with probability CHANCE only."""
    return int(stats.binom.isf(CHANCE, repetitions, chance))


def log_ratios(rng: Rng, theta: float) -> list:
    """Pairs whose log ratio is N(theta, .3^2) around a block effect."""
    block = rng.normal(0.0, 1.0, size=BLOCKS)
    return pairs(np.exp(block + rng.normal(theta, 0.3, size=BLOCKS)), np.exp(block))


def orders(rng: Rng, theta: float) -> list:
    """Pairs in which the treatment is the greater with probability theta, by a heavy-tailed margin."""
    sign = np.where(rng.uniform(size=BLOCKS) < theta, 1.0, -1.0)
    return pairs(sign * np.abs(rng.standard_cauchy(size=BLOCKS)), np.zeros(BLOCKS))


def odds(rng: Rng, theta: float) -> list:
    """Events at three levels with log odds theta a level around a block effect."""
    logits = rng.normal(-0.5, 1.0, size=(30, 1)) + theta * np.arange(3)
    return crossed(rng.uniform(size=(30, 3)) < 1 / (1 + np.exp(-logits)), "depth", (1, 2, 4))


def risks(rng: Rng, theta: float) -> list:
    """Events at three levels with risks .4 - theta/2, .4, .4 + theta/2; half of the blocks share one uniform."""
    levels: NDArray = 0.4 + theta / 2 * np.array([-1.0, 0.0, 1.0])
    shared = np.where(rng.uniform(size=(60, 1)) < 0.5, rng.uniform(size=(60, 1)), rng.uniform(size=(60, 3)))
    return crossed(shared < levels, "depth", (1, 2, 4))


CASES = {
    "paired_t relevance": (log_ratios, math.log(1.2), plan({"test": PAIRED, "sesoi": {"ratio": 1.2}}, **ALONE), 0.35),
    "sign_test relevance": (orders, 0.6, plan({"test": SIGN, "sesoi": {"probability": 0.1}}, **ALONE), 0.35),
    "ordered_trend odds": (
        odds,
        math.log(1.5),
        plan(
            {"test": TREND, "sesoi": {"odds_ratio": 1.5}, "alternative": "increasing"},
            factors=DEPTHS,
            responses=EVENT,
            **ALONE,
        ),
        1.5,
    ),
    "ordered_trend risk": (
        risks,
        0.1,
        plan(
            {"test": TREND, "sesoi": {"risk_difference": 0.1}, "alternative": "increasing"},
            factors=DEPTHS,
            responses=EVENT,
            **ALONE,
        ),
        0.65,
    ),
}
EQUIVALENT = plan({"test": TOST, "bounds": {"ratio": [1 / 1.3, 1.3]}}, **ALONE)
NARROW = plan(
    {"test": TOST, "bounds": {"ratio": [1 / 1.004, 1.004]}}, **ALONE
)  # a twentieth of the standard error of .087


def at_most_alpha(counts: Counter, decision: str, repetitions: int) -> None:
    assert counts[decision] <= most(repetitions), f"{dict(counts)} of {repetitions}"


def both_sides(name: str, repetitions: int) -> None:
    """At the edge both nulls are true; a step to either side the right decision comes in most tables."""
    simulate, edge, asked, step = CASES[name]
    counts = counted(simulate, edge, asked, repetitions)
    at_most_alpha(counts, "supported", repetitions)
    at_most_alpha(counts, "refuted", repetitions)
    few = max(20, repetitions // 20)
    assert counted(simulate, edge + step, asked, few)["supported"] > few / 2
    assert counted(simulate, edge - step, asked, few)["refuted"] > few / 2


@pytest.mark.parametrize("name", CASES)
def test_neither_side_errs_oftener_than_alpha(name):
    both_sides(name, 400)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_neither_side_errs_oftener_than_alpha_in_many(name):
    both_sides(name, 6000)


def test_nor_at_the_null_of_no_effect_does_relevance_get_support():
    counts = counted(log_ratios, 0.0, CASES["paired_t relevance"][2], 200)
    at_most_alpha(counts, "supported", 200)


@pytest.mark.parametrize("repetitions", [400, pytest.param(6000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("side", [1, -1])
def test_equivalence_is_seldom_claimed_at_its_bounds(side, repetitions):
    counts = counted(log_ratios, side * math.log(1.3), EQUIVALENT, repetitions)
    at_most_alpha(counts, "supported", repetitions)
    at_most_alpha(counts, "refuted", repetitions)


def test_equivalence_is_found_where_it_holds():
    assert counted(log_ratios, 0.0, EQUIVALENT, 40)["supported"] > 20
    assert counted(log_ratios, math.log(2.0), EQUIVALENT, 40)["refuted"] > 20


@pytest.mark.parametrize("repetitions", [1000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_doubling_keeps_refutation_at_the_edge_of_narrow_bounds(repetitions):
    """Two tests at alpha would refute nearly twice as often: their count must lie above the bound that ours keeps."""
    rng, limit = np.random.default_rng(4), most(repetitions)
    found = [concluded(log_ratios(rng, math.log(1.004)), NARROW)[0][0] for _ in range(repetitions)]
    assert sum(f.decision == "refuted" for f in found) <= limit
    undoubled = sum(f.p_refute / 2 <= ALPHA for f in found)
    assert undoubled > limit


def families(m: int) -> Plan:
    """m claims about m responses, one family, every other claim upward."""
    hypotheses = [
        {"test": PAIRED, "response": f"y{i}", "sesoi": {"ratio": 1.2}, "alternative": ("greater", "less")[i % 2]}
        for i in range(m)
    ]
    return plan(*hypotheses, responses={f"y{i}": "measured" for i in range(m)}, **ALONE)


def family_errors(m: int, repetitions: int, correlation: float) -> int:
    """Tables with a false verdict: each claim's truth is just short of its edge or beyond: one verdict is false."""
    rng, asked, errors = np.random.default_rng(m), families(m), 0
    edge = math.log(1.2)
    for _ in range(repetitions):
        beyond = rng.uniform(size=m) < 0.5
        truth = np.where(beyond, edge + 1e-9, edge - 1e-9)
        noise = math.sqrt(correlation) * rng.normal(size=(BLOCKS, 1)) + math.sqrt(1 - correlation) * rng.normal(
            size=(BLOCKS, m)
        )
        signs = np.where(np.arange(m) % 2, -1.0, 1.0)
        ratios = np.exp(signs * truth + 0.3 * noise)
        rows = [row for i in range(m) for row in pairs(ratios[:, i], np.ones(BLOCKS), response=f"y{i}")]
        false = np.where(beyond, "refuted", "supported")
        errors += any(v.decision == wrong for v, wrong in zip(concluded(rows, asked)[1], false, strict=True))
    return errors


@pytest.mark.slow
@pytest.mark.parametrize("correlation", [0.0, 0.7])
@pytest.mark.parametrize("m", [2, 5, 10])
def test_any_false_verdict_in_a_family_comes_no_oftener_than_alpha(m, correlation):
    repetitions = 2000
    assert family_errors(m, repetitions, correlation) <= most(repetitions)


STRATA = {"optimizer": ["sgd", "adam"], "noise": {"levels": [0.1, 0.2, 0.3], "role": "stratum"}}


@pytest.mark.slow
def test_a_conjunction_over_strata_keeps_both_promises():
    """One stratum at the edge and two far beyond (support), or all three at the edge (refutation): each is false."""
    asked, rng, repetitions = (
        plan({"test": PAIRED, "sesoi": {"ratio": 1.2}}, factors=STRATA, **ALONE),
        np.random.default_rng(9),
        2000,
    )
    edge, far = math.log(1.2), math.log(3.0)

    def decisions(thetas: tuple[float, ...]) -> Counter:
        made = Counter()
        for _ in range(repetitions):
            ratios = [np.exp(rng.normal(theta, 0.3, size=BLOCKS)) for theta in thetas]
            rows = [
                row
                for r, noise in zip(ratios, (0.1, 0.2, 0.3), strict=True)
                for row in pairs(r, np.ones(BLOCKS), noise=noise)
            ]
            made[concluded(rows, asked)[1][0].decision] += 1
        return made

    at_most_alpha(decisions((edge, far, far)), "supported", repetitions)
    at_most_alpha(decisions((edge, edge, edge)), "refuted", repetitions)
