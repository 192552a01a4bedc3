"""Generated classes: options of points that a linear map tells apart, as well as declared."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lnnstats.parts.base import Count, Positive, per_cell
from lnnstats.parts.sources.base import Classes


class _Generated(Classes):
    """So many classes of points with so many features."""

    classes: Annotated[int, Field(strict=True, ge=2)] = 2
    features: Count = 16
    train: Count = 1000
    test: Count = 200

    @property
    def inputs(self) -> int:
        return self.features

    @property
    def groups(self) -> int:
        return self.classes


class GaussianClasses(_Generated):
    """Balanced classes x ~ N(mu_c, I) with centres mu_c ~ N(0, separation^2 I / features) drawn per block."""

    kind: Literal["gaussian_classes"] = "gaussian_classes"
    separation: Positive = per_cell(3.0)


class SeparableClasses(_Generated):
    """Balanced classes that a linear map W separates by `margin`: x = W' a + e, W [classes, features] with orthonormal
    rows drawn per block, e ~ N(0, I) off their span, a ~ N(0, I) but that the entry of the point's own class exceeds
    the largest other one by `margin` + |N(0, 1)|.
    """

    kind: Literal["separable_classes"] = "separable_classes"
    margin: Positive = per_cell(1.0)

    @model_validator(mode="after")
    def _features_suffice(self) -> Self:
        if self.features < self.classes:
            raise ValueError(f"{self.classes} classes need as many features, not {self.features}")
        return self
