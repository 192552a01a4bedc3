"""Bootstrap of the mean: two values for each block in, Evidence on their mean difference by percentiles or BCa out."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike

from ..effects import standardised_mean
from ..pivots.student import Student, skewness_check, student
from ..resampling.bootstrap import MeanReplicates, bootstrap_means
from ..samples.contrasts import paired_differences
from ..scales import named_scale
from ..values import Degenerate, Evidence

FEWEST_BLOCKS, FEW_BLOCKS = 15, 30
MOST_WORK = 200_000_000


def bootstrap_mean(
    treatment: ArrayLike,
    reference: ArrayLike,
    *,
    scale: str = "raw",
    method: str = "bca",
    resamples: int = 9999,
    seed: int,
) -> Evidence:
    """theta = mean over blocks of f(treatment) - f(reference); percentile or BCa limits, tests by their inversion.

    Both methods cover too rarely in small samples: Degenerate ("too_few_blocks") below 15 blocks, a warning below 30.
    `bootstrap_t` is the better choice there. Sources: Efron (1987); Davison & Hinkley (1997), sections 5.2 and 5.3.
    """
    differences, magnitude = paired_differences(treatment, reference, scale=scale)
    _enough(differences.size, method)
    pivot, shown = student(differences, magnitude), named_scale(scale)
    too_large = differences.size * resamples > MOST_WORK
    tests = pivot if too_large else One(bootstrap_means(differences, resamples=resamples, seed=seed, method=method))
    switched = (f"approximation: {differences.size} blocks; Student's t stands in for the bootstrap.",)
    return Evidence(
        procedure="bootstrap_mean",
        estimand=f"mean over blocks of the difference in {shown.words}, treatment minus reference",
        measure=shown.measure,
        estimate=pivot.estimate,
        null=0.0,
        n=differences.size,
        statistic_name="mean",
        statistic=pivot.estimate,
        df=None,
        tests=tests,
        attainable=0.0 if isinstance(tests, Student) else tests.replicates.attainable,
        display=shown.display,
        effects=standardised_mean(pivot),
        checks=skewness_check(differences, "paired differences")
        + _few(differences.size, method)
        + (switched if too_large else ()),
        standard_error=pivot.error,
        contributions=differences,
    )


@dataclass(frozen=True, slots=True)
class One:
    """The tests of a single mean, as numbers."""

    replicates: MeanReplicates

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold."""
        return float(self.replicates.p_above(threshold))

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold."""
        return float(self.replicates.p_below(threshold))

    def interval(self, level: float) -> tuple[float, float]:
        """The limits at `level`."""
        low, high = self.replicates.interval(level)
        return float(low), float(high)


def _enough(n: int, method: str) -> None:
    """Refuse fewer than 15 blocks."""
    if n < FEWEST_BLOCKS:
        words = f"{n} blocks; {method} limits need at least {FEWEST_BLOCKS}. Use paired_t or bootstrap_t."
        raise Degenerate("too_few_blocks", words)


def _few(n: int, method: str) -> tuple[str, ...]:
    """A warning below 30 blocks."""
    if n >= FEW_BLOCKS:
        return ()
    return (f"approximation: {n} blocks; {method} limits cover too rarely below {FEW_BLOCKS}.",)
