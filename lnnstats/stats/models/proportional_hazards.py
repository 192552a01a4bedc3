"""Are hazards proportional? Events in time order in, the p of a hazard ratio that does not change and a warning out."""

from __future__ import annotations

import math

import numpy as np

from ..arrays import BoolArray, FloatArray
from ..ranks.mid_ranks import mid_ranks
from .partial_likelihood import PartialLikelihood, kaplan_meier_weights

LEVEL = 0.05
AVERAGED = "it is an average"
LESS_POWER = "curves may cross, and the test may miss it"


def groups_p(likelihood: PartialLikelihood, at: FloatArray, seen: BoolArray) -> float:
    """p of a constant log hazard ratio against one that varies with 1 - S(t-) of the pooled times; nan if untestable.

    Score test of Grambsch & Therneau (1994).
    """
    return _chi_square_p(likelihood.hazards_change(kaplan_meier_weights(likelihood.time, at, seen)))


def pairs_p(time: FloatArray, sooner: BoolArray) -> float:
    """The same within blocks of two: does the chance that the treatment is first vary with when the first arrives?

    `time` [m] of the first event of each block and `sooner`, whether it is the treatment's. Given the time, a constant
    ratio makes all m chances equal, so the score test with ranks as weights is m times the squared correlation.
    """
    if time.size < 2 or sooner.all() or not sooner.any() or np.ptp(time) == 0:
        return math.nan
    return _chi_square_p(time.size * float(np.corrcoef(mid_ranks(time), sooner)[0, 1]) ** 2)


def changing_ratio(p: float, so: str) -> tuple[str, ...]:
    """A warning if the hazard ratio changes with time at the level .05, and what that means."""
    if not p < LEVEL:
        return ()
    return (f"proportional hazards: the hazard ratio changes with time (score test p = {p:.2g}); {so}.",)


def _chi_square_p(chi_square: float) -> float:
    return math.erfc(math.sqrt(chi_square / 2)) if chi_square == chi_square else math.nan
