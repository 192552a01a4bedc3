"""One effect a condition of a factorial, block by block, in; the share of each factor in its variation out.

theta [m conditions], the mean over blocks of y [n, m], splits into orthogonal terms P_S theta, one a set S of factors:
V_S = |P_S theta|^2 / m, and the V_S add up to the variance of theta over conditions, all weighted alike. The share of a
factor alone is V_i / V (first order), with all its interactions sum of V_S over the S that hold i, over V (total)
(Sobol 1993; Saltelli et al. 2008, sections 4.5 and 4.7).

|P_S mean(y)|^2 / m exceeds V_S by the noise of the means. Over pairs of different blocks i, j the mean of
<P_S y_i, P_S y_j> / m does not, however the conditions of a block are correlated: blocks are independent, so
E<P_S y_i, P_S y_j> = |P_S theta|^2. Being unbiased, it may fall below 0 where there is nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ..arrays import FloatArray
from ..pivots.student import tail
from ..resampling.jackknife import jackknife_error
from ..values import EFFECT_LEVEL, Degenerate, Effect, UnusableValues
from .factor_coding import Term, all_terms, term_contrasts, term_words

FEWEST = 3  # blocks: leaving one out must leave a pair
FLOOR = 1e-12  # of the mean square of the effects: a variation below it is rounding


@dataclass(frozen=True, slots=True)
class EffectShares:
    """Of `n` blocks: the variance of the effect over conditions, the share in it of every term, of each factor in all.

    Shares are unbiased up to the ratio and may lie below 0 by chance; their limits are cut to [0, 1].
    """

    n: int
    variance: Effect
    terms: Mapping[Term, Effect]
    total: tuple[Effect, ...]


def effect_shares(effects: ArrayLike, names: tuple[str, ...] = ()) -> EffectShares:
    """Shares of the terms of a balanced factorial in `effects` [n, levels of factor 1, levels of factor 2, ...].

    Limits: t of n - 1 df about the estimate, its error by leaving blocks out. Degenerate with fewer than three blocks
    or where the effect does not vary over conditions.
    """
    array = np.asarray(effects, dtype=np.float64)
    shape = array.shape[1:]
    if not shape or min(shape) < 2:
        raise ValueError(f"effects: levels {shape}; a factorial has factors of at least 2 levels each.")
    if not np.isfinite(array).all():
        raise UnusableValues("effects: every block needs a finite effect in every condition.")
    if len(array) < FEWEST:
        raise Degenerate("too_few_blocks", f"{len(array)} blocks; the noise of an effect is told from three on.")
    terms = all_terms(len(shape))
    parts = np.stack([_variances(array, shape, term) for term in terms])
    if parts[:, 0].sum() <= FLOOR * float((array**2).mean()):
        raise Degenerate("zero_variance", "the effect does not vary over conditions by more than its noise.")
    return EffectShares(
        n=len(array),
        variance=_limits("variance over conditions", parts.sum(axis=0), 0.0, float("inf")),
        terms={term: _share(term_words(term, names), parts, [term == t for t in terms]) for term in terms},
        total=tuple(_share(term_words((i,), names), parts, [i in t for t in terms]) for i in range(len(shape))),
    )


def _variances(effects: FloatArray, shape: tuple[int, ...], term: Term) -> FloatArray:
    """V_S of all blocks, then without each of them in turn: [1 + n].

    With a_i = P_S y_i, s their sum and q the sum of |a_i|^2, the pairs of different blocks sum to |s|^2 - q.
    """
    n, cells = len(effects), effects[0].size
    a = effects.reshape(n, cells) @ term_contrasts(shape, term).T
    s, squares = a.sum(axis=0), (a**2).sum(axis=1)
    q = squares.sum()
    whole = (s @ s - q) / (n * (n - 1))
    without = (((s - a) ** 2).sum(axis=1) - (q - squares)) / ((n - 1) * (n - 2))
    return np.concatenate([[whole], without]) / cells


def _share(name: str, parts: FloatArray, which: list[bool]) -> Effect:
    """The share of some terms in all of `parts` [terms, 1 + n]."""
    return _limits(name, parts[which].sum(axis=0) / parts.sum(axis=0), 0.0, 1.0)


def _limits(name: str, values: FloatArray, least: float, most: float) -> Effect:
    """The first of `values` [1 + n] with t limits from the others, each without a block, cut to what is possible."""
    estimate, left_out = float(values[0]), values[1:]
    error, df = jackknife_error([left_out]), left_out.size - 1
    reach = float("inf") if error is None else -float(special.stdtrit(df, tail(EFFECT_LEVEL))) * error
    low, high = (min(most, max(least, end)) for end in (estimate - reach, estimate + reach))
    return Effect(name, estimate, low, high, EFFECT_LEVEL, f"jackknife over blocks, t with {df} df")
