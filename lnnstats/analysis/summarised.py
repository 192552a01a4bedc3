"""Published summaries + plan -> findings: what means, standard deviations and numbers of runs can answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from lnnstats.analysis.failures import timed
from lnnstats.analysis.finding import finding, untestable
from lnnstats.analysis.question import Answer, answer
from lnnstats.analysis.values import Accounting, Decision, Finding, Reason, Sensitivity
from lnnstats.errors import BadInput, Problem
from lnnstats.results.summaries import Summaries, Summary, corners, difference
from lnnstats.stats.procedures.from_summaries import t_from_summary, welch_from_summaries
from lnnstats.stats.second_source import summaries as second
from lnnstats.stats.values import Agreement, Degenerate, Evidence
from lnnstats.study.comparisons import compared, kept, strata
from lnnstats.study.families import method, opening_level
from lnnstats.study.values import Hypothesis, Plan, Scalar

Pair = tuple[Summary, Summary]  # treatment and reference
Numbers = tuple[float | int, ...]
ROUNDED = "published digits rounded"


@dataclass(frozen=True)
class Way:
    """How a test is done on two summaries: the numbers it takes, what runs, what checks it, the options it shares."""

    numbers: Callable[[Summary, Summary], Numbers]
    procedure: Callable[..., Evidence]
    second_source: Callable[..., tuple[Agreement, ...]]
    options: tuple[str, ...] = ()


def analyse_summaries(found: Summaries, plan: Plan, correlation: float | None = None) -> tuple[Finding, ...]:
    """The findings of published summaries; `correlation` is that of every pair of which the table gives none.

    Raises BadInput naming every hypothesis that summaries cannot answer, and why.
    """
    decided = [h for h in plan.hypotheses if h.test.decides]
    if problems := [problem for hypothesis in decided for problem in _unanswerable(hypothesis, plan)]:
        raise BadInput(*problems)
    return tuple(
        _found(_pair(found, h, stratum, plan, correlation), h, stratum, plan)
        for h in decided
        for stratum in strata(plan, h)
    )


def _unanswerable(hypothesis: Hypothesis, plan: Plan) -> Iterator[Problem]:
    """Why a hypothesis needs the runs themselves."""
    place, test = f"hypotheses.{hypothesis.id}", hypothesis.test
    if test.kind not in WAYS:
        hint = "bring the table of the runs, or leave the hypothesis out"
        yield Problem(f"{place}.test", "published summaries cannot answer this test", test.kind, ANSWERED, hint)
    elif test.scale != "raw":
        said = "a geometric mean cannot be had from means and standard deviations of the values themselves"
        yield Problem(f"{place}.test.scale", said, test.scale, "raw", "give `scale: raw`, or bring the runs")
    if timed(hypothesis, plan):
        said = "published means do not say how runs that never arrived entered"
        yield Problem(f"{place}.response", said, f"{hypothesis.response}, a time", "", "bring the table of the runs")
    if averaged := _averaged(hypothesis, plan):
        hint = "fix its level by `where`, or give it `role: stratum`"
        yield Problem(place, "an average over levels needs the runs", ", ".join(averaged), "", hint)
    if method(plan, hypothesis.family) == "max_t":
        hint = "give the family another method, holm say"
        yield Problem(f"{place}.family", "max_t resamples runs, and summaries hold none", hypothesis.family, "", hint)


def _averaged(hypothesis: Hypothesis, plan: Plan) -> list[str]:
    """The factors over more than one level of which the hypothesis averages."""
    settled = {*compared(plan, hypothesis), *next(strata(plan, hypothesis))}
    return [path for path in plan.factors if path not in settled and len(kept(plan, hypothesis, path)) > 1]


def _pair(
    found: Summaries, hypothesis: Hypothesis, stratum: Mapping[str, Scalar], plan: Plan, correlation: float | None
) -> Pair:
    """The summaries of treatment and reference. Raises BadInput, naming the hypothesis, where they do not suffice."""
    fixed = {path: kept(plan, hypothesis, path)[0] for path in plan.factors} | dict(stratum)
    ((path, labels),) = compared(plan, hypothesis).items()
    try:
        treatment, reference = (found.of(hypothesis.response, fixed | {path: label}) for label in labels)
        pair = _correlated(treatment, reference, path, plan.factors[path].baseline, correlation)
        WAYS[hypothesis.test.kind].numbers(*pair)
    except BadInput as error:
        said = (replace(p, path=f"hypotheses.{hypothesis.id}: {p.path}") for p in error.problems)
        raise BadInput(*said) from None
    return pair


def _correlated(treatment: Summary, reference: Summary, path: str, baseline: Scalar, correlation: float | None) -> Pair:
    """The treatment with the correlation of the two, which the table gives where one of them is the reference level."""
    given = {reference.levels[path]: treatment, treatment.levels[path]: reference}.get(baseline)
    known, rounding = (given.correlation, given.correlation_rounding) if given else (None, 0.0)
    if known is None:
        known, rounding = correlation, 0.0
    alone = replace(reference, correlation=None, correlation_rounding=0.0)
    return replace(treatment, correlation=known, correlation_rounding=rounding), alone


def _found(pair: Pair, hypothesis: Hypothesis, stratum: Mapping[str, Scalar], plan: Plan) -> Finding:
    between = hypothesis.test.blocks == "between"
    blocks = pair[0].n + (pair[1].n if between else 0)
    try:
        evidence = _evidence(pair, hypothesis)
    except Degenerate as refusal:
        reason = Reason(refusal.code, refusal.message)
        return untestable(hypothesis, stratum, Accounting(blocks, 0, 0, 0, 0), reason)
    made = finding(evidence, hypothesis, plan, stratum, Accounting(blocks, blocks, 0, 0, 0))
    way = WAYS[hypothesis.test.kind]
    return replace(
        made,
        agreements=way.second_source(evidence, *way.numbers(*pair), **_options(hypothesis)),
        sensitivities=tuple(_rounded(pair, hypothesis, plan, made.decision)),
    )


def _evidence(pair: Pair, hypothesis: Hypothesis) -> Evidence:
    way = WAYS[hypothesis.test.kind]
    return way.procedure(*way.numbers(*pair), **_options(hypothesis))


def _options(hypothesis: Hypothesis) -> dict[str, object]:
    return {name: getattr(hypothesis.test, name) for name in WAYS[hypothesis.test.kind].options}


def _rounded(pair: Pair, hypothesis: Hypothesis, plan: Plan, decision: Decision) -> Iterator[Sensitivity]:
    """The answer least like the decision among those that the digits before rounding may have given."""
    ends = list(corners(*pair))
    if len(ends) == 1:
        return
    answers = [_answer(end, hypothesis) for end in ends]
    least = {
        "supported": max(answers, key=lambda reply: reply.p_support),
        "refuted": max(answers, key=lambda reply: reply.p_refute),
    }.get(decision, min(answers, key=lambda reply: min(reply.p_support, reply.p_refute)))
    yield Sensitivity(ROUNDED, least.decide(opening_level(plan, hypothesis.family)), least.p_support, least.p_refute)


def _answer(pair: tuple[Summary, ...], hypothesis: Hypothesis) -> Answer:
    """The p-values of a hypothesis; 1 where nothing varies and nothing can be said."""
    treatment, reference = pair
    try:
        return answer(hypothesis, _evidence((treatment, reference), hypothesis))
    except Degenerate:
        return Answer(1.0, 1.0)


def _groups(treatment: Summary, reference: Summary) -> Numbers:
    return treatment.mean, treatment.sd, treatment.n, reference.mean, reference.sd, reference.n


def paired_from_summaries(mean: float, sd: float, n: int) -> Evidence:
    """The paired t test of differences of which mean, sd and n are known."""
    said = "mean over blocks of the difference, treatment minus reference, from the published summaries"
    return replace(t_from_summary(mean, sd, n), estimand=said)


_PAIRED = Way(difference, paired_from_summaries, second.t_from_summary)
WAYS: Mapping[str, Way] = {
    "welch_t": Way(_groups, welch_from_summaries, second.welch_from_summaries, ("equal_variances",)),
    "paired_t": _PAIRED,
    "tost": _PAIRED,
}
ANSWERED = f"{', '.join(WAYS)} with scale: raw"
