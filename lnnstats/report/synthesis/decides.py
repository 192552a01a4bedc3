"""Which factor decides: shares of the effect's variation, mean effects by level, decisions that flip."""

from __future__ import annotations

from lnnstats.report import numerals
from lnnstats.report.inline import say, text
from lnnstats.report.synthesis.words import level, name, share
from lnnstats.report.values import Block, Column, Estimate, Figure, Inline, Intervals, Paragraph, Section, Table
from lnnstats.report.words import measure
from lnnstats.stats.variance.effect_shares import EffectShares
from lnnstats.synthesis.decompose import Decomposition, Marginal
from lnnstats.synthesis.synthesise import Synthesised

LARGEST = 8  # interactions shown


def section(found: Synthesised) -> Section | None:
    """A table of factors, one of interactions, and the mean effect at every level."""
    one = found.decomposition
    if one is None:
        return None
    if one.shares is None:
        blocks: tuple[Block, ...] = (_still(one), _flips(found, one), _levels(found, one))
    else:
        parts = (_factors(found, one, one.shares), _interactions(found, one, one.shares))
        blocks = (_method(one, one.shares), *parts, _flips(found, one), _levels(found, one))
    return Section("decides", "Which factor decides", blocks)


def _still(one: Decomposition) -> Paragraph:
    said = "Between the conditions of {study} the effect of depth varies by no more than its noise: it has no shares."
    return Paragraph(say(said, study=one.study), "warning")


def _method(one: Decomposition, shares: EffectShares) -> Paragraph:
    return Paragraph(
        say(
            "The effect of depth differs between the conditions of {study} with a standard deviation of {sd} "
            "({measure}), noise taken off. That variation splits into the factors and their interactions, every "
            "condition weighing alike (a balanced factorial: analysis of variance of an effect, or Sobol’s shares). "
            "Each part is estimated from pairs of different blocks, so that noise adds nothing to it; intervals leave "
            "out one of the {blocks} blocks at a time.",
            study=one.study,
            sd=numerals.quantity(shares.variance.estimate**0.5),
            measure=measure(one.measure),
            blocks=numerals.count(one.blocks),
        )
    )


def _factors(found: Synthesised, one: Decomposition, shares: EffectShares) -> Table:
    """A row a factor, by its total share."""
    columns = (
        Column(text("factor")),
        Column(text("levels"), "prose"),
        Column(text("alone"), "right", "share of variation"),
        Column(text("with its interactions"), "right", "share of variation"),
    )
    places = sorted(range(len(one.levels)), key=lambda place: -shares.total[place].estimate)
    rows = tuple(
        (
            text(name(found.synthesis, path)),
            text(", ".join(map(level, one.levels[path]))),
            share(shares.terms[(place,)]),
            share(shares.total[place]),
        )
        for place in places
        for path in [list(one.levels)[place]]
    )
    note = text("Shares with their 95 % intervals; those with interactions add to more than 100 %.")
    return Table(text("What the variation of the effect is due to"), columns, rows, (note,))


def _flips(found: Synthesised, one: Decomposition) -> Table:
    """A row a factor: pairs of conditions that differ in it alone."""
    columns = (Column(text("factor")), *(Column(text(head), "right") for head in ("pairs", "decided", "flipped")))
    rows = tuple(
        (
            text(name(found.synthesis, path)),
            *((numerals.count(number),) for number in (flips.pairs, flips.decided, flips.flipped)),
        )
        for path, flips in one.flips.items()
    )
    note = say(
        "*Pairs*: conditions that differ in this factor alone. *Decided*: neither is undecided. *Flipped*: of these, "
        "one is harm and the other is not."
    )
    return Table(text("Decisions that a factor alone turns"), columns, rows, (note,))


def _interactions(found: Synthesised, one: Decomposition, shares: EffectShares) -> Table:
    """The largest interactions, and what all the others add."""
    paths = list(one.levels)
    joint = sorted(
        ((term, effect) for term, effect in shares.terms.items() if len(term) > 1),
        key=lambda pair: -pair[1].estimate,
    )
    rows: list[tuple[Inline, ...]] = [
        (text(" × ".join(name(found.synthesis, paths[place]) for place in term)), share(effect))
        for term, effect in joint[:LARGEST]
    ]
    if rest := joint[LARGEST:]:
        left = numerals.percent(sum(effect.estimate for _, effect in rest))
        rows.append((text(f"the other {len(rest)} together"), (left,)))
    columns = (Column(text("interaction")), Column(text("share of variation"), "right"))
    return Table(text("The largest interactions"), columns, tuple(rows))


def _levels(found: Synthesised, one: Decomposition) -> Figure:
    """The mean effect at every level of every factor, over all conditions that have it."""
    rows = tuple(_estimate(found, marginal) for marginal in one.marginals)
    first = found.factorial[0]
    drawing = Intervals(rows, f"mean {measure(one.measure)}", first.margin[1], first.harmful, False)
    caption = text(
        "Points: the effect of depth, averaged over all conditions with the level; bars: 95 % intervals over blocks "
        "(Student’s t). Vertical line: no effect; shaded: harm."
    )
    data = Table(
        text("Data: mean effects"),
        (Column(text("factor")), Column(text("level")), Column(text(measure(one.measure)), "right")),
        tuple(
            (
                text(name(found.synthesis, m.factor)),
                text(level(m.level)),
                say(
                    "{estimate} {limits}",
                    estimate=numerals.parameter(m.estimate, one.measure),
                    limits=numerals.interval(m.interval.low, m.interval.high, one.measure),
                ),
            )
            for m in one.marginals
        ),
        stub=2,
    )
    told = "; ".join(f"{row.label}: {numerals.parameter(row.value).text}" for row in rows)
    described = f"Interval plot of the mean effect of depth by level: {told}."
    return Figure(text("The mean effect of depth at every level"), caption, described, data, drawing)


def _estimate(found: Synthesised, marginal: Marginal) -> Estimate:
    ends = (marginal.interval.low, marginal.interval.high)
    return Estimate(f"{name(found.synthesis, marginal.factor)} {level(marginal.level)}", marginal.estimate, ends, ends)
