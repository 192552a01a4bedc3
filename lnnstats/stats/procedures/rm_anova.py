"""Repeated-measures ANOVA: values of every block in every cell in, Evidence on one term (or the table) out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..pivots.omnibus_f import omnibus_evidence
from ..samples.factorial_data import factorial_design
from ..scales import named_scale
from ..values import Evidence
from ..variance.anova_table import AnovaTable, anova_row, eta_squared_error, table_of_terms
from ..variance.factor_coding import chosen_term, term_words
from ..variance.split_plot import SplitPlot


def rm_anova(
    values: ArrayLike,
    *,
    effect: Sequence[int] | None = None,
    scale: str = "log",
    correction: str = "gg",
    names: Sequence[str] = (),
) -> Evidence:
    """theta = partial eta squared of a term of the factors within blocks; values [n, k1, k2, ...].

    `effect` numbers the factors of the term from 0 (default: the interaction of all). Each term has its own error
    term, term x blocks, and its own epsilon: F on epsilon df1 and epsilon df2, the Greenhouse-Geisser ("gg") or
    Huynh-Feldt ("hf") one, always applied, never after a test of sphericity; "none" leaves the df alone. Under the
    null the corrected F is an approximation (Box 1954); so are thresholds other than 0, for which the same corrected
    df enter the noncentral F. Exact where the contrasts are spherical or have one df. `names` of the factors go into
    the words of the estimand.

    Raises UnusableValues for values outside the scale, Degenerate for fewer than two blocks or a zero error term.
    """
    design, floor = factorial_design([values], (), scale)
    term = chosen_term(None if effect is None else tuple(effect), design.within)
    row = anova_row(design, term, correction, floor)
    return omnibus_evidence(
        row.pivot,
        procedure="rm_anova",
        estimand=f"partial eta squared of {term_words(term, names)} in {named_scale(scale).words}, within blocks",
        n=design.block_df + 1,
        standard_error=eta_squared_error(design, term),
        effects=row.effects(),
        checks=row.checks(),
    )


def rm_anova_table(values: ArrayLike, *, scale: str = "log", correction: str = "gg") -> AnovaTable:
    """Every term of the factors within blocks; arguments and refusals as for `rm_anova`."""
    design, floor = factorial_design([values], (), scale)
    chosen_term(None, design.within)
    return table_of_terms(design, correction, floor)


def rm_anova_f(
    values: FloatArray, *, factors: int, effect: Sequence[int] | None = None, correction: str = "gg"
) -> tuple[FloatArray, FloatArray]:
    """F and its p [worlds ...] of a term; finite values [worlds ..., n, k1, ...], so many factors, unchecked."""
    shape = values.shape[values.ndim - factors :]
    term = chosen_term(None if effect is None else tuple(effect), shape)
    cells = values.reshape(*values.shape[: values.ndim - factors], int(np.prod(shape)))
    test = SplitPlot((cells,), (), shape).test(term)
    return test.f, test.p(correction)
