"""Programs of outputs against the modules of torch.nn, one run at a time, and against the loops of the reference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.autograd.functional import hessian

from lnnstats.draws.inits import initial
from lnnstats.draws.streams import Stream
from lnnstats.engine.forms.networks import mapped
from lnnstats.engine.forms.outputs import end_to_end, outputs
from lnnstats.parts.networks import NETWORKS, Linear, LinearConvolution, Relu, Residual, Tanh
from lnnstats.parts.training import Training
from lnnstats.verify import reference
from tests.worlds import CPU, DIGITS, chunks_of, engine, study

IMAGE, INPUTS, CLASSES, RUNS, POINTS = (2, 6, 6), 72, 3, 4, 5
# Sums of up to 150 numbers of size 1 in another order: 1e-16 each; 1e-12 leaves room for other processors.
CLOSE: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-12}

CONVOLUTIONS = [
    LinearConvolution(depth=depth, width=width, kernel=kernel, bias=bias)
    for depth, width in ((1, 1), (2, 4), (3, 4), (3, (5, 2)))
    for kernel, bias in ((1, True), (3, True), (3, False), (5, True))
]
DENSE = [
    *(kind(depth=4, width=(7, 6, 5), activated=k) for kind in (Relu, Tanh) for k in (None, 0, 1, 2, 3)),
    *(Linear(depth=3, width=4, bias=bias) for bias in (True, False)),
    Residual(depth=2, width=4),
    Relu(),
]
ACTIVATIONS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "tanh": nn.Tanh}


def drawn(network: Any) -> tuple[list[Tensor], list[Tensor]]:
    """Initial weights and biases of every run."""
    layers = initial(network, INPUTS, CLASSES, Stream(3, np.arange(RUNS), frozenset({"init"})), IMAGE)
    return (
        [torch.from_numpy(layer.weight.copy()) for layer in layers],
        [torch.from_numpy(layer.bias.copy()) for layer in layers if layer.bias is not None],
    )


def points(runs: int) -> Tensor:
    return torch.randn(runs, POINTS, INPUTS, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def module(network: Any, run: int) -> nn.Sequential:
    """The network of torch.nn with a run's initial weights."""
    weights, biases = drawn(network)
    modules: list[nn.Module] = [nn.Unflatten(1, IMAGE)] if network.of_images else []
    for index, weight in enumerate(weights):
        convolves = network.of_images and index < network.depth - 1
        made = _convolution(network, weight) if convolves else _dense(network, weight)
        with torch.no_grad():
            made.weight.copy_(weight[run].view_as(made.weight))
            if biases:
                made.bias.copy_(biases[index][run])
        modules += [nn.Flatten()] if network.of_images and not convolves else []
        modules += [made] + ([ACTIVATIONS[network.kind]()] if _followed(network, index) else [])
    return nn.Sequential(*modules)


def _convolution(network: Any, weight: Tensor) -> nn.Conv2d:
    channels = weight.shape[2] // network.kernel**2
    return nn.Conv2d(
        channels, weight.shape[1], network.kernel, padding="same", bias=network.bias, dtype=torch.float64
    )  # fmt: skip


def _dense(network: Any, weight: Tensor) -> nn.Linear:
    return nn.Linear(weight.shape[2], weight.shape[1], bias=network.bias, dtype=torch.float64)


def _followed(network: Any, index: int) -> bool:
    """The layers below `activated`; by default all but the last."""
    if network.kind not in ACTIVATIONS:
        return False
    return index < (network.depth - 1 if network.activated is None else network.activated)


@pytest.mark.parametrize("shared", [True, False], ids=["shared", "own"])
@pytest.mark.parametrize("network", [*CONVOLUTIONS, *DENSE], ids=str)
def test_outputs_and_gradients_are_those_of_torch_nn(network: Any, shared: bool) -> None:
    """All runs at once, on points of their own or shared."""
    weights, biases = drawn(network)
    leaves = [tensor.requires_grad_() for tensor in (*weights, *biases)]
    x = points(1 if shared else RUNS)
    found = outputs(network, IMAGE)(tuple(weights), tuple(biases), x)
    gradients = torch.autograd.grad(found.square().sum(), leaves)
    for run in range(RUNS):
        made = module(network, run)
        wanted = made(x[0 if shared else run])
        np.testing.assert_allclose(found[run].detach(), wanted.detach(), **CLOSE)
        names = [*(name for name, _ in made.named_parameters() if "weight" in name)]
        order = names + [name.replace("weight", "bias") for name in names if network.bias]
        of = dict(made.named_parameters())
        for gradient, parameter in zip(
            gradients, torch.autograd.grad(wanted.square().sum(), [of[n] for n in order]), strict=True
        ):
            np.testing.assert_allclose(gradient[run].flatten(), parameter.flatten(), **CLOSE)


@pytest.mark.parametrize("network", [network for network in (*CONVOLUTIONS, *DENSE) if network.affine], ids=str)
def test_an_affine_network_is_its_end_to_end_map(network: Any) -> None:
    weights, biases = (tuple(tensors) for tensors in drawn(network))
    program, x = end_to_end(network, IMAGE), points(RUNS)
    assert program is not None
    maps = program(weights, biases)
    assert maps.shape == (RUNS, CLASSES, INPUTS + network.bias)
    np.testing.assert_allclose(mapped(maps, x), outputs(network, IMAGE)(weights, biases, x), **CLOSE)


def test_a_network_with_activations_has_no_end_to_end_map() -> None:
    assert [kind for kind in NETWORKS.values() if end_to_end(kind(), IMAGE) is None] == [Relu, Tanh]


@pytest.mark.parametrize("kernel", [1, 3])
def test_a_convolution_has_the_same_bits_alone(kernel: int) -> None:
    """In float32, where what is measured of a gradient of rank one is its rounding."""
    network = LinearConvolution(depth=3, width=4, kernel=kernel)
    weights, biases = drawn(network)
    program, x = outputs(network, IMAGE), points(RUNS).float()

    def gradients(runs: slice) -> list[Tensor]:
        leaves = [tensor[runs].float().requires_grad_() for tensor in (*weights, *biases)]
        found = program(tuple(leaves[: len(weights)]), tuple(leaves[len(weights) :]), x[runs])
        return list(torch.autograd.grad(found.square().sum(), leaves))

    for together, alone in zip(gradients(slice(None)), gradients(slice(1, 2)), strict=True):
        assert torch.equal(together[1:2], alone)


@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
@pytest.mark.parametrize("network", [*CONVOLUTIONS, *DENSE], ids=str)
def test_the_reference_has_the_gradients_of_autograd(network: Any, loss: str) -> None:
    weights, biases = drawn(network)
    leaves = [tensor[:1].requires_grad_() for tensor in (*weights, *biases)]
    x, y = points(1), torch.tensor([0, 2, 1, 1, 0])
    z = outputs(network, IMAGE)(tuple(leaves[: len(weights)]), tuple(leaves[len(weights) :]), x)[0]
    one_hot = nn.functional.one_hot(y, CLASSES).double()
    value = nn.functional.mse_loss(z, one_hot) if loss == "mse" else nn.functional.cross_entropy(z, y)
    layers = tuple((w[0].numpy(), biases[i][0].numpy() if biases else None) for i, w in enumerate(weights))
    seen = reference.Points(x[0].numpy(), y.numpy())
    training = Training(loss=loss)
    np.testing.assert_allclose(reference.objective(network, training, layers, seen), value.item(), **CLOSE)
    gradient = reference.gradient(network, training, layers, seen)
    pairs = [g for g, _ in gradient] + [b for _, b in gradient if b is not None]
    for found, wanted in zip(pairs, torch.autograd.grad(value, leaves), strict=True):
        np.testing.assert_allclose(found, wanted[0], **CLOSE)


def test_convolutions_start_within_the_bounds_of_torch_nn() -> None:
    """Both draw U(-1/sqrt(fan_in), 1/sqrt(fan_in)): of 400 weights and more the largest is within a 20th of the bound,
    (1 - 1/20)^400 < 1e-8."""
    network = LinearConvolution(depth=2, width=25)
    weights, biases = drawn(network)
    torch.manual_seed(0)
    beside = nn.Conv2d(IMAGE[0], 25, 3)
    bound = (IMAGE[0] * 9) ** -0.5
    for run in weights[0].numpy():
        assert 0.95 * bound < abs(run).max() <= bound
    assert beside.bias is not None
    assert 0.95 * bound < beside.weight.abs().max() <= bound and beside.bias.abs().max() <= bound
    assert 0.8 * bound < biases[0].abs().max() <= bound  # 100 biases: (1 - 1/5)^100 < 1e-9


@pytest.mark.parametrize("kind", ["relu", "tanh"])
def test_no_activation_is_the_linear_network(kind: str) -> None:
    """By the same outputs in another program: activated 0 is trained by autograd, a linear network as it is."""
    found = [final({kind: {"depth": 3, "width": 4, "activated": 0}}), final({"linear": {"depth": 3, "width": 4}})]
    assert found[0] != pytest.approx(final({kind: {"depth": 3, "width": 4, "activated": 1}}), rel=1e-3)
    np.testing.assert_allclose(*found, rtol=1e-10)  # rounding, 1e-16 an operation, over 20 steps


def final(network: Any) -> list[float]:
    made = study(DIGITS, network, {"sgd": {"learning_rate": 0.1}}, batch=8, loss="cross_entropy")
    (chunk,) = chunks_of(made)
    return engine(made, chunk)[1].values["loss"][-1].flatten().tolist()


def test_activations_train_apart() -> None:
    """Networks that differ in `activated` fix no shape together."""
    made = study(DIGITS, {"relu": {"depth": 3, "width": 4}}, factors={"network.activated": [0, 1, 2]})
    assert [len(chunk.batch.cells) for chunk in chunks_of(made)] == [1, 1, 1]


def test_the_hessian_of_a_convolution_is_that_of_torch_nn() -> None:
    """Least and largest eigenvalue, exact and by Lanczos, of a network small enough to write its Hessian down."""
    network = {"linear_convolution": {"depth": 2, "width": 1, "kernel": 1, "bias": False}}
    asked = {name: {name: {"exact_up_to": 200, "steps": [20]}} for name in ("least_curvature", "sharpness")}
    lanczos = {"least": {"least_curvature": {"exact_up_to": 1, "iterations": 129, "steps": [20]}}}
    made = study(DIGITS, network, responses=asked | lanczos)
    (chunk,) = chunks_of(made)
    form, trained = engine(made, chunk)
    x, y = form._points.of("train", slice(0, 1))

    def loss(flat: Tensor) -> Tensor:
        w, d = flat[:1].view(1, 1, 1, 1), flat[1:].view(2, 64)
        return (nn.functional.conv2d(x[0].view(-1, 1, 8, 8), w).flatten(1) @ d.T - y[0]).square().mean()

    flat = torch.cat([parameter[0].flatten() for parameter in form.parameters]).to(CPU)
    values = torch.linalg.eigvalsh(hessian(loss, flat))
    # eigenvalues are rounded against the largest, 1e-16 times the 129 of them; 1e-10 leaves room
    for name, wanted in (("least_curvature", values[0]), ("sharpness", values[-1]), ("least", values[0])):
        assert trained.values[name][0, 0].item() == pytest.approx(wanted.item(), abs=1e-10 * values[-1].item())
