"""Results + hypothesis -> the blocks whose runs meet the condition under which it speaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from lnnstats.analysis.rows import Rows, rows_of
from lnnstats.results.query import Results
from lnnstats.study.axes import of_runs
from lnnstats.study.values import Among, Hypothesis, Plan, Scalar

Chosen = Callable[[Mapping[str, Scalar]], NDArray[np.int64]]


def among(results: Results, plan: Plan, hypothesis: Hypothesis) -> Chosen | None:
    """stratum -> the blocks whose run there meets the condition of a hypothesis; None where it has none."""
    condition = hypothesis.among
    if condition is None:
        return None
    asking = hypothesis.model_copy(
        update={"response": condition.response, "at": {"step": condition.step}, "reduce": {}}
    )
    factors = {path: plan.factors[path] for path in of_runs(plan.factors)}
    rows = rows_of(results, plan.model_copy(update={"factors": factors}), asking)
    meeting = meets(rows, condition)
    return lambda stratum: np.unique(rows.block[meeting & rows.at(stratum)])


def meets(rows: Rows, condition: Among) -> NDArray[np.bool_]:
    """Which runs meet a condition; one that diverged, whatever number it left, is beyond every bound, and one without a
    value on neither side of any.
    """
    value = np.where(rows.diverged, np.inf, rows.value)
    if condition.below is not None:
        return np.asarray(value < condition.below)
    assert condition.above is not None
    return np.asarray(value > condition.above)
