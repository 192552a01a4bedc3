"""The statistical core: arrays in, frozen Evidence out. It knows nothing of studies; it needs numpy and scipy only.

Listed are the procedures, the functions of whole arrays of cells, and the modules `bayes`, `corrections`, `monte_carlo`
and `power`, whose functions keep their prefix.
"""

from __future__ import annotations

from . import bayes, corrections, monte_carlo, power
from .pivots.bounded_mean import BoundedMean, bounded_mean
from .procedures.adjacent_steps import adjacent_steps
from .procedures.aft import aft, paired_aft
from .procedures.aft_trend import aft_trend
from .procedures.aligned_ranks import aligned_ranks
from .procedures.all_pairs import all_pairs
from .procedures.anova import anova, anova_table
from .procedures.barnard import barnard
from .procedures.best_level import best_level
from .procedures.binomial import exact_binomial
from .procedures.bootstrap_mean import bootstrap_mean
from .procedures.bootstrap_t import bootstrap_t
from .procedures.brunner_munzel import brunner_munzel
from .procedures.cochran_q import cochran_q
from .procedures.contrast import contrast
from .procedures.cox import cox, stratified_cox
from .procedures.crossed_pair import crossed_pair
from .procedures.fisher import fisher
from .procedures.friedman import friedman
from .procedures.from_summaries import t_from_summary, welch_from_summaries
from .procedures.group_contrast import group_contrast
from .procedures.growth_law import growth_law
from .procedures.hotelling import hotelling
from .procedures.interaction import interaction
from .procedures.jonckheere import jonckheere
from .procedures.kaplan_meier import kaplan_meier
from .procedures.kruskal_wallis import kruskal_wallis
from .procedures.log_rank import log_rank, stratified_log_rank
from .procedures.many_to_one import many_to_one
from .procedures.mcnemar import mcnemar
from .procedures.median_time import median_time, median_time_groups
from .procedures.meta_analysis import meta_analysis, pool_estimates
from .procedures.mixed_anova import mixed_anova, mixed_anova_table
from .procedures.mixed_pair import mixed_pair
from .procedures.mixed_trend import mixed_trend
from .procedures.ordered_trend import ordered_trend
from .procedures.page import page
from .procedures.paired_quantile import paired_quantile
from .procedures.paired_risk_difference import paired_risk_difference
from .procedures.paired_t import paired_t
from .procedures.permutation_f import permutation_f
from .procedures.permutation_t import permutation_t
from .procedures.precision_ladder import precision_ladder
from .procedures.quade import quade
from .procedures.ratio_of_means import ratio_of_means
from .procedures.restricted_mean import restricted_mean, restricted_mean_groups
from .procedures.risk_difference import risk_difference
from .procedures.rm_anova import rm_anova, rm_anova_f, rm_anova_table
from .procedures.robust_slope import robust_slope
from .procedures.sign_flip import sign_flip
from .procedures.sign_test import sign_test
from .procedures.stratified_f import stratified_f
from .procedures.theil_sen import theil_sen
from .procedures.trend_slope import trend_slope
from .procedures.trimmed_t import trimmed_t
from .procedures.trimmed_t_groups import trimmed_t_groups
from .procedures.two_part import two_part
from .procedures.welch_anova import welch_anova
from .procedures.welch_t import welch_t
from .procedures.wilcoxon import wilcoxon
from .resampling.bootstrap import bootstrap_means
from .resampling.flips import sign_flip_pvalues
from .resampling.label_permutations import permutation_t_pvalues
from .resampling.max_t import max_t, max_t_limits
from .samples.planned import contrast_weights, polynomial_weights
from .samples.published import log_mean_ratios, mean_differences
from .samples.survival_curve import SurvivalCurve
from .values import Agreement, Degenerate, Effect, Evidence, Tests, UnusableValues
from .variance.marginal_means import marginal_means_between, marginal_means_within

__all__ = [
    "Agreement",
    "BoundedMean",
    "Degenerate",
    "Effect",
    "Evidence",
    "SurvivalCurve",
    "Tests",
    "UnusableValues",
    "adjacent_steps",
    "aft",
    "aft_trend",
    "aligned_ranks",
    "all_pairs",
    "anova",
    "anova_table",
    "barnard",
    "bayes",
    "best_level",
    "bootstrap_mean",
    "bootstrap_means",
    "bootstrap_t",
    "bounded_mean",
    "brunner_munzel",
    "cochran_q",
    "contrast",
    "contrast_weights",
    "corrections",
    "cox",
    "crossed_pair",
    "exact_binomial",
    "fisher",
    "friedman",
    "group_contrast",
    "growth_law",
    "hotelling",
    "interaction",
    "jonckheere",
    "kaplan_meier",
    "kruskal_wallis",
    "log_mean_ratios",
    "log_rank",
    "many_to_one",
    "marginal_means_between",
    "marginal_means_within",
    "max_t",
    "max_t_limits",
    "mcnemar",
    "mean_differences",
    "median_time",
    "median_time_groups",
    "meta_analysis",
    "mixed_anova",
    "mixed_anova_table",
    "mixed_pair",
    "mixed_trend",
    "monte_carlo",
    "ordered_trend",
    "page",
    "paired_aft",
    "paired_quantile",
    "paired_risk_difference",
    "paired_t",
    "permutation_f",
    "permutation_t",
    "permutation_t_pvalues",
    "polynomial_weights",
    "pool_estimates",
    "power",
    "precision_ladder",
    "quade",
    "ratio_of_means",
    "restricted_mean",
    "restricted_mean_groups",
    "risk_difference",
    "rm_anova",
    "rm_anova_f",
    "rm_anova_table",
    "robust_slope",
    "sign_flip",
    "sign_flip_pvalues",
    "sign_test",
    "stratified_cox",
    "stratified_f",
    "stratified_log_rank",
    "t_from_summary",
    "theil_sen",
    "trend_slope",
    "trimmed_t",
    "trimmed_t_groups",
    "two_part",
    "welch_anova",
    "welch_from_summaries",
    "welch_t",
    "wilcoxon",
]
