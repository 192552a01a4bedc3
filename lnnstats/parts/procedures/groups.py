"""Two independent groups of blocks: options."""

from __future__ import annotations

from typing import ClassVar, Literal

from lnnstats.parts.procedures.base import RATIO_OR_DIFFERENCE, Blocks, Failures, Pair, Resamples, Scale, Trim


class Groups(Pair):
    """Two levels of one factor, each block in one of them."""

    blocks: ClassVar[Blocks] = "between"


class WelchT(Groups):
    """Welch's t for two independent groups; `equal_variances`: Student's pooled t instead."""

    kind: Literal["welch_t"] = "welch_t"
    scale: Scale = "log"
    equal_variances: bool = False
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE


class TrimmedTGroups(Groups):
    """Yuen's t of the trimmed means of two independent groups; `trim`: the share cut from each end."""

    kind: Literal["trimmed_t_groups"] = "trimmed_t_groups"
    scale: Scale = "log"
    trim: Trim = 0.2
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE


class BrunnerMunzel(Groups):
    """Brunner-Munzel test: P(treatment > reference), ties half, for a block of each of two independent groups."""

    kind: Literal["brunner_munzel"] = "brunner_munzel"
    failures: ClassVar[Failures] = "rank"
    measures: ClassVar[tuple[str, ...]] = ("probability",)
    null: ClassVar[float] = 0.5


class PermutationT(Groups):
    """Permutation test of two independent groups by Welch's t: enumerated up to 2^20 relabellings, drawn beyond."""

    kind: Literal["permutation_t"] = "permutation_t"
    scale: Scale = "log"
    resamples: Resamples = 9999
    measures: ClassVar[tuple[str, ...]] = RATIO_OR_DIFFERENCE


PARTS = (WelchT, TrimmedTGroups, BrunnerMunzel, PermutationT)
