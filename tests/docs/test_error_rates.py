"""The page of error rates says what was stored; what was stored is found again by a few data sets of another seed."""

from __future__ import annotations

import math

import pytest

from benchmarks.error_rates.advice import ADVICE, TITLES
from benchmarks.error_rates.marks import RATES, liberal, miss, monte_carlo_error
from benchmarks.error_rates.render import PAGE, page
from benchmarks.error_rates.simulate import EXEMPT, SHIPPED, deciding, repetitions, simulate, sizes_of, worlds_of
from benchmarks.error_rates.store import keep, stored
from benchmarks.error_rates.verdicts import METHODS, QUESTIONS, family
from lnnstats.parts.procedures import FAMILIES, PROCEDURES

WORLDS, FAMILIES_DRAWN, SEED = 300, 1000, 77
AGAIN = ["sign_test", "trimmed_t", "group_contrast", "robust_slope", "mcnemar", "paired_risk_difference", "log_rank"]
KNOWN = stored()


def test_the_page_is_what_the_stored_rates_give():
    assert PAGE.read_text(encoding="utf-8") == page(KNOWN)


def test_every_procedure_that_decides_is_there_but_the_rule_on_rounding():
    assert set(KNOWN["procedures"]) == set(deciding())
    assert {kind for kind, part in PROCEDURES.items() if part.decides} - set(deciding()) == EXEMPT
    assert {family for family, parts in FAMILIES.items() if any(p.decides for p in parts)} <= {*TITLES, "identities"}


@pytest.mark.parametrize("kind", sorted(KNOWN["procedures"]))
def test_a_procedure_has_every_number_of_blocks(kind):
    cells = KNOWN["procedures"][kind]
    for data in {cell["data"] for cell in cells}:
        found = {cell["n"]: cell["worlds"] for cell in cells if cell["data"] == data}
        assert found == {n: repetitions(kind, n) for n in sizes_of(kind)}
        assert set(SHIPPED) <= set(found)


def test_what_is_liberal_has_an_alternative_and_nothing_else_has():
    assert set(liberal(KNOWN["procedures"])) == set(ADVICE)


@pytest.mark.parametrize("kind", AGAIN)
def test_the_stored_worlds_are_these_and_their_rates_come_again(kind):
    cells = {(cell["data"], cell["n"]): cell for cell in KNOWN["procedures"][kind]}
    worlds = worlds_of(kind)
    assert {data for data, _ in cells} == {world.data for world in worlds}
    for world in worlds:
        known, again = cells[world.data, SHIPPED[0]], simulate(world, SHIPPED[0], WORLDS, seed=SEED)
        assert again.theta == known["theta"]
        for name in RATES:
            if known[name] is not None:
                assert_same_chance(known[name], known["worlds"], getattr(again, name), WORLDS)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("method", METHODS)
def test_familywise_rates_come_again(question, method):
    truth, claims = "either side of d in turn", 2
    (known,) = (
        rate
        for rate in KNOWN["familywise"]["rates"]
        if (rate["question"], rate["method"], rate["truth"], rate["claims"]) == (question, method, truth, claims)
    )
    again = family(question, truth, method, claims, FAMILIES_DRAWN, seed=SEED)
    assert_same_chance(known["rate"], known["worlds"], again["rate"], FAMILIES_DRAWN)


def test_no_family_errs_beyond_alpha():
    """Of 476 rates of .05 none lies more than 4 Monte-Carlo errors above it, but for a chance of 2 in 100."""
    for rate in KNOWN["familywise"]["rates"]:
        assert rate["rate"] <= 0.05 + 4 * monte_carlo_error(0.05, rate["worlds"]), rate


def assert_same_chance(first: float, m: int, second: float, k: int) -> None:
    """Two shares of m and k data sets lie within 4.5 standard errors of their difference.

    By chance 7 in a million do not, or 40 where counts are near 10 and skewed. One rejection more in each keeps the
    error of a share of 0 above 0.
    """
    pooled = (first * m + second * k + 2) / (m + k + 4)
    assert abs(first - second) <= 4.5 * math.sqrt(pooled * (1 - pooled) * (1 / m + 1 / k))


def test_a_miss_lies_beyond_a_hundredth_and_three_errors():
    """4,000 data sets: an error of .00345 at .05, so .0703 is allowed and .0704 is not."""
    assert miss("above", 0.0703, 4000) is None
    assert miss("above", 0.0704, 4000) == "liberal"
    assert miss("below", 0.0296, 4000) == "conservative"
    assert miss("coverage", 0.9296, 4000) == "liberal"
    assert miss("coverage", 0.9704, 4000) == "conservative"
    assert miss("coverage", None, 4000) is None


def test_a_part_kept_leaves_the_others_alone(tmp_path):
    path = tmp_path / "rates.json"
    keep("procedures", {"a": [1], "b": [2]}, path)
    keep("procedures", {"b": [3]}, path)
    keep("familywise", {"rates": []}, path)
    assert stored(path) == {"procedures": {"a": [1], "b": [3]}, "familywise": {"rates": []}}
