"""What to take where a procedure is liberal, by its kind; titles of the families."""

from __future__ import annotations

from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "pairs": "Two levels within blocks",
    "groups": "Two independent groups",
    "trends": "Ordered levels within blocks",
    "steps": "Planned comparisons within blocks",
    "anova": "Analyses of variance, contrasts of groups",
    "ranks": "Any difference, by ranks or permutations",
    "models": "Models of all runs, a tenth of the cells missing",
    "pooled": "Pooled over five strata",
    "events": "Events",
    "times": "Times",
}
SKEWED_PAIR = (
    "Declare the order and take `sign_test`, at its level for every shape. `wilcoxon` (the pseudo-median) and, for the "
    "mean itself, `bootstrap_t` held here too. A log scale often removes the skewness first."
)
SKEWED_CONTRAST = (
    "Try a log scale first; else compare two levels by `sign_test`. `method: sign_flip` is no cure, for it asks for "
    "symmetry. Only one side errs."
)
SKEWED_GROUPS = (
    "Declare P(A > B) and take `brunner_munzel`, which held in every shape from 30 blocks on, or a log scale."
)
EXCHANGEABLE = "Its null is that the levels are exchangeable within a block."
ADVICE: Mapping[str, str] = {
    "paired_t": SKEWED_PAIR,
    "tost": SKEWED_PAIR,
    "sign_flip": SKEWED_PAIR,
    "mixed_pair": SKEWED_PAIR + " These use the blocks that have both levels.",
    "trimmed_t": "`sign_test`, or `wilcoxon` (the pseudo-median), which held here.",
    "bootstrap_t": "`sign_test`, `two_part` or `tail_ratio`; for the mean of such data `paired_t` held.",
    "bootstrap_mean": "`paired_t`, or `bootstrap_t` where differences are skewed.",
    "tail_ratio": "`sign_test` on all blocks, or `two_part` for the direction that chance and size share.",
    "crossed_pair": (
        "Take five draws of the random factor or more: three may show none of the variance that they have, and more "
        "blocks do not mend that."
    ),
    "trend_slope": SKEWED_CONTRAST,
    "contrast": SKEWED_CONTRAST,
    "interaction_slope": SKEWED_CONTRAST,
    "robust_slope": SKEWED_CONTRAST,
    "group_contrast": SKEWED_GROUPS + " Compare groups in pairs.",
    "welch_t": SKEWED_GROUPS,
    "permutation_t": SKEWED_GROUPS,
    "trimmed_t_groups": SKEWED_GROUPS,
    "page": EXCHANGEABLE + " Where blocks have slopes of their own, `trend_slope` tests their mean.",
    "quade": EXCHANGEABLE + " Take `rm_anova` (Greenhouse-Geisser) or `hotelling`; `friedman` errs less.",
    "permutation_f": EXCHANGEABLE + " Take `rm_anova` (Greenhouse-Geisser) or `hotelling`.",
    "kruskal_wallis": "Its null is equal distributions. Where groups vary unequally take `welch_anova`.",
    "anova": "It assumes equal variances. Take `welch_anova`.",
    "paired_aft": (
        "Where times have another shape than the model, censoring biases its ratio, and more blocks do not mend that. "
        "Declare the `distribution` that the times have, or take `stratified_cox`, which needs none."
    ),
    "aligned_ranks": (
        "Aligned by means and then ranked, skewed cells of unequal spread have unequal mean ranks without any "
        "interaction, and more blocks make it worse. Take `interaction` or `rm_anova`."
    ),
}
