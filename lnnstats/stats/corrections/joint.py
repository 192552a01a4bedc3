"""The joint rule: one-sided p-values of support and of refutation of m claims in, decisions on both out.

Claim i has two nulls, S_i (rejected for support) and R_i (rejected for refutation), of which at most one is true.

*Selections.* Closed testing (Marcus, Peritz & Gabriel 1976) rejects a null when every intersection that holds it is
rejected by a local test at alpha. An intersection with both nulls of a claim is empty: only selections of at most one
null a claim remain (Shaffer 1986). A local test that is monotone in each p is hardest to pass where every other claim
j stands with the larger of its two p-values; so the adjusted p of null s of claim i is

    adjust(q)[i],  q_i = p_is,  q_j = max(p_jS, p_jR) for j != i

for every `adjust` that is itself a closed test with monotone local tests: Bonferroni, Holm, Hochberg, Hommel, fixed
sequence, gatekeeping, graphs. It keeps the error that `adjust` keeps, under the dependence it asks for. The true nulls
may lie on different sides of correlated claims and are then negatively dependent, which Hochberg and Hommel do not
promise to withstand. Where the nulls of a claim leave no room between them the larger p is at least 1/2: a claim
decided on one side stays in the family for its other side, and Holm, Hochberg and Hommel give m p.

*Two chains.* For the same reason an order of claims would end at its first claim. With a share r of alpha for
refutation the supports answer to (1 - r) alpha and the refutations to r alpha, each by `adjust` alone; their errors
add to at most alpha (Bonferroni). A single claim needs no share.

*False discovery rate.* Claim i is decided when the smaller of its p-values is; others enter with q_j = min(p_jS, p_jR).
With R the number of claims decided when p_i = 0, the true null of claim i is rejected only if its p is at most
alpha R / m, and R depends on the other claims alone; the sum over claims of P(p <= alpha R / m) / R is at most alpha
for claims independent of each other, without the factor 2 of two-sided p-values because at most one null of a claim is
true (after Benjamini & Yekutieli 2005). Benjamini-Yekutieli keeps alpha under any dependence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from .fdr import benjamini_hochberg, benjamini_yekutieli
from .gatekeeping import fallback, fixed_sequence, graphical, serial_gatekeeping
from .step import bonferroni, hochberg, holm, hommel
from .values import JointDecision, probabilities

Adjust = Callable[..., FloatArray]
CLOSED: Mapping[str, Adjust] = {
    "bonferroni": bonferroni,
    "holm": holm,
    "hochberg": hochberg,
    "hommel": hommel,
    "fixed_sequence": fixed_sequence,
    "serial_gatekeeping": serial_gatekeeping,
    "fallback": fallback,
    "graphical": graphical,
}
DISCOVERY: Mapping[str, Adjust] = {
    "benjamini_hochberg": benjamini_hochberg,
    "benjamini_yekutieli": benjamini_yekutieli,
}
METHODS: Mapping[str, Adjust] = {**CLOSED, **DISCOVERY}


def joint(
    p_support: ArrayLike,
    p_refute: ArrayLike,
    method: str,
    alpha: float,
    *,
    refute_share: float | None = None,
    **declared: ArrayLike,
) -> JointDecision:
    """Decisions on m claims (arrays [..., m]) that keep the error rate of `method` at alpha over all 2m nulls.

    `declared` is what the method was told before the data: ranks (serial_gatekeeping), weights (fallback, graphical),
    transitions (graphical); claims stand in their declared order. `refute_share` in (0, 1): two chains instead of
    selections. Raises ValueError for an unknown method and for what the method itself refuses.
    """
    support, refute = probabilities(p_support, "p_support"), probabilities(p_refute, "p_refute")
    if support.shape != refute.shape:
        raise ValueError(f"joint: shapes {support.shape} and {refute.shape}; give both p-values of every claim.")
    adjust = _adjust(method, declared)
    if refute_share is not None:
        pair = _chains(support, refute, adjust, refute_share)
    else:
        others = (np.minimum if method in DISCOVERY else np.maximum)(support, refute)
        pair = _alone(support, others, adjust), _alone(refute, others, adjust)
    return JointDecision(pair[0] <= alpha, pair[1] <= alpha, *pair)


def joint_two_sided(p_support: ArrayLike, p_refute: ArrayLike, alpha: float) -> JointDecision:
    """The joint rule with Holm: reject the smallest open null while p <= alpha / k, k the claims with an open null."""
    return joint(p_support, p_refute, "holm", alpha)


def _adjust(method: str, declared: Mapping[str, ArrayLike]) -> Adjust:
    if method not in METHODS:
        raise ValueError(f"joint: unknown method {method!r}; give one of {', '.join(METHODS)}.")
    return lambda p: METHODS[method](p, **declared)


def _alone(p: FloatArray, others: FloatArray, adjust: Adjust) -> FloatArray:
    """Each claim's adjusted p in the family where it stands with `p` and every other with `others`."""
    own = np.eye(p.shape[-1], dtype=bool)
    families = np.where(own, p[..., None, :], others[..., None, :])
    return np.diagonal(adjust(families), axis1=-2, axis2=-1).copy()


def _chains(support: FloatArray, refute: FloatArray, adjust: Adjust, share: float) -> tuple[FloatArray, FloatArray]:
    if not 0 < share < 1:
        raise ValueError(f"refute_share: found {share}; give the part of alpha for refutations, between 0 and 1.")
    if support.shape[-1] == 1:
        return adjust(support), adjust(refute)
    return np.minimum(1.0, adjust(support) / (1 - share)), np.minimum(1.0, adjust(refute) / share)
