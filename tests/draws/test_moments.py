"""Moments: least squares against NumPy's lstsq, and the error surface against the error itself."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.draws import moments as module
from lnnstats.draws.data.values import Split
from lnnstats.draws.moments import Moments, moments, targets
from lnnstats.verify.reference.networks import one_hot

RNG = np.random.default_rng(0)


def split(blocks=5, points=40, features=3, outputs=2) -> Split:
    return Split(RNG.normal(size=(blocks, points, features)) + 0.3, RNG.normal(size=(blocks, points, outputs)))


def columns(x: np.ndarray, intercept: bool) -> np.ndarray:
    return np.column_stack([x, np.ones(len(x))]) if intercept else x


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize(("points", "features"), [(40, 3), (1000, 1), (6, 9)])
def test_the_optimum_is_numpys_least_squares(intercept, points, features):
    data = split(points=points, features=features)
    found = moments(data, data.y, intercept)
    for b in range(5):
        expected, _, rank, s = np.linalg.lstsq(columns(data.x[b], intercept), data.y[b], rcond=None)
        # Both are backward stable: the forward error is a small multiple of condition * eps, here below 1e3 * 2e-16.
        assert s[0] / s[rank - 1] < 1e3
        np.testing.assert_allclose(found.optimum[b], expected.T, rtol=1e-12, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("intercept", [True, False])
def test_gram_and_floor_are_means_over_the_points(intercept):
    data = split()
    found = moments(data, data.y, intercept)
    for b in range(5):
        a = columns(data.x[b], intercept)
        residual = data.y[b] - a @ found.optimum[b].T
        np.testing.assert_allclose(found.gram[b], sum(np.outer(point, point) for point in a) / len(a), rtol=1e-13)
        np.testing.assert_allclose(found.floor[b], np.mean(residual**2), rtol=1e-13)


@pytest.mark.parametrize("points", [40, 3])
def test_the_loss_of_any_map_is_floor_plus_quadratic_form(points):
    data = split(points=points)
    found = moments(data, data.y, True)
    theta = RNG.normal(size=found.optimum.shape)
    delta = theta - found.optimum
    surface = found.floor + np.mean(np.einsum("bci,bij,bcj->bc", delta, found.gram, delta), axis=1)
    for b in range(5):
        error = np.mean((data.y[b] - columns(data.x[b], True) @ theta[b].T) ** 2)
        np.testing.assert_allclose(surface[b], error, rtol=1e-12)  # sums of some hundred terms of like size


def test_a_constant_feature_gets_the_minimum_norm():
    x = RNG.normal(size=(1, 30, 2))
    x[:, :, 1] = -1.0  # collinear with the intercept
    data = Split(x, RNG.normal(size=(1, 30, 1)))
    found = moments(data, data.y, True).optimum[0]
    expected = np.linalg.lstsq(columns(x[0], True), data.y[0], rcond=None)[0].T
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    np.testing.assert_allclose(found[0, 1], -found[0, 2], rtol=1e-12)  # shared equally: least norm


def test_ill_conditioned_points_do_not_square_their_condition():
    x = np.linspace(0, 1, 50)[None, :, None] ** np.arange(1, 9)  # condition about 1e6 with the intercept
    teacher = np.ones((1, 9))
    y = x @ teacher[:, :8].T + 1.0
    found = moments(Split(x, y), y, True)
    # condition * eps = 2e-10; a solution through the normal equations would be off by condition^2 * eps = 2e-4.
    np.testing.assert_allclose(found.optimum[0], teacher, rtol=1e-8)
    assert found.floor[0] < 1e-28  # rounding of y alone, (few eps)^2


def test_noise_free_data_has_floor_zero_to_rounding():
    x = RNG.normal(size=(4, 100, 2))
    y = x @ np.array([[2.0], [-1.0]]) + 0.5
    assert np.all(moments(Split(x, y), y, True).floor < 1e-28)


def test_slabs_of_blocks_leave_no_trace(monkeypatch):
    data = split(blocks=7)
    whole = moments(data, data.y, True)
    monkeypatch.setattr(module, "SLAB", 3 * 40 * 5)  # three blocks at once
    parts = moments(data, data.y, True)
    for name in Moments.__slots__:
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-13)


def test_targets_are_responses_or_one_hot_labels():
    data = split()
    assert targets(data, 2) is data.y
    labels = Split(data.x[:2, :3], np.array([[0, 2, 1], [1, 1, 0]]))
    assert targets(labels, 3).tolist() == [[[1, 0, 0], [0, 0, 1], [0, 1, 0]], [[0, 1, 0], [0, 1, 0], [1, 0, 0]]]


def test_targets_of_one_output_are_the_signs_of_two_classes():
    labels = Split(RNG.normal(size=(2, 3, 4)), np.array([[0, 1, 1], [1, 0, 0]]))
    assert targets(labels, 1).tolist() == [[[-1], [1], [1]], [[1], [-1], [-1]]]


@pytest.mark.parametrize("outputs", [1, 2])
def test_the_reference_codes_labels_alike(outputs):
    labels = RNG.integers(0, 2, size=(3, 20))
    coded = targets(Split(RNG.normal(size=(3, 20, 1)), labels), outputs)
    assert all(np.array_equal(coded[b], one_hot(labels[b], outputs)) for b in range(3))
