"""The document: which sections there are, how things are numbered, what the sentences of a verdict say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lnnstats.analysis.values import Interval
from lnnstats.parts.sections import SECTIONS
from lnnstats.report.compose import compose, own
from lnnstats.report.inline import say, text
from lnnstats.report.regions import limits, region
from lnnstats.report.sections.requested import REQUESTED
from lnnstats.report.sections.verdicts import change, rounded_up
from lnnstats.report.values import Definitions, Figure, Span, Table, VerdictList, flat, plain
from tests.report.subjects import SUBJECTS


def test_every_section_that_a_study_can_ask_for_is_there():
    assert set(REQUESTED) == set(SECTIONS)


def test_figures_and_tables_are_numbered_as_they_are_met(any_subject):
    report = compose(any_subject)
    assert [figure.number for figure in report.figures] == list(range(1, len(report.figures) + 1))
    assert [table.number for table in report.tables] == list(range(1, len(report.tables) + 1))


def test_a_title_that_is_a_number_is_kept_only_where_it_is_anothers():
    assert own(text("Figure 1"), "Figure 1") == ()
    assert plain(own(text("Table 7"), "Table 1")) == "Table 7 of the source"
    assert plain(own(text("Figures of speech"), "Figure 1")) == "Figures of speech"


def test_values_in_a_template_are_never_markup():
    said = say("*a* {b} `c` $d$", b="*no* `code` {x} $y$")
    assert [span.role for span in said] == ["emphasis", "plain", "plain", "plain", "code", "plain", "math"]
    assert plain(said) == "a *no* `code` {x} $y$ c d"


def test_the_summary_has_every_verdict(any_subject):
    blocks = [block for section in compose(any_subject).sections for block in flat(section.blocks)]
    entries = [entry.hypothesis for block in blocks if isinstance(block, VerdictList) for entry in block.entries]
    assert entries == [verdict.hypothesis for verdict in any_subject.verdicts]


def test_the_flow_accounts_for_every_run(any_subject):
    flow = next(section for section in compose(any_subject).sections if section.id == "flow")
    rows = next(block for block in flow.blocks if isinstance(block, Table)).rows
    cells = 1
    for factor in any_subject.plan.factors.values():
        cells *= len(factor.labels)
    total, *by_status = [int(plain(cell)) for cell in rows[0][2:]]
    assert total == cells * any_subject.study.blocks.number == sum(by_status)
    for path, factor in any_subject.plan.factors.items():
        assert sum(int(plain(row[2])) for row in rows if plain(row[0]) == path) == total, (path, factor)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"alternative": "greater"}, (1.0, float("inf"))),
        ({"alternative": "less"}, (float("-inf"), 1.0)),
        ({"sesoi": {"ratio": 1.25}}, (1.25, float("inf"))),
        ({"sesoi": {"ratio": 1.25}, "alternative": "less"}, (float("-inf"), 0.8)),
        ({"bounds": {"ratio": (0.8, 1.25)}}, (0.8, 1.25)),
        ({"null_value": 1.1}, (1.1, float("inf"))),
    ],
)
def test_the_region_of_a_claim(trained, changes, expected):
    plainest = trained.study.hypotheses[1].model_copy(update={"sesoi": None, "kind": None, "alternative": "greater"})
    found = region(plainest.model_copy(update=changes), trained.findings[2])
    assert (found.low, found.high) == expected


def test_the_region_agrees_with_the_decision_of_the_test(trained):
    """Second source of regions: the dual interval lies inside exactly where the test supports."""
    hypotheses = {hypothesis.id: hypothesis for hypothesis in trained.study.hypotheses}
    tested = [finding for finding in trained.findings if finding.dual]
    assert tested
    for finding in tested:
        found = region(hypotheses[finding.hypothesis], finding)
        inside = found.low < finding.dual.low and finding.dual.high < found.high
        assert inside == (finding.decision == "supported"), finding


def test_a_test_of_direction_shows_the_interval_of_its_estimate(trained):
    finding = next(f for f in trained.findings if f.effects)
    bare = replace(finding, dual=None, interval=None, estimate=finding.effects[0].estimate)
    found = limits(bare)
    assert found is not None and found.method == finding.effects[0].method
    assert found.thick == Interval(finding.effects[0].level, finding.effects[0].low, finding.effects[0].high)
    assert limits(replace(bare, effects=())) is None


def test_blocks_for_a_decision_follow_the_square_root_law(trained):
    """An interval twice as far as the line is from the estimate needs four times the blocks."""
    hypothesis = trained.study.hypotheses[0].model_copy(update={"sesoi": None})
    finding = replace(
        trained.findings[0],
        measure="difference",
        null=0.0,
        estimate=1.0,
        dual=Interval(0.9, -1.0, 3.0),
        decision="inconclusive",
    )
    verdict = replace(trained.verdicts[0], decision="inconclusive")
    said = plain(change(hypothesis, verdict, (finding,), 0.05))
    assert f"about {4 * finding.accounting.analysed} blocks" in said


@pytest.mark.parametrize(("number", "rounded"), [(7.2, 8), (48, 48), (101, 110), (1230, 1300)])
def test_rounded_up(number, rounded):
    assert rounded_up(number) == rounded


def test_a_table_without_design_says_nothing_of_training():
    report = compose(SUBJECTS["table"]())
    said = " ".join(
        plain(getattr(b, "text", ()))
        for s in report.sections
        for b in flat(s.blocks)
        if not isinstance(b, Figure | Definitions)
    )
    assert "Philox" not in said and "handed in" in said


def test_numbers_carry_their_full_value(trained):
    spans = [
        span
        for table in compose(trained).tables
        for row in table.rows
        for cell in row
        for span in cell
        if isinstance(span, Span)
    ]
    numbers = [span for span in spans if span.role == "number"]
    assert numbers and all(span.full for span in numbers)
