"""One-step prediction errors by hand, in exact fractions, against jvp, and their order in the learning rate."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from lnnstats.engine.forms.losses import OnMoments
from lnnstats.engine.forms.networks import Networks, affine_maps, networks
from lnnstats.engine.forms.values import Quadratic
from lnnstats.engine.responses.hessian import gradients
from lnnstats.engine.responses.one_step import one_step_error, step
from lnnstats.parts.responses import OneStepError

# torch's own, where jvp loads its decompositions for the first time in a process
pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:DeprecationWarning")
RATES = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1]


def group(sizes: tuple[int, ...], bias: bool, rates: list[float], scale: float = 0.5) -> Networks:
    """The same network, on the same second moments, at several rates."""
    rng = np.random.default_rng(5)
    columns = sizes[0] + bias
    a = np.column_stack([rng.normal(size=(50, sizes[0])), *([np.ones(50)] if bias else [])])

    def spread(array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.repeat(array[None], len(rates), axis=0))

    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    weights = tuple(spread(scale * rng.normal(size=shape)) for shape in shapes)
    biases = tuple(spread(scale * rng.normal(size=rows)) for rows, _ in shapes) if bias else ()
    target = rng.normal(size=(sizes[-1], columns))
    quadratic = Quadratic(spread(a.T @ a / 50), spread(target), spread(np.ones(())))
    runs = torch.arange(len(rates))
    return networks(runs, weights, biases, torch.tensor(rates, dtype=torch.float64), OnMoments(quadratic))


def errors(networks_: Networks, **options: Any) -> np.ndarray:
    form: Any = SimpleNamespace(runs=len(networks_.rates), networks=lambda: (networks_,))
    return one_step_error(OneStepError(**options), form).numpy()


def slopes(values: np.ndarray) -> np.ndarray:
    """Of log error in log rate, between neighbouring rates."""
    return np.diff(np.log10(values)) / np.diff(np.log10(RATES))


@pytest.mark.parametrize("sizes", [(1, 1, 1), (1, 1, 1, 1, 1), (3, 4, 2), (3, 2, 5, 1)], ids=str)
@pytest.mark.parametrize("bias", [True, False])
def test_first_order_leaves_the_square_of_the_rate(sizes: tuple[int, ...], bias: bool) -> None:
    """Next to it stands the cube, a part rate * |gradient| of it: up to .3 at .1, below 1e-3 at the small rates, where
    a map's digits would long be lost (the error is 1e-12).
    """
    found = slopes(errors(group(sizes, bias, RATES)))
    np.testing.assert_allclose(found[:3], 2, atol=2e-3)
    np.testing.assert_allclose(found[3:], 2, atol=0.3)
    relative = slopes(errors(group(sizes, bias, RATES), relative=True))
    np.testing.assert_allclose(relative[:3], 1, atol=2e-3)


def test_slopes_alone_are_first_order_without_biases_only() -> None:
    """Lakkapragada's sum over slopes is the derivative where no intercept enters a layer; with biases it misses a term
    of the first order.
    """
    for bias, order in ((False, 2), (True, 1)):
        found = slopes(errors(group((1, 1, 1, 1), bias, RATES), formula="slope_only"))
        np.testing.assert_allclose(found[:3], order, atol=2e-3)


def test_one_layer_moves_as_predicted() -> None:
    for formula in ("first_order", "slope_only"):
        assert errors(group((3, 2), True, RATES), formula=formula).tolist() == [0] * len(RATES)


def test_two_scalar_layers_by_hand() -> None:
    """(w1 + d1)(w2 + d2) - w1 w2 = w2 d1 + w1 d2 + d1 d2: the error is d1 d2 = rate^2 g1 g2."""
    two = group((1, 1, 1), False, RATES)
    g1, g2 = (g[:, 0, 0].numpy() for g in gradients(two))
    # Products of a few numbers: a few roundings.
    np.testing.assert_allclose(errors(two), np.square(RATES) * abs(g1 * g2), rtol=1e-14)


@pytest.mark.parametrize("bias", [True, False])
def test_deep_chains_in_exact_fractions(bias: bool) -> None:
    """Actual and predicted changes of (slope, intercept), subtracted without rounding."""
    chains = group((1, 1, 1, 1, 1), bias, RATES)
    moves, shifts = step(chains)
    for place in range(len(RATES)):
        w, d = ([Fraction(t[place].item()) for t in layers] for layers in (chains.weights, moves))
        b, e = ([Fraction(t[place].item()) for t in layers] or [Fraction(0)] * 4 for layers in (chains.biases, shifts))
        first, changed = derivative(w, b, d, e), mapped([x + y for x, y in zip(w, d, strict=True)],
                                                        [x + y for x, y in zip(b, e, strict=True)])  # fmt: skip
        gap = [float(new - old - part) for new, old, part in zip(changed, mapped(w, b), first, strict=True)]
        assert errors(chains)[place] == pytest.approx(np.hypot(*gap), rel=1e-12)  # a few dozen roundings


def mapped(w: list[Fraction], b: list[Fraction]) -> tuple[Fraction, Fraction]:
    slope, intercept = Fraction(1), Fraction(0)
    for weight, bias in zip(w, b, strict=True):
        slope, intercept = weight * slope, weight * intercept + bias
    return slope, intercept


def derivative(w: list[Fraction], b: list[Fraction], d: list[Fraction], e: list[Fraction]) -> list[Fraction]:
    """Layer by layer: sum_i (later weights) (d_i (p_{i-1}, q_{i-1}) + (0, e_i))."""
    total = [Fraction(0), Fraction(0)]
    for index in range(len(w)):
        p, q = mapped(w[:index], b[:index])
        later = mapped(w[index + 1 :], b[index + 1 :])[0]
        total[0] += later * d[index] * p
        total[1] += later * (d[index] * q + e[index])
    return total


@pytest.mark.parametrize("bias", [True, False])
def test_the_written_out_formula_is_the_derivative(bias: bool) -> None:
    """dw = -rate sum_i (w/w_i)^2 g_w - rate sum_i (w/w_i) back_i q_{i-1} g_b, by jvp of the map along the step."""
    chains = group((1, 1, 1, 1), bias, [1.0])
    moves, shifts = step(chains)
    tangent = torch.func.jvp(
        lambda w, b: affine_maps(w, b)[-1], (chains.weights, chains.biases), (moves, shifts)
    )[1][0, 0, 0].item()  # fmt: skip
    w = [weight.item() for weight in chains.weights]
    whole, others = np.prod(w), [np.prod(w) / one for one in w]
    map_ = affine_maps(chains.weights, chains.biases)
    delta = map_[-1] - chains.loss.quadratic.optimum  # type: ignore[attr-defined]
    to_map = 2 * (delta @ chains.loss.quadratic.gram)[0, 0]  # type: ignore[attr-defined]
    entering = [0.0, *(part[0, 0, -1].item() if bias else 0.0 for part in map_[:-1])]
    g_w, g_b = to_map[0].item(), to_map[-1].item() if bias else 0.0
    back = [whole / np.prod(w[: index + 1]) for index in range(3)]
    written = -sum(o**2 * g_w + o * k * q * g_b for o, k, q in zip(others, back, entering, strict=True))
    assert tangent == pytest.approx(written, rel=1e-13)  # a few dozen roundings


@pytest.mark.parametrize("formula", ["first_order", "slope_only"])
def test_the_prediction_is_what_is_left_of_the_change(formula: str) -> None:
    """At a rate of .1 digits remain to subtract: error = |change - predicted| with predictions written out."""
    wide = group((3, 4, 2, 2), True, [0.1])
    moves, shifts = step(wide)
    moved = affine_maps(tuple(map(torch.add, wide.weights, moves)), tuple(map(torch.add, wide.biases, shifts)))[-1]
    held = affine_maps(wide.weights, wide.biases)[-1]
    if formula == "first_order":
        predicted = torch.func.jvp(lambda w, b: affine_maps(w, b)[-1], (wide.weights, wide.biases), (moves, shifts))[1]
        gap = (moved - held - predicted)[0]
    else:
        quadratic = wide.loss.quadratic  # type: ignore[attr-defined]
        to_slopes = ((held - quadratic.optimum) @ quadratic.gram)[0, :, :3]  # 2/C = 1
        w1, w2, w3 = (weight[0] for weight in wide.weights)
        later, before = w3 @ w2, w2 @ w1
        sum_ = later @ later.T @ to_slopes + w3 @ w3.T @ to_slopes @ w1.T @ w1 + to_slopes @ before.T @ before
        gap = (moved - held)[0, :, :3] + 0.1 * sum_
    # The subtraction loses two digits of sixteen.
    assert errors(wide, formula=formula)[0] == pytest.approx(gap.norm().item(), rel=1e-12)


def test_a_map_that_does_not_move_has_no_relative_error() -> None:
    still = group((1, 1, 1), False, [0.0, 0.1])
    found = errors(still, relative=True)
    assert np.isnan(found[0]) and found[1] > 0
