"""The normals: known bits on every processor, the accuracy of the quantile, and the distribution."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import blake2b

import numpy as np
import pytest
from numpy._core import _multiarray_umath as umath
from scipy import special, stats

from lnnstats.draws import normal, philox

# word -> the normal's bits; the distribution's two ends, both sides of 0, the tail's two branches, and the middle.
KNOWN = {
    0x0000000000000000: "-0x1.06b48528cea51p+3",
    0xFFFFFFFFFFFFFFFF: "0x1.06b48528cea51p+3",
    0x7FFFFFFFFFFFF000: "-0x1.40d931ff62707p-52",
    0x8000000000000000: "0x1.40d931ff62707p-52",
    0x0000000000001000: "-0x1.02734508d1f1cp+3",
    0x0000000040000000: "-0x1.9c696b259a2d9p+2",
    0x0001000000000000: "-0x1.0ada394a8ba82p+2",
    0x0123456789ABCDEF: "-0x1.4ee2dc0a9e007p+1",
    0x13333333333333FF: "-0x1.7085226d3e521p+0",
    0x4000000000000000: "-0x1.5956b87528a46p-1",
    0xFEDCBA9876543210: "0x1.4ee2dc0a9e007p+1",
}
DIGEST = "99f3ee19247254b0dc77ebc75c44df50"  # of `sample_digest`
NORMALS = 1_000_000


def sample_digest() -> str:
    """Of 65,536 normals in the order of their elements, little-endian."""
    z = normal.normal(philox.words((1, 2), np.arange(16), 64, 64))
    return blake2b(z.astype("<f8").tobytes(), digest_size=16).hexdigest()


@pytest.fixture(scope="module")
def z() -> np.ndarray:
    return normal.normal(philox.words((3, 4), np.arange(10), 100, NORMALS // 1000)).ravel()


def test_known_answers():
    words = np.array(list(KNOWN), np.uint64)
    assert [value.hex() for value in normal.normal(words)] == list(KNOWN.values())
    assert sample_digest() == DIGEST


def test_the_same_bits_without_the_processors_vector_instructions():
    present = [name for name in umath.__cpu_dispatch__ if umath.__cpu_features__[name]]
    code = (
        "from numpy._core import _multiarray_umath as u; from test_normal import sample_digest;"
        f"print(sample_digest(), any(u.__cpu_features__[name] for name in {present}))"
    )
    path = os.pathsep.join([os.path.dirname(__file__), *sys.path])
    environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(present), "PYTHONPATH": path}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.split() == [DIGEST, "False"]


def test_uniform_is_the_top_53_bits():
    words = np.array([0, 2**11 - 1, 2**11, 2**64 - 1], np.uint64)
    assert normal.uniform(words).tolist() == [0.0, 0.0, 2.0**-53, 1 - 2.0**-53]


def test_the_quantile_is_scipys():
    body = np.linspace(1e-6, 1 - 1e-6, 100_001)
    tail = 2.0 ** -np.linspace(2, 53, 10_001)
    p = np.concatenate([body[np.abs(body - 0.5) > 1e-9], tail, 1 - tail])
    # AS 241 claims 1e-16; its ratio of two degree-7 polynomials adds about ten roundings, as scipy's Cephes does.
    np.testing.assert_allclose(normal.quantile(p), special.ndtri(p), rtol=3e-15)


def test_the_logarithm_is_within_an_ulp():
    x = np.concatenate([2.0 ** -np.linspace(0.01, 60, 10_000), np.linspace(0.5, 2, 10_001)])
    expected = np.log(x)
    # e_log.c stays below 1 ulp of the exact value, NumPy's log below .6: one representable number apart, at most two.
    assert np.all(np.abs(normal.log(x) - expected) <= 2 * np.spacing(np.abs(expected)))


@pytest.mark.parametrize("slab", [1, 7, 100])
def test_slabs_leave_no_trace(monkeypatch, slab):
    words = philox.words((5, 6), np.array([2]), 3, 33)
    whole = normal.normal(words)
    monkeypatch.setattr(normal, "SLAB", slab)
    assert np.array_equal(normal.normal(words), whole)


def test_the_distribution_is_standard_normal(z):
    # Dvoretzky-Kiefer-Wolfowitz: D > sqrt(ln(2/a)/(2n)) with probability at most a = 1e-6; the seed is fixed.
    assert stats.kstest(z, "norm").statistic < np.sqrt(np.log(2e6) / (2 * z.size))


@pytest.mark.parametrize(("power", "moment", "variance"), [(1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)])
def test_moments(z, power, moment, variance):
    # E z^k, and var z^k = E z^2k - (E z^k)^2 with E z^2k = (2k - 1)!!; 5 standard errors, the seed is fixed.
    assert abs(np.mean(z**power) - moment) < 5 * np.sqrt(variance / z.size)


def test_neighbours_are_uncorrelated(z):
    for lag in (1, 2, 4, 1000):
        assert abs(np.mean(z[lag:] * z[:-lag])) < 5 / np.sqrt(z.size)  # the product has mean 0 and variance 1
