"""The ends of the spectra of symmetric operators, a batch at once: products -> least and largest Ritz values, [r, 2].

Lanczos 1950 with full reorthogonalisation, twice (Parlett 1998, section 6.9): the Ritz values are those of the operator
on the Krylov space, so the least is never below the least eigenvalue, the largest never above the largest, and a
negative Ritz value proves a negative eigenvalue. They are exact, to rounding of the operator's norm, once the space
holds the extreme eigenvectors, at the latest after P steps; before, the error falls like exp(-4 steps sqrt(gap)), gap
the distance to the next eigenvalue over the spectrum's width (Kaniel-Paige-Saad; Saad 2011, theorem 6.4).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from lnnstats.draws.normal import uniform
from lnnstats.draws.philox import words
from lnnstats.engine.responses.hessian import Product
from lnnstats.engine.responses.spectra import eigenvalues

BREAKDOWN = 1e-13  # relative to the operator's size so far: a remainder of rounding, whose direction says nothing


def start_vector(size: int) -> Tensor:
    """[P], uniform in [-1, 1) from the words of Philox4x64-10 with key 0, counters from 0: the same everywhere."""
    drawn = uniform(words((0, 0), np.zeros(1, np.int64), 1, size))[0, 0]
    return torch.from_numpy(2.0 * drawn - 1.0)


def extremes(product: Product, start: Tensor, runs: int, steps: int) -> Tensor:
    """Least and largest Ritz value after `steps` products, [r, 2]; `start` [P], `steps` at most P.

    Where the Krylov space ends before (the remainder vanishes), a fresh direction, `start` rolled, opens another.
    """
    basis = start.new_zeros(runs, steps, len(start))
    diagonal, beside = start.new_zeros(runs, steps), start.new_zeros(runs, steps)
    scale = start.new_zeros(runs)
    vector = (start / start.norm()).expand(runs, -1)
    for step in range(steps):
        basis[:, step] = vector
        image = product(vector)
        diagonal[:, step] = (image * vector).sum(1)
        scale = torch.maximum(scale, image.norm(dim=1))
        rest = _orthogonal(image, basis[:, : step + 1])
        length = rest.norm(dim=1)
        ended = length <= BREAKDOWN * scale
        beside[:, step] = length.masked_fill(ended, 0.0)
        following = torch.where(ended[:, None], start.roll(step + 1), rest / length[:, None])
        following = _orthogonal(following, basis[:, : step + 1])
        vector = following / following.norm(dim=1, keepdim=True)
    ritz = eigenvalues(_tridiagonal(diagonal, beside[:, :-1]))
    return torch.stack((ritz[:, 0], ritz[:, -1]), dim=1)


def _orthogonal(vector: Tensor, basis: Tensor) -> Tensor:
    """[r, P] less its parts along the rows of the basis [r, j, P]."""
    return vector - ((basis @ vector[..., None]).mT @ basis)[:, 0]


def _tridiagonal(diagonal: Tensor, beside: Tensor) -> Tensor:
    return diagonal.diag_embed() + beside.diag_embed(1) + beside.diag_embed(-1)
