"""What regressions share and in what they differ: inputs, whitening, teachers, and draws in common."""

from __future__ import annotations

import math
from hashlib import blake2b

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import linalg, stats

from lnnstats.draws.data import Dataset, sample
from lnnstats.draws.data.regression import log_spaced
from lnnstats.draws.streams import Stream, Tally
from lnnstats.parts.sources import LinearRegression, LowRankRegression, NonlinearRegression, Regression

STREAM = Stream(11, np.arange(6), frozenset({"data"}))
MANY = Stream(11, np.arange(4000), frozenset({"data"}))
SIZES = {"features": 4, "outputs": 3, "train": 50, "test": 20}
KINDS: list[type[Regression]] = [LinearRegression, LowRankRegression, NonlinearRegression]
kinds = pytest.mark.parametrize("kind", KINDS)


def ks_bound(n: int) -> float:
    """Exceeded with probability at most 1e-6 (Dvoretzky-Kiefer-Wolfowitz); the seed is fixed."""
    return float(np.sqrt(np.log(2e6) / (2 * n)))


def clean(source: Regression) -> Dataset:
    """Its data without noise."""
    return sample(source.model_copy(update={"noise": 0.0}), STREAM)


class TestDrawsInCommon:
    @pytest.mark.parametrize("options", [{}, {"correlation": 0.4, "condition": 10.0}, {"whitened": True}], ids=str)
    def test_cells_that_differ_in_the_source_share_points_and_noise(self, options):
        linear, *others = (sample(kind(**SIZES, **options, noise=1.0), STREAM) for kind in KINDS)
        linear_clean, *others_clean = (clean(kind(**SIZES, **options)) for kind in KINDS)
        for other, other_clean in zip(others, others_clean, strict=True):
            for name in ("train", "test"):
                mine, yours = getattr(linear, name), getattr(other, name)
                assert np.array_equal(mine.x, yours.x)
                noise = mine.y - getattr(linear_clean, name).y, yours.y - getattr(other_clean, name).y
                np.testing.assert_allclose(*noise, atol=1e-14)  # differences of numbers of some size ten

    @pytest.mark.parametrize("name", ["noise", "correlation", "condition", "whitened"])
    def test_cells_that_differ_in_an_option_share_their_raw_draws(self, name):
        levels = {"noise": (0.1, 2.0), "correlation": (0.0, 0.5), "condition": (1.0, 9.0), "whitened": (False, True)}
        sums = []
        for level in levels[name]:
            tally = Tally(6)
            sample(LinearRegression(**SIZES, **{name: level}), Stream(11, np.arange(6), frozenset({"data"}), (), tally))
            sums.append(tally.sums)
        assert np.array_equal(*sums)

    @kinds
    def test_mean_response_noise_is_scaled_by_the_response(self, kind):
        base, unit = clean(kind(**SIZES)), sample(kind(**SIZES, noise=1.0), STREAM)
        scaled = sample(kind(**SIZES, noise=0.5, noise_scale="mean_response"), STREAM)
        for name in ("train", "test"):
            y, noisy, found = (getattr(data, name).y for data in (base, unit, scaled))
            sd = 0.5 * np.abs(y.mean(axis=(1, 2), keepdims=True))
            np.testing.assert_allclose(found, y + sd * (noisy - y), atol=1e-13)


# Checksum of the raw words of block 0, seed 7, 3 features, 2 outputs, 20 and 8 points: changing it changes stored runs.
WORDS = {
    LinearRegression: 0x09B3567293CD8BEF,
    LowRankRegression: 0x20EA7C768A88D4D0,
    NonlinearRegression: 0xA00E8DBB0E9C7141,
}


@kinds
def test_known_words(kind):
    tally = Tally(3)
    stream = Stream(7, np.arange(3), frozenset({"data"}), (), tally)
    data = sample(kind(features=3, outputs=2, train=20, test=8, correlation=0.5), stream)
    assert int(tally.sums[0]) == WORDS[kind]
    # Normals, a correlation and its square root: correctly rounded operations, the same bits on every machine.
    points = data.train.x.tobytes() + data.test.x.tobytes()
    assert blake2b(points, digest_size=8).hexdigest() == "c86d3d05633505f4"


class TestInputs:
    @pytest.mark.parametrize("correlation", [0.0, -0.6])
    def test_the_covariance_is_that_of_the_formula(self, correlation):
        truth = sample(LinearRegression(**SIZES, correlation=correlation, condition=64.0), STREAM).truth
        s = np.diag([1.0, 1 / 2, 1 / 4, 1 / 8])  # s_i^2 = 1, 4^-1, 16^-1, 64^-1
        np.testing.assert_allclose(truth.covariance, s @ linalg.toeplitz(correlation ** np.arange(4)) @ s, rtol=1e-14)

    @pytest.mark.parametrize("condition", [1.0, 1e2, 1e6])
    def test_uncorrelated_features_have_the_condition_asked_for(self, condition):
        truth = sample(LinearRegression(**SIZES, condition=condition), STREAM).truth
        # A diagonal matrix: the error is that of the powers, a few eps.
        assert math.isclose(np.linalg.cond(truth.covariance), condition, rel_tol=1e-13)

    def test_points_have_that_covariance(self):
        source = LinearRegression(features=3, train=200_000, test=1, correlation=0.5, condition=16.0)
        data = sample(source, Stream(11, np.arange(1), frozenset()))
        x, sigma = data.train.x[0], data.truth.covariance
        # Var of an entry of a Gaussian sample covariance: (Sigma_ij^2 + Sigma_ii Sigma_jj) / n; 5 standard errors.
        error = np.sqrt((sigma**2 + np.outer(np.diag(sigma), np.diag(sigma))) / len(x))
        assert np.all(np.abs(x.T @ x / len(x) - sigma) < 5 * error)

    def test_each_coordinate_is_normal(self):
        data = sample(LinearRegression(**SIZES, condition=64.0, correlation=0.5), MANY)
        for j, scale in enumerate((1, 1 / 2, 1 / 4, 1 / 8)):
            values = data.train.x[:, 0, j]  # one point a block: independent
            assert stats.kstest(values, stats.norm(0, scale).cdf).statistic < ks_bound(len(values))

    def test_log_spaced_numbers_have_a_constant_ratio(self):
        np.testing.assert_allclose(log_spaced(4, 27.0), [1, 1 / 3, 1 / 9, 1 / 27], rtol=1e-15)
        assert log_spaced(3, 1.0).tolist() == [1, 1, 1] and log_spaced(1, 1.0).tolist() == [1]

    @pytest.mark.parametrize(
        ("kind", "options", "words"),
        [
            (LinearRegression, {"condition": 2.0}, "at least two features"),
            (LinearRegression, {"condition": 0.5}, "greater than or equal to 1"),
            (LinearRegression, {"features": 4, "train": 4, "whitened": True}, "more training points than features"),
            (LowRankRegression, {"features": 3, "rank": 4}, "rank 4 exceeds the smaller of 3 features, 8 outputs"),
            (LowRankRegression, {"spread": 2.0}, "a rank of at least 2"),
            (LowRankRegression, {"whitened": True, "noise_scale": "mean_response"}, "needs an intercept"),
            (
                LinearRegression,
                {"whitened": True, "noise_scale": "mean_response", "intercept": False},
                "needs an intercept",
            ),
        ],
        ids=str,
    )
    def test_what_cannot_be_is_refused(self, kind, options, words):
        with pytest.raises(ValidationError, match=words):
            kind(**options)


class TestWhitening:
    DATA = sample(LinearRegression(**SIZES, whitened=True, noise=0.0), STREAM)
    RAW = sample(LinearRegression(**SIZES, noise=0.0), STREAM)

    @pytest.mark.parametrize("train", [5, 50, 1000])
    def test_training_moments_are_the_identity(self, train):
        x = sample(LinearRegression(features=4, train=train, whitened=True), STREAM).train.x
        # QR and the triangular inverse are backward stable: some eps times the condition of the centred points, which
        # for 5 points of 4 features (4 degrees of freedom) reaches some hundreds.
        np.testing.assert_allclose(x.mean(axis=1), np.zeros((6, 4)), atol=1e-12)
        np.testing.assert_allclose(x.swapaxes(1, 2) @ x / train, np.broadcast_to(np.eye(4), (6, 4, 4)), atol=1e-12)

    @pytest.mark.parametrize("b", range(6))
    def test_it_is_the_cholesky_whitening_of_both_splits(self, b):
        z = self.RAW.train.x[b]
        lower = np.linalg.cholesky(np.cov(z.T, bias=True))
        for raw, white in ((self.RAW.train, self.DATA.train), (self.RAW.test, self.DATA.test)):
            wanted = linalg.solve_triangular(lower, (raw.x[b] - z.mean(axis=0)).T, lower=True).T
            np.testing.assert_allclose(white.x[b], wanted, atol=1e-13)  # the moments' condition is below 10

    def test_correlation_and_condition_leave_whitened_points_alone(self):
        shaped = LinearRegression(**SIZES, correlation=0.7, condition=100.0)
        x = sample(shaped, STREAM).train.x
        for b in range(6):
            lower = np.linalg.cholesky(np.cov(x[b].T, bias=True))
            wanted = linalg.solve_triangular(lower, (x[b] - x[b].mean(axis=0)).T, lower=True).T
            # the points themselves have condition 30 or so: rounding of some 1e-15 grows by its square in a covariance
            np.testing.assert_allclose(self.DATA.train.x[b], wanted, atol=1e-11)
        assert np.array_equal(sample(shaped.model_copy(update={"whitened": True}), STREAM).train.x, self.DATA.train.x)

    def test_the_truth_is_true_of_the_mapped_points(self):
        teacher = self.DATA.truth.teacher
        assert np.array_equal(teacher, self.RAW.truth.teacher)  # it acts on the points that the learner sees
        for split in (self.DATA.train, self.DATA.test):
            wanted = np.einsum("bnd,bcd->bnc", split.x, teacher[:, :, :-1]) + teacher[:, None, :, -1]
            np.testing.assert_allclose(split.y, wanted, atol=1e-13)

    def test_the_covariance_is_that_of_a_fresh_point(self):
        data = sample(LinearRegression(features=3, train=8, test=200_000, whitened=True), STREAM)
        assert data.truth.covariance.shape == (6, 3, 3)
        for x, sigma in zip(data.test.x, data.truth.covariance, strict=True):
            found = np.cov(x.T)
            error = np.sqrt((sigma**2 + np.outer(np.diag(sigma), np.diag(sigma))) / len(x))
            assert np.all(np.abs(found - sigma) < 5 * error)  # as above; 36 entries

    def test_features_nest(self):
        fewer = sample(LinearRegression(features=2, train=50, whitened=True), STREAM)
        np.testing.assert_allclose(fewer.train.x, self.DATA.train.x[:, :, :2], atol=1e-13)  # Gram-Schmidt


class TestLowRank:
    @pytest.mark.parametrize(("rank", "spread"), [(1, 1.0), (2, 5.0), (3, 4.0)])
    def test_the_teacher_has_the_singular_values_asked_for(self, rank, spread):
        source = LowRankRegression(features=4, outputs=3, rank=rank, strength=2.0, spread=spread)
        teacher = sample(source, STREAM).truth.teacher
        wanted = {(1, 1.0): [2], (2, 5.0): [2, 0.4], (3, 4.0): [2, 1, 0.5]}[rank, spread] + [0] * (3 - rank)
        s = np.linalg.svd(teacher[:, :, :-1], compute_uv=False)
        np.testing.assert_allclose(s, np.broadcast_to(wanted, s.shape), atol=1e-14)
        assert not np.any(teacher[:, :, -1])

    def test_the_response_is_the_teachers(self):
        data = clean(LowRankRegression(**SIZES, rank=2))
        for split in (data.train, data.test):
            wanted = np.einsum("bnd,bcd->bnc", split.x, data.truth.teacher[:, :, :-1])
            np.testing.assert_allclose(split.y, wanted, atol=1e-13)  # 4 terms of size 3

    def test_singular_vectors_are_haar_distributed(self):
        source = LowRankRegression(features=3, outputs=3, rank=1, strength=1.0, train=1, test=1)
        teacher = sample(source, MANY).truth.teacher[:, :, :-1]  # u v'
        # A coordinate of a uniform point of the sphere in three dimensions is uniform (Archimedes); |u_1| = |row 1|.
        for lengths in (np.linalg.norm(teacher, axis=2), np.linalg.norm(teacher, axis=1)):
            for j in range(3):
                assert stats.kstest(lengths[:, j], "uniform").statistic < ks_bound(len(lengths))

    def test_ranks_nest(self):
        one, two = (sample(LowRankRegression(rank=rank), STREAM).truth.teacher[:, :, :-1] for rank in (1, 2))
        rest = np.linalg.svd(two - one, compute_uv=False)
        np.testing.assert_allclose(rest[:, 0], 3.0, rtol=1e-13)
        assert np.all(rest[:, 1:] < 1e-14)  # the second pair is all that is left, to rounding of numbers of size one


class TestNonlinear:
    @pytest.mark.parametrize("activation", ["tanh", "relu"])
    def test_the_response_is_that_of_plain_loops(self, activation):
        data = clean(NonlinearRegression(features=3, outputs=2, units=5, train=4, test=3, activation=activation))
        hidden = STREAM.normal("data", "teacher_hidden", 5, 3)
        offset = STREAM.normal("data", "teacher_offset", 5, 1)
        output = STREAM.normal("data", "teacher_output", 2, 5)
        h = math.tanh if activation == "tanh" else lambda z: max(z, 0.0)
        for split in (data.train, data.test):
            for (b, n, c), y in np.ndenumerate(split.y):
                z = [
                    sum(hidden[b, k, j] * split.x[b, n, j] for j in range(3)) / math.sqrt(3) + offset[b, k, 0]
                    for k in range(5)
                ]
                wanted = sum(output[b, c, k] * h(z[k]) for k in range(5)) / math.sqrt(5)
                assert math.isclose(y, wanted, abs_tol=1e-14)  # a dozen operations on numbers of size one

    def test_its_truth_names_no_teacher(self):
        truth = sample(NonlinearRegression(), STREAM).truth
        assert truth.teacher is None and np.array_equal(truth.covariance, np.eye(4))

    def test_the_teacher_is_standardised(self):
        """For white x the variance of a hidden unit is |u|^2 + 1 on average 2, whatever the width."""
        source = NonlinearRegression(features=7, units=3, train=1, test=1, activation="relu", noise=0.0)
        y = sample(source, MANY).train.y.ravel()
        # E max(z, 0)^2 = Var(z) / 2 = 1, so E y^2 = 1; 5 standard errors, measured on the same values
        assert abs(np.mean(y**2) - 1) < 5 * np.std(y**2) / np.sqrt(len(y))

    def test_no_affine_map_fits_it(self):
        data = clean(NonlinearRegression(train=500))
        for x, y in zip(data.train.x, data.train.y, strict=True):
            a = np.column_stack([x, np.ones(len(x))])
            residual = y - a @ np.linalg.lstsq(a, y, rcond=None)[0]
            assert np.mean(residual**2) > 1e-3 * np.var(y)
