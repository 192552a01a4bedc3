"""Robust errors of a least-squares line: rows (in clusters, or independent) in, the pivot of one coefficient out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import FloatArray
from ..pivots.student import Student
from ..values import Degenerate
from .reml import RANK_TOLERANCE, Rows


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A least-squares fit: rows y, x; coefficients [p], (X'X)^-1 [p, p] and the residuals [n, m], zero where padded."""

    rows: Rows
    beta: FloatArray
    bread: FloatArray
    residual: FloatArray


def least_squares(rows: Rows) -> Line:
    """Ordinary least squares over all rows; Degenerate if X lacks rank or the rows lie on the fit without error."""
    n, m, p = rows.x.shape
    flat, y = rows.x.reshape(n * m, p), rows.y.ravel()
    if np.linalg.matrix_rank(flat, rtol=RANK_TOLERANCE) < p:
        raise Degenerate("unidentified", "the coefficients cannot be told apart: the runs present have one score.")
    inverse = np.asarray(np.linalg.pinv(flat), dtype=np.float64)
    beta = inverse @ y
    residual = y - flat @ beta
    if np.abs(residual).max() <= RANK_TOLERANCE * np.abs(y).max(initial=1e-300):
        raise Degenerate("zero_variance", "all runs lie on one line without error; nothing to test.")
    return Line(rows, beta, inverse @ inverse.T, residual.reshape(n, m))


def cr2(line: Line, contrast: FloatArray) -> Student:
    """c'b with the bias-reduced cluster-robust error CR2 and Satterthwaite's degrees of freedom, blocks as clusters.

    With H = X (X'X)^-1 X' and A_g = (I - H_gg)^-1/2 (symmetric, a generalised inverse where cluster g alone decides a
    coefficient), the variance is sum_g (a_g' e_g)^2, a_g = A_g X_g (X'X)^-1 c. Were the rows independent with one
    variance, it would be a quadratic form with the matrix P_gh = a_g' (I - H)_gh a_h; df = tr(P)^2 / tr(P^2) (Bell &
    McCaffrey 2002, Surv. Methodol. 28:169; Pustejovsky & Tipton 2018, J. Bus. Econ. Stat. 36:672).
    """
    x, bread = line.rows.x, line.bread
    root = _inverse_root(np.eye(x.shape[1]) - x @ bread @ x.transpose(0, 2, 1))
    loading = np.einsum("nlm,nmp,p->nl", root, x, bread @ contrast)
    reach = np.einsum("nmp,nm->np", x, loading)
    form = np.diag((loading**2).sum(axis=1)) - reach @ bread @ reach.T
    variance = float((np.einsum("nm,nm->n", loading, line.residual) ** 2).sum())
    return _pivot(line, contrast, variance, float(np.trace(form) ** 2 / (form**2).sum()))


def hc3(line: Line, contrast: FloatArray) -> Student:
    """c'b with the error HC3 for independent rows of unequal variance, N - p degrees of freedom.

    MacKinnon & White (1985, J. Econometrics 29:305): residuals over one less leverage. Degenerate if one row alone
    decides a coefficient.
    """
    x, bread = line.rows.x, line.bread
    leverage = np.einsum("nmp,ps,nms->nm", x, bread, x)
    freedom = line.rows.count - contrast.size
    if leverage.max() > 1 - RANK_TOLERANCE or freedom < 1:
        raise Degenerate("unidentified", "one run alone decides the slope; HC3 has no residual for it.")
    scores = (x @ (bread @ contrast)) * line.residual / (1 - leverage)
    return _pivot(line, contrast, float((scores**2).sum()), float(freedom))


def _inverse_root(matrices: FloatArray) -> FloatArray:
    """The symmetric inverse square roots of a stack [n, m, m]; null directions stay null."""
    values, vectors = np.linalg.eigh(matrices)
    live = values > RANK_TOLERANCE
    roots = np.where(live, 1 / np.sqrt(np.where(live, values, 1.0)), 0.0)
    return (vectors * roots[:, None, :]) @ vectors.transpose(0, 2, 1)


def _pivot(line: Line, contrast: FloatArray, variance: float, df: float) -> Student:
    """The contrast with its error; Degenerate if that is zero up to rounding."""
    scale = np.abs(line.residual).max() ** 2 * float(contrast @ line.bread @ contrast)
    if variance <= RANK_TOLERANCE**2 * scale:
        raise Degenerate("zero_variance", "the blocks agree on the slope up to rounding; nothing to test.")
    return Student(float(contrast @ line.beta), float(np.sqrt(variance)), df)
