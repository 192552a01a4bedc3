"""Times until an event: options."""

from __future__ import annotations

from typing import ClassVar, Literal

from lnnstats.parts.procedures.base import Levels


class KaplanMeier(Levels):
    """Survival curves of a time, with medians: drawn in the report, never decided."""

    kind: Literal["kaplan_meier"] = "kaplan_meier"
    decides: ClassVar[bool] = False


PARTS = (KaplanMeier,)
