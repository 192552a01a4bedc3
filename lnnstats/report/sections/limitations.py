"""What the results do not say: the limits that the study names, and those that follow from its design and its data."""

from __future__ import annotations

from collections.abc import Iterator

from lnnstats.report import numerals
from lnnstats.report.inline import code, join, say, text
from lnnstats.report.sections.design import held
from lnnstats.report.sections.flow import diverged
from lnnstats.report.sections.tuning import edges
from lnnstats.report.subject import Subject
from lnnstats.report.values import Heading, Inline, Items, Section
from lnnstats.report.words import adjustment, counted
from lnnstats.study.comparisons import fixed_draws
from lnnstats.study.families import decided, members

FEW_BLOCKS = 10
FEW_DIGITS = 6  # of agreement with the second source, below which a reader is told


def section(subject: Subject) -> Section:
    """The study's own, then those that follow."""
    own, follow = tuple(text(item) for item in subject.study.limitations), tuple(_automatic(subject))
    declared = (Heading(text("Declared in the study"), "limitations-declared"), Items(own)) if own else ()
    derived = (Heading(text("Following from design and data"), "limitations-derived"), Items(follow)) if follow else ()
    return Section("limitations", "Limitations", (*declared, *derived))


def _automatic(subject: Subject) -> Iterator[Inline]:
    for rule in (_inference, _small, _tuned, _runs_lost, _censored, _sizes, _untestable, _digits, _multiplicity):
        yield from rule(subject)


def _inference(subject: Subject) -> Iterator[Inline]:
    if not subject.study.trains:
        yield text(
            "How the table's runs came about is not known here: what a block draws anew, and so what is inferred to, "
            "is its author's to say."
        )
        return
    if fixed := held(subject.study):
        yield say(
            "Every block shares one draw of {held}: nothing is inferred to other draws of it.",
            held=join(fixed, last=" and "),
        )
    for path, ids in fixed_draws(subject.study).items():
        said = "{ids} average over the draws of {path}, the same in every block: nothing is inferred beyond them."
        yield say(said, ids=join(ids), path=code(path))
    yield text(
        "The results are of the world described under Design and of no other; other data, networks or budgets are "
        "other claims."
    )


def _small(subject: Subject) -> Iterator[Inline]:
    least = min((f.accounting.analysed for f in subject.findings if f.accounting.analysed), default=FEW_BLOCKS)
    if least < FEW_BLOCKS:
        yield say(
            "At least one finding rests on {blocks}: assumptions of the procedures cannot be checked.",
            blocks=counted(least, "block"),
        )


def _tuned(subject: Subject) -> Iterator[Inline]:
    if not subject.tuned:
        return
    yield text(
        "A tuned step size is the best of its grid in the pilot's blocks: intervals are of the treatments at the "
        "chosen values and do not hold the uncertainty of the choice."
    )
    if found := edges(subject):
        yield say(
            "{number} of {cells} stand at an end of their grids: there, treatments are tuned within these grids only.",
            number=numerals.count(len(found)),
            cells=counted(len(subject.tuned), "tuned step size"),
        )


def _runs_lost(subject: Subject) -> Iterator[Inline]:
    if number := diverged(subject):
        yield say(
            "{runs} diverged. They enter tests of events and ranks as the worst outcome; means leave them out and "
            "say so, with bounds.",
            runs=counted(number, "run"),
        )


def _censored(subject: Subject) -> Iterator[Inline]:
    number = max((f.accounting.censored for f in subject.findings), default=0)
    if number:
        yield say(
            "Up to {number} of the compared runs of a finding had not arrived when the budget ended: times are "
            "restricted to it.",
            number=numerals.count(number),
        )


def _sizes(subject: Subject) -> Iterator[Inline]:
    bare = [
        hypothesis.id
        for hypothesis, verdict, _ in subject.decided
        if verdict.kind == "direction" and not hypothesis.sesoi
    ]
    if bare:
        yield say(
            "No smallest effect is declared for {ids}: support means a direction, of any size.",
            ids=join(bare, last=" and "),
        )


def _untestable(subject: Subject) -> Iterator[Inline]:
    ids = [verdict.hypothesis for verdict in subject.verdicts if verdict.decision == "untestable"]
    if ids:
        yield say("{ids} could not be tested here; the reasons stand under Verdicts.", ids=join(ids, last=" and "))


def _digits(subject: Subject) -> Iterator[Inline]:
    least = min((a.digits for f in subject.findings for a in f.agreements), default=float(FEW_DIGITS))
    if least < FEW_DIGITS:
        yield say(
            "In at least one number the second source agrees to {digits} digits only.", digits=numerals.agreement(least)
        )


def _multiplicity(subject: Subject) -> Iterator[Inline]:
    families = dict.fromkeys(claim.family for claim in decided(subject.plan))
    loose = [f for f in families if adjustment(subject.plan, f) == "none" and len(members(subject.plan, f)) > 1]
    if loose:
        said = "The claims of {families} are not adjusted for their number: each has its own error rate, the set none."
        yield say(said, families=join(loose, last=" and "))
