"""Singular and eigenvalues of batches of matrices, in float64; NaN where a run has diverged.

A decomposition refuses what is not finite, so such a matrix is decomposed as zero and its spectrum struck out.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import normalize

from lnnstats.engine.responses.split import directions, split

SMALL = 1 << 15  # numbers of a matrix up to which its singular values are taken as they are
NARROW = 16  # the same of its smaller side
ALIKE = 0.1  # rank-one residual above which A A' tells s2 to 1e-10 or so: s2/s1 is above 0.1 / sqrt(rows)
POWERS = 8  # below it a power of A A' turns a vector to its first by 0.01 or more: eight by all digits
RESOLVED = 1e-6  # of a matrix, above the root of rounding sqrt(m eps), m <= 4500 rows


def singular_values(matrix: Tensor) -> Tensor:
    """[R, min(rows, columns)], the largest first."""
    sound = matrix.isfinite().all(2).all(1)
    values = torch.linalg.svdvals(matrix.double().where(sound[:, None, None], 0.0))
    return values.masked_fill(~sound[:, None], torch.nan)


def eigenvalues(matrix: Tensor) -> Tensor:
    """[R, P] of symmetric matrices, the least first."""
    sound = matrix.isfinite().all(2).all(1)
    values = torch.linalg.eigvalsh(matrix.double().where(sound[:, None, None], 0.0))
    return values.masked_fill(~sound[:, None], torch.nan)


def later_singular_values(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """s1 [R] and all others in some order [R, at least 1], up to a factor that they share, of matrices [R, m, n].

    Those of large matrices come from A A' = C C' + S (`split`), as roots of eigenvalues. Where one singular value is
    far above the rest, its direction u, a power's limit, is taken out of C and S first, so that the others are known
    relative to s2 and not to s1: they are right to a few eps s1, as a singular value decomposition has them.
    """
    if not small(matrix):
        return _deflated(*of_unit_norm(matrix))
    values = singular_values(matrix)
    return values[:, 0], values[:, 1:] if values.shape[1] > 1 else 0.0 * values


def small(matrix: Tensor) -> bool:
    return matrix[0].numel() <= SMALL or min(matrix.shape[1:]) <= NARROW


def of_unit_norm(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """C and S = R R' of the matrix over its Frobenius norm (of the transpose where it has fewer columns than rows)."""
    matrix = (matrix if matrix.shape[1] <= matrix.shape[2] else matrix.mT).to(torch.float64, copy=True)
    size = torch.linalg.vector_norm(matrix, dim=2).norm(dim=1)
    leading, rest = split(matrix.mul_((1.0 / size).where(size != 0, 0.0)[:, None, None]))
    return leading, rest @ rest.mT


def _deflated(leading: Tensor, gram: Tensor) -> tuple[Tensor, Tensor]:
    whole = torch.baddbmm(gram, leading, leading.mT)
    top = _top(whole)
    off, off_gram = _off(leading, gram, top)
    others = torch.baddbmm(off_gram, off, off.mT)
    alike = others.diagonal(dim1=1, dim2=2).sum(1) > ALIKE**2
    values = eigenvalues(torch.where(alike[:, None, None], whole, others)).clamp(min=0.0)
    first = torch.where(alike, values[:, -1], (whole @ top * top).sum((1, 2)))
    return first.sqrt(), torch.where(alike[:, None], values[:, :-1], values[:, 1:]).sqrt()


def _top(gram: Tensor) -> Tensor:
    """[r, m, 1], a unit vector: POWERS powers of each matrix [r, m, m] on a fixed random vector."""
    vector = directions(gram.shape[1], 1, gram.device).expand(len(gram), -1, -1)
    for _ in range(POWERS):
        vector = normalize(gram @ vector, dim=1)
    return vector


def _off(leading: Tensor, gram: Tensor, basis: Tensor) -> tuple[Tensor, Tensor]:
    """P C and P S P for P = I - U U', U [r, m, j] with orthonormal columns."""
    seen = gram @ basis
    inside = basis @ (basis.mT @ seen) @ basis.mT
    crossed = seen @ basis.mT
    return leading - basis @ (basis.mT @ leading), gram - crossed - crossed.mT + inside


def rank(matrix: Tensor, tolerance: float) -> Tensor:
    """Singular values above tolerance * s1, [R]: 0 of a matrix that vanishes.

    Those of a large matrix are roots of eigenvalues of A A' where these tell them, at tolerances above 1e-6. Below,
    they are those of C, counted by themselves, and those of S off the columns of C down to 1e-6 of their largest:
    rounding never counts, and nor do singular values that far below the thirteenth.
    """
    if small(matrix):
        return _above(singular_values(matrix), tolerance)
    leading, gram = of_unit_norm(matrix)
    if tolerance > RESOLVED:
        return _above(eigenvalues(torch.baddbmm(gram, leading, leading.mT)), tolerance**2)
    values, basis = singular_values(leading), torch.linalg.qr(leading)[0]
    later = eigenvalues(_off(leading, gram, basis)[1]).clamp(min=0.0).sqrt()
    bound = torch.maximum(tolerance * values[:, 0], RESOLVED * later[:, -1])
    return _above(values, tolerance) + (later > bound[:, None]).sum(1)


def _above(values: Tensor, tolerance: float) -> Tensor:
    """How many are above tolerance times the largest; NaN where they are."""
    largest = values.amax(1)
    return (values > tolerance * largest[:, None]).sum(1).double().masked_fill(largest.isnan(), torch.nan)
