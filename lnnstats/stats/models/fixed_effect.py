"""Inference on one fixed effect: a fitted mixed model and a contrast in; estimate, error and degrees of freedom out.

With V = sum_j g_j V_j over the blocks, V_0 = I for the residual variance and one V_j = Z E_j Z' for each free element
of the covariance of the random effects, everything rests on the curvature of the restricted likelihood in g.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from ..arrays import FloatArray
from ..pivots.student import Student
from .reml import Fit

DegreesOfFreedom = Literal["satterthwaite", "kenward_roger"]
CURVED = 1e-12


def fixed_effect(fit: Fit, contrast: FloatArray, df: DegreesOfFreedom, *, correlated: bool) -> Student | None:
    """The contrast c'b with its standard error and degrees of freedom 2 w^2 / (d' W d); None without curvature.

    w = c' phi c, d_j = -dw / dg_j = c' phi S_j phi c, S_j = X'V^-1 V_j V^-1 X, W the inverse information on g: the
    observed one for Satterthwaite (Kuznetsova, Brockhoff & Christensen 2017, J. Stat. Softw. 82(13)), the expected one
    for Kenward & Roger (1997, Biometrics 53:983), who add to phi the small-sample term

        2 phi {sum_ij W_ij (Q_ij - S_i phi S_j)} phi,  Q_ij = X'V^-1 V_i V^-1 V_j V^-1 X.

    Of one contrast their A1 = A2 = A = d'Wd / w^2, so B = 7 A / 2, and their m reduces to 2 / A, their lambda to 1.
    """
    curvature = Curvature(fit, correlated)
    adjusted = df == "kenward_roger"
    information = curvature.expected if adjusted else curvature.observed
    if not _positive(information):
        return None
    inverse = np.linalg.inv(information)
    loading = fit.phi @ contrast
    variance, change = float(contrast @ loading), np.einsum("p,jps,s->j", loading, curvature.first, loading)
    freedom = 2 * variance**2 / float(change @ inverse @ change)
    if adjusted:
        variance += 2 * float(loading @ np.einsum("ij,ijps->ps", inverse, curvature.excess) @ loading)
    return Student(float(contrast @ fit.beta), math.sqrt(variance), freedom) if variance > 0 else None


def _positive(information: FloatArray) -> bool:
    """Whether the information is positive definite, judged as a correlation matrix."""
    sizes = np.diag(information)
    if not (sizes > 0).all():
        return False
    roots = np.sqrt(sizes)
    return bool(np.linalg.eigvalsh(information / roots[:, None] / roots)[0] > CURVED)


@dataclass(frozen=True, eq=False)
class Curvature:
    """Second-order quantities of the restricted likelihood in g, at the fit."""

    fit: Fit
    correlated: bool

    @cached_property
    def precision(self) -> FloatArray:
        """V^-1 of each block, [n, r, r]."""
        rows, fit = self.fit.rows, self.fit
        spread = np.eye(rows.z.shape[1]) + rows.z @ fit.relative @ rows.z.transpose(0, 2, 1)
        return np.asarray(np.linalg.inv(spread) / fit.variance, dtype=np.float64)

    @cached_property
    def directions(self) -> FloatArray:
        """V_j of each block, [j, n, r, r]."""
        z = self.fit.rows.z
        n, r, q = z.shape
        places = zip(*(np.tril_indices(q) if self.correlated else np.diag_indices(q)), strict=True)
        unit = [np.broadcast_to(np.eye(r), (n, r, r))]
        for a, b in places:
            outer = z[:, :, a, None] * z[:, None, :, b]
            unit.append(outer if a == b else outer + outer.transpose(0, 2, 1))
        return np.stack(unit)

    @cached_property
    def weighted(self) -> FloatArray:
        """V_j V^-1 X, [j, n, r, p]."""
        return self.directions @ (self.precision @ self.fit.rows.x)

    @cached_property
    def first(self) -> FloatArray:
        """S_j = X'V^-1 V_j V^-1 X, [j, p, p]."""
        return np.einsum("nrp,jnrs->jps", self.precision @ self.fit.rows.x, self.weighted)

    @cached_property
    def second(self) -> FloatArray:
        """Q_ij, [j, j, p, p]."""
        return np.einsum("inrp,nrs,jnst->ijpt", self.weighted, self.precision, self.weighted)

    @cached_property
    def excess(self) -> FloatArray:
        """Q_ij - S_i phi S_j, [j, j, p, p]."""
        return self.second - np.einsum("ips,st,jtu->ijpu", self.first, self.fit.phi, self.first)

    @cached_property
    def expected(self) -> FloatArray:
        """Expected information: half of tr(V^-1 V_i V^-1 V_j) - 2 tr(phi Q_ij) + tr(phi S_i phi S_j).

        The rows that the rotation of the blocks summed up hold the residual variance only: 1 / s2^2 each in i = j = 0.
        """
        rows, phi = self.fit.rows, self.fit.phi
        product = self.precision @ self.directions
        traces = np.einsum("inrs,jnsr->ij", product, product)
        traces[0, 0] += (rows.count - rows.y.size) / self.fit.variance**2
        traces -= 2 * np.einsum("ps,ijsp->ij", phi, self.second)
        moved = phi @ self.first
        return (traces + np.einsum("ips,jsp->ij", moved, moved)) / 2

    @cached_property
    def observed(self) -> FloatArray:
        """Observed information: y'P V_i P V_j P y less the expected one, with P y = V^-1 (y - X b)."""
        rows, fit = self.fit.rows, self.fit
        residual = np.einsum("nrs,ns->nr", self.precision, rows.y - rows.x @ fit.beta)
        pushed = np.einsum("jnrs,ns->jnr", self.directions, residual)
        onto = np.einsum("nrp,jnr->jp", self.precision @ rows.x, pushed)
        quadratic = np.einsum("inr,nrs,jns->ij", pushed, self.precision, pushed)
        return quadratic - onto @ fit.phi @ onto.T - self.expected
