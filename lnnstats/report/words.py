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
}
QUESTIONS = {
    "direction": "direction: is the parameter beyond the null value?",
    "relevance": "relevance: is it beyond the null value by at least the smallest effect of interest?",
    "equivalence": "equivalence: is it within the bounds?",
}
PROCEDURES = {
    "ordered_trend": "exact conditional test of an ordered trend",
    "page": "Page’s trend test",
    "trend_slope": "t test of the blocks’ slopes",
    "paired_t": "paired t test",
    "tost": "two one-sided paired t tests",
    "bootstrap_t": "studentised bootstrap of the mean difference",
    "sign_test": "exact sign test",
    "mcnemar": "exact McNemar test",
    "binomial": "exact binomial test",
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


def composed(compound: Compound, verdict: Verdict, plan: Plan) -> Inline:
    """A compound's result in one sentence: its components, adjusted p."""
    needs = "All" if compound.all_of else "Any"
    return say(
        "{needs} of {parts}; {p}.", needs=needs, parts=join(compound.components), p=adjusted(compound, verdict, plan)
    )


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
        measure=measure(finding.measure).capitalize(),
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
