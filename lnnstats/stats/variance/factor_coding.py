"""Coding of factors: the levels of each factor and the term asked for in, contrasts over the cells out.

Cells are in row-major order, the last factor fastest. A term (a main effect or an interaction) is the ascending tuple
of the factors in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from ..arrays import FloatArray

Term = tuple[int, ...]


def helmert(levels: int) -> FloatArray:
    """Orthonormal contrasts [levels - 1, levels]: each level against the mean of those before it."""
    rows = np.tril(-np.ones((levels, levels)), -1) + np.diag(np.arange(float(levels)))
    return np.asarray(rows[1:] / np.linalg.norm(rows[1:], axis=1, keepdims=True))


def term_contrasts(shape: tuple[int, ...], term: Term) -> FloatArray:
    """Orthonormal contrasts [df, cells] of a term: contrasts of its factors, the mean over the others.

    The Kronecker product of one block of rows a factor: `helmert` if the factor is in the term, the unit vector of
    equal weights if not. The empty term is the grand mean.
    """
    return kronecker(helmert(k) if axis in term else np.full((1, k), k**-0.5) for axis, k in enumerate(shape))


def averages(shape: tuple[int, ...], term: Term) -> FloatArray:
    """Rows [combinations of the term's levels, cells] that average over the other factors, cells alike."""
    return kronecker(np.eye(k) if axis in term else np.full((1, k), 1 / k) for axis, k in enumerate(shape))


def kronecker(blocks: Iterable[FloatArray]) -> FloatArray:
    """The Kronecker product of all blocks; 1 of none."""
    product = np.ones((1, 1))
    for block in blocks:
        product = np.asarray(np.kron(product, block))
    return product


def all_terms(factors: int) -> tuple[Term, ...]:
    """Every term of so many factors, main effects first."""
    return tuple(term for size in range(1, factors + 1) for term in combinations(range(factors), size))


def chosen_term(term: Term | None, shape: tuple[int, ...]) -> Term:
    """`term`, or the interaction of all factors if None; refused unless it names factors of `shape`, each once."""
    if not shape or min(shape) < 2:
        raise ValueError(f"factors: levels {shape}; a term needs one or more factors of at least 2 levels each.")
    wanted = tuple(range(len(shape))) if term is None else tuple(sorted(term))
    if not wanted or len(set(wanted)) < len(wanted) or not set(wanted) <= set(range(len(shape))):
        raise ValueError(f"effect: {term!r}; name one or more of the factors 0 to {len(shape) - 1}, each once.")
    return wanted


def term_words(term: Term, names: Sequence[str]) -> str:
    """The factors of a term by name, or by number where there are no names."""
    return " × ".join(names[factor] if names else f"factor {factor}" for factor in term)
