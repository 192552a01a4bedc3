"""Singular values of large matrices, by a few directions and a rest, against singular value decompositions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
import torch

from lnnstats.engine.responses.spectra import later_singular_values, rank, small
from lnnstats.engine.responses.split import split

ROWS, COLUMNS = 96, 700  # large enough to be split
EPS = 2.0**-52
RNG = np.random.default_rng(5)
ONE = RNG.normal(size=(ROWS, 1)) @ RNG.normal(size=(1, COLUMNS))
SIGNS = np.sign(ONE)


def of_spectrum(values: Sequence[float], rows: int = ROWS, columns: int = COLUMNS) -> np.ndarray:
    """A matrix with these singular values."""
    left, right = (np.linalg.qr(RNG.normal(size=(size, len(values))))[0] for size in (rows, columns))
    return (left * np.asarray(values)) @ right.T


MATRICES = {
    "of rank one": ONE,
    "of rank one, stored in float32": ONE.astype(np.float32).astype(float),
    "of rank one and a little noise": ONE + 1e-11 * RNG.normal(size=(ROWS, COLUMNS)),
    "of rank one and some noise": ONE + 1e-3 * RNG.normal(size=(ROWS, COLUMNS)),
    "just below where one is far above": of_spectrum([1.0, 0.0999]),
    "just above where one is far above": of_spectrum([1.0, 0.1001]),
    "of full rank": RNG.normal(size=(ROWS, COLUMNS)),
    "with more rows than columns": RNG.normal(size=(COLUMNS, ROWS)),
    "of two alike": of_spectrum([1.0, 1.0 - 1e-12, 0.2]),
    "of all alike": of_spectrum([1.0] * ROWS),
    "of rank two": of_spectrum([1.0, 1e-9]),
    "of rank ten": of_spectrum(0.7 ** np.arange(10)),
    "of rank twenty": of_spectrum(0.7 ** np.arange(20)),
    "of many scales": of_spectrum(10.0 ** -np.linspace(0, 14, ROWS)),
    "as Adam moves": SIGNS * (1 + 1e-4 * RNG.normal(size=(ROWS, COLUMNS))),
    "of small numbers": 1e-130 * ONE.astype(np.float32).astype(float),
}


@pytest.mark.parametrize("name", MATRICES)
def test_singular_values_are_those_of_a_decomposition(name: str) -> None:
    matrix = MATRICES[name]
    wanted = np.linalg.svd(matrix, compute_uv=False)
    first, later = later_singular_values(torch.from_numpy(matrix)[None])
    assert not small(torch.from_numpy(matrix)[None])
    # Rounding of a product of 700 terms is a few eps of the largest; eigenvalues of A A' have eps (s1/s2)^2 of s2, at
    # most eps * rows / 0.1^2 where they are taken (2e-12).
    np.testing.assert_allclose(later.amax(1) / first, wanted[1] / wanted[0], rtol=1e-11, atol=20 * EPS)
    residual = np.linalg.norm(wanted[1:]) / np.linalg.norm(wanted)
    found = later.norm(dim=1) / torch.hypot(first, later.norm(dim=1))
    np.testing.assert_allclose(found, residual, rtol=1e-11, atol=100 * EPS)


@pytest.mark.parametrize("tolerance", [1e-3, 1e-5, 3e-8, ROWS * 100 * EPS])
@pytest.mark.parametrize("name", MATRICES)
def test_ranks_are_those_of_a_decomposition(name: str, tolerance: float) -> None:
    """But for singular values that a tolerance nearly meets; below 1e-6 of the thirteenth, which a fixed sketch finds
    within a factor of 3, none is told.
    """
    wanted = np.linalg.svd(MATRICES[name], compute_uv=False) / np.linalg.norm(MATRICES[name], 2)
    told, near = (tolerance, 1.01) if tolerance > 1e-6 * wanted[12] or tolerance > 1e-6 else (1e-6 * wanted[12], 3.0)
    found = rank(torch.from_numpy(MATRICES[name])[None], tolerance).item()
    assert (wanted > told * near).sum() <= found <= (wanted > told / near).sum()


def test_a_matrix_that_vanishes_or_is_not_finite_harms_no_other() -> None:
    both = torch.from_numpy(np.stack([MATRICES["of rank ten"], np.zeros((ROWS, COLUMNS))]))
    both = torch.cat([both, both[:1] * math.inf])
    first, later = later_singular_values(both)
    np.testing.assert_allclose(later.amax(1) / first, [0.7, math.nan, math.nan], rtol=1e-12)
    np.testing.assert_array_equal(rank(both, 1e-12), [10, 0, math.nan])
    np.testing.assert_array_equal(rank(both, 1e-4), [10, 0, math.nan])


@pytest.mark.parametrize("name", MATRICES)
def test_a_split_loses_nothing(name: str) -> None:
    """A A' = C C' + R R', each entry to rounding of the rows' lengths; R of rank one and rounding is that rounding."""
    matrix = MATRICES[name] / np.linalg.norm(MATRICES[name])
    leading, rest = split(torch.from_numpy(matrix)[None].clone())
    again = leading @ leading.mT + rest @ rest.mT
    np.testing.assert_allclose(again[0], matrix @ matrix.T, atol=50 * EPS)
    if name.startswith("of rank") and "noise" not in name and "twenty" not in name:
        # sqrt(eps) of a direction below which a power of two hides it, or half an eps of float32
        assert rest.norm() < 1e-7
