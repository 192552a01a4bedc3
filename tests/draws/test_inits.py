"""Initial weights: distribution, nesting, biases."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lnnstats.draws.inits import WEIGHTS, initial
from lnnstats.draws.streams import Stream
from lnnstats.parts.networks import INITS, Gaussian, Linear, Orthogonal, Relu, TorchDefault, Xavier

MANY = Stream(5, np.arange(4000), frozenset({"init"}))
FEW = Stream(5, np.arange(6), frozenset({"init"}))
ALL_INITS = [init() for init in INITS.values()]
NAMES = list(INITS)


def ks_bound(n: int) -> float:
    """Exceeded with probability at most 1e-6 (Dvoretzky-Kiefer-Wolfowitz); the seed is fixed."""
    return float(np.sqrt(np.log(2e6) / (2 * n)))


def test_every_init_has_an_implementation():
    assert set(WEIGHTS) == set(INITS)


@pytest.mark.parametrize("init", ALL_INITS, ids=NAMES)
def test_shapes(init):
    layers = initial(Relu(depth=3, width=(5, 2), init=init), 4, 3, FEW)
    assert [layer.weight.shape for layer in layers] == [(6, 5, 4), (6, 2, 5), (6, 3, 2)]
    assert [layer.bias.shape for layer in layers] == [(6, 5), (6, 2), (6, 3)]


@pytest.mark.parametrize("init", ALL_INITS, ids=NAMES)
def test_biases_only_where_asked_and_zero_but_for_torch(init):
    assert all(layer.bias is None for layer in initial(Linear(depth=2, init=init, bias=False), 3, 1, FEW))
    biases = [layer.bias for layer in initial(Linear(depth=2, init=init), 3, 1, FEW)]
    assert all(np.any(bias) == isinstance(init, TorchDefault) for bias in biases)


@pytest.mark.parametrize("init", ALL_INITS, ids=NAMES)
def test_depths_nest(init):
    shallow = initial(Linear(depth=3, width=4, init=init), 4, 4, FEW)
    deep = initial(Linear(depth=7, width=4, init=init), 4, 4, FEW)
    for one, other in zip(shallow, deep[:3], strict=True):
        assert np.array_equal(one.weight, other.weight) and np.array_equal(one.bias, other.bias)


@pytest.mark.parametrize("init", [TorchDefault(), Gaussian()], ids=["torch_default", "gaussian"])
def test_widths_nest_up_to_the_scale(init):
    narrow = initial(Linear(depth=2, width=4, init=init), 3, 2, FEW)
    wide = initial(Linear(depth=2, width=16, init=init), 3, 2, FEW)
    assert np.array_equal(narrow[0].weight, wide[0].weight[:, :4])
    assert np.array_equal(narrow[1].weight, 2.0 * wide[1].weight[:, :, :4])  # sqrt(16/4), a power of two: exact


def test_init_not_drawn_is_shared_by_all_blocks():
    shared = initial(Linear(depth=2), 3, 1, Stream(5, np.arange(6), frozenset({"data"})))
    own = initial(Linear(depth=2), 3, 1, FEW)
    for one, other in zip(shared, own, strict=True):
        assert np.array_equal(one.weight, other.weight[:1]) and np.array_equal(one.bias, other.bias[:1])


def test_torch_default_is_uniform_within_one_over_root_fan_in():
    (layer,) = initial(Linear(depth=1), 9, 4, MANY)
    for values in (layer.weight, layer.bias):
        assert stats.kstest(values.ravel(), stats.uniform(-1 / 3, 2 / 3).cdf).statistic < ks_bound(values.size)


def test_xavier_is_glorots_uniform():
    (layer,) = initial(Linear(depth=1, init=Xavier(gain=2.0)), 5, 7, MANY)
    bound = 2.0 * np.sqrt(6 / 12)
    cdf = stats.uniform(-bound, 2 * bound).cdf
    assert stats.kstest(layer.weight.ravel(), cdf).statistic < ks_bound(layer.weight.size)


def test_gaussian_has_variance_gain_squared_over_fan_in():
    (layer,) = initial(Linear(depth=1, init=Gaussian(gain=3.0)), 9, 4, MANY)
    assert stats.kstest(layer.weight.ravel(), stats.norm(0, 1.0).cdf).statistic < ks_bound(layer.weight.size)


@pytest.mark.parametrize("shape", [(3, 3), (6, 2), (2, 6)])
def test_orthogonal_has_orthonormal_rows_or_columns(shape):
    outputs, inputs = shape
    (layer,) = initial(Linear(depth=1, init=Orthogonal(gain=2.0)), inputs, outputs, FEW)
    w = layer.weight / 2.0
    gram = w @ w.swapaxes(1, 2) if outputs < inputs else w.swapaxes(1, 2) @ w
    # Householder QR keeps Q orthonormal to a small multiple of eps = 2.2e-16.
    np.testing.assert_allclose(gram, np.broadcast_to(np.eye(min(shape)), gram.shape), atol=1e-14)


def test_orthogonal_is_haar_distributed():
    (layer,) = initial(Linear(depth=1, init=Orthogonal()), 3, 3, MANY)
    # Under Haar measure on O(3) an entry is uniform on [-1, 1] (Archimedes), and the sign of det is fair.
    for i, j in np.ndindex(3, 3):
        assert stats.kstest(layer.weight[:, i, j], stats.uniform(-1, 2).cdf).statistic < ks_bound(len(layer.weight))
    assert abs(np.mean(np.sign(np.linalg.det(layer.weight)))) < 5 / np.sqrt(len(layer.weight))
