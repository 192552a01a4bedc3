"""Regressions: options of generated points with a teacher's responses."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lnnstats.parts.base import Count, Flag, NonNegative, Positive, per_cell
from lnnstats.parts.sources.base import Source

Correlation = Annotated[float, Field(strict=True, gt=-1, lt=1)]
Condition = Annotated[float, Field(strict=True, ge=1, allow_inf_nan=False)]


class Regression(Source):
    """y = f(x) + noise with x ~ N(0, Sigma); cells that differ in what f is share x and noise.

    Sigma_ij = s_i s_j correlation^|i-j|, with s_i^2 log-spaced from 1 down to 1/condition. `whitened`: x is mapped so
    that the training split has mean 0 and second moments I exactly (the test split by the same map), whatever its
    correlation and condition were; f acts on the mapped x. `noise` is the standard deviation of the noise
    (`noise_scale: absolute`), or that of Lakkapragada's protocol, `noise` times the absolute mean response of the split
    (`noise_scale: mean_response`).
    """

    features: Count = 1
    outputs: Count = 1
    train: Count = 1000
    test: Count = 200
    noise: NonNegative = per_cell(0.1)
    noise_scale: Literal["absolute", "mean_response"] = per_cell("absolute")
    correlation: Correlation = per_cell(0.0)
    condition: Condition = per_cell(1.0)
    whitened: Flag = per_cell(False)

    @property
    def inputs(self) -> int:
        return self.features

    @model_validator(mode="after")
    def _features_suffice(self) -> Self:
        if self.whitened and self.train <= self.features:
            raise ValueError("whitened needs more training points than features")
        if self.condition > 1 and self.features == 1:
            raise ValueError("a condition above 1 needs at least two features")
        return self

    @model_validator(mode="after")
    def _noise_has_a_size(self) -> Self:
        if self.whitened and self.noise_scale == "mean_response" and not self._has_mean:
            raise ValueError("noise_scale mean_response of whitened points needs an intercept, else it is 0")
        return self

    @property
    def _has_mean(self) -> bool:
        """Whether f has a mean of its own where x has mean 0."""
        return True


class LinearRegression(Regression):
    """y = A x + B + noise with teacher A, B ~ N(0, 1) drawn per block."""

    kind: Literal["linear_regression"] = "linear_regression"
    intercept: Flag = per_cell(True)

    @property
    def _has_mean(self) -> bool:
        return self.intercept


class LowRankRegression(Regression):
    """y = U S V' x + noise: a teacher of rank `rank`, U and V Haar distributed per block, the singular values
    log-spaced from `strength` down to strength / spread.
    """

    kind: Literal["low_rank_regression"] = "low_rank_regression"
    features: Count = 8
    outputs: Count = 8
    rank: Count = 1
    strength: Positive = per_cell(3.0)
    spread: Condition = per_cell(1.0)

    @model_validator(mode="after")
    def _rank_fits(self) -> Self:
        if self.rank > min(self.features, self.outputs):
            raise ValueError(
                f"rank {self.rank} exceeds the smaller of {self.features} features, {self.outputs} outputs"
            )
        if self.spread > 1 and self.rank == 1:
            raise ValueError("a spread above 1 needs a rank of at least 2")
        return self

    @property
    def _has_mean(self) -> bool:
        return False


class NonlinearRegression(Regression):
    """y = V h(U x + c) + noise, a teacher network of one hidden layer drawn per block: U ~ N(0, 1/features), c ~ N(0,
    1), V ~ N(0, 1/units), h = `activation`.
    """

    kind: Literal["nonlinear_regression"] = "nonlinear_regression"
    features: Count = 4
    units: Count = 8
    activation: Literal["relu", "tanh"] = per_cell("tanh")
