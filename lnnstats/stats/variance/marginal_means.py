"""Estimated marginal means: the cells of a factorial design in, the mean of each level with its interval out.

Cells count alike whatever they hold (Searle, Speed & Milliken 1980). Means stay on the scale of the values given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..pivots.student import Student
from ..samples.factorial_data import factorial_design
from ..values import EFFECT_LEVEL, Degenerate
from .factor_coding import Term, averages, chosen_term


@dataclass(frozen=True, slots=True)
class MarginalMean:
    """The mean at one combination of levels (their places, one a factor asked for), with its t interval at 95%."""

    level: tuple[int, ...]
    mean: float
    error: float
    df: float
    low: float
    high: float


def marginal_means_between(
    *cells: ArrayLike, shape: Sequence[int], factors: Sequence[int], scale: str = "raw"
) -> tuple[MarginalMean, ...]:
    """Means over the levels of `factors`, independent blocks: cells [n_c] in row-major order of `shape`.

    One pooled variance on N - cells df. Refusals as for `anova`.
    """
    design, _ = factorial_design(cells, tuple(shape), scale)
    if design.block_df < 1:
        raise Degenerate("too_few_blocks", f"{len(cells)} cells of one block each leave no error term.")
    term = chosen_term(tuple(factors), design.between)
    rows = averages(design.between, term)
    means = np.array([group.mean() for group in design.groups])
    variance = float(design.total_error()) / design.block_df
    errors = np.sqrt(variance * (rows**2 / design.counts).sum(axis=1))
    return _labelled(rows @ means + design.centre, errors, design.block_df, design.between, term)


def marginal_means_within(values: ArrayLike, *, factors: Sequence[int], scale: str = "raw") -> tuple[MarginalMean, ...]:
    """Means over the levels of `factors` within blocks: values [n, k1, k2, ...]; each level its own variance, n - 1 df.

    An interval of a level's mean over blocks, not of differences between levels: those are narrower.
    """
    design, _ = factorial_design([values], (), scale)
    if design.block_df < 1:
        raise Degenerate("too_few_blocks", "1 block; a mean with an error needs at least 2.")
    term = chosen_term(tuple(factors), design.within)
    scores = design.groups[0] @ averages(design.within, term).T
    n = len(scores)
    errors = scores.std(axis=0, ddof=1) / np.sqrt(n)
    return _labelled(scores.mean(axis=0) + design.centre, errors, n - 1, design.within, term)


def _labelled(
    means: FloatArray, errors: FloatArray, df: int, shape: tuple[int, ...], term: Term
) -> tuple[MarginalMean, ...]:
    """One value a combination of the term's levels, in row-major order."""
    places = np.ndindex(*(shape[axis] for axis in term))
    pivots = (Student(float(mean), float(error), df) for mean, error in zip(means, errors, strict=True))
    return tuple(
        MarginalMean(place, pivot.estimate, pivot.error, pivot.df, *pivot.interval(EFFECT_LEVEL))
        for place, pivot in zip(places, pivots, strict=True)
    )
