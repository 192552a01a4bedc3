"""Losses and accuracy of one output of two classes beside torch.nn; what linear networks take through their end-to-end
map, or write out, beside a pass through the layers and autograd.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from lnnstats.engine.batch import runs
from lnnstats.engine.execute import execute
from lnnstats.engine.forms import FORMS
from lnnstats.engine.forms.autograd import LOSSES
from lnnstats.engine.forms.points import share_correct
from lnnstats.engine.forms.values import Form
from tests.worlds import CLASSES, CPU, TWO, chunks_of, study

OUTPUTS = torch.tensor([[[-700.0], [-3.0], [0.0], [0.2], [40.0], [700.0]]], dtype=torch.float64)
TARGETS = torch.tensor([[[1.0], [-1.0], [1.0], [1.0], [-1.0], [1.0]]], dtype=torch.float64)


def test_one_logit_has_the_loss_of_torch() -> None:
    """BCEWithLogitsLoss of labels 0 and 1 and its gradient (0 where ours is e^-700 / 6); far out log(1 + e^700) is 700,
    and nothing overflows.
    """
    found, wanted = (OUTPUTS.clone().requires_grad_() for _ in range(2))
    loss, criterion = LOSSES["cross_entropy"](found, TARGETS), nn.BCEWithLogitsLoss()(wanted, (TARGETS + 1) / 2)
    np.testing.assert_allclose(loss.item(), criterion.item(), rtol=1e-15)
    (slope,), (expected,) = torch.autograd.grad(loss.sum(), found), torch.autograd.grad(criterion, wanted)
    np.testing.assert_allclose(slope, expected, rtol=1e-14, atol=1e-300)


def test_one_logit_is_two_of_which_one_is_zero() -> None:
    pair = torch.cat((torch.zeros_like(OUTPUTS), OUTPUTS), dim=-1)
    one_hot = nn.functional.one_hot((TARGETS[..., 0] > 0).long(), 2)
    two = LOSSES["cross_entropy"](pair, one_hot.double())
    np.testing.assert_allclose(LOSSES["cross_entropy"](OUTPUTS, TARGETS), two, rtol=1e-15)
    assert share_correct(OUTPUTS, TARGETS).tolist() == share_correct(pair, one_hot).tolist() == [0.5]


def test_the_squared_error_of_one_output_is_on_minus_one_and_one() -> None:
    wanted = nn.MSELoss()(OUTPUTS, TARGETS).item()
    np.testing.assert_allclose(LOSSES["mse"](OUTPUTS, TARGETS), [wanted], rtol=1e-15)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("network", [{"linear": {"depth": 2, "width": 3}}, {"relu": {"depth": 2, "width": 3}}], ids=str)
def test_adding_up_a_batch_is_a_larger_step(loss: str, network: Any) -> None:
    """The sum over a batch of 5 is 5 times its mean: a fifth of the step size does the same."""
    ends = [
        execute(chunk, made, CPU).recorded["loss"].values
        for reduction, rate in (("mean", 0.1), ("sum", 0.02))
        for made in [
            study(CLASSES, network, {"sgd": {"learning_rate": rate}}, loss={loss: {"reduction": reduction}}, batch=5)
        ]
        for chunk in chunks_of(made)
    ]
    points = 21  # of the training split
    np.testing.assert_allclose(ends[1], points * ends[0], rtol=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_reference_adds_up_too(loss: str) -> None:
    from lnnstats.parts.networks import Linear
    from lnnstats.parts.training import Training
    from lnnstats.verify.reference import Points, gradient, objective

    draws = np.random.default_rng(1)
    layers, points = ((draws.normal(size=(3, 4)), None),), Points(draws.normal(size=(5, 4)), np.arange(5) % 3)
    mean, added = (Training.model_validate({"loss": {loss: {"reduction": name}}}) for name in ("mean", "sum"))
    of_mean, of_sum = (objective(Linear(), way, layers, points) for way in (mean, added))
    assert of_sum == pytest.approx(5 * of_mean, rel=1e-15)
    slopes = [gradient(Linear(), way, layers, points)[0][0] for way in (mean, added)]
    np.testing.assert_allclose(slopes[1], 5 * slopes[0], rtol=1e-15)


SHARED: dict[str, Any] = {"number": 3, "draws": ["init"]}


@pytest.mark.parametrize("blocks", [{"number": 3}, SHARED], ids=["own", "shared"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("data", [CLASSES, TWO], ids=["classes", "two"])
@pytest.mark.parametrize("loss", LOSSES)
def test_a_split_is_scored_through_the_map_as_through_the_layers(
    loss: str, data: Any, bias: bool, blocks: dict[str, Any]
) -> None:
    """ReLU with no layer activated is that linear network, scored layer by layer; they differ in the order of sums."""
    shape = {"depth": 4, "width": 6, "bias": bias}
    by_map, by_layers = (started({kind: shape | more}, loss=loss, data=data, blocks=blocks, batch=5)
                         for kind, more in (("linear", {}), ("relu", {"activated": 0})))  # fmt: skip
    for split in ("train", "test"):
        for score in (type(by_map).loss, type(by_map).mse, type(by_map).accuracy):  # type: ignore[attr-defined]
            np.testing.assert_allclose(score(by_map, split), score(by_layers, split), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("blocks", [{"number": 3}, SHARED], ids=["own", "shared"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("batch", ["full", 5])
def test_gradients_written_out_are_those_of_autograd(batch: Any, bias: bool, blocks: dict[str, Any]) -> None:
    """The same sums of the same products, in another order at most; twice, so that a buffer is used again."""
    shape = {"depth": 4, "width": [6, 3, 4], "bias": bias}
    written, autograd = (started({kind: shape | more}, loss="cross_entropy", data=CLASSES, blocks=blocks, batch=batch)
                         for kind, more in (("linear", {}), ("relu", {"activated": 0})))  # fmt: skip
    for step in (0, 5):
        for found, wanted in zip(written.gradients(step), autograd.gradients(step), strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("data", [CLASSES, TWO], ids=["classes", "two"])
def test_sensitivities_through_the_map_are_those_through_the_layers(data: Any, bias: bool) -> None:
    """Of one layer and of three, by the same two programs."""
    for depth in (1, 3):
        shape = {"depth": depth, "width": 6, "bias": bias}
        by_map, by_layers = (started({kind: shape | more}, loss="cross_entropy", data=data, batch=5)
                             for kind, more in (("linear", {}), ("relu", {"activated": 0})))  # fmt: skip
        for form in (by_map, by_layers):
            form.gradients(0)
        found, wanted = by_map.sensitivities(), by_layers.sensitivities()
        np.testing.assert_allclose(found.outputs, wanted.outputs, rtol=1e-12)
        np.testing.assert_allclose(found.units, wanted.units, rtol=1e-12, atol=1e-15)


def started(network: dict[str, Any], **options: Any) -> Form:
    """The form of a study's runs at their initial weights."""
    made = study(network=network, **options)
    (chunk,) = chunks_of(made)
    axis = runs(chunk, made.seed, made.blocks)
    form: Form = FORMS["autograd"](axis, torch.float64, CPU)
    return form
