"""Initial weights: distribution, nesting, biases, residual networks, and the bits that older runs were drawn with."""

from __future__ import annotations

from hashlib import blake2b
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from lnnstats.draws.inits import WEIGHTS, identity_part, initial
from lnnstats.draws.streams import Stream, Tally
from lnnstats.parts.inits import (
    INITS,
    Balanced,
    Gaussian,
    GivenScale,
    Identity,
    Kaiming,
    Orthogonal,
    TorchDefault,
    Xavier,
    ZeroAsymmetric,
)
from lnnstats.parts.networks import Linear, Relu, Residual

MANY = Stream(5, np.arange(4000), frozenset({"init"}))
FEW = Stream(5, np.arange(6), frozenset({"init"}))
ALL_INITS = [init() for init in INITS.values()]
NAMES = list(INITS)
TOGETHER = (Balanced, GivenScale, ZeroAsymmetric)  # their layers depend on the depth


def product(layers) -> np.ndarray:
    """W_e = W_N ... W_1, [B, C, d]."""
    end_to_end = layers[0].weight
    for layer in layers[1:]:
        end_to_end = layer.weight @ end_to_end
    return end_to_end


def ks_bound(n: int) -> float:
    """Exceeded with probability at most 1e-6 (Dvoretzky-Kiefer-Wolfowitz); the seed is fixed."""
    return float(np.sqrt(np.log(2e6) / (2 * n)))


def test_every_init_has_an_implementation():
    assert set(WEIGHTS) == set(INITS)


@pytest.mark.parametrize("init", ALL_INITS, ids=NAMES)
def test_shapes(init):
    layers = initial(Relu(depth=3, width=(5, 3), init=init), 4, 3, FEW)
    assert [layer.weight.shape for layer in layers] == [(6, 5, 4), (6, 3, 5), (6, 3, 3)]
    assert [layer.bias.shape for layer in layers] == [(6, 5), (6, 3), (6, 3)]


@pytest.mark.parametrize("init", ALL_INITS, ids=NAMES)
def test_biases_only_where_asked_and_zero_but_for_torch(init):
    assert all(layer.bias is None for layer in initial(Linear(depth=2, init=init, bias=False), 3, 1, FEW))
    biases = [layer.bias for layer in initial(Linear(depth=2, init=init), 3, 1, FEW)]
    assert all(np.any(bias) == isinstance(init, TorchDefault) for bias in biases)


@pytest.mark.parametrize("init", [init for init in ALL_INITS if not isinstance(init, TOGETHER)], ids=lambda i: i.kind)
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


@pytest.mark.parametrize("init", ALL_INITS, ids=NAMES)
def test_init_not_drawn_is_shared_by_all_blocks(init):
    shared = initial(Linear(depth=2, init=init), 3, 1, Stream(5, np.arange(6), frozenset({"data"})))
    own = initial(Linear(depth=2, init=init), 3, 1, FEW)
    for one, other in zip(shared, own, strict=True):
        assert np.array_equal(one.weight, other.weight[:1]) and np.array_equal(one.bias, other.bias[:1])


def test_torch_default_is_uniform_within_one_over_root_fan_in():
    (layer,) = initial(Linear(depth=1), 9, 4, MANY)
    for values in (layer.weight, layer.bias):
        assert stats.kstest(values.ravel(), stats.uniform(-1 / 3, 2 / 3).cdf).statistic < ks_bound(values.size)


def test_kaiming_has_variance_twice_gain_squared_over_fan_in():
    (layer,) = initial(Linear(depth=1, init=Kaiming(gain=3.0)), 18, 4, MANY)
    assert stats.kstest(layer.weight.ravel(), stats.norm(0, 1.0).cdf).statistic < ks_bound(layer.weight.size)


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


class TestIdentity:
    @pytest.mark.parametrize(("width", "inputs", "outputs"), [(3, 3, 3), (5, 2, 4), (4, 6, 3)])
    def test_the_map_is_the_identity_to_the_gains_power(self, width, inputs, outputs):
        layers = initial(Linear(depth=3, width=width, init=Identity(gain=2.0)), inputs, outputs, FEW)
        assert np.array_equal(product(layers), np.broadcast_to(8.0 * np.eye(outputs, inputs), (6, outputs, inputs)))

    def test_zero_asymmetric_is_the_identity_but_for_its_last_layer(self):
        *hidden, last = initial(Linear(depth=3, width=4, init=ZeroAsymmetric()), 3, 2, FEW)
        assert all(np.array_equal(layer.weight[1], np.eye(*layer.weight.shape[1:])) for layer in hidden)
        assert not np.any(last.weight)

    @pytest.mark.parametrize("init", [Identity(), ZeroAsymmetric()], ids=["identity", "zero_asymmetric"])
    def test_nothing_is_drawn(self, init):
        tally = Tally(6)
        initial(Linear(depth=3, width=4, init=init), 3, 2, Stream(5, np.arange(6), frozenset({"init"}), (), tally))
        assert not np.any(tally.sums)


class TestBalanced:
    # An SVD, roots and N products of matrices of size one: some tens of eps = 2.2e-16.
    ROUNDING = 1e-13

    @pytest.mark.parametrize("depth", [1, 2, 3, 10])
    @pytest.mark.parametrize(("width", "inputs", "outputs"), [(4, 4, 4), (7, 3, 5), (3, 6, 3), (2, 2, 9)])
    def test_neighbours_share_their_gram_matrix(self, depth, width, inputs, outputs):
        layers = initial(Linear(depth=depth, width=width, init=Balanced(scale=0.7)), inputs, outputs, FEW)
        for one, after in pairwise(layers):
            gap = after.weight.swapaxes(1, 2) @ after.weight - one.weight @ one.weight.swapaxes(1, 2)
            assert np.max(np.abs(gap)) < self.ROUNDING

    @pytest.mark.parametrize("depth", [1, 2, 3, 10])
    @pytest.mark.parametrize("width", [3, 8])
    def test_the_map_is_the_same_gaussian_at_every_depth_and_width(self, depth, width):
        layers = initial(Linear(depth=depth, width=width, init=Balanced(scale=0.7)), 5, 3, FEW)
        wanted = 0.7 * FEW.normal("init", "weight", 3, 5) / np.sqrt(5)
        np.testing.assert_allclose(product(layers), wanted, atol=self.ROUNDING)

    def test_every_layer_has_the_roots_of_the_maps_singular_values(self):
        layers = initial(Linear(depth=4, width=6, init=Balanced()), 5, 3, FEW)
        wanted = np.linalg.svd(product(layers), compute_uv=False) ** (1 / 4)
        for layer in layers:
            found = np.linalg.svd(layer.weight, compute_uv=False)
            np.testing.assert_allclose(found[:, :3], wanted, rtol=self.ROUNDING)
            assert np.all(found[:, 3:] < self.ROUNDING)

    def test_signs_are_fixed(self):
        layers = initial(Linear(depth=3, width=4, init=Balanced()), 4, 4, FEW)
        assert np.all(layers[0].weight[:, :, 0] > 0)

    def test_a_scalar_chain_shares_its_size(self):
        layers = initial(Linear(depth=3, init=Balanced()), 1, 1, MANY)
        w = MANY.normal("init", "weight", 1, 1).ravel()
        for layer in layers:
            np.testing.assert_allclose(np.abs(layer.weight.ravel()), np.abs(w) ** (1 / 3), rtol=self.ROUNDING)
        np.testing.assert_allclose(product(layers).ravel(), w, rtol=self.ROUNDING)

    def test_a_layer_narrower_than_the_rank_is_refused(self):
        with pytest.raises(ValueError):
            initial(Linear(depth=2, width=2, init=Balanced()), 3, 3, FEW)


class TestGivenScale:
    @pytest.mark.parametrize("depth", [1, 2, 10])
    @pytest.mark.parametrize(("width", "inputs", "outputs"), [(1, 1, 1), (4, 3, 2), (1, 5, 5)])
    def test_the_maps_norm_is_the_scale(self, depth, width, inputs, outputs):
        layers = initial(Linear(depth=depth, width=width, init=GivenScale(scale=0.3)), inputs, outputs, FEW)
        norms = np.linalg.norm(product(layers), axis=(1, 2))
        np.testing.assert_allclose(norms, 0.3, rtol=1e-13)  # N products and a root, some tens of eps

    def test_it_is_the_gaussian_init_by_one_factor(self):
        scaled = initial(Linear(depth=3, width=4, init=GivenScale()), 3, 2, FEW)
        plain = initial(Linear(depth=3, width=4, init=Gaussian()), 3, 2, FEW)
        factor = np.linalg.norm(product(plain), axis=(1, 2)) ** (-1 / 3)
        for one, other in zip(scaled, plain, strict=True):
            np.testing.assert_allclose(one.weight, factor[:, None, None] * other.weight, rtol=1e-13)


class TestResidual:
    @pytest.mark.parametrize("init", [init for init in ALL_INITS if not init.whole], ids=lambda i: i.kind)
    @pytest.mark.parametrize(("width", "inputs"), [(1, 1), (5, 3)])
    def test_what_an_init_draws_is_added_to_the_identity(self, init, width, inputs):
        added = initial(Linear(depth=3, width=width, init=init), inputs, 1, FEW)
        layers = initial(Residual(depth=3, width=width, init=init), inputs, 1, FEW)
        for layer, plain in zip(layers, added, strict=True):
            assert np.array_equal(layer.weight, np.eye(*layer.weight.shape[1:]) + plain.weight)
            assert np.array_equal(layer.bias, plain.bias)

    @pytest.mark.parametrize("init", [init for init in ALL_INITS if init.whole], ids=lambda i: i.kind)
    def test_a_whole_init_gives_the_layers_themselves(self, init):
        layers = initial(Residual(depth=3, width=4, init=init), 3, 2, FEW)
        plain = initial(Linear(depth=3, width=4, init=init), 3, 2, FEW)
        assert all(np.array_equal(one.weight, other.weight) for one, other in zip(layers, plain, strict=True))

    def test_the_identity_part_is_rectangular(self):
        assert identity_part((2, 3)).tolist() == [[1, 0, 0], [0, 1, 0]]


# Checksum of the raw words and digest of the bits of all weights and biases, of depth 3, width 4, 5 inputs, 2 outputs,
# blocks 0 to 2, seed 7. Uniforms and normals are built of exact and correctly rounded operations, so they hold on every
# machine; None where the weights pass a factorisation or a root. Changing them changes every stored run.
BITS = {
    "torch_default": (0x0AB7B8F48CA0AA24, "656746a18c590de2"),
    "xavier": (0xB4145A59FA9B7D91, "4011f335ef427a65"),
    "kaiming": (0xB4145A59FA9B7D91, "20d6a41aa4960256"),
    "gaussian": (0xB4145A59FA9B7D91, "dc3eea86e3fdd654"),
    "orthogonal": (0xB4145A59FA9B7D91, None),
    "identity": (0, "cc165e78fbd8f467"),
    "balanced": (0x159D4DC7E0517DA3, None),
    "zero_asymmetric": (0, "a02c11a2729614bf"),
    "given_scale": (0xB4145A59FA9B7D91, None),
}


@pytest.mark.parametrize("kind", INITS)
def test_known_bits(kind):
    tally = Tally(3)
    stream = Stream(7, np.arange(3), frozenset({"init"}), (), tally)
    layers = initial(Linear(depth=3, width=4, init=INITS[kind]()), 5, 2, stream)
    tensors = [*(layer.weight for layer in layers), *(layer.bias for layer in layers)]
    bits = blake2b(b"".join(np.ascontiguousarray(tensor).tobytes() for tensor in tensors), digest_size=8).hexdigest()
    assert int(tally.sums[0]) == BITS[kind][0]
    assert BITS[kind][1] in (None, bits)
