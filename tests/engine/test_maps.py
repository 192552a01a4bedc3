"""Responses of the map and its layers by hand, gradient norms, and the relative excess of any network."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from lnnstats.design.values import Batch, Chunk
from lnnstats.engine.forms.networks import networks
from lnnstats.engine.responses import MEASURES
from lnnstats.engine.responses.one_step import step
from lnnstats.parts.responses import Balancedness, EffectiveRank, EndToEnd
from tests.worlds import PLANE, SCALAR, chunks_of, engine, study
from tests.worlds import responses as every


def of(*layers: Any) -> Any:
    """A form of one run with these layers, (W, b) each."""
    weights = tuple(torch.tensor([weight], dtype=torch.float32) for weight, _ in layers)
    biases = tuple(torch.tensor([bias], dtype=torch.float32) for _, bias in layers if bias is not None)
    loss: Any = None
    group = networks(torch.zeros(1, dtype=torch.int64), weights, biases, torch.ones(1, dtype=torch.float64), loss)
    return SimpleNamespace(runs=1, networks=lambda: (group,))


def value(response: Any, form: Any) -> float:
    found = MEASURES[response.kind](response, form)
    assert found.dtype == torch.float64 and found.shape == (form.runs,)
    return float(found[0])


# W_e = [[0, 6], [-4, 0], [0, 0]] has singular values 6 and 4; b_e = W_2 b_1 + b_2 = (8, 3, 6).
TWO = of(([[2, 0], [0, 3]], [1, 4]), ([[0, 2], [-2, 0], [0, 0]], [0, 5, 6]))


@pytest.mark.parametrize(("options", "wanted"), [
    ({}, math.sqrt(52)),
    ({"of": "spectral_norm"}, 6.0),
    ({"of": "entry"}, 0.0),
    ({"of": "entry", "output": 2}, -4.0),
    ({"of": "entry", "input": 2}, 6.0),
    ({"of": "entry", "output": 2, "input": 0}, 3.0),
])  # fmt: skip
def test_end_to_end_by_hand(options: dict[str, Any], wanted: float) -> None:
    assert value(EndToEnd(**options), TWO) == pytest.approx(wanted, rel=1e-15)


def test_a_network_without_biases_has_no_intercept() -> None:
    assert value(EndToEnd(of="entry", input=0), of(([[2.0]], None), ([[3.0]], None))) == 0


@pytest.mark.parametrize(("matrix", "rank"), [
    ([[3, 0], [0, 3]], 2.0),
    ([[1, 2], [2, 4]], 1.0),
    ([[5, 1, 2]], 1.0),
    ([[0, 0], [0, 0]], math.nan),
    ([[6, 0], [0, 4]], 0.6**-0.6 * 0.4**-0.4),
    ([[math.inf, 0], [0, 1]], math.nan),
])  # fmt: skip
def test_effective_rank_by_hand(matrix: list[list[float]], rank: float) -> None:
    # A vanishing singular value comes out as eps = 2e-16 of the largest, and adds eps log(1/eps) = 1e-14.
    np.testing.assert_allclose(value(EffectiveRank(), of((matrix, None))), rank, rtol=1e-14)


def test_balancedness_by_hand() -> None:
    """W_2'W_2 - W_1W_1' - b_1b_1' = diag(4, 4) - diag(4, 9) - [[1, 4], [4, 16]]."""
    assert value(Balancedness(), TWO) == pytest.approx(math.sqrt(1 + 16 + 16 + 21**2), rel=1e-15)
    assert value(Balancedness(), of(([[2.0]], [7.0]))) == 0
    three = of(([[1.0]], None), ([[2.0]], None), ([[4.0]], None))
    assert value(Balancedness(), three) == pytest.approx(math.hypot(3, 12), rel=1e-15)


@pytest.mark.parametrize("init", ["balanced", "torch_default"])
def test_a_step_changes_balance_by_the_square_of_the_rate(init: str) -> None:
    """Du, Hu & Lee 2018: one step adds exactly rate^2 (G_2' G_2 - G_1 G_1') to W_2' W_2 - W_1 W_1'."""
    made = study(
        PLANE,
        {"linear": {"depth": 2, "width": 3, "bias": False, "init": init}},
        factors={"training.optimizer.learning_rate": [1e-200, 0.01]},
        responses={"it": {"balancedness": {"steps": [0, 1]}}},
        steps=1,
    )
    (chunk,) = chunks_of(made)
    form, after = engine(made, chunk)
    (group,) = form.networks()
    (w1, w2), (d1, d2) = (part[:2] for part in group.weights), (part[:2] * 1e198 for part in step(group)[0])
    before, found = after.values["it"][..., 0, 0]
    gap = w2.mT @ w2 - w1 @ w1.mT  # of the first two runs, which have not moved; d is a step of rate .01
    np.testing.assert_allclose(before[2:], gap.flatten(1).norm(dim=1), atol=1e-14)
    moved = gap + d2.mT @ d2 - d1 @ d1.mT
    # Entries near 1 are rounded at 1e-16, and a balanced start leaves only what the step adds (1e-4).
    np.testing.assert_allclose(found[2:], moved.flatten(1).norm(dim=1), atol=1e-14)
    assert (before < 1e-14).all() == (init == "balanced")


@pytest.mark.parametrize(("data", "network"), [(SCALAR, "linear"), (PLANE, "linear"), (PLANE, "tanh")],
                         ids=["chain", "moments", "autograd"])  # fmt: skip
@pytest.mark.parametrize("bias", [True, False])
def test_gradient_norms_are_those_of_the_loss(data: Any, network: str, bias: bool) -> None:
    """By differentiating the loss that the form offers, whose parameters are listed apart."""
    shape = {"width": 1 if data is SCALAR else 3, "bias": bias}
    made = study(data, {network: shape}, factors={"network.depth": [1, 3] if data is SCALAR else [2]})
    (chunk,) = chunks_of(made)
    form, _ = engine(made, chunk)
    for group in form.networks():
        weights, biases = step(group)
        norms = torch.stack([(m.flatten(1) / group.rates[:, None]).norm(dim=1) for m in (*weights, *biases)])
        # Entries are sums of two dozen products: a few dozen roundings of numbers near 1.
        np.testing.assert_allclose(form.gradient_norm("mean")[group.runs], norms.mean(0), rtol=1e-11, atol=1e-14)
        np.testing.assert_allclose(form.gradient_norm("total")[group.runs], norms.norm(dim=0), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("split", ["train", "test"])
def test_relative_excess_of_points_is_that_of_second_moments(split: str, bias: bool) -> None:
    """Of a linear network, trained far enough that two subtracted errors would keep half their digits."""
    optimizer = {"momentum": {"learning_rate": 0.05}}
    made = study(PLANE, {"linear": {"depth": 2, "width": 3, "bias": bias}}, optimizer, steps=150)
    (chunk,) = chunks_of(made)
    form, _ = engine(made, Chunk(Batch("autograd", chunk.batch.cells), chunk.first, chunk.last))
    moments = form.relative_excess(split)
    # Predictions are rounded at 1e-16, and so is their difference f - o, which stands once.
    np.testing.assert_allclose(form.relative_excess_on_points(split), moments, rtol=1e-8, atol=1e-14)
    assert (moments.abs() < 0.1).all()


@pytest.mark.parametrize("network", ["relu", "tanh"])
def test_relative_excess_of_any_network_is_its_error_over_that_of_least_squares(network: str) -> None:
    made = study(PLANE, {network: {"depth": 2, "width": 8}}, {"adam": {"learning_rate": 0.05}}, steps=400)
    (chunk,) = chunks_of(made)
    form, _ = engine(made, chunk)
    for split in ("train", "test"):
        x, y = (part.numpy() for part in form._points.splits[split])
        a, target = (part.numpy() for part in form._points.splits["train"])
        for run in range(form.runs):
            whole = np.column_stack([a[run], np.ones(a.shape[1])])
            best = np.column_stack([x[run], np.ones(x.shape[1])]) @ np.linalg.lstsq(whole, target[run], rcond=None)[0]
            floor = np.mean((best - y[run]) ** 2)
            wanted = (form.mse(split)[run].item() - floor) / floor
            # Here the two errors differ by their own size: nothing is lost in subtracting them.
            assert form.relative_excess(split)[run].item() == pytest.approx(wanted, rel=1e-10)
    assert (form.relative_excess("train") < 0).all()  # 58 parameters fit 24 points better than a plane does


def test_every_measure_is_met_by_the_sweep() -> None:
    met = {next(iter(part)) for part in every(PLANE, "linear", "mse").values()}
    assert set(MEASURES) - met == {"accuracy"}
