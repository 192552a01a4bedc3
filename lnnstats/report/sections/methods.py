"""The methods paragraph, ready to be quoted: design, randomness, decisions, failures, software."""

from __future__ import annotations

from lnnstats.report import numerals
from lnnstats.report.inline import code, join, say, text
from lnnstats.report.sections.design import DRAWS
from lnnstats.report.sections.findings import margin
from lnnstats.report.sections.layout import named
from lnnstats.report.subject import Subject
from lnnstats.report.values import Inline, Paragraph, Section
from lnnstats.report.words import counted, methods_of
from lnnstats.study.families import decided

FAILURES = {
    "bounds": "Diverged runs are outcomes: they have the event in tests of events, the worst rank in tests of ranks; "
    "where a mean leaves them out, it is repeated with all of them at the best and at the worst finite value.",
    "worst_rank": "Diverged runs are outcomes and have the worst rank; a mean over diverged runs is not tested.",
}


def section(subject: Subject) -> Section:
    """One paragraph a theme."""
    themes = (_design, _tuning, _decisions, _margins, _failures, _software)
    paragraphs = (theme(subject) for theme in themes)
    return Section("methods", "Methods", tuple(Paragraph(said) for said in paragraphs if said))


def _design(subject: Subject) -> Inline:
    study = subject.study
    factors = join(
        [
            say("{path} ({n} levels, {role})", path=code(p), n=numerals.count(len(f.labels)), role=f.role)
            for p, f in study.factors.items()
        ],
        last=" and ",
    )
    crossed = (
        say("{design} {factors}", design=named(study), factors=factors)
        if study.factors
        else text("One cell was studied")
    )
    if not study.trains:
        read = "published means and standard deviations" if subject.published else "runs"
        grouped = "" if subject.published else ", grouped in blocks"
        return say("{crossed}; {read} were read from a table{grouped}.", crossed=crossed, read=read, grouped=grouped)
    drawn = join([DRAWS[draw] for draw in study.blocks.draws], last=" and ") or text("nothing")
    return say(
        "{crossed} in {blocks}. Each block drew {drawn} from a counter-based generator (Philox) keyed by the study "
        "seed {seed}, the purpose and "
        "the block, so that all cells of a block share their draws and no result depends on order, chunk or device. "
        "Training ran for {steps} "
        "in {dtype}.",
        crossed=crossed,
        blocks=counted(study.blocks.number, "block"),
        drawn=drawn,
        seed=text(str(study.seed)),
        steps=counted(study.training.steps, "step"),
        dtype=code(study.training.dtype),
    )


def _tuning(subject: Subject) -> Inline:
    """The two estimands, where step sizes were tuned."""
    if not subject.tuned:
        return ()
    blocks = dict.fromkeys(choice.rule.blocks for choice in subject.tuned)
    return say(
        "Step sizes were tuned for {cells}, each on {blocks} of a pilot, drawn under a key that no analysis uses. At a "
        "given step size a comparison estimates what a treatment does to the same optimizer; at tuned step sizes, what "
        "it does where each treatment has the step size that the pilot chose for it from its grid, a fixed number in "
        "every test and interval. These are two estimands.",
        cells=counted(len(subject.tuned), "cell"),
        blocks=join([counted(number, "block") for number in blocks], " or "),
    )


def _decisions(subject: Subject) -> Inline:
    analysis = subject.plan.analysis
    families = list(dict.fromkeys(claim.family for claim in decided(subject.plan)))
    if not families:
        return ()
    how = methods_of(subject.plan)
    adjust = "not adjusted for their number" if how == "unadjusted" else f"judged jointly on both sides ({how})"
    return say(
        "Each hypothesis was tested by two one-sided tests, of support and of refutation, at $\\alpha$ = {alpha}. A "
        "claim over strata is "
        "supported if every stratum supports it and refuted if any refutes it at a level corrected for their number. "
        "Hypotheses of a family "
        "({families}) are {adjust}. Intervals are dual to the tests.",
        alpha=numerals.constant(analysis.alpha, "probability"),
        families=join(families),
        adjust=adjust,
    )


def _margins(subject: Subject) -> Inline:
    told = [say("{id}, {margin}", id=hypothesis.id, margin=margin(hypothesis)) for hypothesis, _, _ in subject.decided]
    return say("Margins were declared before the data: {told}.", told=join(told, "; ")) if told else ()


def _failures(subject: Subject) -> Inline:
    return () if subject.published else text(FAILURES[subject.plan.analysis.failures])


def _software(subject: Subject) -> Inline:
    if subject.manifest is None:
        return ()
    versions = join([f"{name} {version}" for name, version in subject.manifest.versions.items()])
    return say(
        "Software: {versions}; Python {python}.",
        versions=versions,
        python=subject.manifest.machine.get("python", "of unknown version"),
    )
