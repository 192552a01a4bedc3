"""Exact McNemar: two events for each block in, Evidence on the log conditional odds ratio out."""

from __future__ import annotations

from numpy.typing import ArrayLike

from ..arrays import bool_array, same_length
from ..effects import paired_risk_difference, ratio_effect
from ..pivots.proportion import LogOdds
from ..values import EFFECT_LEVEL, Degenerate, Evidence


def mcnemar(treatment: ArrayLike, reference: ArrayLike) -> Evidence:
    """theta = log(b / c), b blocks with the event under treatment only, c under reference only; bool arrays [n].

    Given b + c, b is binomial with odds exp(theta) (Cox 1958), so every threshold has an exact test. Limits are
    infinite where b or c is zero. Degenerate if b + c = 0.
    """
    first, second = bool_array(treatment, "treatment", 1), bool_array(reference, "reference", 1)
    same_length(first, second, "treatment, reference")
    only_first, differ = int((first & ~second).sum()), int((first ^ second).sum())
    if not differ:
        raise Degenerate("no_discordance", f"treatment and reference agree on the event in all {first.size} blocks.")
    exact = LogOdds(only_first, differ)
    return Evidence(
        procedure="mcnemar",
        estimand="log conditional odds ratio of the event, treatment to reference",
        measure="odds_ratio",
        estimate=exact.estimate,
        null=0.0,
        n=first.size,
        statistic_name="blocks with the event under treatment only",
        statistic=float(only_first),
        df=None,
        tests=exact,
        attainable=0.5**differ,
        display="exp",
        effects=(
            paired_risk_difference(first, second, "risk difference"),
            ratio_effect("conditional odds ratio", exact.estimate, exact.mid_p_interval(EFFECT_LEVEL), "mid-p"),
        ),
        checks=_tie_check(first.size, differ),
        standard_error=exact.error,
    )


def _tie_check(n: int, differ: int) -> tuple[str, ...]:
    """Says how many blocks agree, for these carry nothing on the odds ratio."""
    return () if n == differ else (f"ties: {n - differ} of {n} blocks agree; the odds ratio rests on {differ}.",)
