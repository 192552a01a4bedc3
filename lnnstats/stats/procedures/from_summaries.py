"""t tests from published numbers: mean, standard deviation and n of one or two groups in, Evidence out."""

from __future__ import annotations

from ..effects import standardised_groups, standardised_mean
from ..pivots.means import mean_evidence
from ..samples.two_groups import difference, pooled, stated
from ..values import Degenerate, Evidence


def welch_from_summaries(
    mean: float,
    sd: float,
    n: int,
    reference_mean: float,
    reference_sd: float,
    reference_n: int,
    *,
    equal_variances: bool = False,
) -> Evidence:
    """theta = mean of the treatment minus mean of the reference, by `welch_t` on the numbers of a table.

    Each sd is that of single values (divisor n - 1), not a standard error. UnusableValues for numbers that are no
    summary, Degenerate for n < 2 or where both sd are zero.
    """
    first, second = stated(mean, sd, n, "treatment"), stated(reference_mean, reference_sd, reference_n, "reference")
    pivot = pooled(first, second) if equal_variances else difference(first.pivot, second.pivot)
    return mean_evidence(
        pivot,
        pivot,
        procedure="welch_t",
        estimand="difference of the group means, treatment minus reference",
        measure="difference",
        display="identity",
        n=first.n + second.n,
        effects=standardised_groups(first, second),
    )


def t_from_summary(mean: float, sd: float, n: int) -> Evidence:
    """theta = the mean of block values (paired differences, say) of which a table gives mean, sd and n."""
    found = stated(mean, sd, n, "values")
    if found.sd == 0:
        raise Degenerate("zero_variance", f"the sd of the {found.n} values is 0; nothing to test.")
    return mean_evidence(
        found.pivot,
        found.pivot,
        procedure="paired_t",
        estimand="mean of the block values",
        measure="difference",
        display="identity",
        effects=standardised_mean(found.pivot),
    )
