"""Wilcoxon signed-rank test: two values for each block in, Evidence on the pseudo-median of their differences out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ..arrays import FloatArray
from ..effects import probability_of_order
from ..exact.signed_rank import MOST_EXACT, SignedRank, on_grid, signed_rank, signed_rank_sum
from ..pivots.student import tail
from ..resolution import at_resolution
from ..samples.contrasts import paired_differences
from ..scales import named_scale
from ..values import Degenerate, Evidence, UnusableValues

MOST_BLOCKS = 2000
ERROR_LEVEL = 0.95


def wilcoxon(
    treatment: ArrayLike, reference: ArrayLike, *, scale: str = "log", resolution: float | None = None
) -> Evidence:
    """theta = pseudo-median of f(treatment) - f(reference), estimated by Hodges & Lehmann (1963); arrays [n].

    The pseudo-median is the median of the mean of two independent differences; where they are symmetric it is their
    centre. At every threshold t the differences less t are ranked, exactly given ties and zeros (Pratt 1959) up to
    50 blocks, by the normal beyond; values below `resolution` count as equal to it. `standard_error` is Lehmann's
    (1963): the length of the 95% interval over twice 1.96. Degenerate if no block differs.
    """
    first, second = (at_resolution(np.asarray(x, dtype=np.float64), resolution) for x in (treatment, reference))
    differences, magnitude = paired_differences(first, second, scale=scale)
    tests, signs = _tests(differences, magnitude)
    shown, nonzero = named_scale(scale), int((signs != 0).sum())
    return Evidence(
        procedure="wilcoxon",
        estimand=f"pseudo-median over blocks of the difference in {shown.words}, treatment minus reference",
        measure=shown.measure,
        estimate=tests.estimate,
        null=0.0,
        n=differences.size,
        statistic_name="W+",
        statistic=float(signed_rank_sum(signs[None, :])[0][0]) / 2.0,
        df=None,
        tests=tests,
        attainable=0.5**nonzero,
        display=shown.display,
        effects=(probability_of_order(first, second, "<"),),
        checks=_checks(signs, nonzero),
        standard_error=_standard_error(tests),
    )


def _tests(differences: FloatArray, magnitude: float) -> tuple[SignedRank, FloatArray]:
    """The tests, and the differences in grid units."""
    if differences.size > MOST_BLOCKS:
        raise UnusableValues(
            f"{differences.size} blocks have {differences.size**2 // 2:,} Walsh averages; at most {MOST_BLOCKS} blocks "
            "are ranked. Use paired_t or sign_test."
        )
    grid, unit = on_grid(differences, magnitude)
    if not grid.any():
        raise Degenerate("no_discordance", f"treatment and reference tie in all {differences.size} blocks.")
    return signed_rank(grid, unit), grid


def _standard_error(tests: SignedRank) -> float | None:
    """From the length of the 95% interval; None where that is infinite."""
    low, high = tests.interval(ERROR_LEVEL)
    error = (high - low) / (2.0 * -float(special.ndtri(tail(ERROR_LEVEL))))
    return error if np.isfinite(error) else None


def _checks(grid: FloatArray, nonzero: int) -> tuple[str, ...]:
    """Says where differences are zero or tie in size, and where the normal stands in."""
    n, distinct = grid.size, np.unique(np.abs(grid[grid != 0])).size
    found = []
    if nonzero < n:
        found.append(f"zeros: {n - nonzero} of {n} blocks tie; ranked, then dropped (Pratt).")
    if distinct < nonzero:
        found.append(f"ties: {nonzero - distinct} of {nonzero} differences repeat the size of another; mid-ranks.")
    if n > MOST_EXACT:
        found.append(f"approximation: {n} blocks; normal tails with continuity correction.")
    return tuple(found)
