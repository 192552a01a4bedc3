"""What was found of each hypothesis: claim, question, numbers by stratum, second source, other analyses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lnnstats.analysis.values import Finding, Verdict
from lnnstats.registry.values import Claim
from lnnstats.report import numerals
from lnnstats.report.inline import code, say, text
from lnnstats.report.regions import limits, region
from lnnstats.report.sections.alternatives import ALTERNATIVES
from lnnstats.report.sections.forest import forest
from lnnstats.report.sections.summary import anchor
from lnnstats.report.subject import Subject
from lnnstats.report.values import (
    Badge,
    Block,
    Column,
    Definitions,
    Details,
    Heading,
    Inline,
    Items,
    Paragraph,
    Section,
    Table,
)
from lnnstats.report.words import QUESTIONS, composed, listed, measure, procedure, result, where
from lnnstats.study.axes import chosen, facing
from lnnstats.study.values import Compound, Hypothesis, Plan, Reading

Findings = tuple[Finding, ...]
DASH = text("–")
SYMBOL = 3  # letters, beyond which a statistic's name is a phrase and stands in the note


def section(subject: Subject) -> Section | None:
    """A part a hypothesis."""
    single = (block for decided in subject.decided for block in _hypothesis(subject, *decided))
    made = (block for compound in subject.compounds for block in _compound(subject, *compound))
    blocks = (*single, *made)
    return Section("findings", "Findings", blocks) if blocks else None


def _hypothesis(subject: Subject, hypothesis: Hypothesis, verdict: Verdict, findings: Findings) -> Iterator[Block]:
    analysis = subject.plan.analysis
    yield Heading(
        say("{id}. {statement}", id=verdict.hypothesis, statement=verdict.statement), anchor(verdict.hypothesis)
    )
    yield Badge(verdict.decision, verdict.grade)
    yield Paragraph(result(hypothesis, verdict, findings, subject.plan))
    yield from _claim(subject.claims.get(verdict.claim or ""), verdict.reading)
    yield Definitions(_question(hypothesis, findings, subject.plan))
    yield _estimates(hypothesis, findings, analysis.alpha)
    yield from forest(hypothesis, findings)
    folded = [table for make in ALTERNATIVES for table in make(findings, analysis.alpha)]
    if folded:
        yield Details(text("Further effect sizes, the second source and other analyses"), tuple(folded))
    yield from _checks(findings)


def _compound(subject: Subject, compound: Compound, verdict: Verdict) -> Iterator[Block]:
    decided = {v.hypothesis: v for v in subject.verdicts}
    yield Heading(
        say("{id}. {statement}", id=verdict.hypothesis, statement=verdict.statement), anchor(verdict.hypothesis)
    )
    yield Badge(verdict.decision, verdict.grade)
    yield Paragraph(composed(compound, verdict, subject.plan))
    yield from _claim(subject.claims.get(verdict.claim or ""), verdict.reading)
    parts = [(name, decided[name].decision, decided[name].statement) for name in compound.components]
    yield Items(tuple(say("{id}, {decision}: {said}", id=i, decision=d, said=said) for i, d, said in parts))


def _claim(claim: Claim | None, reading: Reading | None) -> Iterator[Block]:
    """Both statements of a claim; which of them was tested, where the hypothesis says so."""
    if claim is None:
        return
    tested = {reading: ", tested here"}
    yield Paragraph(
        say(
            "**As printed**{tested} ({source}, {locator}): {printed}",
            tested=tested.get("printed", ""),
            source=claim.source,
            locator=claim.locator,
            printed=claim.printed,
        ),
        "quote",
    )
    here = tested.get("scoped", "")
    yield Paragraph(say("**As scoped**{here} ({id}): {said}", here=here, id=claim.id, said=claim.scoped), "quote")


def _question(hypothesis: Hypothesis, findings: Findings, plan: Plan) -> tuple[tuple[Inline, Inline], ...]:
    estimand = next((finding.estimand for finding in findings if finding.estimand), "")
    entries = [
        ("question", text(QUESTIONS[hypothesis.question])),
        ("margin", margin(hypothesis)),
        ("response", say("{name}{place}", name=code(hypothesis.response), place=_place(hypothesis, plan))),
        ("procedure", _procedure(hypothesis, plan)),
        ("estimand", text(estimand)),
        ("family", text(hypothesis.family)),
    ]
    return tuple((text(term), said) for term, said in entries if said)


def margin(hypothesis: Hypothesis) -> Inline:
    """The smallest effect of interest or the bounds, as declared; that there is none where there is none."""
    for name, (low, high) in (hypothesis.bounds or {}).items():
        return say(
            "{measure} within {low} to {high}",
            measure=measure(name),
            low=numerals.constant(low, name),
            high=numerals.constant(high, name),
        )
    for name, size in (hypothesis.sesoi or {}).items():
        return say(
            "smallest effect of interest: {measure} {size}", measure=measure(name), size=numerals.constant(size, name)
        )
    return text("none declared: an effect of any size counts")


def _place(hypothesis: Hypothesis, plan: Plan) -> Inline:
    placed = {**hypothesis.at, **chosen(hypothesis, plan.responses[hypothesis.response])}
    named = {axis: place for axis, place in placed.items() if axis in hypothesis.at or axis == "measurement"}
    told = [f"{'of the' if axis == 'measurement' else f'at {axis}'} {_listed(place)}" for axis, place in named.items()]
    told += [f"{how} over {axis}s" for axis, how in hypothesis.reduce.items()]
    told += [f"among runs with {hypothesis.among.words}"] if hypothesis.among else []
    return text(f", {', '.join(told)}" if told else ", at its last step" if hypothesis.test.decides else "")


def _listed(position: Any) -> str:
    return listed(position) if isinstance(position, tuple) else str(position)


def _procedure(hypothesis: Hypothesis, plan: Plan) -> Inline:
    test, factors = hypothesis.test, facing(plan, hypothesis).factors
    along = ", ".join(test.compared)
    paired = test.contrast == "pair" or test.sampled is not None
    against = _against(test.chosen(test.along, factors[test.along].baseline)) if paired else ""
    path = say(" along {path}", path=code(along)) if along else ()
    return say(
        "{kind}{path}{against}; claimed: {side}",
        kind=procedure(test.kind),
        path=path,
        against=against,
        side=hypothesis.alternative,
    )


def _against(levels: tuple[Any, ...]) -> str:
    """Which two levels a pair compares."""
    treatment, reference = map(numerals.level, levels)
    return f", {treatment} against {reference}"


def _estimates(hypothesis: Hypothesis, findings: Findings, alpha: float) -> Table:
    """The table a reader looks for: a row a stratum."""
    named = next((finding for finding in findings if finding.estimate is not None), None)
    levels, has_df = _levels(named), any(finding.df is not None for finding in findings)
    has_error = any(finding.standard_error is not None for finding in findings)
    statistic = named.statistic_name if named and len(named.statistic_name) <= SYMBOL else "statistic"
    heads = [
        "n",
        measure(named.measure) if named else "estimate",
        *(["MCSE"] if has_error else []),
        *(f"{numerals.percent_level(level)} CI" for level in levels),
        statistic,
    ]
    heads += [*(["df"] if has_df else []), "p, support", "p, refutation"]
    columns = (Column(text("stratum")), *(Column(_head(head), "right") for head in heads), Column(text("alone")))
    rows = tuple(_row(hypothesis, finding, alpha, len(levels), has_df, has_error) for finding in findings)
    what = "estimates and tests by stratum" if len(rows) > 1 else "estimate and test"
    return Table(say("{id}: {what}", id=hypothesis.id, what=what), columns, rows, tuple(_notes(named)))


def _levels(named: Finding | None) -> tuple[float, ...]:
    """The confidence levels in the table: of the interval that decides and of the wider one, or of the only one."""
    found = limits(named) if named else None
    if found is None:
        return ()
    return (found.thick.level,) if found.method else (found.thick.level, found.thin.level)


def _head(head: str) -> Inline:
    symbol, comma, rest = head.partition(", ")
    italic = symbol if symbol in ("n", "p", "t", "L", "T", "df") else ""
    return say("*" + italic + "*{rest}", rest=comma + rest) if italic else text(head)


def _row(
    hypothesis: Hypothesis, finding: Finding, alpha: float, intervals: int, has_df: bool, has_error: bool
) -> tuple[Inline, ...]:
    stub = (text(where(finding.stratum)), (numerals.count(finding.accounting.analysed),))
    if finding.estimate is None:
        return (*stub, *(DASH,) * (4 + intervals + has_df + has_error), text(finding.decision))
    lines, found = region(hypothesis, finding).lines, limits(finding)
    estimate = numerals.parameter(finding.estimate, finding.measure, lines)
    shown = ((found.thick, found.thin) if found else (None, None))[:intervals]
    cells = (numerals.interval(i.low, i.high, finding.measure, lines) if i else DASH for i in shown)
    error = (_error(finding.standard_error),) if has_error else ()
    df = (_freedom(finding),) if has_df else ()
    tests = (
        (numerals.p_value(finding.p_support, alpha),),
        (numerals.p_value(finding.p_refute, alpha),),
        text(finding.decision),
    )
    return (*stub, (estimate,), *error, *cells, _statistic(finding.statistic), *df, *tests)


def _error(error: float | None) -> Inline:
    return DASH if error is None else (numerals.quantity(error, 2),)


def _freedom(finding: Finding) -> Inline:
    """Degrees of freedom, of an F statistic both."""
    if finding.numerator_df is None:
        return _statistic(finding.df)
    return say("{first}, {second}", first=_statistic(finding.numerator_df), second=_statistic(finding.df))


def _statistic(value: float | None) -> Inline:
    return DASH if value is None else (numerals.statistic(value),)


def _notes(named: Finding | None) -> Iterator[Inline]:
    yield say(
        "*n*: blocks. MCSE: standard error of the estimate over blocks (of a ratio by the delta method). *p*: "
        "one-sided, unadjusted. *Alone*: what the stratum would say by itself."
    )
    found = limits(named) if named else None
    if found and found.method:
        yield say(
            "The test decides a direction and has no interval of its own; shown is that of the estimate ({method}).",
            method=found.method,
        )
    elif found:
        yield say(
            "The ends of the {level} interval decide exactly as the two one-sided tests do.",
            level=numerals.percent_level(found.thick.level),
        )
    if named and len(named.statistic_name) > SYMBOL:
        yield say("Statistic: {name}.", name=named.statistic_name)


def _checks(findings: Findings) -> Iterator[Block]:
    """Warnings of the procedures and reasons of what could not be tested, each with its strata."""
    told: dict[str, list[str]] = {}
    for finding in findings:
        for warning in (*finding.checks, *((finding.untestable.sentence,) if finding.untestable else ())):
            told.setdefault(warning, []).append(where(finding.stratum))
    if told:
        yield Paragraph(say("**Checks**"))
        yield Items(
            tuple(
                say("{warning} ({strata})", warning=warning, strata="; ".join(strata))
                for warning, strata in told.items()
            )
        )
