"""Every procedure has its page: all sections, an example that runs as printed, a test that a study file can hold."""

from __future__ import annotations

import doctest
import re

import pytest

from lnnstats.parts.procedures import PROCEDURES
from tests.examples import PAGES, part

SECTIONS = [
    "When",
    "What is estimated and tested",
    "Formula",
    "Assumptions",
    "In a study",
    "Example",
    "Checked against",
    "References",
]


def test_every_procedure_has_a_page_and_every_page_a_procedure():
    assert {page.stem for page in PAGES.glob("*.md")} - {"README"} == set(PROCEDURES)


@pytest.mark.parametrize("kind", PROCEDURES)
def test_a_page_is_complete_and_its_example_runs(kind):
    text = (PAGES / f"{kind}.md").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == SECTIONS
    test = doctest.DocTestParser().get_doctest(text, {}, kind, f"{kind}.md", 0)
    assert test.examples, "no example"
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
    assert result.failed == 0


@pytest.mark.parametrize("kind", PROCEDURES)
def test_the_line_for_a_study_is_valid(kind):
    assert part(kind).kind == kind


def test_the_decision_table_leads_to_every_page():
    linked = set(re.findall(r"\]\((\w+)\.md\)", (PAGES / "README.md").read_text(encoding="utf-8")))
    assert linked == set(PROCEDURES)
