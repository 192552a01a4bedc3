"""Analysis of variance of blocks in groups: values of each group's blocks in, the F test of any term out.

One form for all designs: factors between blocks span the groups, factors within blocks span the cells. Without groups
it is the repeated-measures analysis, with one cell the independent one, with both the split plot. Every term B x W (B
between, W within, either may be empty) is tested on the orthonormal contrasts of W, against their own variation
between the blocks of a group: the error term W x blocks(groups). Arrays may have leading axes (worlds).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..arrays import FloatArray
from ..pivots.noncentral_f import f_upper_tail
from .factor_coding import Term, term_contrasts
from .sphericity import correction_factor
from .sums_of_squares import term_weights


@dataclass(frozen=True, eq=False)
class TermTest:
    """Sums of squares [...] of a term and of its error term, their df, and the error scatter [..., p, p]."""

    squares: FloatArray
    df: int
    error: FloatArray
    error_df: int
    scatter: FloatArray
    block_df: int

    @cached_property
    def f(self) -> FloatArray:
        """The F statistic [...]; inf (or nan) where the error term is zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((self.squares / self.df) / (self.error / self.error_df))

    def epsilon(self, correction: str) -> FloatArray:
        """What both df are multiplied by [...]."""
        return correction_factor(self.scatter, self.block_df, correction)

    def p(self, correction: str) -> FloatArray:
        """P(F >= f) [...] with corrected df."""
        factor = self.epsilon(correction)
        return f_upper_tail(self.f, self.df * factor, self.error_df * factor)


@dataclass(frozen=True, eq=False)
class SplitPlot:
    """Blocks of each group [..., blocks, cells]; levels of the factors between (their product: groups) and within.

    Terms number the factors between first. `kind`: type 2 or 3 of the sums of squares over groups. `centre`: what was
    taken off all values beforehand.
    """

    groups: tuple[FloatArray, ...]
    between: tuple[int, ...]
    within: tuple[int, ...]
    kind: int = 3
    centre: float = 0.0

    @cached_property
    def counts(self) -> FloatArray:
        """Blocks in each group."""
        return np.array([float(group.shape[-2]) for group in self.groups])

    @property
    def block_df(self) -> int:
        """Blocks less groups."""
        return int(self.counts.sum()) - len(self.groups)

    def between_part(self, term: Term) -> Term:
        """The factors of a term that lie between blocks."""
        return tuple(factor for factor in term if factor < len(self.between))

    def within_part(self, term: Term) -> Term:
        """The factors of a term that lie within blocks, counted from the first of those."""
        return tuple(factor - len(self.between) for factor in term if factor >= len(self.between))

    def scores(self, term: Term) -> tuple[FloatArray, ...]:
        """For each group the contrasts [..., blocks, p] of the term's within part, one row a block."""
        contrasts = term_contrasts(self.within, self.within_part(term)).T
        return tuple(group @ contrasts for group in self.groups)

    def weights(self, term: Term, counts: FloatArray) -> FloatArray:
        """The weights [df, groups] of the term's between part, for so many blocks in each group."""
        return term_weights(counts, self.between, self.between_part(term), self.kind)

    def test(self, term: Term) -> TermTest:
        """The F test of a term; the empty one has the blocks within groups as its error term."""
        scores = self.scores(term)
        means = [score.mean(axis=-2, keepdims=True) for score in scores]
        residuals = np.concatenate([score - mean for score, mean in zip(scores, means, strict=True)], axis=-2)
        scatter = np.swapaxes(residuals, -1, -2) @ residuals
        weights, p = self.weights(term, self.counts), scatter.shape[-1]
        squares = ((weights @ np.concatenate(means, axis=-2)) ** 2).sum(axis=(-2, -1))
        error = np.trace(scatter, axis1=-2, axis2=-1)
        return TermTest(squares, len(weights) * p, error, self.block_df * p, scatter, self.block_df)

    def block_error(self) -> float:
        """Sum of squares of the blocks within groups, the error term of what lies between blocks."""
        return float(self.test(()).error)

    def total_error(self) -> FloatArray:
        """The error terms of all strata together [...]: variation of all cells between the blocks of a group."""
        residuals = (group - group.mean(axis=-2, keepdims=True) for group in self.groups)
        return np.asarray(sum((residual**2).sum(axis=(-2, -1)) for residual in residuals))
