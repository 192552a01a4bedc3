"""Ends of the Hessian's spectrum against torch.func on the points, closed forms, and dense eigenvalues."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from lnnstats.draws.data import sample
from lnnstats.engine.batch import runs
from lnnstats.engine.execute import trained
from lnnstats.engine.forms.losses import OnMoments
from lnnstats.engine.forms.networks import SLAB, networks
from lnnstats.engine.forms.values import Quadratic
from lnnstats.engine.responses import curvature, hessian
from lnnstats.engine.responses.curvature import least_curvature, sharpness
from lnnstats.engine.responses.lanczos import extremes, start_vector
from lnnstats.parts.responses import LeastCurvature, Sharpness
from tests.worlds import CLASSES, CPU, PLANE, SCALAR, chunks_of, engine, study

# torch.func compiles its table of forward derivatives by what torch itself deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:DeprecationWarning")

RNG = np.random.default_rng(3)


def ends(form: Any, **options: Any) -> tuple[Tensor, Tensor]:
    return least_curvature(LeastCurvature(**options), form), sharpness(Sharpness(**options), form)


# Forms


def objective(flat: Tensor, world: Any, shapes: list[tuple[int, ...]], x: Tensor, y: Tensor) -> Tensor:
    """The training loss of one network by torch.nn.functional, on the points."""
    parts = flat.split([int(np.prod(shape)) for shape in shapes])
    tensors = [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]
    depth = world.network.depth
    for index in range(depth):
        x = functional.linear(x, tensors[index], tensors[depth + index] if len(tensors) > depth else None)
        if index < depth - 1 and not world.network.linear:
            x = {"relu": torch.relu, "tanh": torch.tanh}[world.network.kind](x)
    return functional.mse_loss(x, y) if world.training.loss.kind == "mse" else functional.cross_entropy(x, y)


def dense(form: Any, chunk: Any, made: Any) -> list[np.ndarray]:
    """Every run's spectrum by torch.func.hessian, at the weights the form holds, on data drawn alone."""
    axis, spectra = runs(chunk, made.seed, made.blocks), [np.empty(0)] * form.runs
    blocks = len(axis.blocks)
    for group in form.networks():
        for place, run in enumerate(group.runs.tolist()):
            cell = chunk.batch.cells[run // blocks]
            data = sample(cell.world.data, axis.stream(cell)).train
            x, y = torch.from_numpy(data.x[run % blocks]), torch.from_numpy(data.y[run % blocks])
            tensors = [tensor[place] for tensor in (*group.weights, *group.biases)]
            shapes = [tuple(tensor.shape) for tensor in tensors]
            flat = torch.cat([tensor.flatten() for tensor in tensors])
            matrix = torch.func.hessian(objective)(flat, cell.world, shapes, x, y)
            spectra[run] = np.linalg.eigvalsh(matrix.numpy())
    return spectra


WORLDS: dict[str, dict[str, Any]] = {
    "chain": {"network": "linear", "factors": {"network.depth": [3, 1, 2]}},
    "chain-no-bias": {"network": {"linear": {"bias": False}}, "factors": {"network.depth": [2, 4]}},
    "moments": {"data": PLANE, "network": {"linear": {"depth": 3, "width": 2}}},
    "moments-no-bias": {"data": PLANE, "network": {"linear": {"depth": 2, "width": 3, "bias": False}}},
    "residual": {"data": PLANE, "network": {"residual": {"depth": 2, "width": 3}}},
    "minibatch": {"data": PLANE, "network": {"linear": {"depth": 2, "width": 3}}, "batch": 5},
    "relu": {"data": PLANE, "network": {"relu": {"depth": 3, "width": 4}}},
    "tanh": {"data": PLANE, "network": {"tanh": {"depth": 2, "width": 4}}, "batch": 5},
    "classes": {"data": CLASSES, "network": {"tanh": {"depth": 2, "width": 3}}, "loss": "cross_entropy"},
    "linear-classes": {"data": CLASSES, "network": {"linear": {"depth": 2, "width": 2}}, "loss": "cross_entropy"},
}


@pytest.mark.parametrize("options", WORLDS.values(), ids=WORLDS)
@pytest.mark.parametrize("exact", [True, False], ids=["exact", "lanczos"])
def test_every_form_has_the_spectrum_of_torch_func(options: dict[str, Any], exact: bool) -> None:
    made = study(**{"data": SCALAR, **options}, steps=9)
    (chunk,) = chunks_of(made)
    form, _ = engine(made, chunk)
    wanted = dense(form, chunk, made)
    # As many Lanczos steps as parameters: the whole spectrum.
    least, largest = ends(form, **({"exact_up_to": 99} if exact else {"exact_up_to": 1, "iterations": 99}))
    # An eigenvalue is exact to a few hundred roundings (a sum over 24 points, 46 parameters) of the largest one.
    np.testing.assert_allclose(largest, [s[-1] for s in wanted], rtol=1e-12)
    np.testing.assert_allclose(least, [s[0] for s in wanted], atol=1e-12 * max(s[-1] for s in wanted))


def test_slabs_leave_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    made = study(PLANE, {"tanh": {"depth": 2, "width": 3}}, steps=3, blocks={"number": 5})
    (chunk,) = chunks_of(made)
    form, _ = engine(made, chunk)
    whole = [ends(form), ends(form, exact_up_to=1, iterations=6)]
    for module in ("lnnstats.engine.forms.networks", "lnnstats.engine.responses.hessian"):
        monkeypatch.setattr(f"{module}.SLAB", 1)
    cut = [ends(form), ends(form, exact_up_to=1, iterations=6)]
    for before, after in zip(whole, cut, strict=True):
        np.testing.assert_allclose(torch.stack(after), torch.stack(before), rtol=1e-12, atol=1e-14)
    assert hessian.SLAB == 1 < SLAB and curvature.hessian is hessian.hessian


def test_a_float32_run_is_measured_in_float64() -> None:
    """At the weights and moments that float32 holds, the spectrum of float64: 1e-12, where float32 would give 1e-7."""
    made = study(PLANE, {"linear": {"depth": 2, "width": 2}}, dtype="float32", steps=5)
    (chunk,) = chunks_of(made)
    form, _ = engine(made, chunk)
    least, largest = ends(form)
    assert least.dtype == largest.dtype == torch.float64
    quadratic = Quadratic(*(getattr(form._splits["train"], name).double() for name in ("gram", "optimum", "floor")))
    flat = [torch.cat([p[run].double().flatten() for p in form.parameters]) for run in range(form.runs)]
    for run, theta in enumerate(flat):
        matrix = torch.func.hessian(lambda t, run=run: moments_loss(t, quadratic, run))(theta)
        values = torch.linalg.eigvalsh(matrix)
        np.testing.assert_allclose([least[run], largest[run]], [values[0], values[-1]], rtol=1e-12, atol=1e-13)


def moments_loss(theta: Tensor, quadratic: Quadratic, run: int) -> Tensor:
    """Of a 3-2-2 network with biases."""
    first, second, b1, b2 = theta[:6].view(2, 3), theta[6:10].view(2, 2), theta[10:12], theta[12:]
    whole = torch.cat((second @ first, (second @ b1 + b2)[:, None]), dim=1) - quadratic.optimum[run]
    return (whole @ quadratic.gram[run] * whole).sum() / 2 + quadratic.floor[run]


@pytest.mark.parametrize("world", ["chain", "moments", "relu"])
def test_measuring_leaves_the_training_alone(world: str) -> None:
    """Bit for bit, in inference mode where the form trains in it."""
    every = list(range(10))
    asked = {"loss": {"loss": {"steps": every}}}
    lanczos = {"sharpness": {"exact_up_to": 1, "steps": [3]}}
    probes = {"least": {"least_curvature": {"steps": every}}, "lanczos": lanczos}
    losses = []
    for responses in (asked, {**asked, **probes}):
        made = study(**{"data": SCALAR, **WORLDS[world]}, steps=9, responses=responses)
        losses.append(trained(chunks_of(made)[0], made, CPU).values["loss"])
    assert torch.equal(*losses)


# Closed forms


def stationary(weights: list[np.ndarray], gram: np.ndarray, target: np.ndarray) -> Any:
    """One linear network without biases on these second moments."""
    tensors = tuple(torch.from_numpy(weight)[None] for weight in weights)
    quadratic = Quadratic(*(torch.from_numpy(a)[None] for a in (gram, target, np.ones(()))))
    first, rate = torch.zeros(1, dtype=torch.int64), torch.ones(1, dtype=torch.float64)
    group = networks(first, tensors, (), rate, OnMoments(quadratic))
    return SimpleNamespace(runs=1, networks=lambda: (group,))


@pytest.mark.parametrize("outputs", [1, 3])
def test_at_the_origin_two_layers_have_a_strict_saddle(outputs: int) -> None:
    """Kawaguchi 2016: the least eigenvalue is -sigma_1(Sigma_yx) for 1/2 E|.|^2, 2/C times that for the mean over C
    outputs; the largest is its mirror image.
    """
    x = RNG.normal(size=(40, 4))
    gram, target = x.T @ x / 40, RNG.normal(size=(outputs, 4))
    wanted = 2 / outputs * np.linalg.norm(target @ gram, 2)
    least, largest = ends(stationary([np.zeros((5, 4)), np.zeros((outputs, 5))], gram, target))
    np.testing.assert_allclose([least.item(), largest.item()], [-wanted, wanted], rtol=1e-13)  # a few roundings


def test_at_the_origin_three_layers_are_flat() -> None:
    form = stationary([np.zeros((3, 4)), np.zeros((3, 3)), np.zeros((2, 3))], np.eye(4), RNG.normal(size=(2, 4)))
    assert [end.item() for end in ends(form)] == [0, 0]
    assert [end.item() for end in ends(form, exact_up_to=1)] == [0, 0]  # the first remainder vanishes already


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
@pytest.mark.parametrize("outputs", [1, 2])
def test_sharpness_of_a_whitened_balanced_minimum(depth: int, outputs: int) -> None:
    """N sigma_1^(2 - 2/N) for 1/2 E|.|^2 (Mulayoff & Michaeli 2020), 2/C times that for the mean over C outputs."""
    u, s, vt = np.linalg.svd(RNG.normal(size=(outputs, 3)), full_matrices=False)
    root = np.diag(s ** (1 / depth))
    weights = [root] * depth
    weights[0] = weights[0] @ vt
    weights[-1] = u @ weights[-1]
    form = stationary(weights, np.eye(3), u @ np.diag(s) @ vt)
    wanted = 2 / outputs * depth * s[0] ** (2 - 2 / depth)
    for options in ({}, {"exact_up_to": 1}):
        least, largest = ends(form, **options)
        assert largest.item() == pytest.approx(wanted, rel=1e-12)
        assert least.item() == pytest.approx(2 if depth == 1 else 0, abs=1e-12 * wanted) or depth == 1


def test_a_resolution_below_zero_covers_the_flat_directions_of_an_optimum() -> None:
    """Ten layers of one unit: nine ways to rescale them, nine eigenvalues 0 up to rounding, the least below 0."""
    rng = np.random.default_rng(5)
    for _ in range(10):
        weights = [np.full((1, 1), w) for w in rng.uniform(0.7, 1.3, 10)]
        least, largest = ends(stationary(weights, np.eye(1), np.full((1, 1), np.prod(weights))))
        assert least.item() <= 0 < largest.item()
        assert least.item() > -1e-12 * largest.item()  # rounding of the largest
    assert LeastCurvature(resolution=-1e-3).resolution == -1e-3


# Lanczos


def of(matrices: np.ndarray, steps: int) -> np.ndarray:
    tensor = torch.from_numpy(matrices)
    product = lambda vectors: (tensor @ vectors[..., None])[..., 0]  # noqa: E731
    return extremes(product, start_vector(tensor.shape[1]), len(tensor), steps).numpy()


def symmetric(*spectra: Any) -> np.ndarray:
    """Matrices with these eigenvalues, in directions of their own."""
    turned = [np.linalg.qr(RNG.normal(size=(len(s), len(s))))[0] for s in spectra]
    return np.array([q @ np.diag(np.asarray(s, float)) @ q.T for q, s in zip(turned, spectra, strict=True)])


def test_as_many_steps_as_rows_give_the_ends_whatever_the_spectrum() -> None:
    """Simple, repeated, of low rank, zero, and of one eigenvalue: where the Krylov space ends, another is opened."""
    spectra = [np.arange(12) - 3, [1] * 6 + [2] * 6, [5] + [0] * 11, [0] * 12, [-3] * 12, [-2, 7] + [0] * 10]
    found = of(symmetric(*spectra), 12)
    # Rounding of eigenvalues up to 8.
    np.testing.assert_allclose(found, [(min(s), max(s)) for s in spectra], rtol=0, atol=1e-13)


def test_a_negative_ritz_value_proves_a_negative_eigenvalue() -> None:
    """Before convergence, too, the ends lie within the spectrum, and close in on its ends."""
    matrix = symmetric(np.linspace(1, 100, 300))
    errors = []
    for steps in (3, 10, 60, 150):
        ((low, high),) = of(matrix, steps)
        assert 1 - 1e-12 < low < high < 100 + 1e-12
        errors.append(max(low - 1, 100 - high))
    assert errors == sorted(errors, reverse=True) and errors[-1] < 1e-9 * 100 < errors[0]


def test_what_is_not_finite_has_no_ends_and_harms_no_other() -> None:
    matrices = symmetric([1, 2, 3], [1, 2, 3])
    matrices[0, 0, 0] = np.nan
    np.testing.assert_allclose(of(matrices, 3), [[np.nan, np.nan], [1, 3]], atol=1e-14)


def test_the_start_vector_is_that_of_numpys_philox() -> None:
    """NumPy's generator counts up before it draws, so it starts one below 0 (mod 2^256)."""
    raw = np.random.Philox(key=0, counter=2**256 - 1).random_raw(11)
    assert np.array_equal(start_vector(11).numpy(), 2 * ((raw >> np.uint64(11)) * 2.0**-53) - 1)
    assert torch.equal(start_vector(11)[:5], start_vector(5))


def test_lanczos_of_a_network_is_its_exact_spectrum() -> None:
    """230 parameters, 60 steps. Hessians of networks have few eigenvalues apart from a bulk at 0: both ends, where they
    are apart, converge to rounding.
    """
    made = study(PLANE, {"tanh": {"depth": 3, "width": 12}}, "adam", steps=10)
    (chunk,) = chunks_of(made)
    form, _ = engine(made, chunk)
    least, largest = ends(form, exact_up_to=300)
    low, high = ends(form)
    np.testing.assert_allclose(high, largest, rtol=1e-12)
    np.testing.assert_allclose(low, least, rtol=1e-12)
    assert form.networks()[0].size == 230
