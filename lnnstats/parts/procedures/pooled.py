"""Estimates pooled over strata: options."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from lnnstats.parts.procedures.base import RATIO_OR_DIFFERENCE, Contrast, Pair, Scale


class MetaAnalysis(Pair):
    """Mean over the levels of `over` of a paired difference, by a random-effects meta-analysis (REML, HKSJ).

    The levels of `over` must draw anew. `adhoc`: never narrower than with a common effect.
    """

    kind: Literal["meta_analysis"] = "meta_analysis"
    over: str
    scale: Scale = "log"
    adhoc: bool = False
    contrast: ClassVar[Contrast] = "factorial"
    fresh_strata: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE

    @property
    def compared(self) -> tuple[str, ...]:
        return self.along, self.over

    def chosen(self, path: str, baseline: Any) -> tuple[Any, ...] | None:
        return super().chosen(path, baseline) if path == self.along else None


PARTS = (MetaAnalysis,)
