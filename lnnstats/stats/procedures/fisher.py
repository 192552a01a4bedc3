"""Fisher's exact test: events of two independent groups in, Evidence on the log conditional odds ratio out."""

from __future__ import annotations

from numpy.typing import ArrayLike

from ..effects import ratio_effect
from ..exact.hypergeometric import hypergeometric
from ..samples.two_proportions import newcombe_effect, two_counts
from ..values import EFFECT_LEVEL, Degenerate, Evidence


def fisher(treatment: ArrayLike, reference: ArrayLike) -> Evidence:
    """theta = log odds ratio of the event, treatment [n1] to reference [n2], bool; exact given both margins.

    Tests at any threshold by the noncentral hypergeometric distribution, and the interval dual to them (Cornfield
    1956; exact limits as R's fisher.test). The estimate is the conditional maximum likelihood one, infinite at the
    ends of the support. Degenerate if all runs of both groups agree on the event.
    """
    counts = two_counts(treatment, reference)
    exact, n = hypergeometric(counts), counts.n_1 + counts.n_2
    if exact.log_weights.size == 1:
        raise Degenerate("no_discordance", f"all {n} runs agree on the event; an odds ratio has nothing to rest on.")
    return Evidence(
        procedure="fisher",
        estimand="log conditional odds ratio of the event, treatment to reference, independent groups",
        measure="odds_ratio",
        estimate=exact.estimate,
        null=0.0,
        n=n,
        statistic_name="events under treatment",
        statistic=float(counts.count_1),
        df=None,
        tests=exact,
        attainable=exact.attainable,
        display="exp",
        effects=(
            newcombe_effect(counts),
            ratio_effect("conditional odds ratio", exact.estimate, exact.mid_p_interval(EFFECT_LEVEL), "mid-p"),
        ),
    )
