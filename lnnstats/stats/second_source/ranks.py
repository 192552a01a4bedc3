"""The second source of tests of any difference: a reported result and its data in, the same numbers elsewhere out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..resolution import at_resolution
from ..scales import on_scale
from ..values import Agreement, Evidence
from .base import MOST_VALUES, agreement, quiet

MOST_PERMUTATIONS = 3000
DIGITS_OF_TIES = 10


def friedman(
    evidence: Evidence, values: ArrayLike, *, resolution: float | None = None, method: str = "f"
) -> tuple[Agreement, ...]:
    """F by pingouin.rm_anova on ranks of pandas; chi-squared, for W, by scipy where there are three levels."""
    array = at_resolution(np.asarray(values, dtype=np.float64), resolution)
    if array.size > MOST_VALUES:
        return ()
    from scipy import stats

    n, k = array.shape
    found = _blocks_f(evidence, _ranks(array), method)
    if k < 3:
        return found
    chi2 = stats.friedmanchisquare(*array.T).statistic
    return (*found, agreement("scipy friedmanchisquare", "W", evidence.estimate, chi2 / (n * (k - 1))))


def quade(
    evidence: Evidence, values: ArrayLike, *, resolution: float | None = None, method: str = "f"
) -> tuple[Agreement, ...]:
    """F by pingouin.rm_anova on the centred ranks of pandas times the ranks of the blocks' ranges."""
    array = at_resolution(np.asarray(values, dtype=np.float64), resolution)
    if array.size > MOST_VALUES:
        return ()
    ranks, bottom = _ranks(array), array.min(axis=1)
    if not np.isfinite(bottom).all():
        return ()
    ranges = array.max(axis=1) - bottom
    unit = 10.0 ** (np.floor(np.log10(max(ranges[np.isfinite(ranges)].max(initial=0.0), 1e-300))) - DIGITS_OF_TIES)
    weights = _ranks(np.round(ranges / unit)[None])[0]
    return _blocks_f(evidence, weights[:, None] * (ranks - ranks.mean(axis=1, keepdims=True)), method)


def kruskal_wallis(
    evidence: Evidence, groups: Sequence[ArrayLike], *, resolution: float | None = None, method: str = "chi2"
) -> tuple[Agreement, ...]:
    """H and the chi-squared p by scipy.stats.kruskal."""
    arrays = [at_resolution(np.asarray(group, dtype=np.float64), resolution) for group in groups]
    if sum(array.size for array in arrays) > MOST_VALUES:
        return ()
    from scipy import stats

    theirs = stats.kruskal(*arrays)
    found = (agreement("scipy kruskal", "H", evidence.statistic, theirs.statistic),)
    if method != "chi2" or theirs.pvalue <= evidence.attainable:
        return found
    return (*found, agreement("scipy kruskal", "p", evidence.p_above(0.0), theirs.pvalue))


def jonckheere(
    evidence: Evidence, groups: Sequence[ArrayLike], *, resolution: float | None = None
) -> tuple[Agreement, ...]:
    """J as the sum of scipy's Mann-Whitney counts; where the tails are normal also p, that of Kendall's tau."""
    arrays = [at_resolution(np.asarray(group, dtype=np.float64), resolution) for group in groups]
    if sum(array.size for array in arrays) > MOST_VALUES:
        return ()
    from scipy import stats

    pairs = combinations(arrays, 2)
    j = sum(float(stats.mannwhitneyu(y, x, method="asymptotic").statistic) for x, y in pairs)
    found = (agreement("scipy mannwhitneyu", "J", evidence.statistic, j),)
    if not any("normal" in check for check in evidence.checks):
        return found
    labels = np.repeat(np.arange(len(arrays)), [array.size for array in arrays])
    tau = stats.kendalltau(np.concatenate(arrays), labels, method="asymptotic", alternative="greater")
    return (*found, agreement("scipy kendalltau", "p(theta <= 1/2)", evidence.p_above(0.5), tau.pvalue))


def aligned_ranks(
    evidence: Evidence, values: ArrayLike, *, effect: str = "interaction", scale: str = "raw"
) -> tuple[Agreement, ...]:
    """Aligned and ranked by pandas; F and the epsilon of its df by pingouin.rm_anova."""
    array = on_scale(values, scale, "values", 3)
    if array.size > MOST_VALUES:
        return ()
    with quiet():
        import pandas as pd
        import pingouin

        index = pd.MultiIndex.from_product([range(size) for size in array.shape], names=["block", "a", "b"])
        frame = pd.DataFrame({"y": array.ravel()}, index=index).reset_index()
        grand, cell = frame["y"].mean(), frame.groupby(["a", "b"])["y"].transform("mean")
        first, second = (frame.groupby(name)["y"].transform("mean") - grand for name in ("a", "b"))
        part = {"first": first, "second": second, "interaction": cell - grand - first - second}[effect]
        aligned = frame["y"] - cell + part
        unit = 10.0 ** (np.floor(np.log10(aligned.abs().max())) - DIGITS_OF_TIES)
        frame["rank"] = (aligned / unit).round().rank()
        table = pingouin.rm_anova(frame, dv="rank", within=["a", "b"], subject="block")
    row = table.iloc[["first", "second", "interaction"].index(effect)]
    return (
        agreement("pingouin.rm_anova", "F of aligned ranks", evidence.statistic, row["F"]),
        agreement("pingouin.rm_anova", "p of aligned ranks", evidence.p_above(0.0), row["p_GG_corr"]),
    )


def permutation_f(evidence: Evidence, values: ArrayLike, *, scale: str = "log") -> tuple[Agreement, ...]:
    """F by pingouin.rm_anova; p by scipy.stats.permutation_test where it can list every permutation quickly."""
    array = on_scale(values, scale, "values", 2)
    if array.size > MOST_VALUES:
        return ()
    from scipy import stats

    found = _blocks_f(evidence, array - array.mean(axis=1, keepdims=True), "permutations")
    n, k = array.shape
    if float(math.factorial(k)) ** n > MOST_PERMUTATIONS or evidence.checks:
        return found
    theirs = stats.permutation_test(
        tuple(array.T), lambda *columns: float(np.var([column.mean() for column in columns])),
        permutation_type="samples", alternative="greater", n_resamples=np.inf, vectorized=False,
    )  # fmt: skip
    return (*found, agreement("scipy permutation_test", "p", evidence.p_above(0.0), theirs.pvalue))


def _ranks(array: FloatArray) -> FloatArray:
    """Mid-ranks within rows, by pandas."""
    with quiet():
        import pandas as pd

        return pd.DataFrame(array).rank(axis=1).to_numpy()


def _blocks_f(evidence: Evidence, table: FloatArray, method: str) -> tuple[Agreement, ...]:
    """F of the columns of [n, k] by pingouin, which needs three blocks, and its p where that is the one reported."""
    if len(table) < 3:
        return ()
    with quiet():
        import pandas as pd
        import pingouin

        n, k = table.shape
        frame = pd.DataFrame({"y": table.ravel(), "level": np.tile(range(k), n), "block": np.repeat(range(n), k)})
        row = pingouin.rm_anova(frame, dv="y", within="level", subject="block", detailed=True).iloc[0]
    if not math.isfinite(evidence.statistic or math.inf):
        return ()
    found = (agreement("pingouin.rm_anova", "F", evidence.statistic, row["F"]),)
    if method != "f" or row["p_unc"] <= evidence.attainable:
        return found
    return (*found, agreement("pingouin.rm_anova", "p", evidence.p_above(0.0), row["p_unc"]))
