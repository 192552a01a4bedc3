"""Twins against closed forms: what they start from, what they share, how far they get, what is said of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from lnnstats.draws.data import sample
from lnnstats.engine.batch import runs
from lnnstats.engine.device import DTYPES
from lnnstats.engine.execute import execute, rerun
from lnnstats.engine.start import started
from lnnstats.errors import BadInput
from lnnstats.results.values import Outcome
from lnnstats.study.values import Study
from tests.worlds import CLASSES, CPU, PLANE, SCALAR, chunks_of, engine, study

Tree = dict[str, Any]
DEEP: Tree = {"linear": {"depth": 3, "width": 4}}
PAIR: Tree = {"gaussian_classes": {"classes": 2, "features": 5, "train": 30, "test": 9, "separation": 1.0}}
# One world a form: a chain of mixed depths, products on moments, mini-batches of points.
FORMS: dict[str, Tree] = {
    "chain": {"factors": {"network.depth": [1, 2, 3]}},
    "moments": {"data": PLANE, "network": DEEP},
    "points": {"data": CLASSES, "network": DEEP, "loss": "cross_entropy", "batch": 5},
}


def outcome(made: Study) -> Outcome:
    (chunk,) = chunks_of(made)
    return execute(chunk, made, CPU)


def values(responses: Tree, **world: Any) -> dict[str, np.ndarray]:
    """response -> [runs, steps]."""
    recorded = outcome(study(responses=responses, **world)).recorded
    return {name: one.values[:, :, 0, 0] for name, one in recorded.items()}


def distance(**options: Any) -> Tree:
    return {"it": {"twin_distance": options}}


@pytest.mark.parametrize("form", [{}, {"data": PLANE}, FORMS["points"] | {"network": "linear"}], ids=FORMS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_layer_is_its_own_collapsed_twin(form: Tree, dtype: str) -> None:
    steps = list(range(21))
    found = values(distance(single_layer="collapsed", steps=steps, over="nothing"), dtype=dtype, **form)
    assert np.all(found["it"] == 0) and found["it"].shape == (2, 21)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_collapsed_twin_starts_from_the_run_s_map(form: Tree) -> None:
    """To the rounding of the product, 2e-16 a layer in float64; the drawn one elsewhere, where depths differ."""
    asked = {kind: distance(single_layer=kind, steps=[0], over="size")["it"] for kind in ("collapsed", "drawn")}
    found = values(asked, **form)
    assert np.all(found["collapsed"] < 1e-15)
    assert np.all(found["drawn"][-2:] > 1e-3)


@pytest.mark.parametrize("form", [{}, {"data": PLANE, "network": {"linear": {"width": 4}}}, FORMS["points"]], ids=FORMS)
def test_the_drawn_twin_is_a_cell_of_depth_one(form: Tree) -> None:
    asked = {"loss": "loss", "less": {"twin_loss": {"single_layer": "drawn"}}}
    made = study(responses=asked, **form | {"factors": {"network.depth": [1, 3]}})
    found: dict[int, dict[str, np.ndarray]] = {}
    for chunk in chunks_of(made):
        recorded = execute(chunk, made, CPU).recorded
        for place, cell in enumerate(chunk.batch.cells):
            rows = slice(2 * place, 2 * place + 2)
            found[cell.world.network.depth] = {name: one.values[rows, 0, 0, 0] for name, one in recorded.items()}
    np.testing.assert_allclose(found[3]["loss"] - found[3]["less"], found[1]["loss"], rtol=1e-13)  # rounding of a sum
    assert np.all(np.abs(found[1]["less"]) < 1e-15)


def test_a_balanced_pair_moves_by_its_own_size() -> None:
    """W = w1 w2 with w1^2 = w2^2 = |W| goes by -2 r |W| g + r^2 g^2 W in a step, its twin by -r g, g = dL/dW."""
    rate = 1e-3
    made = study(
        SCALAR,
        {"linear": {"depth": 2, "bias": False, "init": {"balanced": {"scale": 0.3}}}},
        {"sgd": {"learning_rate": rate}},
        responses={
            **distance(single_layer="collapsed", steps=[1], over="nothing"),
            "start": {"end_to_end": {"of": "entry", "steps": [0]}},
        },
    )
    (chunk,) = chunks_of(made)
    recorded = execute(chunk, made, CPU).recorded
    (cell,) = chunk.batch.cells
    points = sample(cell.world.data, runs(chunk, made.seed, made.blocks).stream(cell)).train
    w = recorded["start"].values[:, 0, 0, 0]
    slope = 2 * (points.x * (points.x * w[:, None, None] - points.y)).mean((1, 2))
    wanted = np.abs(rate * slope * (1 - 2 * np.abs(w)) + rate**2 * slope**2 * w)
    # a difference of two numbers of size 1, each rounded to 1e-16
    np.testing.assert_allclose(recorded["it"].values[:, 0, 0, 0], wanted, atol=1e-15)
    assert np.all(wanted > 1e-5)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_descent_by_factors_without_momentum_is_descent(form: Tree) -> None:
    """Factors 1 - 0^k = 1: the same update but for how a product is fused into a sum, 1e-16 of the weights a step."""
    asked = distance(but_for={"training.optimizer": {"gamma_sgd": {"beta": 0.0}}}, of="parameters", over="size")
    assert np.all(values(asked, **form)["it"] < 1e-14)


@pytest.mark.parametrize("lagged", [False, True], ids=["shifted index", "as printed"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_of_shared_gradients_momentum_and_its_factors_take_the_same_sum(form: Tree, dtype: str, lagged: bool) -> None:
    """Within the bound of docs/twins.md: n eps for the stored weights and (3 + 2 / (1 - beta)) eps for the terms of the
    sum, whose lengths together are less than 4 times the weights here; the wrong factors are off by their last term.
    """
    steps = 20

    def asked(shifted: bool) -> Tree:
        factors = {"training.optimizer": {"gamma_sgd": {"shifted": shifted}}}
        return distance(but_for=factors, gradients="shared", of="parameters", over="size")["it"]

    momentum = {"ema_momentum": {"learning_rate": 0.05, "lagged": lagged}}
    pair = {"right": asked(lagged), "wrong": asked(not lagged)}
    found = values(pair, optimizer=momentum, dtype=dtype, steps=steps, **form)
    assert np.all(found["right"] <= (steps + 4 * 23) * np.finfo(dtype).eps)
    assert np.all(found["wrong"] > 1e-4)


@pytest.mark.parametrize(
    ("depth", "rate", "off"), [(1, 0.4, 1e-12), (1, 0.01, 1e-11), (2, 0.01, 0.02), (2, 0.001, 0.002)]
)
def test_two_steps_of_momentum_are_off_by_its_formula(depth: int, rate: float, off: float) -> None:
    """Exactly on a quadratic, to rounding 1e-16 of the weights over a gap of about rate^2 / 20; else the rest is of
    third order, so that it falls with the rate. Rate and beta are the run's, whose twin names the optimizer alone.
    """
    asked = distance(but_for={"training.optimizer": "gamma_sgd"}, of="parameters", over="two_steps")
    momentum = {"ema_momentum": {"learning_rate": rate, "beta": 0.7}}
    found = values(asked, data=PLANE, network={"linear": {"depth": depth, "width": 4}}, optimizer=momentum, steps=2)
    np.testing.assert_allclose(found["it"], 1.0, atol=off)


def test_two_steps_by_hand() -> None:
    """L = gram w^2 + ... of one weight: the gap is (2 gram rate)^2 beta (1 - beta)^2 |w - w*| (SCIENCE: alpha^2 beta
    (1 - beta)^2 theta_1 for L = theta^2 / 2).
    """
    rate, beta = 0.2, 0.6
    data = {"linear_regression": {"features": 1, "train": 20, "test": 8, "noise": 0.3, "intercept": False}}
    made = study(
        data,
        {"linear": {"bias": False}},
        {"ema_momentum": {"learning_rate": rate, "beta": beta}},
        steps=2,
        responses={
            **distance(but_for={"training.optimizer": "gamma_sgd"}, of="parameters", over="nothing"),
            "away": {"optimal_deviation": {"steps": [0]}},
        },
    )
    (chunk,) = chunks_of(made)
    recorded = execute(chunk, made, CPU).recorded
    (cell,) = chunk.batch.cells
    x = sample(cell.world.data, runs(chunk, made.seed, made.blocks).stream(cell)).train.x
    curvature = 2 * np.mean(x**2, axis=(1, 2))
    wanted = (curvature * rate) ** 2 * beta * (1 - beta) ** 2 * recorded["away"].values[:, 0, 0, 0]
    np.testing.assert_allclose(recorded["it"].values[:, 0, 0, 0], wanted, rtol=1e-12)  # 1e-16 over a gap of 1e-3


def test_rows_of_two_classes_lie_along_the_single_layer_s_update() -> None:
    """BenShmuel's claim 3: at the first update the collapsed twin has the run's own residuals, and with two classes
    every row of the first layer is a multiple of the batch's direction, of either sign. Rounding is 1e-14 degrees.
    """
    asked = {of: {"twin_angle": {"single_layer": "collapsed", "of": of, "steps": [1, 20]}}
             for of in ("folded", "above", "below")}  # fmt: skip
    found = values(asked, data=PAIR, network={"linear": {"depth": 3, "width": 8}}, loss="cross_entropy", batch=10)
    assert np.all(found["folded"][:, 0] < 1e-9) and np.all(found["below"][:, 0] < 1e-9)
    np.testing.assert_allclose(found["above"][:, 0], 180.0, atol=1e-9)
    assert np.all(found["folded"][:, 1] > 1e-3)  # their residuals have parted by then


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_nearest_of_several_rates_counts(form: Tree) -> None:
    rates = (0.5, 1.0, 3.0)

    def asked(kind: str, *rates: float) -> Tree:
        return {kind: {"single_layer": "drawn", "rates": list(rates)}}

    kinds = ("twin_distance", "twin_loss")
    single = {f"{kind} {rate}": asked(kind, rate) for kind in kinds for rate in rates}
    found = values({kind: asked(kind, *rates) for kind in kinds} | single, **form)
    for kind in kinds:
        each = np.stack([found[f"{kind} {rate}"] for rate in rates])
        nearest = np.take_along_axis(each, np.abs(each).argmin(0)[None], 0)[0]
        assert np.array_equal(found[kind], nearest)


def test_a_twin_that_diverges_is_infinitely_far() -> None:
    far = {"but_for": {"training.optimizer.learning_rate": 1e30}}
    asked = {
        **{over: {"twin_distance": {**far, "over": over}} for over in ("nothing", "size", "travelled")},
        "loss": {"twin_loss": far},
        "near": {"twin_distance": {**far, "rates": [1.0, 1e-33]}},
    }
    made = outcome(study(PLANE, DEEP, responses=asked, steps=60))
    found = {name: one.values[:, 0, 0, 0] for name, one in made.recorded.items()}
    assert all(np.all(found[over] == np.inf) for over in ("nothing", "size", "travelled"))
    assert np.all(found["loss"] == -np.inf) and np.isfinite(found["near"]).all()
    assert not made.diverged.any()  # the run itself is sound


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_run_does_not_notice_its_twins(form: Tree) -> None:
    alone = {"loss": {"loss": {"steps": "log_spaced"}}}
    beside = {"it": {"twin_distance": {"single_layer": "collapsed", "rates": [1.0, 2.0]}}}
    assert np.array_equal(values(alone, **form)["loss"], values(alone | beside, **form)["loss"])


def test_runs_of_mixed_depths_have_the_twins_of_runs_alone() -> None:
    asked = distance(single_layer="collapsed", steps=[5, 20])
    together = values(asked, factors={"network.depth": [1, 2, 3]})["it"]
    alone = [values(asked, network={"linear": {"depth": depth}})["it"] for depth in (1, 2, 3)]
    np.testing.assert_allclose(together, np.concatenate(alone), rtol=1e-12, atol=1e-15)


def test_twins_of_another_program_and_dtype() -> None:
    """Batches of points beside products on second moments; float32 beside float64, to its rounding over 20 steps."""
    asked = {
        "batches": {"twin_distance": {"but_for": {"training.batch": 6}}},
        "single": {"twin_distance": {"but_for": {"training.dtype": "float32"}, "over": "size"}},
    }
    found = values(asked, data=PLANE, network=DEEP)
    assert np.all((found["batches"] > 1e-3) & (found["batches"] < 1))
    assert np.all((found["single"] > 1e-9) & (found["single"] < 1e-5))


def test_what_is_alike_is_held_once() -> None:
    asked = {
        "far": {"twin_distance": {"single_layer": "collapsed", "rates": [1.0, 2.0]}},
        "near": {"twin_distance": {"single_layer": "collapsed", "over": "size"}},
        "adam": {"twin_loss": {"but_for": {"training.optimizer": "adam"}}},
    }
    made = study(responses=asked, **FORMS["points"])
    (chunk,) = chunks_of(made)
    form, twins = started("autograd", runs(chunk, made.seed, made.blocks), made.responses, DTYPES["float64"], CPU)
    assert len(twins.each) == 3 and twins.of["near"] == twins.of["far"][:1]
    for twin in twins.each:
        assert twin.form._points is form._points and twin.form._order is form._order  # type: ignore[attr-defined]


def test_a_part_leaves_open_what_is_the_run_s() -> None:
    """Rate and momentum of the run, factor or not, are those of a twin whose optimizer alone is named."""
    asked = {"named": {"twin_loss": {"but_for": {"training.optimizer": {"nesterov": {"beta": 0.5}}}}}}
    asked["whole"] = {"twin_loss": {"but_for": {"training.optimizer": "nesterov"}}}
    rates = {"training.optimizer.learning_rate": [0.01, 0.03]}
    found = values(asked, data=PLANE, optimizer={"momentum": {"beta": 0.5}}, factors=rates)
    assert np.array_equal(found["named"], found["whole"]) and np.all(found["whole"] != 0)


def test_a_nudge_moves_the_twins_too() -> None:
    made = study(PLANE, DEEP, responses=distance(but_for={"training.optimizer": "adam"}, steps=[0, 20], over="size"))
    (chunk,) = chunks_of(made)
    nudged = rerun(chunk, made, "cpu", nudge=True).recorded["it"].values[:, :, 0, 0]
    assert np.all(nudged[:, 0] == 0) and np.all(nudged[:, 1] != outcome(made).recorded["it"].values[:, 1, 0, 0])


def test_twins_of_runs_that_train_together_have_one_shape() -> None:
    wide = study(
        responses=distance(but_for={"network.width": 3}), factors={"network.depth": [1, 2]}, network={"linear": {}}
    )
    with pytest.raises(BadInput, match="their twins would have several shapes"):
        outcome(wide)


ALL: Tree = {
    "distance": {"twin_distance": {"single_layer": "collapsed", "rates": [1.0, 2.0], "steps": [0, 6], "over": "size"}},
    "travelled": {"twin_distance": {"but_for": {"training.optimizer": "adam"}, "of": "parameters"}},
    "two_steps": {
        "twin_distance": {"but_for": {"training.optimizer": "gamma_sgd"}, "of": "parameters", "over": "two_steps"}
    },
    "angle": {"twin_angle": {"single_layer": "drawn", "of": "above"}},
    "loss": {"twin_loss": {"single_layer": "drawn", "split": "test"}},
    "midpoint": {"midpoint_gap": {"relative": True}},
    "extreme": {"extreme_while": {"of": "distance", "when": "loss"}},
}


def everything(form: str) -> Study:
    asked = {name: part for name, part in ALL.items() if form != "points" or name != "two_steps"}
    return study(responses=asked, steps=6, optimizer="ema_momentum", **FORMS[form])


@pytest.mark.parametrize("form", FORMS)
def test_nothing_waits_for_the_device(form: str) -> None:
    made = everything(form)
    for chunk in chunks_of(made):
        _, trained = engine(made, chunk, torch.device("meta"))
        assert {value.device.type for value in trained.values.values()} == {"meta"}


@pytest.mark.parametrize("form", FORMS)
def test_no_devices_are_mixed(form: str) -> None:
    made = everything(form)
    with FakeTensorMode():
        for chunk in chunks_of(made):
            _, trained = engine(made, chunk, torch.device("lazy:0"))
            assert {value.device.type for value in trained.values.values()} == {"lazy"}
