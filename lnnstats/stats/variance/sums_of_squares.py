"""Sums of squares over unbalanced groups: group sizes and a term in, the weights that turn group means into them out.

With cell means as parameters the hypothesis C mu = 0 has the sum of squares (C m)' (C diag(1/n) C')^-1 (C m), m the
group means (Searle 1971, section 3.6). Each function returns H [df, groups] with that sum of squares = |H m|^2.
"""

from __future__ import annotations

import numpy as np

from ..arrays import FloatArray
from .factor_coding import Term, all_terms, term_contrasts


def term_weights(counts: FloatArray, shape: tuple[int, ...], term: Term, kind: int) -> FloatArray:
    """H of a term of the factors over the groups (all of them with blocks), for sums of squares of type 2 or 3."""
    if kind not in (2, 3):
        raise ValueError(f"type: {kind!r} is not known; choose 2 or 3.")
    if kind == 2 and term:
        return _added_weights(counts, shape, term)
    return hypothesis_weights(1 / counts, term_contrasts(shape, term))


def hypothesis_weights(variances: FloatArray, contrasts: FloatArray) -> FloatArray:
    """H [..., df, groups] with |H m|^2 = (C m)' (C V C')^-1 (C m), V = diag(`variances` [..., groups]) of the means.

    With V = diag(1/n) that is type III (Yates's weighted squares of means): `contrasts` of the unweighted means vanish.
    By QR of V^(1/2) C' = Q R, so that H = R^-T C and C V C' is never formed.
    """
    triangle = np.linalg.qr(np.sqrt(variances)[..., None] * contrasts.T, mode="r")
    return np.asarray(np.linalg.solve(np.swapaxes(triangle, -1, -2), contrasts))


def _added_weights(counts: FloatArray, shape: tuple[int, ...], term: Term) -> FloatArray:
    """Type II: what the term adds to all terms that do not contain it, by QR least squares on weighted group means."""
    root = np.sqrt(counts)
    others = [other for other in ((), *all_terms(len(shape))) if not set(term) <= set(other)]
    columns = np.concatenate([term_contrasts(shape, each) for each in (*others, term)]).T * root[:, None]
    added = len(term_contrasts(shape, term))
    return np.asarray(np.linalg.qr(columns)[0][:, -added:].T * root)
