"""Data sources: options only. Implementations: `lnnstats.draws.data`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lnnstats.parts.base import choice, kinds
from lnnstats.parts.sources.classes import GaussianClasses, SeparableClasses
from lnnstats.parts.sources.images import Cifar10, Digits
from lnnstats.parts.sources.regressions import LinearRegression, LowRankRegression, NonlinearRegression, Regression

SOURCES = kinds(
    LinearRegression, LowRankRegression, NonlinearRegression, GaussianClasses, SeparableClasses, Digits, Cifar10
)
if TYPE_CHECKING:
    Source = Any
else:
    Source = choice(SOURCES)

__all__ = [
    "SOURCES", "Cifar10", "Digits", "GaussianClasses", "LinearRegression", "LowRankRegression", "NonlinearRegression",
    "Regression", "SeparableClasses", "Source",
]  # fmt: skip
