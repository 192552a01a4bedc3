"""Permutation t: values of two independent groups in, Evidence on the difference of their means out, by relabelling."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..effects import standardised_groups
from ..pivots.means import mean_evidence
from ..ranks.placements import order_effects
from ..resampling.label_inversion import label_set
from ..resampling.label_permutations import label_moves
from ..samples.two_groups import difference, summaries, two_samples
from ..scales import named_scale
from ..values import Evidence

MOST_WORK = 200_000_000


def permutation_t(
    treatment: ArrayLike,
    reference: ArrayLike,
    *,
    scale: str = "log",
    strata: ArrayLike | None = None,
    resamples: int = 9999,
    seed: int = 0,
) -> Evidence:
    """theta = E[f(treatment)] - E[f(reference)], f the `scale`, by permuting Welch's t; arrays [n1] and [n2].

    Exact where both groups have one distribution up to a shift; through the studentised statistic valid for large
    groups of different spread too (Janssen 1997; Chung & Romano 2013). All relabellings are listed up to 2^20 of
    them, beyond that `resamples` random ones; `strata` [n1 + n2], treatment first, keeps them within equal entries.
    At threshold t the test acts on f(treatment) - t. Each relabelling is known by the t at which it becomes as extreme
    as the data: exactly at 0, and elsewhere if it does so once, as it must for groups of equal size.
    """
    first, second = two_samples(treatment, reference, scale)
    here, there = summaries(first, second, scale)
    pivot, shown, n = difference(here.pivot, there.pivot), named_scale(scale), first.size + second.size
    too_large = n * resamples > MOST_WORK
    moves = label_moves(np.arange(n) < first.size, strata, resamples=resamples, seed=seed)
    tests = pivot if too_large else label_set(first, second, pivot.error, moves)
    switched = (f"approximation: {n} blocks; Welch's t stands in for its permutations.",)
    return mean_evidence(
        pivot,
        tests,
        procedure="permutation_t",
        estimand=f"difference of the group means of the {shown.words}, treatment minus reference",
        measure=shown.measure,
        display=shown.display,
        n=n,
        effects=(*standardised_groups(here, there), *order_effects(first, second)),
        checks=switched if too_large else (),
    )
