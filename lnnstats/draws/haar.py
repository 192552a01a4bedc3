"""In: Gaussian matrices. Out: Haar distributed orthonormal columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]


def haar(gaussian: Reals) -> Reals:
    """Haar distributed columns from Gaussian [B, k, n], k >= n: Q of QR with R's diagonal positive (Mezzadri 2007)."""
    q, r = np.linalg.qr(gaussian)
    return q * np.copysign(1.0, np.diagonal(r, axis1=1, axis2=2))[:, None, :]
