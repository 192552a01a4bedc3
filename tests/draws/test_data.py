"""Data sources: what they promise of the truth, of sharing and of nesting."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg, stats
from sklearn.datasets import load_digits

from lnnstats.draws.data import SAMPLERS, Dataset, sample
from lnnstats.draws.data.regression import ar1
from lnnstats.draws.streams import Stream
from lnnstats.errors import UnknownName
from lnnstats.parts.base import Part
from lnnstats.parts.sources import (
    SOURCES,
    Cifar10,
    Digits,
    GaussianClasses,
    LinearRegression,
    LowRankRegression,
    NonlinearRegression,
    SeparableClasses,
)

STREAM = Stream(11, np.arange(6), frozenset({"data"}))
SMALL = [
    LinearRegression(features=3, outputs=2, train=40, test=10, correlation=0.5),
    LinearRegression(features=3, train=40, test=10, whitened=True),
    LowRankRegression(features=4, outputs=3, rank=2, train=40, test=10, spread=2.0),
    NonlinearRegression(features=3, outputs=2, train=40, test=10, condition=9.0),
    GaussianClasses(classes=3, features=2, train=40, test=10),
    SeparableClasses(classes=3, features=5, train=40, test=10),
    Digits(classes=(3, 1)),
    Cifar10(classes=("cat", "dog"), stand_in="digits"),
]
NAMES = ["linear", "whitened", "low_rank", "nonlinear", "classes", "separable", "digits", "stand_in"]


def response(data: Dataset, x: np.ndarray) -> np.ndarray:
    """The teacher's noise-free response [B, n, C]."""
    teacher = data.truth.teacher
    return np.einsum("bnd,bcd->bnc", x, teacher[:, :, :-1]) + teacher[:, None, :, -1]


def test_every_source_has_a_sampler():
    assert set(SAMPLERS) == set(SOURCES) == {source.kind for source in SMALL}
    with pytest.raises(UnknownName, match="linear_regression"):
        sample(Part(kind="linear_regresion"), STREAM)


@pytest.mark.parametrize("source", SMALL, ids=NAMES)
def test_blocks_do_not_depend_on_their_chunk(source):
    whole = sample(source, STREAM)
    chunk = sample(source, Stream(11, np.array([4, 1]), frozenset({"data"})))
    for one, other in ((whole.train, chunk.train), (whole.test, chunk.test)):
        assert np.array_equal(one.x[[4, 1]], other.x)
        # y passes a matrix product, whose rounding is a library's business: equal to some eps of terms of size one.
        np.testing.assert_allclose(one.y[[4, 1]], other.y, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("source", SMALL, ids=NAMES)
def test_data_not_drawn_per_block_is_block_zeros(source):
    shared, own = sample(source, Stream(11, np.arange(6), frozenset({"init"}))), sample(source, STREAM)
    assert np.array_equal(shared.train.x, own.train.x[:1]) and len(shared.test.y) == 1


@pytest.mark.parametrize("source", SMALL, ids=NAMES)
def test_shapes_follow_the_options(source):
    data = sample(source, STREAM)
    assert data.train.x.shape[2] == data.test.x.shape[2] == source.inputs
    if data.train.y.ndim == 3:
        assert data.train.y.shape == (6, 40, source.outputs) and data.train.y.dtype == np.float64
    else:
        assert set(np.unique(data.train.y)) == set(range(source.groups)) and data.train.y.dtype == np.int64
        assert data.train.x.shape[1:] == (source.train, source.inputs) and data.test.x.shape[1] == source.test


class TestLinearRegression:
    def test_without_noise_the_response_is_the_teachers(self):
        data = sample(LinearRegression(features=3, outputs=2, noise=0.0), STREAM)
        for split in (data.train, data.test):
            np.testing.assert_allclose(split.y, response(data, split.x), atol=1e-14)  # 4 terms of size one

    def test_absolute_noise_has_its_standard_deviation(self):
        data = sample(LinearRegression(noise=0.3), STREAM)
        noise = (data.train.y - response(data, data.train.x)).ravel()
        # DKW: exceeded with probability at most 1e-6; the seed is fixed.
        assert stats.kstest(noise / 0.3, "norm").statistic < np.sqrt(np.log(2e6) / (2 * noise.size))

    def test_the_splits_have_their_own_points_and_noise(self):
        data = sample(LinearRegression(train=200, test=200), STREAM)
        noise = [split.y - response(data, split.x) for split in (data.train, data.test)]
        # 1,200 pairs of independent values: a correlation has standard error 1/sqrt(1200); 5 of them, fixed seed.
        for one, other in ((data.train.x, data.test.x), noise):
            assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 5 / np.sqrt(1200)

    def test_mean_response_noise_is_scaled_by_each_splits_own_mean(self):
        absolute = sample(LinearRegression(outputs=2, noise=1.0), STREAM)
        scaled = sample(LinearRegression(outputs=2, noise=0.15, noise_scale="mean_response"), STREAM)
        for one, other in ((absolute.train, scaled.train), (absolute.test, scaled.test)):
            clean = response(absolute, one.x)
            sd = 0.15 * np.abs(clean.mean(axis=(1, 2), keepdims=True))
            np.testing.assert_allclose(other.y, clean + sd * (one.y - clean), atol=1e-13)

    def test_cells_that_differ_in_noise_share_their_draws(self):
        low, high = (sample(LinearRegression(noise=noise), STREAM) for noise in (0.1, 0.5))
        assert np.array_equal(low.train.x, high.train.x) and np.array_equal(low.truth.teacher, high.truth.teacher)
        clean = response(low, low.train.x)
        np.testing.assert_allclose((high.train.y - clean), 5 * (low.train.y - clean), atol=1e-13)

    def test_without_intercept_only_the_intercept_goes(self):
        with_, without = (sample(LinearRegression(intercept=flag), STREAM) for flag in (True, False))
        assert not np.any(without.truth.teacher[:, :, -1])
        shift = with_.truth.teacher[:, None, :, -1]
        np.testing.assert_allclose(with_.train.y - without.train.y, np.broadcast_to(shift, (6, 1000, 1)), atol=1e-14)

    @pytest.mark.parametrize("correlation", [-0.7, 0.0, 0.9])
    def test_correlated_features_are_the_cholesky_factor_times_white_ones(self, correlation):
        covariance = linalg.toeplitz(correlation ** np.arange(5))
        z = np.random.default_rng(0).normal(size=(2, 5, 7))
        # L of an AR(1) matrix has entries below 1 and condition below 100: errors of some 1e-14.
        np.testing.assert_allclose(ar1(z, correlation), np.linalg.cholesky(covariance) @ z, atol=1e-13)
        truth = sample(LinearRegression(features=5, correlation=correlation), STREAM).truth
        np.testing.assert_allclose(truth.covariance, covariance, rtol=1e-14)

    def test_points_and_features_nest(self):
        small = sample(LinearRegression(features=2, train=30, correlation=0.4), STREAM)
        large = sample(LinearRegression(features=5, train=70, correlation=0.4), STREAM)
        assert np.array_equal(small.train.x, large.train.x[:, :30, :2])
        assert np.array_equal(small.truth.teacher[:, :, :2], large.truth.teacher[:, :, :2])

    def test_the_teacher_is_standard_normal(self):
        stream = Stream(11, np.arange(4000), frozenset({"data"}))
        teacher = sample(LinearRegression(train=1, test=1), stream).truth.teacher
        bound = np.sqrt(np.log(2e6) / (2 * 4000))  # DKW at 1e-6; the seed is fixed
        assert all(stats.kstest(teacher[:, 0, j], "norm").statistic < bound for j in range(2))


class TestGaussianClasses:
    def test_classes_are_balanced(self):
        labels = sample(GaussianClasses(classes=3, train=100), STREAM).train.y
        assert all(sorted(np.bincount(block).tolist()) == [33, 33, 34] for block in labels)

    def test_points_are_white_around_their_centre(self):
        data = sample(GaussianClasses(classes=3, features=4), STREAM)
        centres = data.truth.teacher[:, :, :-1]
        z = (data.train.x - np.take_along_axis(centres, data.train.y[:, :, None], axis=1)).ravel()
        assert stats.kstest(z, "norm").statistic < np.sqrt(np.log(2e6) / (2 * z.size))  # DKW at 1e-6
        assert np.array_equal(data.truth.covariance, np.eye(4))

    def test_separation_scales_the_centres_alone(self):
        one, three = (sample(GaussianClasses(separation=s), STREAM) for s in (1.0, 3.0))
        np.testing.assert_allclose(three.truth.teacher[:, :, :-1], 3 * one.truth.teacher[:, :, :-1], rtol=1e-15)

    def test_centres_have_the_declared_spread(self):
        data = sample(GaussianClasses(features=50, separation=2.0), Stream(11, np.arange(200), frozenset({"data"})))
        centres = data.truth.teacher[:, :, :-1]
        # E |mu_c|^2 = separation^2, relative sd sqrt(2 / 50) over 400 centres; 5 standard errors.
        assert abs(np.mean(np.sum(centres**2, axis=2)) / 4 - 1) < 5 * np.sqrt(2 / 50 / 400)

    def test_the_truth_is_the_bayes_rule(self):
        source = GaussianClasses(train=1, test=200_000, features=2, separation=1.0)
        data = sample(source, Stream(11, np.arange(1), frozenset()))
        scores, centres = response(data, data.test.x), data.truth.teacher[0, :, :-1]
        share = np.mean(np.argmax(scores, axis=2) == data.test.y)
        bayes = stats.norm.cdf(np.linalg.norm(centres[0] - centres[1]) / 2)
        assert abs(share - bayes) < 5 * np.sqrt(bayes * (1 - bayes) / 200_000)  # binomial, 5 standard errors


class TestSeparableClasses:
    @pytest.mark.parametrize(("classes", "features"), [(2, 2), (2, 40), (5, 8), (10, 10)])
    @pytest.mark.parametrize("margin", [0.01, 2.0])
    def test_the_truth_separates_every_point_by_the_margin(self, classes, features, margin):
        data = sample(SeparableClasses(classes=classes, features=features, margin=margin), STREAM)
        for split in (data.train, data.test):
            gap = margins(response(data, split.x), split.y)
            # sums of `features` products of size one, twice: some 1e-15 each
            assert gap.min() >= margin - 1e-13
            # beyond the margin it is |N(0, 1)|; DKW, exceeded with probability at most 1e-6, the seed is fixed
            beyond = stats.kstest((gap - margin).ravel(), "halfnorm").statistic
            assert beyond < np.sqrt(np.log(2e6) / (2 * gap.size))

    def test_the_rows_of_the_truth_are_orthonormal_and_have_no_intercept(self):
        teacher = sample(SeparableClasses(classes=4, features=9), STREAM).truth.teacher
        w = teacher[:, :, :-1]
        np.testing.assert_allclose(w @ w.swapaxes(1, 2), np.tile(np.eye(4), (6, 1, 1)), atol=1e-14)  # QR of 9 x 4
        assert not teacher[:, :, -1].any() and not np.allclose(teacher[0], teacher[1])

    def test_off_the_span_of_the_truth_points_are_white(self):
        data = sample(SeparableClasses(classes=3, features=5), STREAM)
        off = np.linalg.svd(data.truth.teacher[:, :, :-1])[2][:, 3:]  # an orthonormal basis of what W does not see
        z = (data.train.x @ off.swapaxes(1, 2)).ravel()
        assert stats.kstest(z, "norm").statistic < np.sqrt(np.log(2e6) / (2 * z.size))  # DKW at 1e-6

    def test_classes_are_balanced(self):
        labels = sample(SeparableClasses(classes=3, train=100), STREAM).train.y
        assert all(sorted(np.bincount(block).tolist()) == [33, 33, 34] for block in labels)

    def test_cells_that_differ_in_margin_share_their_draws(self):
        low, high = (sample(SeparableClasses(margin=margin), STREAM) for margin in (0.5, 3.0))
        assert np.array_equal(low.truth.teacher, high.truth.teacher)
        w = low.truth.teacher[0, :, :-1]
        # only the own class's score differs, by the difference of the margins
        shift = (high.train.x[0] - low.train.x[0]) @ w.T
        expected = np.zeros_like(shift)
        expected[np.arange(len(shift)), low.train.y[0]] = 2.5
        np.testing.assert_allclose(shift, expected, atol=1e-13)


def margins(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The score of each point's class less the largest other one, [B, n]."""
    own = np.take_along_axis(scores, labels[:, :, None], axis=2)[:, :, 0]
    others = np.where(np.arange(scores.shape[2]) == labels[:, :, None], -np.inf, scores)
    return own - others.max(axis=2)


class TestDigits:
    def test_a_split_parts_the_images(self):
        pixels, digits = load_digits(return_X_y=True)
        data = sample(Digits(), STREAM)
        expected = sorted(map(tuple, np.column_stack([pixels / 16, digits])))
        for b in (0, 5):
            x = np.concatenate([data.train.x[b], data.test.x[b]])
            y = np.concatenate([data.train.y[b], data.test.y[b]])
            assert sorted(map(tuple, np.column_stack([x, y]))) == expected

    def test_labels_follow_the_declared_order(self):
        pixels, digits = load_digits(return_X_y=True)
        label = {tuple(image): digit for image, digit in zip(pixels / 16, digits, strict=True)}
        data = sample(Digits(classes=(7, 2, 4)), STREAM)
        assert all(label[tuple(x)] == (7, 2, 4)[y] for x, y in zip(data.test.x[1], data.test.y[1], strict=True))

    def test_symmetric_scaling_maps_unit_to_minus_one_to_one(self):
        unit, symmetric = (sample(Digits(scaling=scaling), STREAM) for scaling in ("unit", "symmetric"))
        assert np.array_equal(symmetric.train.x, 2 * unit.train.x - 1)  # sixteenths: exact
        assert unit.train.x.min() == 0 and unit.train.x.max() == 1

    @pytest.mark.parametrize(("share", "held_out"), [(0.2, 72), (0.5, 180), (1e-9, 1), (1 - 1e-9, 359)])
    def test_sizes(self, share, held_out):
        data = sample(Digits(classes=(0, 1), test_share=share), STREAM)  # 178 zeros and 182 ones
        assert data.test.x.shape[1] == held_out and data.train.x.shape[1] == 360 - held_out

    def test_blocks_split_differently(self):
        labels = sample(Digits(), STREAM).train.y
        assert len(np.unique(labels, axis=0)) == 6
