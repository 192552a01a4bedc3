"""Families of claims of known truth in, the chance of any false verdict out; one claim in, the chance of each verdict.

Every claim is about the mean of n normal block values of sd 1, correlated .5 between claims, tested by t. Relevance
claims theta >= d, equivalence |theta| < d, d = .5.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from benchmarks.error_rates.values import Array
from lnnstats.stats.corrections import joint
from lnnstats.stats.resampling.max_t import max_t

ALPHA, D, CORRELATION, BLOCKS, SEED = 0.05, 0.5, 0.5, 30, 21
WORLDS, RESAMPLED_WORLDS, RESAMPLES, SHARE = 4000, 1000, 999, 0.5
CLAIMS, RESAMPLED_CLAIMS = tuple(range(1, 11)), (1, 2, 5, 10)
METHODS = ("holm", "hommel", "fixed_sequence", "max_t")
QUESTIONS = ("relevance", "equivalence")
NEAR = 1e-9  # just on the one side of the edge
TRUTHS = {
    "all 0": (0.0,),
    "all between": (D / 2,),
    "all just short of d": (D - NEAR,),
    "all just beyond d": (D + NEAR,),
    "either side of d in turn": (D - NEAR, D + NEAR),
    "0 and d in turn": (0.0, D + NEAR),
    "all beyond": (2 * D,),
}
PLANNED = (10, 30, 100)
Rate = dict[str, Any]
Booleans = NDArray[np.bool_]


def familywise() -> list[Rate]:
    """P(any false verdict) by question, truth, method and number of claims."""
    return [
        family(question, truth, method, m, RESAMPLED_WORLDS if method == "max_t" else WORLDS)
        for question, truth, method in product(QUESTIONS, TRUTHS, METHODS)
        for m in (RESAMPLED_CLAIMS if method == "max_t" else CLAIMS)
    ]


def family(question: str, truth: str, method: str, m: int, worlds: int = WORLDS, seed: int = SEED) -> Rate:
    """P(any false verdict) over m claims in one world."""
    theta = np.resize(TRUTHS[truth], m)
    rng = np.random.default_rng([seed, m, list(TRUTHS).index(truth), QUESTIONS.index(question)])
    values = drawn(rng, worlds, BLOCKS, theta)
    supported, refuted = decided(values, question, method, rng)
    holds = holds_for(question, theta)
    false = np.where(holds, refuted, supported).any(axis=1)
    found = {"question": question, "truth": truth, "method": method, "claims": m, "worlds": worlds}
    return {**found, "rate": float(false.mean())}


def holds_for(question: str, theta: Array) -> Booleans:
    """Which claims are true."""
    return np.asarray(theta >= D if question == "relevance" else np.abs(theta) < D)


def drawn(rng: np.random.Generator, worlds: int, n: int, theta: Array) -> Array:
    """Block values [worlds, n, m]."""
    shared, own = rng.normal(size=(worlds, n, 1)), rng.normal(size=(worlds, n, theta.size))
    return theta + math.sqrt(CORRELATION) * shared + math.sqrt(1 - CORRELATION) * own


def decided(values: Array, question: str, method: str, rng: np.random.Generator) -> tuple[Booleans, Booleans]:
    """Which claims [worlds, m] are supported, and which refuted."""
    if method == "max_t":
        p = np.array([_resampled(table, question, int(rng.integers(2**31))) for table in values])
        return p[:, 0] <= ALPHA, p[:, 1] <= ALPHA
    support, refute = _alone(values, question)
    share = SHARE if method == "fixed_sequence" else None
    found = joint(support, refute, method, ALPHA, refute_share=share)
    return found.supported, found.refuted


def _alone(values: Array, question: str) -> tuple[Array, Array]:
    """One-sided p of support and refutation [worlds, m], by t."""
    n = values.shape[1]
    mean, error = values.mean(axis=1), values.std(axis=1, ddof=1) / math.sqrt(n)

    def above(threshold: float) -> Array:
        return np.asarray(special.stdtr(n - 1, (threshold - mean) / error))

    if question == "relevance":
        return above(D), 1 - above(D)
    inside = np.maximum(above(-D), 1 - above(D))
    return inside, np.minimum(1.0, 2 * np.minimum(above(D), 1 - above(-D)))


def _resampled(table: Array, question: str, seed: int) -> tuple[Array, Array]:
    """The same by joint sign flips of every null of the family [n, 2 m or 4 m]."""
    up, down = table - D, D - table
    if question == "relevance":
        support, refute = np.split(max_t(np.hstack([up, down]), resamples=RESAMPLES, seed=seed).step_down, 2)
        return support, refute
    columns = np.hstack([table + D, down, up, -D - table])
    low, high, beyond, below = np.split(max_t(columns, resamples=RESAMPLES, seed=seed).step_down, 4)
    return np.maximum(low, high), np.minimum(beyond, below)


def chances() -> list[Rate]:
    """P(supported), P(refuted), P(inconclusive) of one claim, alone or first of five under Holm."""
    return list(_chances())


def _chances() -> Iterator[Rate]:
    for question, n, m, (word, theta) in product(QUESTIONS, PLANNED, (1, 5), _published()):
        rng = np.random.default_rng([SEED, n, m, round(1000 * theta)])
        values = drawn(rng, WORLDS, n, np.full(m, theta))
        supported, refuted = (float(found[:, 0].mean()) for found in decided(values, question, "holm", rng))
        yield {
            "question": question,
            "n": n,
            "claims": m,
            "truth": word,
            "worlds": WORLDS,
            "supported": supported,
            "refuted": refuted,
            "inconclusive": 1 - supported - refuted,
        }


def _published() -> tuple[tuple[str, float], ...]:
    return ("0", 0.0), ("d/2", D / 2), ("d", D), ("2d", 2 * D)
