"""Independent ANOVA, one-way or factorial: one vector of blocks a cell in, Evidence on one term (or the table) out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..pivots.omnibus_f import FPivot, f_pivot, omnibus_evidence
from ..resampling.group_jackknife import group_jackknife
from ..samples.factorial_data import factorial_design
from ..scales import named_scale
from ..values import Degenerate, Evidence
from ..variance.anova_table import AnovaRow, AnovaTable, anova_row, eta_squared_error, table_of_terms
from ..variance.factor_coding import chosen_term, term_contrasts, term_words
from ..variance.split_plot import SplitPlot
from ..variance.sums_of_squares import hypothesis_weights


def anova(
    *cells: ArrayLike,
    shape: Sequence[int] | None = None,
    effect: Sequence[int] | None = None,
    kind: int = 3,
    robust: str | None = None,
    scale: str = "log",
    names: Sequence[str] = (),
) -> Evidence:
    """theta = partial eta squared of a term of factors between blocks; one vector [n_c] for each cell.

    `shape`: levels of the factors whose combinations the cells are, in row-major order (default: one factor).
    `effect` numbers the factors of the term from 0 (default: the interaction of all). `kind`: sums of squares of
    type 3 (unweighted cell means) or 2 (the term beyond all that do not contain it); they differ only if cells differ
    in size. `robust="hc3"`: a Wald F of the type 3 hypothesis with the HC3 covariance of the cell means, for unequal
    variances; it needs two blocks a cell, is approximate, and is given no shares of variance. `names` of the factors go
    into the words of the estimand.

    Raises UnusableValues for values outside the scale, Degenerate for an empty cell, no error df, zero variance.
    """
    design, floor = factorial_design(cells, _levels(shape, cells), scale, kind)
    term = chosen_term(None if effect is None else tuple(effect), design.between)
    row = anova_row(design, term, "none", floor)
    if robust is None:
        pivot, error, effects = row.pivot, eta_squared_error(design, term), row.effects()
    else:
        pivot, error, effects = *_robust(design, row, robust, floor), ()
    return omnibus_evidence(
        pivot,
        procedure="anova",
        estimand=f"partial eta squared of {term_words(term, names)} in {named_scale(scale).words}, independent groups",
        n=int(design.counts.sum()),
        standard_error=error,
        effects=effects,
    )


def anova_table(*cells: ArrayLike, shape: Sequence[int] | None = None, kind: int = 3, scale: str = "log") -> AnovaTable:
    """Every term of the factors between blocks; arguments and refusals as for `anova`."""
    design, floor = factorial_design(cells, _levels(shape, cells), scale, kind)
    chosen_term(None, design.between)
    return table_of_terms(design, "none", floor)


def _robust(design: SplitPlot, row: AnovaRow, robust: str, floor: float) -> tuple[FPivot, float | None]:
    """The HC3 pivot of a term and the jackknife error of its partial eta squared."""
    if robust != "hc3" or design.kind != 3:
        raise ValueError(f"robust: {robust!r} with type {design.kind}; choose 'hc3' with type 3.")
    if design.counts.min() < 2:
        raise Degenerate("too_few_blocks", "a cell holds one block; its HC3 variance needs at least 2.")
    contrasts = term_contrasts(design.between, row.term)
    scatters = np.array([((group - group.mean(axis=0)) ** 2).sum() for group in design.groups])
    if (scatters <= floor * (design.counts - 1)).any():
        raise Degenerate("zero_variance", "the blocks of a cell do not vary beyond rounding; HC3 needs its variance.")
    means = np.array([group.mean() for group in design.groups])
    f = float(wald_f(contrasts, design.counts, means[:, None], scatters))

    def eta_squared(counts: FloatArray, means: FloatArray, scatters: FloatArray) -> FloatArray:
        odds = wald_f(contrasts, counts, means, scatters) * row.df / (counts.sum() - counts.size)
        return odds / (1 + odds)

    enough = design.counts.min() > 2
    return f_pivot(f, row.df, row.error_df), group_jackknife(design.groups, eta_squared) if enough else None


def wald_f(contrasts: FloatArray, counts: FloatArray, means: FloatArray, scatters: FloatArray) -> FloatArray:
    """(C m)' (C V C')^-1 (C m) / df [...] for cell means m [..., cells, 1] with V = diag(scatter / (n - 1)^2).

    V is the HC3 covariance (MacKinnon & White 1985) of cell means: a residual e enters as (e / (1 - 1/n))^2, for the
    leverage of a block in a cell of n is 1/n, and the mean divides by n.
    """
    variances = scatters / (counts - 1) ** 2
    return ((hypothesis_weights(variances, contrasts) @ means) ** 2).sum(axis=(-2, -1)) / len(contrasts)


def _levels(shape: Sequence[int] | None, cells: Sequence[ArrayLike]) -> tuple[int, ...]:
    """The levels of the factors; without word, one factor of all cells."""
    return (len(cells),) if shape is None else tuple(shape)
