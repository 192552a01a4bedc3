"""The report says what is nested, what a fraction confounds, which draws are crossed with the blocks."""

from __future__ import annotations

from typing import Any

import pytest

from lnnstats.design.expand import expand
from lnnstats.registry.load import claims
from lnnstats.report.sections import design, limitations, methods
from lnnstats.report.subject import Subject
from lnnstats.report.values import Items, Paragraph, Section, Table, flat, plain
from lnnstats.results.query import rowless
from tests.design.test_layouts import DRAWS, LAYOUTS, PAIR, made


def subject(*hypotheses: dict[str, Any], **fields: Any) -> Subject:
    study = made(*hypotheses, **fields)
    return Subject(study, claims(), rowless(tuple(study.factors)), (), (), expand(study))


def said(section: Section) -> str:
    """The words of a section: paragraphs, lists, and tables with a row a line."""
    lines: list[str] = []
    for block in flat(section.blocks):
        if isinstance(block, Paragraph):
            lines.append(plain(block.text))
        elif isinstance(block, Items):
            lines += map(plain, block.entries)
        elif isinstance(block, Table):
            lines += [" | ".join(map(plain, row)) for row in block.rows] + [plain(note) for note in block.notes]
    return "\n".join(lines)


def test_a_full_factorial_is_crossed_and_leaves_nothing_out():
    text = said(design.section(subject())) + said(methods.section(subject()))
    assert "A factorial design crossed network.depth" in text
    assert "left out" not in text and "liases" not in text and "random" not in text


def test_a_fraction_prints_its_relation_and_aliases():
    text = said(design.section(subject(**LAYOUTS[0])))
    assert "By design 8 cells of the full factorial are left out." in text
    assert "2^(3-1) fraction of resolution III, crossed with training.optimizer.learning_rate" in text
    assert "I = network.depth x data.noise x network.bias" in text
    assert "network.depth | data.noise x network.bias" in text.splitlines()
    assert "A 2^(3-1) fraction of resolution III" in said(methods.section(subject(**LAYOUTS[0])))


def test_the_other_half_prints_its_signs():
    text = said(design.section(subject(**LAYOUTS[1]))).splitlines()
    assert "network.depth | -data.noise x training.optimizer.learning_rate x network.bias" in text


@pytest.mark.parametrize(
    ("layout", "words"), [(2, "A table of cells combined"), (4, "A design with nested factors combined")]
)
def test_methods_name_the_layout(layout: int, words: str):
    assert words in said(methods.section(subject(**LAYOUTS[layout])))


def test_a_nested_factor_names_its_levels_by_nest():
    (line,) = [row for row in said(design.section(subject(**LAYOUTS[4]))).splitlines() if row.startswith("data.noise")]
    assert line.split(" | ")[1] == "nested in network.depth, at 2: 0.1; at 4: 0.5, 0.1"


def test_crossed_draws_are_named_and_not_held():
    about = subject({"test": PAIR}, **DRAWS)
    text = said(design.section(about))
    assert "Crossed with the blocks, each draw the same in all of them: init: 3 draws." in text
    assert "a random factor is a sample of draws" in text and "the initial weights" not in text
    limits = said(limitations.section(about))
    assert "H1 average over the draws of draws.init, the same in every block" in limits
