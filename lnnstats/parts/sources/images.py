"""Images: options of real data, read rather than generated."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, SerializationInfo, SerializerFunctionWrapHandler, field_validator, model_serializer

from lnnstats.parts.sources.base import Classes

IMAGES_PER_DIGIT = (178, 182, 177, 183, 181, 182, 181, 179, 174, 180)  # of scikit-learn's load_digits
ClassName = Literal["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
CIFAR10_CLASSES: tuple[ClassName, ...] = get_args(ClassName)
CIFAR10_TRAIN, CIFAR10_TEST = 5000, 1000  # images of each class in the official split
SIDE, CHANNELS = 32, 3  # of CIFAR-10's images

Share = Annotated[float, Field(strict=True, gt=0, lt=1)]
Scaling = Literal["unit", "symmetric"]  # pixels in [0, 1] or in [-1, 1]


class Images(Classes):
    """`image`: channels, height and width; a point is an image's channels one after the other, row by row."""

    classes: tuple[Any, ...]

    @property
    @abstractmethod
    def image(self) -> tuple[int, int, int]: ...

    @property
    def groups(self) -> int:
        return len(self.classes)

    @property
    def inputs(self) -> int:
        return math.prod(self.image)

    @field_validator("classes")
    @classmethod
    def _distinct(cls, classes: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(classes) < 2 or len(set(classes)) != len(classes):
            raise ValueError("needs at least two distinct classes")
        return classes


class Digits(Images):
    """scikit-learn's 8x8 handwritten digits (1,797 images, 64 inputs): any two or more classes; the split is drawn per
    block where data is drawn.
    """

    kind: Literal["digits"] = "digits"
    classes: tuple[Annotated[int, Field(strict=True, ge=0, le=9)], ...] = tuple(range(10))
    test_share: Share = 0.2
    scaling: Scaling = "unit"

    @property
    def test(self) -> int:
        """Images held out: the rounded share, at least one on either side."""
        images = sum(IMAGES_PER_DIGIT[digit] for digit in self.classes)
        return min(max(round(self.test_share * images), 1), images - 1)

    @property
    def train(self) -> int:
        return sum(IMAGES_PER_DIGIT[digit] for digit in self.classes) - self.test

    @property
    def image(self) -> tuple[int, int, int]:
        return 1, 8, 8


class Cifar10(Images):
    """CIFAR-10's 32x32 colour images (Krizhevsky 2009; 3,072 inputs): two or more classes by name, of each all images
    of the official split (5,000 and 1,000), or a sample of fewer that is drawn per block where data is drawn.

    The binary version is read from `path`, else from the environment variable LNNSTATS_DATA, else from where `lnnstats
    data get cifar10` puts it; where it lies is no part of a study's content. `stand_in: digits` takes scikit-learn's
    digits of the same numbers (cat: 3, dog: 5) in their place, as many as there are, for a machine without the images.
    """

    kind: Literal["cifar10"] = "cifar10"
    classes: tuple[ClassName, ...] = CIFAR10_CLASSES
    train_per_class: Annotated[int, Field(strict=True, ge=1, le=CIFAR10_TRAIN)] = CIFAR10_TRAIN
    test_per_class: Annotated[int, Field(strict=True, ge=1, le=CIFAR10_TEST)] = CIFAR10_TEST
    scaling: Scaling = "unit"
    stand_in: Literal["digits"] | None = None
    path: str | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """The classes by their labels in the files."""
        return tuple(map(CIFAR10_CLASSES.index, self.classes))

    @property
    def per_class(self) -> tuple[int, int]:
        """Training and test images of each class: as asked, or what the stand-in has of them, split in that ratio."""
        train, test = self.train_per_class, self.test_per_class
        if self.stand_in is None:
            return train, test
        images = min(IMAGES_PER_DIGIT[number] for number in self.numbers)
        held_out = min(test, max(1, min(images - 1, round(images * test / (train + test)))))
        return min(train, images - held_out), held_out

    @property
    def drawn(self) -> bool:
        """Where every image of the classes is asked for nothing is."""
        return self.stand_in is not None or self.per_class != (CIFAR10_TRAIN, CIFAR10_TEST)

    @property
    def train(self) -> int:
        return self.groups * self.per_class[0]

    @property
    def test(self) -> int:
        return self.groups * self.per_class[1]

    @property
    def image(self) -> tuple[int, int, int]:
        return (1, 8, 8) if self.stand_in else (CHANNELS, SIDE, SIDE)

    @model_serializer(mode="wrap")
    def _one_key(  # type: ignore[override]  # pydantic takes either signature
        self, handler: SerializerFunctionWrapHandler, info: SerializationInfo
    ) -> dict[str, Any]:
        """JSON, of which stored studies and digests are made, leaves out where the files lie."""
        options = handler(self)
        if info.mode == "json":
            options.pop("path", None)
        return {options.pop("kind"): options}
