"""Any difference between several levels, by ranks or permutations: options."""

from __future__ import annotations

from typing import ClassVar, Literal

from lnnstats.parts.procedures.base import Blocks, Factorial, Failures, Levels, Resamples, Scale, Trend, TwoFactors

RankMethod = Literal["f", "exact", "monte_carlo"]


class Friedman(Levels):
    """Friedman's test in the F form of Iman and Davenport, with Kendall's W: decides whether levels differ at all.

    `method` exact: the permutations within blocks, all of them where they are few enough.
    """

    kind: Literal["friedman"] = "friedman"
    method: RankMethod = "f"
    resamples: Resamples = 9999
    failures: ClassVar[Failures] = "rank"


class Quade(Levels):
    """Quade's test: as Friedman's, blocks with a wider range weighing more."""

    kind: Literal["quade"] = "quade"
    method: RankMethod = "f"
    resamples: Resamples = 9999
    failures: ClassVar[Failures] = "rank"


class KruskalWallis(Levels):
    """Kruskal-Wallis test of independent groups: decides whether they differ at all."""

    kind: Literal["kruskal_wallis"] = "kruskal_wallis"
    method: Literal["chi2", "exact", "monte_carlo"] = "chi2"
    resamples: Resamples = 9999
    blocks: ClassVar[Blocks] = "between"
    failures: ClassVar[Failures] = "rank"


class Jonckheere(Trend):
    """Jonckheere-Terpstra test of independent groups in their order: decides direction only."""

    kind: Literal["jonckheere"] = "jonckheere"
    blocks: ClassVar[Blocks] = "between"
    failures: ClassVar[Failures] = "rank"
    null: ClassVar[float] = 0.5


class AlignedRanks(Factorial):
    """Aligned rank transform of two crossed factors within blocks: their interaction, or one main effect."""

    kind: Literal["aligned_ranks"] = "aligned_ranks"
    factors: TwoFactors
    effect: Literal["interaction", "first", "second"] = "interaction"
    scale: Scale = "log"


class PermutationF(Levels):
    """F of the levels within blocks against permutations of the levels: decides whether means differ at all."""

    kind: Literal["permutation_f"] = "permutation_f"
    scale: Scale = "log"
    method: Literal["exact", "monte_carlo"] = "exact"
    resamples: Resamples = 9999


PARTS = (Friedman, Quade, KruskalWallis, Jonckheere, AlignedRanks, PermutationF)
