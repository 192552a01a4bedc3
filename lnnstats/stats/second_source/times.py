"""The second source of times: a reported result and its data in, the same numbers from another library out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..procedures.kaplan_meier import SurvivalCurve
from ..values import Agreement
from .base import MOST_VALUES, agreement, quiet


def kaplan_meier(curve: SurvivalCurve, time: ArrayLike, observed: ArrayLike) -> tuple[Agreement, ...]:
    """Last survival value and the median, by statsmodels SurvfuncRight (inf: censored late).

    The median is read off its curve: its own `quantile` asks for survival strictly below one half.
    """
    at, seen = np.asarray(time, dtype=np.float64), np.asarray(observed, dtype=bool)
    if at.size > MOST_VALUES or not curve.times.size:
        return ()
    never = ~np.isfinite(at)
    with quiet():
        from statsmodels.duration.survfunc import SurvfuncRight

        theirs = SurvfuncRight(np.where(never, curve.times[-1] + 1.0, at), (seen & ~never).astype(int))
    reached = theirs.surv_times[np.round(theirs.surv_prob, 12) <= 0.5]
    place = int(np.searchsorted(theirs.surv_times, curve.times[-1]))
    name = "statsmodels SurvfuncRight"
    return (
        agreement(name, "survival after the last event", curve.survival[-1], theirs.surv_prob[place]),
        agreement(name, "median", curve.median, reached[0] if reached.size else np.inf),
    )
