"""The second source of pairs: a reported result and its data in, the same numbers from another library out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..resolution import at_resolution
from ..scales import on_scale
from ..values import Agreement, Evidence
from .base import MOST_VALUES, agreement, binomtest, quiet

MOST_FLIPPED = 12


def paired_t(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, scale: str = "log"
) -> tuple[Agreement, ...]:
    """t and the one-sided p at 0, by pingouin.ttest (asked one-sided, so that nothing is halved)."""
    if np.size(treatment) > MOST_VALUES:
        return ()
    result = _pingouin_t(treatment, reference, scale)
    return (
        agreement("pingouin.ttest", "t", evidence.statistic, result["T"]),
        agreement("pingouin.ttest", "p(theta <= 0)", evidence.p_above(0.0), result["p_val"]),
    )


def bootstrap_t(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, scale: str = "raw"
) -> tuple[Agreement, ...]:
    """t only, by pingouin.ttest: no library offers the studentised bootstrap."""
    if np.size(treatment) > MOST_VALUES:
        return ()
    return (agreement("pingouin.ttest", "t", evidence.statistic, _pingouin_t(treatment, reference, scale)["T"]),)


def sign_flip(evidence: Evidence, differences: ArrayLike) -> tuple[Agreement, ...]:
    """The exact p at 0, by scipy.stats.permutation_test with every flip, up to 12 blocks."""
    from scipy import stats

    values = np.asarray(differences, dtype=np.float64)
    if values.size > MOST_FLIPPED:
        return ()
    result = stats.permutation_test(
        (values,), np.mean, permutation_type="samples", alternative="greater", n_resamples=np.inf
    )
    return (agreement("scipy permutation_test", "p(theta <= 0)", evidence.p_above(0.0), result.pvalue),)


def sign_test(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, resolution: float | None = None
) -> tuple[Agreement, ...]:
    """The one-sided p at 1/2, by scipy.stats.binomtest on the blocks that differ."""
    first, second = (at_resolution(np.asarray(x, dtype=np.float64), resolution) for x in (treatment, reference))
    if first.size > MOST_VALUES:
        return ()
    return binomtest(evidence, int((first > second).sum()), int((first != second).sum()), 0.5)


def _pingouin_t(treatment: ArrayLike, reference: ArrayLike, scale: str) -> dict[str, float]:
    """The row of pingouin.ttest, alternative "greater", on the scale of the test."""
    with quiet():
        import pingouin

        first, second = on_scale(treatment, scale, "treatment", 1), on_scale(reference, scale, "reference", 1)
        return pingouin.ttest(first, second, paired=True, alternative="greater").iloc[0].to_dict()
