"""What rank tests of levels within blocks share: values in, ranks of each block out; a concordance in, F and p out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, float_array, known_option
from ..pivots.noncentral_f import f_upper_tail
from ..resampling.permutation_tail import UpperTail
from ..resampling.within_blocks import least_probability, length_tail
from ..resolution import at_resolution
from ..values import Degenerate
from .mid_ranks import block_ranks


def complete_blocks(values: FloatArray, what: str) -> FloatArray:
    """`values` [n, k] if there are two levels and two blocks at least; ValueError and Degenerate otherwise."""
    if values.shape[1] < 2:
        raise ValueError(f"values: {values.shape[1]} level; {what} needs at least 2.")
    if len(values) < 2:
        raise Degenerate("too_few_blocks", f"{len(values)} block; {what} needs at least 2.")
    return values


def ranked_blocks(values: ArrayLike, resolution: float | None, method: str, methods: tuple[str, ...]) -> FloatArray:
    """Mid-ranks within the blocks of `values` [n, k]; Degenerate where every block is tied throughout."""
    known_option("method", method, methods)
    array = complete_blocks(at_resolution(float_array(values, "values", 2), resolution), "a rank test of levels")
    ranks = block_ranks(array)
    if not np.ptp(ranks, axis=1).any():
        raise Degenerate("no_discordance", f"in each of the {len(array)} blocks all values tie.")
    return ranks


def blocks_f(share: float, n: int) -> float:
    """F = (n - 1) s / (1 - s) of the levels of n blocks with the share s of the sum of squares; infinite at s = 1."""
    return (n - 1) * share / (1 - share) if share < 1 - 1e-15 else math.inf


def rank_tail(scores: FloatArray, f: float, method: str, resamples: int, seed: int) -> UpperTail:
    """p of the whole-numbered `scores` [n, k], centred in each block: by F, or by permutations within the blocks."""
    whole = np.round(scores).astype(np.int64)
    if method != "f":
        return length_tail(whole, method, resamples, seed)
    n, k = scores.shape
    least = least_probability(whole)
    return UpperTail(max(least, float(f_upper_tail(f, k - 1, (k - 1) * (n - 1)))), least)
