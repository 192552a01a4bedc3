"""A claim as printed and as scoped are two rows: in the summary, the table of verdicts, the findings, and the JSON."""

from __future__ import annotations

import pytest

from lnnstats.analysis.values import jsonable
from lnnstats.report.compose import compose
from lnnstats.report.values import Paragraph, Table, VerdictList, flat, plain
from tests.report.subjects import TRAINED, subject


@pytest.fixture(scope="module", params=["printed", "scoped"])
def read(request):
    """The trained subject, its first hypothesis of one reading of its claim."""
    text = TRAINED.replace("{claim: S1.2, statement", f"{{claim: S1.2, reading: {request.param}, statement")
    return request.param, subject(text)


def test_the_summary_and_the_table_of_verdicts_name_the_reading(read):
    reading, made = read
    blocks = [block for section in compose(made).sections for block in flat(section.blocks)]
    entries = next(block for block in blocks if isinstance(block, VerdictList)).entries
    assert [entry.claim for entry in entries] == [f"S1.2, as {reading}", "", "", ""]
    table = next(block for block in blocks if isinstance(block, Table) and plain(block.title) == "Verdicts")
    assert [plain(row[1]) for row in table.rows] == [f"S1.2, as {reading}", "–", "–", "–"]


def test_the_findings_mark_the_statement_that_was_tested(read):
    reading, made = read
    findings = next(section for section in compose(made).sections if section.id == "findings")
    quotes = [plain(b.text) for b in findings.blocks if isinstance(b, Paragraph) and b.kind == "quote"]
    marked = [quote for quote in quotes if "tested here" in quote]
    assert len(quotes) == 2 and len(marked) == 1 and marked[0].startswith(f"As {reading}, tested here (")


def test_machines_read_it_too(read):
    reading, made = read
    first, *others = jsonable(made.verdicts)
    assert first["reading"] == reading and not any("reading" in verdict for verdict in others)
