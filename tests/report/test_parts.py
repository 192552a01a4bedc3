"""Parts of a claim that is made of others stand under it in the summary, and are not counted with the claims."""

from __future__ import annotations

import pytest

from lnnstats.report.compose import compose
from lnnstats.report.html import html
from lnnstats.report.latex import latex
from lnnstats.report.values import VerdictList, flat, plain
from tests.report.subjects import TRAINED, subject

WHOLE = "compounds: [{id: whole, all_of: [rises, size, alike], statement: All three}]\nreport:\n"


@pytest.fixture(scope="module")
def report():
    text = TRAINED.replace("{claim: S1.2,", "{id: rises, claim: S1.2,").replace("report:\n", WHOLE)
    text = text.replace("{response: dev, test: {paired_t", "{id: size, response: dev, test: {paired_t")
    return compose(subject(text.replace("{response: dev, test: {tost", "{id: alike, response: dev, test: {tost")))


def test_parts_stand_under_their_whole_but_for_those_with_a_claim_of_their_own(report):
    summary = next(section for section in report.sections if section.id == "summary")
    (listed,) = (block for block in flat(summary.blocks) if isinstance(block, VerdictList))
    first, other, whole = listed.entries
    assert (first.hypothesis, other.parts, whole.hypothesis) == ("rises", (), "whole")
    assert [part.hypothesis for part in whole.parts] == ["size", "alike"]
    assert plain(whole.tally).startswith("Its 3 parts: ")
    assert plain(summary.blocks[0].text).startswith("Of 3 statements on trial, ")


def test_every_verdict_is_on_the_page_and_on_paper(report):
    page, paper = html(report), latex(report)
    for name in ("rises", "size", "alike", "whole"):
        assert f">{name}</a>" in page and f"\\item[{{{name}}}]" in paper
