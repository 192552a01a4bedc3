"""In: options of the digits source. Out: scikit-learn's 8x8 digits of the chosen classes, split at random per block."""

from __future__ import annotations

import hashlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lnnstats.draws.data.values import Dataset, Reals, Split, Truth
from lnnstats.draws.streams import Stream
from lnnstats.parts.sources import Digits

_WHITE = 16.0  # largest pixel value


def sample(options: Digits, stream: Stream) -> Dataset:
    """A random split of the images of `options.classes`, labelled 0 .. C-1 in that order; all blocks' sizes agree."""
    pixels, digits = images()
    chosen = np.flatnonzero(np.isin(digits, options.classes))
    labels = np.argmax(digits[chosen, None] == np.array(options.classes), axis=1)
    order = np.argsort(stream.words("data", "split", 1, len(chosen))[:, 0], axis=1, kind="stable")
    x = scaled(pixels[chosen], options.scaling)
    test, train = order[:, : options.test], order[:, options.test :]
    return Dataset(Split(x[train], labels[train]), Split(x[test], labels[test]), Truth())


def scaled(pixels: Reals, scaling: str) -> Reals:
    """Pixels 0 .. 16 to [0, 1] (unit) or [-1, 1] (symmetric)."""
    return pixels / _WHITE if scaling == "unit" else pixels / (_WHITE / 2) - 1.0


def fingerprint() -> str:
    """SHA-256 of the labels and pixels, a byte each, of all images in their order."""
    pixels, digits = images()
    return hashlib.sha256(np.column_stack([digits, pixels]).astype(np.uint8).tobytes()).hexdigest()


@cache
def images() -> tuple[Reals, NDArray[np.int64]]:
    """Pixels [1797, 64] and digits [1797], in the order of the file that scikit-learn carries."""
    from sklearn.datasets import load_digits

    pixels, digits = load_digits(return_X_y=True)
    return pixels.astype(np.float64), digits.astype(np.int64)
