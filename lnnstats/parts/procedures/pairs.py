"""Two levels within blocks: options."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lnnstats.parts.procedures.base import Failures, Pair, Scale

Resamples = Annotated[int, Field(strict=True, ge=999)]


class PairedT(Pair):
    """Paired t on logs by default: the ratio of geometric means."""

    kind: Literal["paired_t"] = "paired_t"
    scale: Scale = "log"
    measures: ClassVar[tuple[str, ...]] = ("ratio", "difference")


class Tost(PairedT):
    """Two one-sided paired t tests: `paired_t` for a hypothesis of kind equivalence."""

    kind: Literal["tost"] = "tost"  # type: ignore[assignment]


class BootstrapT(Pair):
    """Studentised bootstrap of the mean paired difference, blocks resampled."""

    kind: Literal["bootstrap_t"] = "bootstrap_t"
    scale: Scale = "raw"
    resamples: Resamples = 9999
    measures: ClassVar[tuple[str, ...]] = ("difference", "ratio")


class SignTest(Pair):
    """Exact sign test: P(treatment > reference | they differ)."""

    kind: Literal["sign_test"] = "sign_test"
    failures: ClassVar[Failures] = "rank"
    measures: ClassVar[tuple[str, ...]] = ("probability",)
    null: ClassVar[float] = 0.5


PARTS = (PairedT, Tost, BootstrapT, SignTest)
