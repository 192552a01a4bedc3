"""Worlds of known truth, from a long table to a verdict: none is judged wrongly oftener than alpha, and where the truth
is no effect or twice the smallest one the planned blocks decide nine times in ten.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from lnnstats.cli import main
from lnnstats.results.foreign import write_table
from tests.analysis.tables import Tree, concluded, crossed, pairs, plan, table

ALPHA, REPETITIONS, CHANCE = 0.05, 300, 1e-4
Rng = np.random.Generator
Rows = list[Tree]
PAIR = {"along": "optimizer", "treatment": "adam", "reference": "sgd"}
DEPTHS = {"depth": {"levels": [1, 2, 4], "scale": "ordinal"}}
TREND = {"along": "depth", "scores": "log2"}
D = math.log(1.2)
SD = 0.3


@dataclass(frozen=True)
class World:
    """A table's law and a question; `wrong`: verdicts that would be false; `planned`: the decision to be reached in
    nine of ten tables, if the blocks were planned for it.
    """

    name: str
    simulate: Callable[[Rng], Rows]
    hypotheses: tuple[Tree, ...]
    wrong: frozenset[str]
    planned: str | None = None
    factors: Tree | None = None
    responses: Tree | None = None
    more: Tree = field(default_factory=dict)

    def plan(self) -> Any:
        return plan(*self.hypotheses, factors=self.factors, responses=self.responses, **self.more)


def blocks_for(distance: float, sd: float, power: float = 0.93) -> int:
    """Blocks with which a one-sided t test at alpha finds a distance with this power (normal formula, plus 2)."""
    return math.ceil(((special.ndtri(1 - ALPHA) + special.ndtri(power)) * sd / distance) ** 2) + 2


def relevance(theta: float, d: float) -> tuple[frozenset[str], str | None]:
    """False verdicts and the one to be reached, where theta >= d is claimed."""
    wrong = frozenset({"refuted"} if theta >= d else {"supported"})
    return wrong, "supported" if theta >= 2 * d else "refuted" if theta <= 0 else None


def equivalence(theta: float, bound: float) -> tuple[frozenset[str], str | None]:
    inside = abs(theta) < bound
    planned = "supported" if theta == 0 else "refuted" if abs(theta) >= 2 * bound else None
    return frozenset({"refuted"} if inside else {"supported"}), planned


def levels_of(d: float) -> tuple[tuple[str, float], ...]:
    """The truths at which chances are published."""
    return ("no effect", 0.0), ("half", d / 2), ("the edge", d), ("twice", 2 * d)


def shifted(n: int, theta: float, noise: Callable[[Rng, int], Any]) -> Callable[[Rng], Rows]:
    """Pairs around a block effect whose log ratio is theta + noise."""

    def simulate(rng: Rng) -> Rows:
        block = rng.normal(size=n)
        return pairs(np.exp(block + theta + noise(rng, n)), np.exp(block))

    return simulate


def normal(rng: Rng, n: int) -> Any:
    return rng.normal(0.0, SD, size=n)


def heavy(rng: Rng, n: int) -> Any:
    """t with 3 degrees of freedom, symmetric about 0, of the same sd."""
    return rng.standard_t(3, size=n) * SD / math.sqrt(3)


def mean_worlds() -> list[World]:
    n, made = blocks_for(D, SD), []
    tests = {
        "paired_t": {},
        "bootstrap_t": {"scale": "log", "resamples": 999},
        "sign_flip": {"scale": "log"},
        "trimmed_t": {"scale": "log"},
        "wilcoxon": {"scale": "log"},
    }
    for (kind, options), (word, theta) in product(tests.items(), levels_of(D)):
        wrong, planned = relevance(theta, D)
        asked = {"test": {kind: {**PAIR, **options}}, "sesoi": {"ratio": 1.2}}
        size = n if kind in ("paired_t", "bootstrap_t", "sign_flip") else math.ceil(n * 1.2)  # the price of robustness
        made.append(World(f"{kind}, {word}", shifted(size, theta, normal), (asked,), wrong, planned))
    for word, theta in levels_of(D):
        wrong, planned = relevance(theta, D)
        asked = {"test": {"wilcoxon": {**PAIR, "scale": "log"}}, "sesoi": {"ratio": 1.2}}
        made.append(World(f"wilcoxon, heavy tails, {word}", shifted(n, theta, heavy), (asked,), wrong, planned))
    return made


def equivalence_worlds() -> list[World]:
    bound, made = math.log(1.25), []
    n = math.ceil(((special.ndtri(1 - ALPHA) + special.ndtri(0.965)) * SD / bound) ** 2) + 2
    for word, theta in (("equal", 0.0), ("at the bound", bound), ("below the lower bound", -2 * bound)):
        wrong, planned = equivalence(theta, bound)
        asked = {"test": {"tost": PAIR}, "bounds": {"ratio": [0.8, 1.25]}}
        made.append(World(f"tost, {word}", shifted(n, theta, normal), (asked,), wrong, planned))
    return made


def trends(n: int, theta: float, missing: float = 0.0) -> Callable[[Rng], Rows]:
    """Three depths, log value rising by theta + a slope of the block's own a doubling."""

    def simulate(rng: Rng) -> Rows:
        slope = theta + rng.normal(0.0, 0.2, size=(n, 1))
        values = np.exp(rng.normal(size=(n, 1)) + slope * np.arange(3) + rng.normal(0.0, 0.2, size=(n, 3)))
        rows = crossed(values, "depth", (1, 2, 4))
        return [row for row in rows if rng.uniform() >= missing]

    return simulate


def trend_worlds() -> list[World]:
    sd, made = math.sqrt(0.2**2 + 0.2**2 / 2), []  # of a least-squares slope on scores 0, 1, 2
    n = blocks_for(D, sd)
    for word, theta in levels_of(D):
        wrong, planned = relevance(theta, D)
        asked = {"test": {"trend_slope": TREND}, "sesoi": {"ratio": 1.2}, "alternative": "increasing"}
        made.append(World(f"trend_slope, {word}", trends(n, theta), (asked,), wrong, planned, DEPTHS))
        asked = {"test": {"mixed_trend": TREND}, "sesoi": {"ratio": 1.2}, "alternative": "increasing"}
        world = World(
            f"mixed_trend, a tenth missing, {word}", trends(2 * n, theta, 0.1), (asked,), wrong, planned, DEPTHS
        )
        made.append(world)
    for word, theta, planned in (("flat", 0.0, None), ("rising", 0.15, "supported"), ("falling", -0.15, "refuted")):
        wrong = frozenset({"refuted"} if theta > 0 else {"supported"})  # flat is not rising: to refute it is right
        asked = {"test": {"page": {"along": "depth"}}, "alternative": "increasing"}
        made.append(World(f"page, {word}", trends(40, theta), (asked,), wrong, planned, DEPTHS))
        asked = {"test": {"adjacent_steps": {"along": "depth"}}, "alternative": "increasing"}
        wrong = frozenset({"supported"} if theta <= 0 else {"refuted"})
        planned = {"falling": "refuted", "rising": "supported"}.get(word)
        made.append(World(f"adjacent_steps, {word}", trends(90, 1.5 * theta), (asked,), wrong, planned, DEPTHS))
    return made


EVENT = {"y": {"measured": {"resolution": 0.5}}}


def events(n: int, risks: tuple[float, ...], path: str, labels: tuple[Any, ...]) -> Callable[[Rng], Rows]:
    """Events at each level, half of the blocks sharing one uniform over levels."""

    def simulate(rng: Rng) -> Rows:
        shared = rng.uniform(size=(n, 1)) < 0.5
        u = np.where(shared, rng.uniform(size=(n, 1)), rng.uniform(size=(n, len(risks))))
        return crossed((u < np.array(risks)).astype(float), path, labels)

    return simulate


def event_worlds() -> list[World]:
    made = []
    for word, theta in levels_of(0.1):
        wrong, planned = relevance(theta, 0.1)
        asked = {"test": {"paired_risk_difference": PAIR}, "sesoi": {"risk_difference": 0.1}}
        simulate = events(250, (0.3 + theta, 0.3), "optimizer", ("adam", "sgd"))
        made.append(World(f"paired_risk_difference, {word}", simulate, (asked,), wrong, planned, None, EVENT))
        asked = {"test": {"ordered_trend": TREND}, "sesoi": {"risk_difference": 0.1}, "alternative": "increasing"}
        # The weighted risk difference of scores 0, 1, 2 is the outer difference.
        simulate = events(420, (0.3, 0.3 + theta / 2, 0.3 + theta), "depth", (1, 2, 4))
        made.append(World(f"ordered_trend, {word}", simulate, (asked,), wrong, planned, DEPTHS, EVENT))
    for word, theta in levels_of(0.15):
        wrong, planned = relevance(theta, 0.15)
        asked = {"test": {"sign_test": PAIR}, "sesoi": {"probability": 0.15}}

        def order(rng: Rng, theta: float = theta) -> Rows:
            sign = np.where(rng.uniform(size=110) < 0.5 + theta, 1.0, -1.0)
            return pairs(sign * rng.lognormal(size=110), np.zeros(110))  # skewed and heavy: only the order counts

        made.append(World(f"sign_test, skewed, {word}", order, (asked,), wrong, planned))
        asked = {"test": {"binomial": {}}, "where": {"optimizer": "adam"}, "sesoi": {"probability": 0.15}}
        asked |= {"null_value": 0.2}
        simulate = events(90, (0.2 + theta,), "optimizer", ("adam",))
        made.append(World(f"binomial, {word}", simulate, (asked,), wrong, planned, None, EVENT))
    return made


def groups(n: int, theta: float, sds: tuple[float, float]) -> Callable[[Rng], Rows]:
    """Independent blocks: log values N(theta, sd^2) under adam, N(0, sd^2) under sgd."""

    def simulate(rng: Rng) -> Rows:
        treated = [
            {"optimizer": "adam", "block": i, "value": math.exp(theta + sds[0] * rng.normal())} for i in range(n)
        ]
        control = [{"optimizer": "sgd", "block": n + i, "value": math.exp(sds[1] * rng.normal())} for i in range(n)]
        return [*treated, *control]

    return simulate


def group_worlds() -> list[World]:
    sds, made = (0.2, 0.4), []
    n = blocks_for(D, math.hypot(*sds))
    for (kind, options), (word, theta) in product(
        {"welch_t": {}, "permutation_t": {"resamples": 999}}.items(), levels_of(D)
    ):
        wrong, planned = relevance(theta, D)
        asked = {"test": {kind: {**PAIR, **options, "scale": "log"}}, "sesoi": {"ratio": 1.2}}
        made.append(World(f"{kind}, unequal spread, {word}", groups(n, theta, sds), (asked,), wrong, planned))
    for word, theta in levels_of(0.1):
        wrong, planned = relevance(theta, 0.1)
        shift = special.ndtri(0.5 + theta) * math.hypot(*sds)  # P(treatment > reference) = .5 + theta
        asked = {"test": {"brunner_munzel": PAIR}, "sesoi": {"probability": 0.1}}
        made.append(World(f"brunner_munzel, {word}", groups(130, shift, sds), (asked,), wrong, planned))
    return made


def diverging(n: int, theta: float, share: float) -> Callable[[Rng], Rows]:
    """Pairs of which a share of the treatment's runs diverged, whatever their value."""

    def simulate(rng: Rng) -> Rows:
        block = rng.normal(size=n)
        treated = np.exp(block + theta + normal(rng, n))
        treated[rng.uniform(size=n) < share] = math.nan
        return pairs(treated, np.exp(block))

    return simulate


def failure_worlds() -> list[World]:
    made = []
    for word, theta in levels_of(D):
        wrong, _ = relevance(theta, D)
        asked = {"test": {"paired_t": PAIR}, "sesoi": {"ratio": 1.2}}
        made.append(World(f"paired_t, some diverge, {word}", diverging(40, theta, 0.04), (asked,), wrong))
    for word, share, planned in (("never", 0.0, None), ("often", 0.4, "supported")):
        wrong = frozenset({"refuted"} if share else {"supported"})
        asked = {"test": {"sign_test": PAIR}}
        made.append(World(f"sign_test, diverges {word}", diverging(60, 0.0, share), (asked,), wrong, planned))
    return made


STRATA = {"optimizer": ["sgd", "adam"], "noise": {"levels": [0.1, 0.2], "role": "stratum"}}


def stratified(n: int, thetas: tuple[float, float]) -> Callable[[Rng], Rows]:
    def simulate(rng: Rng) -> Rows:
        made = zip(thetas, (0.1, 0.2), strict=True)
        return [row for theta, noise in made for row in [{**r, "noise": noise} for r in shifted(n, theta, normal)(rng)]]

    return simulate


def compound_worlds() -> list[World]:
    n, made = blocks_for(D, SD, 0.97), []
    strata = {"hypotheses": ({"test": {"paired_t": PAIR}, "sesoi": {"ratio": 1.2}},), "factors": STRATA}
    cases = (
        ("both hold", (2 * D, 2 * D), {"refuted"}, "supported"),
        ("one fails", (2 * D, 0.0), {"supported"}, "refuted"),
        ("both at the edge", (D, D), {"refuted"}, None),
    )
    for word, thetas, wrong, planned in cases:
        size = math.ceil(1.2 * n)  # a stratum is refuted at alpha / 2
        made.append(
            World(f"strata, {word}", stratified(size, thetas), wrong=frozenset(wrong), planned=planned, **strata)
        )
    for name, word in (("all_of", "all"), ("any_of", "any")):
        parts = tuple(
            {
                "id": f"H{i}",
                "test": {"paired_t": PAIR},
                "where": {"noise": noise},
                "sesoi": {"ratio": 1.2},
                "family": "parts",
            }
            for i, noise in enumerate((0.1, 0.2))
        )
        more = {"compounds": [{"id": "C", name: ["H0", "H1"]}]}
        for case, thetas, *_ in cases:
            holds = (all if word == "all" else any)(theta >= D for theta in thetas)
            wrong = frozenset({"refuted" if holds else "supported"})
            planned = None if "edge" in case else "supported" if holds else "refuted"
            made.append(
                World(
                    f"{word} of two, {case}",
                    stratified(math.ceil(1.3 * n), thetas),
                    parts,
                    wrong,
                    planned,
                    STRATA,
                    None,
                    more,
                )
            )
    return made


WORLDS = [
    *mean_worlds(),
    *equivalence_worlds(),
    *trend_worlds(),
    *event_worlds(),
    *group_worlds(),
    *failure_worlds(),
    *compound_worlds(),
]
IDS = [world.name for world in WORLDS]


@pytest.fixture(autouse=True)
def no_second_source(monkeypatch):
    """The other libraries decide nothing, and take most of the time."""
    monkeypatch.setattr("lnnstats.analysis.analyse.agreements", lambda *_: ())


def test_there_are_sixty_worlds():
    assert len(set(IDS)) == len(IDS) >= 60


def decisions(world: World, repetitions: int) -> Counter:
    """How often each verdict was reached; of a compound that of the compound."""
    asked, rng = world.plan(), np.random.default_rng(sum(map(ord, world.name)))
    return Counter(concluded(world.simulate(rng), asked)[1][-1].decision for _ in range(repetitions))


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS, ids=IDS)
def test_a_known_truth_is_seldom_misjudged_and_decided_as_planned(world):
    found = decisions(world, REPETITIONS)
    # Counts that alpha, or a chance of nine in ten, would exceed (or miss) in one of 10,000 such tests.
    assert sum(found[word] for word in world.wrong) <= stats.binom.isf(CHANCE, REPETITIONS, ALPHA), dict(found)
    if world.planned:
        assert found[world.planned] >= stats.binom.ppf(CHANCE, REPETITIONS, 0.9), dict(found)


@pytest.mark.parametrize("world", WORLDS[::7], ids=IDS[::7])
def test_the_command_says_what_the_analysis_says(world, tmp_path, monkeypatch):
    """A table through `lnnstats analyze` ends in the verdict of the analysis."""
    from click.testing import CliRunner

    rows, asked = world.simulate(np.random.default_rng(5)), world.plan()
    write_table(table(rows), tmp_path / "table.csv")
    tree = asked.model_dump(mode="json", exclude_none=True)
    keep = ("factors", "responses", "hypotheses", "compounds", "analysis")
    (tmp_path / "plan.yaml").write_text(json.dumps({k: tree[k] for k in keep if k in tree}), encoding="utf-8")
    command = [
        "analyze",
        str(tmp_path / "table.csv"),
        "--plan",
        str(tmp_path / "plan.yaml"),
        "--out",
        str(tmp_path / "o"),
    ]
    done = CliRunner().invoke(main, [*command, "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads((tmp_path / "o" / "verdicts.json").read_text(encoding="utf-8"))
    assert [v["decision"] for v in said] == [v.decision for v in concluded(rows, asked)[1]]
