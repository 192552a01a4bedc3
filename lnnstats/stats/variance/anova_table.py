"""The analysis-of-variance table: a design in, one frozen row a term out, with its shares of variance."""

from __future__ import annotations

from dataclasses import dataclass

from ..arrays import FloatArray
from ..pivots.omnibus_f import FPivot, f_pivot
from ..resampling.group_jackknife import group_jackknife
from ..values import Degenerate, Effect
from .factor_coding import Term, all_terms
from .sphericity import greenhouse_geisser, huynh_feldt, mauchly
from .split_plot import SplitPlot
from .variance_effects import (
    epsilon_squared,
    generalised_eta_squared,
    omega_squared,
    omega_squared_of_blocks,
    share_effect,
)

LOW_EPSILON = 0.75


@dataclass(frozen=True, slots=True)
class AnovaRow:
    """One term: sums of squares and df as in the design, epsilons, and the F test on df times `epsilon` (`pivot`).

    `mauchly_w` is None where it is undefined or no question (one contrast).
    """

    term: Term
    squares: float
    df: int
    error: float
    error_df: int
    epsilon_gg: float
    epsilon_hf: float
    mauchly_w: float | None
    epsilon: float
    pivot: FPivot
    p: float
    partial_eta_squared: float
    generalised_eta_squared: float
    omega_squared: float
    epsilon_squared: float

    def effects(self) -> tuple[Effect, ...]:
        """The shares of variance beside partial eta squared, with 90% limits."""
        df1, df2 = self.pivot.df1, self.pivot.df2
        return (
            share_effect("generalised eta squared", self.generalised_eta_squared, df1, df2),
            share_effect("partial omega squared", self.omega_squared, df1, df2),
            share_effect("partial epsilon squared", self.epsilon_squared, df1, df2),
        )

    def checks(self) -> tuple[str, ...]:
        """A warning where the contrasts of the term are far from spherical."""
        if self.epsilon_gg >= LOW_EPSILON:
            return ()
        w = "" if self.mauchly_w is None else f", Mauchly's W {self.mauchly_w:.3g}"
        then = "multiplied by it" if self.epsilon < 1 else "not corrected for it"
        return (f"sphericity: Greenhouse-Geisser epsilon is {self.epsilon_gg:.2f}{w}; the df are {then}.",)


@dataclass(frozen=True, slots=True)
class AnovaTable:
    """All terms of a design of `n` blocks, main effects first; `correction` of the df of terms within blocks."""

    rows: tuple[AnovaRow, ...]
    n: int
    correction: str

    def row(self, term: Term) -> AnovaRow:
        """The row of a term."""
        return next(row for row in self.rows if row.term == term)


def table_of_terms(design: SplitPlot, correction: str, floor: float) -> AnovaTable:
    """The table of every term of a design without leading axes; arguments as for `anova_row`."""
    terms = all_terms(len(design.between) + len(design.within))
    rows = tuple(anova_row(design, term, correction, floor) for term in terms)
    return AnovaTable(rows, int(design.counts.sum()), correction)


def anova_row(design: SplitPlot, term: Term, correction: str, floor: float) -> AnovaRow:
    """One term; Degenerate without error df, or where its error mean square is at most `floor`."""
    if design.block_df < 1:
        raise Degenerate(
            "too_few_blocks", f"{int(design.counts.sum())} blocks in {len(design.groups)} groups leave no error term."
        )
    test, within = design.test(term), design.within_part(term)
    squares, error = float(test.squares), float(test.error)
    if error / test.error_df <= floor:
        raise Degenerate("zero_variance", f"the error term of factors {term} is zero up to rounding; nothing to test.")
    lower, p = float(greenhouse_geisser(test.scatter)), test.scatter.shape[-1]
    epsilon = float(test.epsilon(correction))
    pivot = f_pivot(float(test.f), test.df, test.error_df, epsilon)
    return AnovaRow(
        term=term,
        squares=squares,
        df=test.df,
        error=error,
        error_df=test.error_df,
        epsilon_gg=lower,
        epsilon_hf=float(huynh_feldt(lower, p, test.block_df)),
        mauchly_w=float(mauchly(test.scatter, test.block_df)) if 1 < p <= test.block_df else None,
        epsilon=epsilon,
        pivot=pivot,
        p=pivot.p_above(0.0),
        partial_eta_squared=pivot.estimate,
        generalised_eta_squared=generalised_eta_squared(squares, float(design.total_error())),
        omega_squared=_omega(design, squares, test.df, error, test.error_df, bool(within)),
        epsilon_squared=epsilon_squared(squares, test.df, error, test.error_df),
    )


def _omega(design: SplitPlot, squares: float, df: int, error: float, error_df: int, within: bool) -> float:
    """Partial omega squared in the form that belongs to the design."""
    if not design.within:
        return omega_squared(squares, df, error, error_df, int(design.counts.sum()))
    return omega_squared_of_blocks(squares, df, error, error_df, within, design.block_error(), design.block_df)


def eta_squared_error(design: SplitPlot, term: Term) -> float | None:
    """Jackknife standard error over blocks of a term's partial eta squared; None where a group has but one block."""

    def eta_squared(counts: FloatArray, means: FloatArray, scatters: FloatArray) -> FloatArray:
        squares = ((design.weights(term, counts) @ means) ** 2).sum(axis=(-2, -1))
        return squares / (squares + scatters.sum(axis=-1))

    return group_jackknife(design.scores(term), eta_squared)
