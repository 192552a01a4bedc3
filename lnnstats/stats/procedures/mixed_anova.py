"""Mixed (split-plot) ANOVA: groups of blocks, each block in every cell within, in; Evidence on one term out."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from ..pivots.omnibus_f import omnibus_evidence
from ..samples.factorial_data import factorial_design
from ..scales import named_scale
from ..values import Evidence
from ..variance.anova_table import AnovaTable, anova_row, eta_squared_error, table_of_terms
from ..variance.factor_coding import chosen_term, term_words


def mixed_anova(
    *groups: ArrayLike,
    between: Sequence[int] | None = None,
    effect: Sequence[int] | None = None,
    scale: str = "log",
    correction: str = "gg",
    names: Sequence[str] = (),
) -> Evidence:
    """theta = partial eta squared of a term of factors between and within blocks; each group [n_g, k1, k2, ...].

    `between`: levels of the factors whose combinations the groups are, in row-major order (default: one factor).
    `effect` numbers the factors of the term, those between first (default: the interaction of all). All terms are of
    type III, tests on unweighted group means, so groups may differ in size. A term between is tested against the
    blocks within groups; a term with a part W within against W x blocks within groups, with the epsilon of the pooled
    covariance (`correction` as for `rm_anova`; thresholds other than 0 with the same corrected df).

    Assumes equal covariances of the groups. `names` of the factors go into the words of the estimand. Raises
    UnusableValues for values outside the scale, Degenerate for an empty group, no error df, or a zero error term.
    """
    design, floor = factorial_design(groups, _levels(between, groups), scale)
    term = chosen_term(None if effect is None else tuple(effect), (*design.between, *design.within))
    row = anova_row(design, term, correction, floor)
    return omnibus_evidence(
        row.pivot,
        procedure="mixed_anova",
        estimand=f"partial eta squared of {term_words(term, names)} in {named_scale(scale).words}, groups of blocks",
        n=int(design.counts.sum()),
        standard_error=eta_squared_error(design, term),
        effects=row.effects(),
        checks=row.checks(),
    )


def mixed_anova_table(
    *groups: ArrayLike, between: Sequence[int] | None = None, scale: str = "log", correction: str = "gg"
) -> AnovaTable:
    """Every term of the factors between and within blocks; arguments and refusals as for `mixed_anova`."""
    design, floor = factorial_design(groups, _levels(between, groups), scale)
    chosen_term(None, (*design.between, *design.within))
    return table_of_terms(design, correction, floor)


def _levels(between: Sequence[int] | None, groups: Sequence[ArrayLike]) -> tuple[int, ...]:
    """The levels of the factors between blocks; without word, one factor of all groups."""
    return (len(groups),) if between is None else tuple(between)
