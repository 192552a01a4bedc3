"""What claims about depth ask, through the whole analysis: exponents, levels alike, growth, two random factors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lnnstats.analysis.calls.values import scores
from lnnstats.errors import BadInput
from tests.analysis.tables import concluded, crossed, plan

RATES = (0.001, 0.01, 0.1, 1.0)
STEPS = {"rate": {"levels": list(RATES)}}
DEPTHS = (2, 4, 6, 8)
TIMED = {"y": {"measured": {"horizon": 5000}}}
NOISES = ("a", "b", "c", "d")


def power_law(exponent, seed=0):
    rng = np.random.default_rng(seed)
    shape = 3 * np.array(RATES) ** exponent
    return crossed(shape * np.exp(rng.normal(size=(20, 1)) + 0.05 * rng.normal(size=(20, 4))), "rate", RATES)


def test_log_scores_are_natural_logs():
    assert scores((1, 2, 4), "log") == pytest.approx([0.0, math.log(2), math.log(4)], rel=1e-15)


@pytest.mark.parametrize("kind", ["trend_slope", "theil_sen"])
@pytest.mark.parametrize(("exponent", "decision"), [(2.0, "supported"), (1.8, "refuted")])
def test_an_error_falls_like_the_square_of_the_rate(kind, exponent, decision):
    test = {kind: {"along": "rate", "scores": "log"}}
    asked = plan({"test": test, "bounds": {"exponent": [1.9, 2.1]}}, factors=STEPS)
    (found,), (verdict,) = concluded(power_law(exponent), asked)
    assert (verdict.decision, found.measure) == (decision, "exponent")
    # Twenty slopes of standard deviation .05 / sqrt(sum of squared centred log rates = 26.5) = .01.
    assert found.estimate == pytest.approx(exponent, abs=0.01)
    assert found.interval is not None and found.interval.low < found.estimate < found.interval.high
    assert [a for a in found.agreements if a.digits < 9] == []


def test_an_exponent_beyond_a_null_value():
    asked = plan(
        {
            "test": {"trend_slope": {"along": "rate", "scores": "log"}},
            "null_value": 1.5, "sesoi": {"exponent": 0.3}, "sd": 0.02,
        },
        factors=STEPS,
    )  # fmt: skip
    assert concluded(power_law(2.0), asked)[1][0].decision == "supported"
    assert concluded(power_law(1.7), asked)[1][0].decision == "refuted"


@pytest.mark.parametrize(
    ("test", "fields"),
    [
        ({"trend_slope": {"along": "rate", "scores": "log"}}, {"sesoi": {"ratio": 1.5}}),
        ({"trend_slope": {"along": "rate", "scores": "log2"}}, {"sesoi": {"exponent": 0.5}}),
        ({"trend_slope": {"along": "rate", "scores": "log", "scale": "raw"}}, {"sesoi": {"exponent": 0.5}}),
        ({"robust_slope": {"along": "rate", "scores": "log"}}, {"sesoi": {"exponent": 0.5}}),
    ],
)
def test_an_exponent_is_of_logs_on_log_levels_only(test, fields):
    with pytest.raises(BadInput, match="cannot be judged by this measure"):
        plan({"test": test, **fields}, factors=STEPS)


@pytest.mark.parametrize("scores", ["log", "log2"])
def test_log_scores_need_positive_levels(scores):
    with pytest.raises(BadInput, match=f"{scores} scores need positive numbers"):
        plan({"test": {"trend_slope": {"along": "rate", "scores": scores}}}, factors={"rate": [0, 1, 2]})
    crossing = {"factors": ["arm", "rate"], "treatment": "b", "scores": scores}
    with pytest.raises(BadInput, match=f"{scores} scores need positive numbers"):
        plan({"test": {"interaction_slope": crossing}}, factors={"arm": ["a", "b"], "rate": [0, 1, 2]})


def noisy(means, blocks=40, sd=0.01, seed=0):
    rng = np.random.default_rng(seed)
    values = 1 + rng.normal(size=(blocks, 1)) + np.array(means) + sd * rng.normal(size=(blocks, 4))
    return crossed(values, "noise", NOISES)


def alike(bounds, **fields):
    test = {"all_pairs": {"along": "noise", "scale": "raw"}}
    return plan({"test": test, "bounds": bounds, **fields}, factors={"noise": list(NOISES)})


@pytest.mark.parametrize("bounds", [[-0.02, 0.02], [0.0, 0.02]])
@pytest.mark.parametrize(
    ("means", "decision"),
    [([0, 0, 0, 0], "supported"), ([0, 0.05, 0, 0], "refuted"), ([0, 0, 0.02, 0], "inconclusive")],
)
def test_levels_are_alike_up_to_a_margin(bounds, means, decision):
    (found,), (verdict,) = concluded(noisy(means), alike({"difference": bounds}))
    assert (verdict.decision, verdict.kind) == (decision, "equivalence")
    assert found.estimate is not None and found.estimate >= 0


def test_refuting_a_size_tests_one_end_only():
    """p is Bonferroni's over twelve one-sided tests of six pairs, not doubled for a lower end that nothing can pass."""
    rows = noisy([0, 0.025, 0, 0])
    (found,), _ = concluded(rows, alike({"difference": [-0.02, 0.02]}))
    values = np.array([row["value"] for row in rows]).reshape(-1, 4)
    t = {
        (i, j): (d.mean() - 0.02) / (d.std(ddof=1) / math.sqrt(len(d)))
        for i in range(4) for j in range(4) if i != j for d in [values[:, i] - values[:, j]]
    }  # fmt: skip
    assert found.p_refute == pytest.approx(12 * stats.t.sf(max(t.values()), len(values) - 1), rel=1e-9)


@pytest.mark.parametrize(
    ("bounds", "scale"), [({"difference": [-0.01, 0.02]}, "raw"), ({"ratio": [0.5, 1.5]}, "log")]
)
def test_a_size_has_no_side(bounds, scale):
    factors = {"noise": list(NOISES)}
    with pytest.raises(BadInput, match="bounds a size, which has no side"):
        plan({"test": {"all_pairs": {"along": "noise", "scale": scale}}, "bounds": bounds}, factors=factors)
    with pytest.raises(BadInput, match="no side"):
        plan({"test": {"all_pairs": {"along": "noise"}}, "alternative": "less"}, factors=factors)
    with pytest.raises(BadInput, match="not a difference"):
        test = {"all_pairs": {"along": "noise", "scale": "raw"}}
        plan({"test": test, "sesoi": {"difference": 1.0}, "null_value": -0.5}, factors=factors)


def arrivals(log_medians, blocks=30, seed=0):
    rng = np.random.default_rng(seed)
    logs = np.asarray(log_medians) + 0.3 * rng.normal(size=(blocks, 1)) + 0.3 * rng.normal(size=(blocks, 4))
    rows = crossed(np.exp(logs), "depth", DEPTHS)
    return [{**row, "value": min(5000.0, row["value"]), "observed": row["value"] <= 5000} for row in rows]


def of_depth(test, **fields):
    return plan({"test": test, **fields}, factors={"depth": {"levels": list(DEPTHS)}}, responses=TIMED)


def test_exponential_growth_is_told_from_a_power_law():
    depth = np.array(DEPTHS)
    asked = of_depth({"growth_law": {"along": "depth"}})
    assert concluded(arrivals(0.8 * depth), asked)[1][0].decision == "supported"
    assert concluded(arrivals(3.5 * np.log(depth)), asked)[1][0].decision == "refuted"
    (found,), (verdict,) = concluded(arrivals(1.3 * depth), asked)
    assert verdict.decision == "untestable" and found.untestable is not None
    assert "beyond the horizon at level 8" in found.untestable.sentence


def test_growth_laws_need_four_positive_levels():
    with pytest.raises(BadInput, match="4 levels at least"):
        of_depth({"growth_law": {"along": "depth"}}, where={"depth": [2, 4, 6]})
    with pytest.raises(BadInput, match="positive numbers"):
        plan({"test": {"growth_law": {"along": "depth"}}}, factors={"depth": [0, 1, 2, 3]}, responses=TIMED)


@pytest.mark.parametrize("kind", ["aft_trend", "theil_sen"])
def test_times_grow_by_a_ratio_a_layer(kind):
    measure = "time_ratio" if kind == "aft_trend" else "ratio"
    asked = of_depth({kind: {"along": "depth"}}, sesoi={measure: 2.0})
    (found,), (verdict,) = concluded(arrivals(0.8 * np.array(DEPTHS)), asked)
    assert verdict.decision == "supported"
    # exp(.8) = 2.23; thirty blocks know a slope over sum (k - 5)^2 = 20 to .3 / sqrt(20 * 30) = .012.
    assert found.estimate == pytest.approx(math.exp(0.8), rel=0.06)


def crossed_rows(effect, by_draw, blocks=30, draws=6, seed=0):
    rng = np.random.default_rng(seed)
    shift = effect + by_draw * rng.normal(size=draws)
    cells = [(i, j, arm) for i in range(blocks) for j in range(draws) for arm in ("sgd", "adam")]
    logs = [rng.normal(0, 0.2) + shift[j] * (arm == "adam") for _, j, arm in cells]
    return [
        {"optimizer": arm, "draws.init": str(j), "block": i, "value": math.exp(log)}
        for (i, j, arm), log in zip(cells, logs, strict=True)
    ]


PAIR = {"along": "optimizer", "treatment": "adam", "reference": "sgd"}


def over_inits(test, role="random", **fields):
    factors = {"optimizer": ["sgd", "adam"], "draws.init": {"levels": list("012345"), "role": role}}
    return plan({"test": test, "sesoi": {"ratio": 1.2}, **fields}, factors=factors)


CROSSED = {"crossed_pair": {**PAIR, "over": "draws.init"}}


def test_an_effect_beyond_the_draws_of_a_random_factor():
    (found,), (verdict,) = concluded(crossed_rows(0.6, 0.1), over_inits(CROSSED))
    assert verdict.decision == "supported" and found.accounting.analysed == 30
    assert found.df is not None and found.df < 29


def test_a_pair_of_averages_speaks_of_these_draws_only():
    rows = crossed_rows(0.35, 1.0)
    assert concluded(rows, over_inits(CROSSED))[1][0].decision == "inconclusive"
    assert concluded(rows, over_inits({"paired_t": PAIR}))[1][0].decision == "supported"


def test_only_a_sample_of_draws_is_reached_beyond():
    with pytest.raises(BadInput, match="only a random factor"):
        over_inits(CROSSED, role="nuisance")
    with pytest.raises(BadInput, match="3 draws at least"):
        over_inits(CROSSED, where={"draws.init": ["0", "1"]})
