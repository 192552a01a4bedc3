"""Data sources: options only. Implementations: `lnnstats.draws.data`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from lnnstats.parts.base import Count, Flag, NonNegative, Part, Positive, choice, kinds, per_cell

Correlation = Annotated[float, Field(strict=True, gt=-1, lt=1)]


class LinearRegression(Part):
    """y = A x + B + noise with x ~ N(0, Sigma), Sigma_ij = correlation^|i-j|, and teacher A, B ~ N(0, 1) drawn per
    block.

    `noise` is the standard deviation of the noise (`noise_scale: absolute`), or that of Lakkapragada's protocol,
    `noise` times the absolute mean response of the split (`noise_scale: mean_response`).
    """

    kind: Literal["linear_regression"] = "linear_regression"
    features: Count = 1
    outputs: Count = 1
    train: Count = 1000
    test: Count = 200
    noise: NonNegative = per_cell(0.1)
    noise_scale: Literal["absolute", "mean_response"] = per_cell("absolute")
    correlation: Correlation = per_cell(0.0)
    intercept: Flag = per_cell(True)

    @property
    def inputs(self) -> int:
        return self.features


class GaussianClasses(Part):
    """Balanced classes x ~ N(mu_c, I) with centres mu_c ~ N(0, separation^2 I / features) drawn per block."""

    kind: Literal["gaussian_classes"] = "gaussian_classes"
    classes: Annotated[int, Field(strict=True, ge=2)] = 2
    features: Count = 16
    train: Count = 1000
    test: Count = 200
    separation: Positive = per_cell(3.0)

    @property
    def inputs(self) -> int:
        return self.features

    @property
    def outputs(self) -> int:
        return self.classes


class Digits(Part):
    """scikit-learn's 8x8 handwritten digits (1,797 images, 64 inputs): any two or more classes; the split is drawn per
    block where data is drawn.
    """

    kind: Literal["digits"] = "digits"
    classes: tuple[Annotated[int, Field(strict=True, ge=0, le=9)], ...] = tuple(range(10))
    test_share: Annotated[float, Field(strict=True, gt=0, lt=1)] = 0.2
    scaling: Literal["unit", "symmetric"] = "unit"

    @model_validator(mode="after")
    def _distinct(self) -> Digits:
        if len(self.classes) < 2 or len(set(self.classes)) != len(self.classes):
            raise ValueError("needs at least two distinct classes")
        return self

    @property
    def test(self) -> int:
        """Images held out: the rounded share, at least one on either side."""
        images = sum(IMAGES_PER_DIGIT[digit] for digit in self.classes)
        return min(max(round(self.test_share * images), 1), images - 1)

    @property
    def train(self) -> int:
        return sum(IMAGES_PER_DIGIT[digit] for digit in self.classes) - self.test

    @property
    def inputs(self) -> int:
        return 64

    @property
    def outputs(self) -> int:
        return len(self.classes)


IMAGES_PER_DIGIT = (178, 182, 177, 183, 181, 182, 181, 179, 174, 180)  # of scikit-learn's load_digits

SOURCES = kinds(LinearRegression, GaussianClasses, Digits)
if TYPE_CHECKING:
    Source = LinearRegression | GaussianClasses | Digits
else:
    Source = choice(SOURCES)
