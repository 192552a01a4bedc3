"""The values a data source hands on: two splits and the truth behind them; B is 1 where blocks share their data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Points x [B, n, d] with y: responses [B, n, C], or int64 class labels [B, n] from 0."""

    x: Reals
    y: Reals | NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What no learner sees.

    `teacher` [B, C, d + 1]: the affine map behind the data, intercept last (for classes: the discriminant scores of
    the Bayes rule). `covariance` [d, d] or [B, d, d]: that of x, for classes within a class. None where unknown.
    """

    teacher: Reals | None = None
    covariance: Reals | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """The training split, the test split, and the truth."""

    train: Split
    test: Split
    truth: Truth
