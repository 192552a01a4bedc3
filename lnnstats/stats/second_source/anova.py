"""The second source of the analyses of variance: a reported result and its data in, another library's numbers out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..scales import on_scale
from ..values import Agreement, Evidence
from .base import MOST_VALUES, agreement, quiet

MOST_VALUES_ANOVARM = 2_000  # it builds a column for every block and cell


def rm_anova(
    evidence: Evidence,
    values: ArrayLike,
    *,
    effect: Sequence[int] | None = None,
    scale: str = "log",
    correction: str = "gg",
) -> tuple[Agreement, ...]:
    """F by statsmodels AnovaRM up to 2,000 values; for one or two factors F, p and epsilon by pingouin.rm_anova."""
    array = on_scale(values, scale, "values", np.ndim(values))
    names = [f"f{axis}" for axis in range(array.ndim - 1)]
    term = tuple(range(len(names))) if effect is None else tuple(sorted(effect))
    found: tuple[Agreement, ...] = ()
    if array.size <= MOST_VALUES_ANOVARM:
        found += _anova_rm(evidence, _long(array, names), names, term)
    if array.size <= MOST_VALUES and len(names) <= 2:
        found += _pingouin_rm(evidence, _long(array, names), names, term, correction)
    return found


def _anova_rm(evidence: Evidence, table: Any, names: list[str], term: tuple[int, ...]) -> tuple[Agreement, ...]:
    """F of the term; its df are never corrected."""
    with quiet():
        from statsmodels.stats.anova import AnovaRM

        theirs = AnovaRM(table, "y", "block", within=names).fit().anova_table
    row = theirs.loc[":".join(names[axis] for axis in term)]
    return (agreement("statsmodels AnovaRM", "F", evidence.statistic, row["F Value"]),)


def _pingouin_rm(
    evidence: Evidence, table: Any, names: list[str], term: tuple[int, ...], correction: str
) -> tuple[Agreement, ...]:
    """F, and p where pingouin has that correction; with Greenhouse-Geisser also epsilon, the ratio of our df to its."""
    with quiet():
        import pingouin

        theirs = pingouin.rm_anova(table, dv="y", within=names, subject="block", correction=True)
    row = theirs.set_index("Source").loc[" * ".join(names[axis] for axis in term)]
    name, df = "pingouin.rm_anova", row["ddof2"]
    found = (agreement(name, "F", evidence.statistic, row["F"]),)
    if correction == "none":
        return (*found, agreement(name, "p(theta <= 0)", evidence.p_above(0.0), row["p_unc"]))
    if correction == "hf" or evidence.df is None:
        return found
    several = "p_GG_corr" in row and np.isfinite(row["p_GG_corr"])
    corrected = (
        agreement(name, "p(theta <= 0)", evidence.p_above(0.0), row["p_GG_corr" if several else "p_unc"]),
        agreement(name, "epsilon", evidence.df / df, row["eps"]),
    )
    return found + corrected


def anova(
    evidence: Evidence,
    *cells: ArrayLike,
    shape: Sequence[int] | None = None,
    effect: Sequence[int] | None = None,
    kind: int = 3,
    robust: str | None = None,
    scale: str = "log",
) -> tuple[Agreement, ...]:
    """F and p of the term by statsmodels anova_lm, factors coded to sum to zero."""
    arrays = [on_scale(cell, scale, "values", 1) for cell in cells]
    if sum(array.size for array in arrays) > MOST_VALUES:
        return ()
    levels = (len(arrays),) if shape is None else tuple(shape)
    term = tuple(range(len(levels))) if effect is None else tuple(sorted(effect))
    row = _anova_lm(arrays, levels, kind, robust).loc[_coded(term)]
    return (
        agreement("statsmodels anova_lm", "F", evidence.statistic, row["F"]),
        agreement("statsmodels anova_lm", "p(theta <= 0)", evidence.p_above(0.0), row["PR(>F)"]),
    )


def welch_anova(evidence: Evidence, *groups: ArrayLike, scale: str = "log") -> tuple[Agreement, ...]:
    """F, its second df and p by statsmodels anova_oneway."""
    arrays = [on_scale(group, scale, "values", 1) for group in groups]
    if sum(array.size for array in arrays) > MOST_VALUES:
        return ()
    with quiet():
        from statsmodels.stats.oneway import anova_oneway

        theirs = anova_oneway(arrays, use_var="unequal", welch_correction=True)
    name = "statsmodels anova_oneway"
    return (
        agreement(name, "F", evidence.statistic, theirs.statistic),
        agreement(name, "denominator df", evidence.df, theirs.df[1]),
        agreement(name, "p(theta <= 0)", evidence.p_above(0.0), theirs.pvalue),
    )


def mixed_anova(
    evidence: Evidence,
    *groups: ArrayLike,
    between: Sequence[int] | None = None,
    effect: Sequence[int] | None = None,
    scale: str = "log",
) -> tuple[Agreement, ...]:
    """F by statsmodels anova_lm (type III) on each of the within-block contrasts, coded by differences.

    Its libraries offer no table with unequal groups: pingouin's is not type III then.
    """
    arrays = [on_scale(group, scale, "values", np.ndim(group)) for group in groups]
    if sum(array.size for array in arrays) > MOST_VALUES:
        return ()
    levels = (len(arrays),) if between is None else tuple(between)
    within = arrays[0].shape[1:]
    term = tuple(range(len(levels) + len(within))) if effect is None else tuple(sorted(effect))
    basis = _difference_basis(within, tuple(axis - len(levels) for axis in term if axis >= len(levels)))
    row = _coded(tuple(axis for axis in term if axis < len(levels))) or "Intercept"
    flat = [array.reshape(len(array), -1) @ basis for array in arrays]
    tables = [_anova_lm([array[:, j] for array in flat], levels, 3, None) for j in range(basis.shape[1])]
    squares, error = (sum(table.loc[name, "sum_sq"] for table in tables) for name in (row, "Residual"))
    df, error_df = (sum(table.loc[name, "df"] for table in tables) for name in (row, "Residual"))
    return (agreement("statsmodels anova_lm", "F", evidence.statistic, squares / df / (error / error_df)),)


def hotelling(evidence: Evidence, values: ArrayLike, *, scale: str = "log") -> tuple[Agreement, ...]:
    """F and p by pingouin.multivariate_ttest, which needs five blocks, on the differences from the first level."""
    array = on_scale(values, scale, "values", 2)
    if array.size > MOST_VALUES or array.shape[1] < 3 or len(array) < 5:
        return ()
    with quiet():
        import pingouin

        theirs = pingouin.multivariate_ttest(array[:, 1:] - array[:, :1], np.zeros(array.shape[1] - 1)).iloc[0]
    return (
        agreement("pingouin.multivariate_ttest", "F", evidence.statistic, theirs["F"]),
        agreement("pingouin.multivariate_ttest", "p(theta <= 0)", evidence.p_above(0.0), theirs["pval"]),
    )


def group_contrast(
    evidence: Evidence, *groups: ArrayLike, weights: Sequence[float], variances: str = "unequal", scale: str = "log"
) -> tuple[Agreement, ...]:
    """Estimate and t by statsmodels OLS on group indicators.

    Unequal variances enter as the HC2 covariance, which for group means is each group's own s^2 / n.
    """
    arrays = [on_scale(group, scale, "values", 1) for group in groups]
    if sum(array.size for array in arrays) > MOST_VALUES:
        return ()
    with quiet():
        from statsmodels.api import OLS

        indicators = np.repeat(np.eye(len(arrays)), [array.size for array in arrays], axis=0)
        covariance = "HC2" if variances == "unequal" else "nonrobust"
        theirs = OLS(np.concatenate(arrays), indicators).fit(cov_type=covariance).t_test(np.asarray(weights, float))
    return (
        agreement("statsmodels OLS", "contrast", evidence.estimate, theirs.effect[0]),
        agreement("statsmodels OLS", "t", evidence.statistic, theirs.tvalue.item()),
    )


def _long(array: FloatArray, names: list[str]) -> Any:
    """Values [n, k1, ...] as a data frame of one row a value: block, the factors, y."""
    import pandas as pd

    places = np.indices(array.shape).reshape(array.ndim, -1)
    return pd.DataFrame({**dict(zip(["block", *names], places, strict=True)), "y": array.ravel()})


def _anova_lm(cells: Sequence[FloatArray], levels: tuple[int, ...], kind: int, robust: str | None) -> Any:
    """The table of anova_lm for one vector a cell, centred, so that type III holds and no digit is lost."""
    with quiet():
        import pandas as pd
        from statsmodels.formula.api import ols
        from statsmodels.stats.anova import anova_lm

        cell = np.repeat(np.arange(len(cells)), [array.size for array in cells])
        codes = np.unravel_index(cell, levels)
        table = pd.DataFrame({f"f{axis}": code for axis, code in enumerate(codes)} | {"y": np.concatenate(cells)})
        formula = "y ~ " + " * ".join(_coded((axis,)) for axis in range(len(levels)))
        return anova_lm(ols(formula, table).fit(), typ=kind, robust=robust)


def _coded(term: tuple[int, ...]) -> str:
    """A term as the formula and the table spell it."""
    return ":".join(f"C(f{axis}, Sum)" for axis in term)


def _difference_basis(within: tuple[int, ...], term: tuple[int, ...]) -> FloatArray:
    """Orthonormal columns spanning the term's contrasts of cells: QR of differences of neighbours and of averages."""
    basis = np.ones((1, 1))
    for axis, k in enumerate(within):
        columns = np.diff(np.eye(k), axis=0).T if axis in term else np.ones((k, 1))
        basis = np.kron(basis, np.linalg.qr(columns)[0])
    return basis
