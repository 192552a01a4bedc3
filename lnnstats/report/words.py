"""Names of a study and of an analysis -> the words a reader sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lnnstats.analysis.values import Finding, Verdict
from lnnstats.report import numerals
from lnnstats.report.inline import join, say
from lnnstats.report.regions import limits, region
from lnnstats.report.values import Inline, Span
from lnnstats.study.families import decided, method
from lnnstats.study.values import Compound, Hypothesis, Plan, Scalar

MEASURES = {
    "ratio": "ratio",
    "difference": "difference",
    "risk_difference": "risk difference",
    "odds_ratio": "odds ratio",
    "probability": "probability",
    "rank_correlation": "rank correlation",
    "partial_eta_squared": "partial η²",
    "partial_eta_squared_of_ranks": "partial η² of ranks",
    "epsilon_squared": "ε²",
    "kendalls_w": "Kendall’s W",
    "weighted_kendalls_w": "weighted Kendall’s W",
    "log2_fall": "log₂ of the fall",
    "exponent": "exponent",
    "growth_index": "growth index",
}
QUESTIONS = {
    "direction": "direction: is the parameter beyond the null value?",
    "relevance": "relevance: is it beyond the null value by at least the smallest effect of interest?",
    "equivalence": "equivalence: is it within the bounds?",
}
PROCEDURES = {
    "paired_t": "paired t test",
    "crossed_pair": "t test with two random factors",
    "tost": "two one-sided paired t tests",
    "bootstrap_t": "studentised bootstrap of the mean difference",
    "sign_test": "exact sign test",
    "sign_flip": "sign-flip test",
    "trimmed_t": "Yuen’s paired t test of trimmed means",
    "wilcoxon": "Wilcoxon signed-rank test",
    "bootstrap_mean": "bootstrap of the mean difference",
    "ratio_of_means": "Fieller’s test of a ratio of means",
    "paired_quantile": "bootstrap of the difference of quantiles",
    "welch_t": "Welch’s t test",
    "trimmed_t_groups": "Yuen’s t test of two groups",
    "brunner_munzel": "Brunner-Munzel test",
    "permutation_t": "studentised permutation test",
    "page": "Page’s trend test",
    "trend_slope": "t test of the blocks’ slopes",
    "theil_sen": "exact test of the median Theil-Sen slope",
    "contrast": "planned contrast",
    "polynomial": "polynomial contrast",
    "interaction": "test of a difference of differences",
    "interaction_slope": "test of a difference of slopes",
    "adjacent_steps": "tests of every adjacent step",
    "best_level": "tests of one level against every other",
    "many_to_one": "tests of every level against one",
    "all_pairs": "tests of every pair of levels",
    "rm_anova": "repeated-measures ANOVA",
    "anova": "ANOVA of independent groups",
    "mixed_anova": "split-plot ANOVA",
    "welch_anova": "Welch’s ANOVA",
    "hotelling": "Hotelling’s T² test",
    "group_contrast": "planned contrast of independent groups",
    "friedman": "Friedman’s test",
    "quade": "Quade’s test",
    "kruskal_wallis": "Kruskal-Wallis test",
    "jonckheere": "Jonckheere-Terpstra test",
    "aligned_ranks": "aligned rank transform",
    "permutation_f": "permutation F test",
    "mixed_trend": "slope in a linear mixed model",
    "mixed_pair": "difference in a linear mixed model",
    "robust_slope": "slope with robust errors",
    "meta_analysis": "random-effects meta-analysis",
    "ordered_trend": "exact conditional test of an ordered trend",
    "mcnemar": "exact McNemar test",
    "binomial": "exact binomial test",
    "cochran_q": "Cochran’s Q test",
    "fisher": "Fisher’s exact test",
    "barnard": "Barnard’s exact test",
    "risk_difference": "score test of a risk difference",
    "paired_risk_difference": "Tango’s score test",
    "two_part": "two-part test",
    "tail_ratio": "test of the size above the resolution",
    "restricted_mean": "paired t test of restricted times",
    "restricted_mean_groups": "test of restricted mean times",
    "median_time": "exact test of a median difference in time",
    "median_time_groups": "test of median times",
    "log_rank": "log-rank test",
    "stratified_log_rank": "log-rank test within blocks",
    "cox": "Cox regression",
    "stratified_cox": "Cox regression within blocks",
    "aft": "accelerated failure time model",
    "paired_aft": "accelerated failure time model within blocks",
    "aft_trend": "accelerated failure times over ordered levels",
    "growth_law": "contrast of exponential with power-law growth",
    "precision_ladder": "precision ladder (a rule)",
}
ADJUSTED = {
    "holm": "Holm",
    "hochberg": "Hochberg",
    "hommel": "Hommel",
    "bonferroni": "Bonferroni",
    "fixed_sequence": "fixed sequence",
    "benjamini_hochberg": "Benjamini-Hochberg",
    "benjamini_yekutieli": "Benjamini-Yekutieli",
    "max_t": "step-down max-T",
    "gates": "serial gatekeeping",
    "none": "unadjusted",
}
SYMBOLS = {
    "holm": "Holm",
    "hochberg": "Hochberg",
    "hommel": "Hommel",
    "benjamini_hochberg": "BH",
    "benjamini_yekutieli": "BY",
}


def short(path: str) -> str:
    """A path's last word: `network.depth` is `depth`."""
    return path.rpartition(".")[2].replace("_", " ")


def leading(words: str) -> str:
    """Words that begin a sentence; what is capital in them stays so."""
    return words[:1].upper() + words[1:]


def response(name: str) -> str:
    """A response's name as words."""
    return name.replace("_", " ")


def measure(name: str) -> str:
    """A measure's name as words."""
    return MEASURES.get(name, name.replace("_", " "))


def procedure(kind: str) -> str:
    """A procedure's name as words."""
    return PROCEDURES.get(kind, kind.replace("_", " "))


def where(stratum: Mapping[str, Scalar]) -> str:
    """A stratum as words: `noise = 0.05`; all runs where there is none."""
    return ", ".join(f"{short(path)} = {numerals.level(label)}" for path, label in stratum.items()) or "all runs"


def listed(labels: tuple[Any, ...]) -> str:
    """Levels one after the other."""
    return ", ".join(numerals.level(label) for label in labels)


def counted(number: int, one: str, many: str = "") -> Inline:
    """A count with its noun in the right number."""
    return say("{number} {noun}", number=numerals.count(number), noun=one if number == 1 else many or f"{one}s")


def adjustment(plan: Plan, family: str) -> str:
    """How a family's p-values are adjusted: a key of ADJUSTED."""
    return "gates" if family in plan.analysis.gates else method(plan, family)


def methods_of(plan: Plan) -> str:
    """How p-values are adjusted, by family where families differ."""
    families = dict.fromkeys(claim.family for claim in decided(plan))
    used = {family: ADJUSTED[adjustment(plan, family)] for family in families}
    if len(set(used.values())) == 1:
        return next(iter(used.values()))
    return ", ".join(f"{family}: {how}" for family, how in used.items())


def adjusted(claim: Hypothesis | Compound, verdict: Verdict, plan: Plan) -> Inline:
    """The adjusted p-values that bear on a decision: of support, of refutation, or of both where neither decided."""
    alpha, multiplicity = plan.analysis.alpha, adjustment(plan, claim.family)
    support = _adjusted("for support", verdict.p_support_adjusted, alpha, multiplicity)
    refute = _adjusted("for refutation", verdict.p_refute_adjusted, alpha, multiplicity)
    chosen = {"supported": (support,), "refuted": (refute,)}.get(verdict.decision, (support, refute))
    return join(chosen, " and ")


def _adjusted(side: str, p: float, alpha: float, multiplicity: str) -> Inline:
    cell = numerals.p_value(p, alpha)
    relation = "" if cell.text[0] in "<>" else "= "
    name = SYMBOLS.get(multiplicity)
    symbol = say(f"$p_{{\\mathrm{{{name}}}}}$") if name else say("*p*")
    return say("{symbol} {relation}{cell} {side}", symbol=symbol, relation=relation, cell=cell, side=side)


def composed(compound: Compound, verdict: Verdict, plan: Plan, brief: bool = False) -> Inline:
    """A compound's result in one sentence: its components (where brief, as a number if they are many), adjusted p."""
    needs, names = "all" if compound.all_of else "any", compound.components
    many = say("its {n} parts", n=numerals.count(len(names)))
    parts = many if brief and len(names) > 4 else join(names)
    return say("Asks for {needs} of {parts}; {p}.", needs=needs, parts=parts, p=adjusted(compound, verdict, plan))


def result(hypothesis: Hypothesis, verdict: Verdict, findings: tuple[Finding, ...], plan: Plan) -> Inline:
    """A hypothesis's result in one sentence: estimates with intervals, blocks, adjusted p."""
    tested = [finding for finding in findings if finding.estimate is not None]
    if not tested or verdict.decision == "untestable":
        reasons = "; ".join(dict.fromkeys(reason.sentence.rstrip(".") for reason in verdict.reasons))
        return say("Not testable: {reasons}.", reasons=reasons)
    found = _one(hypothesis, tested[0]) if len(tested) == 1 else _range(hypothesis, tested)
    return say("{found}; {p}.", found=found, p=adjusted(hypothesis, verdict, plan))


def _one(hypothesis: Hypothesis, finding: Finding) -> Inline:
    found = limits(finding)
    level = say(", {level} CI", level=numerals.percent_level(found.thick.level)) if found else ()
    return say(
        "{measure} {estimate}{level}{interval}, *n* = {n}",
        measure=leading(measure(finding.measure)),
        level=level,
        estimate=_estimate(hypothesis, finding),
        interval=_interval(hypothesis, finding),
        n=numerals.count(finding.accounting.analysed),
    )


def _range(hypothesis: Hypothesis, findings: list[Finding]) -> Inline:
    """Over several strata: the least and the greatest estimate, each with its interval and its stratum."""
    ordered = sorted(findings, key=lambda finding: finding.estimate or 0.0)
    least, most = ordered[0], ordered[-1]
    return say(
        "{one} ({here}) up to {most}{interval} ({there})",
        one=_one(hypothesis, least),
        here=where(least.stratum),
        most=_estimate(hypothesis, most),
        interval=_interval(hypothesis, most),
        there=where(most.stratum),
    )


def _estimate(hypothesis: Hypothesis, finding: Finding) -> Span:
    assert finding.estimate is not None
    return numerals.parameter(finding.estimate, finding.measure, region(hypothesis, finding).lines)


def _interval(hypothesis: Hypothesis, finding: Finding) -> Inline:
    """The limits that say how large, in brackets after a space."""
    found = limits(finding)
    if found is None:
        return ()
    lines = region(hypothesis, finding).lines
    return say(" {limits}", limits=numerals.interval(found.thick.low, found.thick.high, finding.measure, lines))
