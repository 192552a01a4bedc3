"""In: options of CIFAR-10. Out: the images of the chosen classes, or the digits that stand in for them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lnnstats.draws.data import digits
from lnnstats.draws.data.values import Dataset, Reals, Split, Truth
from lnnstats.draws.images.cifar10 import Bytes, Images, read
from lnnstats.draws.images.origins import Origin, fingerprint
from lnnstats.draws.images.origins import origin as origin_at
from lnnstats.draws.images.places import locate
from lnnstats.draws.streams import Stream
from lnnstats.parts.sources import Cifar10

Indices = NDArray[np.int64]

WHITE = 255.0  # largest pixel value


def sample(options: Cifar10, stream: Stream) -> Dataset:
    """The official splits, labelled 0 .. C-1 in the order of `options.classes`; B is 1 where nothing is drawn.

    Where every image of the classes is asked for they stand in the files' order. A sample takes the first images of a
    random order of each class (so that samples nest, and do not depend on the other classes), one class after the
    other. The fingerprint of the files enters the checksum of what is drawn. Raises BadInput where they cannot be read.
    """
    if options.stand_in:
        return _stand_in(options, stream)
    place = locate(options.path)
    _tell(stream, fingerprint(place))
    train, test = read(place)
    counts = options.per_class
    return Dataset(
        _split(options, train, _chosen(options, train.labels, counts[0], stream, "train")),
        _split(options, test, _chosen(options, test.labels, counts[1], stream, "test")),
        Truth(),
    )


def origin(options: Cifar10) -> Origin:
    """Which copy a study's images come from."""
    if not options.stand_in:
        return origin_at(locate(options.path))
    return Origin("cifar10, stand-in", digits.fingerprint(), False, "scikit-learn's digits stand in for CIFAR-10")


def _chosen(options: Cifar10, labels: Bytes, count: int, stream: Stream, split: str) -> Indices:
    """Indices of a split's images, [B or 1, n]."""
    held = [np.flatnonzero(labels == number) for number in options.numbers]
    if all(len(images) == count for images in held):
        return np.sort(np.concatenate(held))[None]
    return _flat(_ordered(options, held, stream, split)[:, :count])


def _ordered(options: Cifar10, held: list[Indices], stream: Stream, name: str) -> Indices:
    """The images of each class [k] in a random order, as many of each as the smallest class has, [B or 1, k, C]."""
    rounds = min(map(len, held))
    orders = [
        images[_order(stream, name, number, len(images))][:, :rounds]
        for number, images in zip(options.numbers, held, strict=True)
    ]
    return np.stack(orders, axis=2)


def _order(stream: Stream, name: str, label: int, images: int) -> Indices:
    words = stream.words("data", f"{name}_order", 1, images, layer=label)[:, 0]
    return np.argsort(words, axis=1, kind="stable")


def _split(options: Cifar10, images: Images, chosen: Indices) -> Split:
    return Split(_scaled(images.pixels(chosen), options.scaling), _classes(options, images.labels[chosen]))


def _stand_in(options: Cifar10, stream: Stream) -> Dataset:
    """Digits of the same numbers, one random order of each cut into training and test images."""
    pixels, labels = digits.images()
    ordered = _ordered(options, [np.flatnonzero(labels == number) for number in options.numbers], stream, "stand_in")
    train, test = options.per_class

    def split(chosen: Indices) -> Split:
        return Split(digits.scaled(pixels[chosen], options.scaling), _classes(options, labels[chosen]))

    return Dataset(split(_flat(ordered[:, :train])), split(_flat(ordered[:, train : train + test])), Truth())


def _classes(options: Cifar10, labels: NDArray[np.integer]) -> Indices:
    """Labels of the files as places in `options.classes`."""
    return np.argsort(options.numbers)[np.searchsorted(sorted(options.numbers), labels)]


def _flat(indices: Indices) -> Indices:
    return indices.reshape(len(indices), -1)


def _scaled(pixels: Bytes, scaling: str) -> Reals:
    """Pixels 0 .. 255 to [0, 1] (unit) or [-1, 1] (symmetric), without a second copy."""
    if scaling == "unit":
        return pixels / WHITE
    x = pixels / (WHITE / 2)
    x -= 1.0
    return x


def _tell(stream: Stream, sha256: str) -> None:
    """Let a stream's checksum, where one is kept, depend on the files."""
    if stream.tally is not None:
        stream.tally.add(np.frombuffer(bytes.fromhex(sha256), "<u8").astype(np.uint64)[None, None])
