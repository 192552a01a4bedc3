"""Spectra of changes in cases done by hand, and runs that have diverged."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from lnnstats.engine.execute import execute
from lnnstats.engine.responses import numerical_rank, rank_one_residual, singular_ratio
from lnnstats.parts.responses import NumericalRank, RankOneResidual, SingularRatio
from tests.worlds import CPU, PLANE, chunks_of, responses, study


def changes(*matrices: Any, dtype: torch.dtype = torch.float64) -> Any:
    """Changes of one layer, whose runs have these gradients."""
    held = (torch.tensor(np.array(matrices, dtype=float)).to(dtype),)
    return SimpleNamespace(matrices=lambda options, measurement: held)


@pytest.mark.parametrize(("matrix", "ratio", "rank"), [
    ([[4, 0], [0, 3]], 0.75, 2),
    ([[0, 2], [-2, 0]], 1.0, 2),
    ([[1, 2], [2, 4]], 0.0, 1),  # (1, 2)' (1, 2)
    ([[3, 0, 0], [0, 0, 1]], 1 / 3, 2),
    ([[0, 0], [0, 0]], math.nan, 0),
    ([[2, 1, 5]], 0.0, 1),  # one row: rank one
    ([[7]], 0.0, 1),
    ([[math.nan, 1], [1, 1]], math.nan, math.nan),
    ([[math.inf, 1], [1, 1]], math.nan, math.nan),
])  # fmt: skip
def test_by_hand(matrix: list[list[float]], ratio: float, rank: float) -> None:
    seen = changes(matrix)
    # An SVD is backward stable: singular values to a few eps = 2.2e-16 of the largest.
    np.testing.assert_allclose(singular_ratio(SingularRatio(), seen), [[[ratio]]], atol=1e-15)
    np.testing.assert_array_equal(numerical_rank(NumericalRank(), seen), [[[rank]]])
    # Of a matrix of rank two at most, what is left of rank one is s2 over the root of s1^2 + s2^2.
    residual = ratio / math.hypot(1.0, ratio)
    found = (rank_one_residual(RankOneResidual(of=of), seen) for of in ("residual", "energy_share"))
    np.testing.assert_allclose(next(found), [[[residual]]], atol=1e-15)
    np.testing.assert_allclose(next(found), [[[1 - residual**2]]], atol=1e-15)


def test_a_tolerance_is_relative_to_the_largest_singular_value() -> None:
    seen = changes(100 * np.diag([1.0, 1e-2, 1e-4]))
    assert [int(numerical_rank(NumericalRank(tolerance=t), seen).item()) for t in (0.5, 1e-3, 1e-5)] == [1, 2, 3]


@pytest.mark.parametrize(("dtype", "rank"), [(torch.float32, 1), (torch.float64, 2)])
def test_the_default_tolerance_is_that_of_the_dtype_of_training(dtype: torch.dtype, rank: int) -> None:
    """1e-8 lies below 2 eps of float32 (2.4e-7) and above 2 eps of float64."""
    assert numerical_rank(NumericalRank(), changes([[1, 0], [0, 1e-8]], dtype=dtype)).item() == rank


def test_a_diverged_run_has_no_singular_values_and_harms_no_other() -> None:
    first, second = [[4.0, 0], [0, 3]], [[math.nan, 0], [0, 1]]
    np.testing.assert_allclose(
        singular_ratio(SingularRatio(), changes(first, second, first)), [[[0.75]], [[math.nan]], [[0.75]]], atol=1e-15
    )


@pytest.mark.parametrize("network", ["linear", "relu"])
def test_every_response_is_measured_of_a_chunk_with_a_diverged_run(network: str) -> None:
    made = study(
        PLANE, {network: {"depth": 2, "width": 3}}, steps=300, responses=responses(PLANE, network, "mse"),
        factors={"training.optimizer.learning_rate": [0.01, 100.0]},
    )  # fmt: skip
    (chunk,) = chunks_of(made)
    outcome = execute(chunk, made, CPU)
    assert outcome.diverged.tolist() == [False, False, True, True]
    for name, recorded in outcome.recorded.items():
        if name != "direction_above":  # of which there may be no row
            assert np.isfinite(recorded.values[:2]).all(), name
        assert not np.isfinite(recorded.values[2:]).any(), name
