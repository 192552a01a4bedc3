"""Restricted maximum likelihood: blocked rows of y, X and Z in, the fitted mixed model out.

The model of block i is y_i = X_i b + Z_i u_i + e_i, u_i ~ N(0, s2 D), e_i ~ N(0, s2 I), D = L L' the relative
covariance of the random effects (the parametrisation of Bates, Maechler, Bolker & Walker 2015, J. Stat. Softw. 67(1)).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from ..arrays import FloatArray
from ..values import Degenerate

Places = tuple[NDArray[np.intp], ...]

RANK_TOLERANCE = 1e-10
LARGEST_RATIO = 1e12  # of variances, which leaves 4 of 16 digits
SINGULAR = 1e-4
STATIONARY = 1e-4
FINEST_STEP = 9
MOST_STEPS = 500
MOST_STARTS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows side by side in n blocks: y [n, m], x [n, m, p], z [n, m, q], zero where a block has fewer than m rows.

    `count`: how many runs they stand for.
    """

    y: FloatArray
    x: FloatArray
    z: FloatArray
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """What is left once every block has effects of its own: y [p + 1], x [p + 1, p], standing for `count` runs."""

    y: FloatArray
    x: FloatArray
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted model in the coordinates of `rows`: beta [p] and its covariance phi [p, p]; variance s2; D [q, q].

    `criterion` is -2 log restricted likelihood at the optimum. `singular`: D has lost rank, a variance is zero or a
    correlation one. `converged`: the gradient vanishes and no direction into the cone of covariances lowers the
    criterion.
    """

    rows: Rows
    beta: FloatArray
    phi: FloatArray
    variance: float
    relative: FloatArray
    criterion: float
    singular: bool
    converged: bool


def fit(rows: Rows, *, correlated: bool) -> Fit:
    """The REML fit; correlated random effects, or independent ones. Degenerate where the data cannot identify it."""
    small, within = _rotated(rows)
    _require_identified(rows, small, within)
    scale = _starting_scale(small, within)
    scaled = replace(small, z=small.z * scale)
    lower = np.tril_indices(scale.size) if correlated else np.diag_indices(scale.size)
    factor = _minimised(scaled, lower)
    state = _State.at(scaled, factor @ factor.T)
    return Fit(
        rows=small,
        beta=state.beta,
        phi=state.variance * state.inverse,
        variance=state.variance,
        relative=state.relative * np.outer(scale, scale),
        criterion=state.criterion,
        singular=bool(np.linalg.eigvalsh(state.relative)[0] < SINGULAR**2),
        converged=_stationary(state, lower, factor),
    )


def _rotated(rows: Rows) -> tuple[Rows, Within]:
    """The same likelihood in q rows a block, and those of them that hold no random effect.

    An orthogonal rotation of a block leaves its likelihood alone. The triangular one of [Z X y] leaves Z in the first
    q rows only; what stands below is ordinary regression, summed up over all blocks in p + 1 rows.
    """
    p, q = rows.x.shape[2], rows.z.shape[2]
    triangle = _triangle(np.concatenate([rows.z, rows.x, rows.y[:, :, None]], axis=2), q)
    rest = _triangle(triangle[:, q:, q:].reshape(1, -1, p + 1), p + 1)[0, : p + 1]
    padded = np.zeros((-(-(p + 1) // q) * q, p + 1))
    padded[: p + 1] = rest
    both = np.concatenate([triangle[:, :q, q:], padded.reshape(-1, q, p + 1)])
    z = np.concatenate([triangle[:, :q, :q], np.zeros((len(padded) // q, q, q))])
    within = Within(rest[:, p], rest[:, :p], rows.count - _rank_sum(z))
    return Rows(both[:, :, p], both[:, :, :p], z, rows.count), within


def _triangle(stacked: FloatArray, least: int) -> FloatArray:
    """R of the QR decomposition of each matrix of a stack [n, m, c], with at least `least` rows."""
    missing = max(0, least - stacked.shape[1])
    padded = np.pad(stacked, ((0, 0), (0, missing), (0, 0)))
    return np.asarray(np.linalg.qr(padded, mode="r"), dtype=np.float64)


def _rank_sum(z: FloatArray) -> int:
    """Sum of the ranks of the blocks' Z."""
    return int(np.linalg.matrix_rank(z, tol=RANK_TOLERANCE * np.abs(z).max()).sum())


def _require_identified(rows: Rows, small: Rows, within: Within) -> None:
    """Degenerate unless X has full rank and, once every block has effects of its own, residuals are left and vary."""
    p = rows.x.shape[2]
    if np.linalg.matrix_rank(small.x.reshape(-1, p), rtol=RANK_TOLERANCE) < p:
        raise Degenerate("unidentified", "the fixed effects cannot be told apart: some levels hold no usable runs.")
    noise, freedom = _residual(within, np.abs(rows.x).max())
    if freedom < 1:
        raise Degenerate("unidentified", f"{rows.count} runs leave no residual beside the random effects of a block.")
    if noise <= RANK_TOLERANCE * np.abs(rows.y).max(initial=0.0):
        raise Degenerate("zero_variance", "within the blocks the runs lie on a line without error; nothing to test.")


def _residual(within: Within, unit: float) -> tuple[float, int]:
    """Root of the residual sum of squares with effects of its own for every block, and its degrees of freedom."""
    axes, sizes, _ = np.linalg.svd(within.x, full_matrices=False)
    kept = axes[:, sizes > RANK_TOLERANCE * unit]
    return float(np.linalg.norm(within.y - kept @ (kept.T @ within.y))), within.count - kept.shape[1]


def _starting_scale(small: Rows, within: Within) -> FloatArray:
    """A first guess of the relative standard deviation of each random effect [q], by moments; at least one unit."""
    beta = np.linalg.lstsq(small.x.reshape(-1, small.x.shape[2]), small.y.ravel())[0]
    residual, freedom = _residual(within, np.abs(small.x).max())
    square = ((small.y - small.x @ beta) ** 2).mean(axis=0) * freedom / residual**2
    if square.max() > LARGEST_RATIO:
        raise Degenerate("unidentified", "blocks differ a million times more than the runs within; float64 loses both.")
    return np.sqrt(np.maximum(1.0, square) / (small.z**2).mean(axis=(0, 1)))


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """Everything the criterion needs at one relative covariance D: see `at`."""

    relative: FloatArray
    criterion: float
    beta: FloatArray
    inverse: FloatArray
    variance: float
    slope: FloatArray

    @classmethod
    def at(cls, rows: Rows, relative: FloatArray) -> _State:
        """With M_i = (I + Z_i D Z_i')^-1, S = sum X'MX, r = y - X b the generalised residual, f = N - p:

        criterion = sum log|I + Z_i D Z_i'| + log|S| + f (1 + log(2 pi rss / f)), rss = sum r'Mr (eq. 42 of Bates et
        al.), and its derivative in D, the matrix `slope` = sum Z'(M - M X S^-1 X' M - M r r' M / s2) Z.
        """
        q, p = rows.z.shape[2], rows.x.shape[2]
        spread = np.eye(q) + rows.z @ relative @ rows.z.transpose(0, 2, 1)
        precision = np.linalg.inv(spread)
        weighted = precision @ rows.x
        inverse = np.linalg.inv(np.einsum("nrp,nrs->ps", rows.x, weighted))
        beta = inverse @ np.einsum("nrp,nr->p", weighted, rows.y)
        residual = rows.y - rows.x @ beta
        whitened = np.einsum("nrs,ns->nr", precision, residual)
        freedom = rows.count - p
        variance = float(np.einsum("nr,nr->", residual, whitened)) / freedom
        logs = float(np.linalg.slogdet(spread)[1].sum()) - float(np.linalg.slogdet(inverse)[1])
        zwx, zr = rows.z.transpose(0, 2, 1) @ weighted, np.einsum("nrq,nr->nq", rows.z, whitened)
        slope = np.einsum("nrq,nrs,nst->qt", rows.z, precision, rows.z)
        slope -= np.einsum("nqp,ps,nts->qt", zwx, inverse, zwx) + zr.T @ zr / variance
        criterion = logs + freedom * (1 + math.log(2 * math.pi * variance))
        return cls(relative, criterion, beta, inverse, variance, slope)


def _minimised(rows: Rows, lower: Places) -> FloatArray:
    """The factor L [q, q] of D that minimises the criterion.

    Descent in L can stop on the boundary where L, not the criterion, is flat: then a direction v with v' slope v < 0
    leads out, and the descent starts again from D + t v v', t small enough to lower the criterion.
    """
    factor = np.eye(rows.z.shape[2])
    for _ in range(MOST_STARTS):
        factor = _descended(rows, lower, factor)
        state = _State.at(rows, factor @ factor.T)
        if _stationary(state, lower, factor):
            break
        direction = _steepest(state, lower)[1]
        steps = (_extended(factor, direction, 10.0**-power) for power in range(FINEST_STEP))
        factor = next((out for out in steps if _State.at(rows, out @ out.T).criterion < state.criterion), factor)
    return factor


def _extended(factor: FloatArray, direction: FloatArray, step: float) -> FloatArray:
    """The lower triangular factor of D + step v v', its diagonal at or above zero."""
    triangle = _triangle(np.vstack([factor.T, math.sqrt(step) * direction])[None], len(factor))[0].T
    return triangle * np.where(np.diag(triangle) < 0, -1.0, 1.0)


def _descended(rows: Rows, lower: Places, start: FloatArray) -> FloatArray:
    """L-BFGS-B in the free elements of L from `start`, the diagonal at or above zero, all within reach of float64."""
    reach = math.sqrt(LARGEST_RATIO / (rows.z**2).mean(axis=(0, 1)).max())
    bounds = [(0.0 if i == j else -reach, reach) for i, j in zip(*lower, strict=True)]

    def factor(theta: FloatArray) -> FloatArray:
        matrix = np.zeros_like(start)
        matrix[lower] = theta
        return matrix

    def criterion(theta: FloatArray) -> tuple[float, FloatArray]:
        state = _State.at(rows, factor(theta) @ factor(theta).T)
        return state.criterion, (2 * state.slope @ factor(theta))[lower]

    options = {"maxiter": MOST_STEPS, "ftol": 1e-15, "gtol": 1e-8}
    found = optimize.minimize(criterion, start[lower], jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return factor(found.x)


def _free(slope: FloatArray, lower: Places) -> FloatArray:
    """The slope in the elements of D that are free."""
    return slope if lower[0].size > len(slope) else np.diag(np.diag(slope))


def _steepest(state: _State, lower: Places) -> tuple[float, FloatArray]:
    """The smallest eigenvalue of the slope and its direction: negative where more covariance lowers the criterion."""
    values, vectors = np.linalg.eigh(_free(state.slope, lower))
    return float(values[0]), vectors[:, 0]


def _stationary(state: _State, lower: Places, factor: FloatArray) -> bool:
    """First-order conditions on the cone D >= 0: slope L = 0, and the slope itself has no negative eigenvalue."""
    flat = np.abs(2 * _free(state.slope, lower) @ factor).max() <= STATIONARY
    return bool(flat and _steepest(state, lower)[0] >= -STATIONARY)
