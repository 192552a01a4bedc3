"""What the optimizers share: when decay enters, what it draws to, that a layer that pads is never moved, what an update
says that it moved; and in closed form how descent by factors differs from the averaged momentum that it is to equal.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from lnnstats.design.values import Batch, Chunk
from lnnstats.engine.batch import runs
from lnnstats.engine.forms import FORMS
from lnnstats.engine.optimizers import OPTIMIZERS, optimizer
from lnnstats.verify.reference.optimizers import memory
from lnnstats.verify.reference.optimizers import update as reference_update
from tests.worlds import CPU, PLANE, SCALAR, chunks_of, engine, study

DTYPE = torch.float64


def started(**options: Any) -> tuple[Any, Any]:
    """The form of a study's runs, and their update."""
    made = study(**options)
    (chunk,) = chunks_of(made)
    axis = runs(chunk, made.seed, made.blocks)
    form = FORMS[chunk.batch.form](axis, DTYPE, CPU)
    return form, optimizer(axis, form, DTYPE, CPU)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize(("decay", "enters"), [([0.0], False), ([0.0, 0.1], True)])
def test_decay_enters_only_where_a_run_has_it(kind: str, decay: list[float], enters: bool) -> None:
    factors = {"training.optimizer.weight_decay": decay}
    _, update = started(optimizer={kind: {}}, factors=factors)
    assert (update.step.__module__ == "lnnstats.engine.optimizers.decay") == enters


@pytest.mark.parametrize(("data", "network"), [(SCALAR, "linear"), (SCALAR, "residual"), (PLANE, "residual")])
def test_without_a_gradient_decay_alone_moves_towards_the_anchor(data: Any, network: str) -> None:
    """theta - anchor shrinks by 1 - rate * decay = .98, one rounding each."""
    form, update = started(
        data=data, network={network: {"depth": 2}}, optimizer={"sgd": {"learning_rate": 0.1, "weight_decay": 0.2}}
    )
    anchors = form.anchors(network == "residual")
    before = [parameter - anchor for parameter, anchor in zip(form.parameters, anchors, strict=True)]
    update(tuple(torch.zeros_like(parameter) for parameter in form.parameters))
    for was, parameter, anchor in zip(before, form.parameters, anchors, strict=True):
        np.testing.assert_allclose(parameter - anchor, 0.98 * was, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("network", ["linear", "residual"])
def test_a_layer_that_pads_stays_the_identity(network: str, kind: str) -> None:
    """Depth 1 after depth 3: its two padding layers keep w = 1, b = 0 bit for bit, decayed or not."""
    made = study(
        network={network: {}}, optimizer={kind: {"weight_decay": 0.1}}, factors={"network.depth": [1, 3]}, steps=5
    )
    (chunk,) = chunks_of(made)
    deepest_first = Batch(chunk.batch.form, tuple(sorted(chunk.batch.cells, key=lambda c: -c.world.network.depth)))
    form, _ = engine(made, Chunk(deepest_first, chunk.first, chunk.last))
    weights, biases = form.parameters[0]
    padding = form._trained == 0
    assert int(padding.sum()) == 2 * made.blocks.number
    assert bool((weights[padding] == 1).all()) and bool((biases[padding] == 0).all())


FORMS_OF: dict[str, dict[str, Any]] = {
    "chain": {"factors": {"network.depth": [1, 3]}},
    "chain-residual": {"network": {"residual": {"depth": 2}}},
    "moments": {"data": PLANE, "network": {"linear": {"depth": 2, "width": 4}}},
    "backpropagation": {"data": PLANE, "network": {"residual": {"depth": 3, "width": 4}}, "batch": 5},
    "autograd": {"data": PLANE, "network": {"relu": {"depth": 2, "width": 4, "bias": False}}, "batch": 5},
}
VARIANTS: dict[str, dict[str, Any]] = {kind: {kind: {}} for kind in OPTIMIZERS} | {
    "lagged": {"ema_momentum": {"lagged": True}},
    "shifted": {"gamma_sgd": {"shifted": True, "horizon": 3}},
    "weights": {"gamma_sgd": {"of": "weights"}},
}


def descended(variant: str, decay: float, form: str, **options: Any) -> tuple[Any, Any, Any]:
    """A study, its form and its update, by an optimizer at a rate that shows."""
    ((kind, chosen),) = VARIANTS[variant].items()
    asked = {kind: {"learning_rate": 0.1, "weight_decay": decay, **chosen}}
    return study(**FORMS_OF[form], optimizer=asked, **options), *started(**FORMS_OF[form], optimizer=asked, **options)


@pytest.mark.parametrize("form", FORMS_OF)
@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize("variant", VARIANTS)
def test_an_update_moves_what_it_says(variant: str, decay: float, form: str) -> None:
    """theta - moves is theta afterwards, up to the rounding of a sum of size 1 (2^-53) and of the product."""
    _, trained, update = descended(variant, decay, form)
    for step in range(5):
        gradients = trained.gradients(step)
        before = [parameter.clone() for parameter in trained.parameters]
        update(gradients)
        for was, move, parameter in zip(before, update.moves(), trained.parameters, strict=True):
            np.testing.assert_allclose(was - move, parameter, rtol=1e-15, atol=1e-15)


@pytest.mark.parametrize("form", ["moments", "backpropagation", "autograd"])
@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize("variant", VARIANTS)
def test_moves_are_those_of_the_reference(variant: str, decay: float, form: str) -> None:
    """Of the first run, five updates; differences of weights of size 1 have errors of a few 1e-16 themselves."""
    made, trained, update = descended(variant, decay, form, steps=4)
    training, network, depth = made.training, made.network, made.network.depth

    def layers(tensors: Any) -> Any:
        held = [tensor[0].clone().numpy() for tensor in tensors]
        return tuple(zip(held[:depth], held[depth:] or [None] * depth, strict=True))

    now = layers(trained.parameters)
    held = memory(training, now)
    for step in range(5):
        gradients = trained.gradients(step)
        after, held = reference_update(network, training, now, layers(gradients), held, step + 1)
        update(gradients)
        for found, was, becomes in zip(*map(flat, (layers(update.moves()), now, after)), strict=True):
            np.testing.assert_allclose(found, was - becomes, rtol=1e-12, atol=1e-15)
        now = after


def flat(layers: Any) -> list[np.ndarray]:
    return [part for layer in layers for part in layer if part is not None]


BETA, RATE = 0.9, 0.05


def fed(kind: str, gradients: list[float], **options: Any) -> float:
    """How far a sequence of gradients, whatever the state, moves the weight of one layer, over the rate."""
    asked = {kind: {"learning_rate": RATE, "beta": BETA, **options}}
    form, update = started(network={"linear": {"bias": False}}, optimizer=asked, steps=len(gradients))
    before = form.parameters[0].clone()
    for gradient in gradients:
        update(tuple(torch.full_like(parameter, gradient) for parameter in form.parameters))
    return float((before - form.parameters[0])[0, 0]) / RATE


@pytest.mark.parametrize(("lagged", "shifted"), [(False, False), (True, True)])
def test_of_given_gradients_the_sum_of_averages_is_the_sum_by_factors(lagged: bool, shifted: bool) -> None:
    """Section 5's identity, as it is meant and as it is printed: sum V = sum gamma_t g_t, gamma_t in closed form."""
    gradients = [1.0, -0.3, 2.5, 0.7, -1.1]
    closed = sum((1 - BETA ** (5 - t + (not shifted))) * g for t, g in enumerate(gradients, 1))
    # Weights of size 1, five sums of 2^-53 each, over a rate of .05.
    assert fed("ema_momentum", gradients, lagged=lagged) == pytest.approx(closed, abs=2e-14)
    assert fed("gamma_sgd", gradients, shifted=shifted) == pytest.approx(closed, abs=2e-14)


def test_the_index_as_printed_and_the_sum_as_printed_do_not_match() -> None:
    """As printed V^n holds g_1 to g_(n-1): the last gradient counts (1 - beta) in the sum by factors, nothing in V."""
    last = [0.0, 0.0, 1.0]
    assert fed("ema_momentum", last, lagged=True) == 0.0
    assert fed("gamma_sgd", last) == pytest.approx(1 - BETA, rel=1e-12)


def test_after_its_horizon_the_factor_stays() -> None:
    """gamma_1 = 1 - beta^2, then 1 - beta; shifted 1 - beta, then 0."""
    for shifted, closed in ((False, 1 - BETA**2 + 3 * (1 - BETA)), (True, 1 - BETA)):
        found = fed("gamma_sgd", [1.0] * 4, horizon=2, shifted=shifted)
        assert found == pytest.approx(closed, abs=2e-14)


def ended(kind: str, steps: int, **options: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Start, end and curvature of one scalar layer without bias, in every block: L = lambda (w - w*)^2 / 2 + constant,
    weights as offsets from w*.
    """
    asked = {kind: {"learning_rate": RATE, "beta": BETA, **options}}
    made = study(network={"linear": {"bias": False}}, optimizer=asked, steps=steps, blocks={"number": 5})
    (chunk,) = chunks_of(made)
    axis = runs(chunk, made.seed, made.blocks)
    start = FORMS["chain"](axis, DTYPE, CPU)
    end, _ = engine(made, chunk)
    train = start._splits["train"]
    optimum, curvature = train.optimum.flatten().numpy(), 2 * train.gram.flatten().numpy()
    return start.parameters[0][0].numpy() - optimum, end.parameters[0][0].numpy() - optimum, curvature


def test_after_two_steps_momentum_and_its_twin_differ_by_the_closed_gap() -> None:
    """(rate lambda)^2 beta (1 - beta)^2 (theta_1 - theta*): gamma_1 = 1 - beta^2 goes further than 1 - beta before the
    second gradient is taken, which is smaller there.
    """
    start, momentum, curvature = ended("ema_momentum", 2)
    _, twin, _ = ended("gamma_sgd", 2)
    gap = (RATE * curvature) ** 2 * BETA * (1 - BETA) ** 2 * start
    np.testing.assert_allclose(twin - momentum, gap, rtol=1e-9, atol=1e-15)
    assert np.abs(gap).min() > 1e-7


def test_weights_in_the_place_of_gradients_shrink() -> None:
    """As printed, theta <- theta (1 - rate gamma_t) whatever the data: three factors, in closed form."""
    form, update = started(
        network={"linear": {"bias": False}},
        optimizer={"gamma_sgd": {"learning_rate": RATE, "beta": BETA, "of": "weights"}},
        steps=3,
    )
    before = form.parameters[0].clone()
    for step in range(3):
        update(form.gradients(step))
    shrunk = np.prod([1 - RATE * (1 - BETA**power) for power in (3, 2, 1)])
    np.testing.assert_allclose(form.parameters[0], before * shrunk, rtol=1e-14)
