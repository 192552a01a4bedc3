"""Cochran's Q: events at k levels of each block in, Evidence on whether their chances differ out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ..arrays import BoolArray, FloatArray, bool_array, known_option
from ..pivots.no_effect import NoEffect, no_effect_evidence
from ..resampling.jackknife import jackknife_error
from ..resampling.permutation_tail import METHODS, UpperTail
from ..resampling.within_blocks import least_probability, length_tail, squared_length
from ..values import Degenerate, Effect, Evidence

MOST_LEVELS_LISTED = 8
MOST_WORK = 20_000_000


def cochran_q(events: ArrayLike, *, method: str = "exact", resamples: int = 9999, seed: int = 0) -> Evidence:
    """theta = Kendall's W of events [n, k], Q / (n (k - 1)) within [0, 1]; decides only that some level differs.

    Q = (k - 1) |sum_i a_i|^2 / sum_i |a_i|^2, a_i the centred events of block i (Cochran 1950), against the
    permutations of the levels within blocks, that is given each block's number of events. `method` "exact": all of
    them while there are at most 2^20 distinct sums and 8 levels, else `resamples` random ones; "monte_carlo": always
    those; "chi_square": Q's limit with k - 1 df, which also stands in where the draws would make more than 2e7 events.
    `checks` says which.
    Degenerate if in every block all levels agree.
    """
    known_option("method", method, (*METHODS, "chi_square"))
    happened = bool_array(events, "events", 2)
    n, k = happened.shape
    if k < 2:
        raise ValueError(f"events: {k} level; a comparison of levels needs at least 2.")
    scores = centred_events(happened)
    if not scores.any():
        raise Degenerate("no_discordance", f"in each of the {n} blocks all levels agree on the event.")
    q = q_statistic(scores)
    tail = _tail(scores, q, method, resamples, seed)
    return no_effect_evidence(
        NoEffect("cochran_q", tail.p),
        estimand="concordance (Kendall's W) of the blocks' events over the levels",
        measure="kendalls_w",
        estimate=min(1.0, q / (n * (k - 1))),
        n=n,
        statistic_name="Q",
        statistic=q,
        df=float(k - 1),
        attainable=tail.attainable,
        standard_error=jackknife_error([_concordance_left_out(scores)]),
        effects=(_spread(happened),),
        checks=(*_tie_check(scores), *tail.checks),
    )


def centred_events(events: BoolArray) -> np.ndarray:
    """k times each event's deviation from its block's share: whole numbers, each row summing to zero."""
    return events.shape[1] * events.astype(np.int64) - events.sum(axis=1, keepdims=True)


def q_statistic(scores: np.ndarray) -> float:
    """(k - 1) |sum of the rows|^2 / sum of their squared lengths."""
    return (scores.shape[1] - 1) * float(squared_length(scores.sum(axis=0))) / float(squared_length(scores).sum())


def _tail(scores: np.ndarray, q: float, method: str, resamples: int, seed: int) -> UpperTail:
    """The p of Q: by permutations within the informative blocks, or by the chi-square limit."""
    rows = scores[scores.any(axis=1)]
    k = rows.shape[1]
    if method == "chi_square" or rows.size * resamples > MOST_WORK:
        check = (f"approximation: Q against chi-square with {k - 1} df.",)
        return UpperTail(float(special.chdtrc(k - 1, q)), least_probability(rows), check)
    if method == "exact" and k > MOST_LEVELS_LISTED:
        return _tail(scores, q, "monte_carlo", resamples, seed)
    return length_tail(rows, method, resamples, seed)


def _concordance_left_out(scores: np.ndarray) -> FloatArray:
    """W without each block in turn; nan where nothing but agreement is left."""
    n, sizes = len(scores), squared_length(scores)
    rest = (n - 1) * (sizes.sum() - sizes)
    lengths = squared_length(scores.sum(axis=0) - scores)
    return np.divide(lengths, rest, out=np.full(n, math.nan), where=rest > 0)


def _spread(events: BoolArray) -> Effect:
    """Highest minus lowest share of events over the levels; the limits are these two shares."""
    shares = events.mean(axis=0)
    low, high = float(shares.min()), float(shares.max())
    return Effect("range of the shares of events", high - low, low, high, None, "the lowest and the highest share")


def _tie_check(scores: np.ndarray) -> tuple[str, ...]:
    """Says in how many blocks all levels agree, for these carry nothing."""
    equal = int((~scores.any(axis=1)).sum())
    return (f"ties: in {equal} of {len(scores)} blocks all levels agree; Q rests on the others.",) if equal else ()
