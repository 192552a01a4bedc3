"""Shares of variance: sums of squares in, effect sizes with intervals out. Negative estimates stay as computed.

The limits are those of the noncentrality l of the F whose eta squared equals the estimate (0 if that is negative),
as shares l / (l + df2); the level is 0.90, whose lower end exceeds 0 where an F test rejects at 0.05 (Steiger 2004).
"""

from __future__ import annotations

from ..pivots.noncentral_f import noncentrality_limits
from ..values import Effect

SHARE_LEVEL = 0.90
LARGEST_SHARE = 1 - 2.0**-53
METHOD = "noncentral F of that share, l / (l + df2)"


def share_effect(name: str, estimate: float, df1: float, df2: float) -> Effect:
    """An estimated share of variance with its limits."""
    share = min(max(0.0, estimate), LARGEST_SHARE)
    limits = noncentrality_limits(share / (1 - share) * df2 / df1, df1, df2, SHARE_LEVEL)
    low, high = (limit / (limit + df2) for limit in limits)
    return Effect(name, estimate, low, high, SHARE_LEVEL, METHOD)


def generalised_eta_squared(squares: float, all_error: float) -> float:
    """SS / (SS + every error term), all factors being manipulated (Olejnik & Algina 2003)."""
    return squares / (squares + all_error)


def epsilon_squared(squares: float, df: float, error: float, error_df: float) -> float:
    """(SS - df MS error) / (SS + SS error), partial (Kelley 1935)."""
    return (squares - df * error / error_df) / (squares + error)


def omega_squared(squares: float, df: float, error: float, error_df: float, n: int) -> float:
    """(SS - df MS error) / (SS + (N - df) MS error), partial, blocks independent (Olejnik & Algina 2003)."""
    mean_square = error / error_df
    return (squares - df * mean_square) / (squares + (n - df) * mean_square)


def omega_squared_of_blocks(
    squares: float, df: float, error: float, error_df: float, within: bool, blocks: float, blocks_df: float
) -> float:
    """(SS - df MS error) / (SS + SS error + SS blocks + MS blocks), partial, in a design with factors within blocks.

    For a term between blocks SS error is SS blocks, and counts once. The form of the R package effectsize.
    """
    below = squares + (error if within else 0.0) + blocks + blocks / blocks_df
    return (squares - df * error / error_df) / below
