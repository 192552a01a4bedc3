"""What every data source shares, and what those of classes do."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from lnnstats.parts.base import Part, later


class Source(Part):
    """`labelled`: whether its targets are classes."""

    labelled: ClassVar[bool] = False

    @property
    def drawn(self) -> bool:
        """Whether random numbers decide its points; else they are the same in every block."""
        return True

    @property
    def image(self) -> tuple[int, int, int] | None:
        """Channels, height, width of points that are images."""
        return None


class Classes(Source):
    """`coding`: one-hot targets, an output a class; or, of two classes, one `scalar` output with targets -1 and +1 for
    the first and the second of them.
    """

    labelled: ClassVar[bool] = True
    coding: Literal["one_hot", "scalar"] = later("one_hot")

    @property
    @abstractmethod
    def groups(self) -> int:
        """The number of classes."""

    @property
    def outputs(self) -> int:
        return 1 if self.coding == "scalar" else self.groups

    @model_validator(mode="after")
    def _scalar_is_of_two(self) -> Self:
        if self.coding == "scalar" and self.groups != 2:
            raise ValueError(f"coding scalar needs two classes, not {self.groups}")
        return self
