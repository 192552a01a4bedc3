"""The page on sections: its study is one that a file can hold, and it shows every kind of section."""

from __future__ import annotations

import re
from pathlib import Path

from lnnstats.parts.sections import SECTIONS
from lnnstats.study.load import from_text

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sections.md").read_text(encoding="utf-8")


def test_the_study_of_the_page_is_valid_and_shows_every_section():
    (text,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert {section.kind for section in from_text(f"lnnstats: 1\n{text}").report} == set(SECTIONS)


def test_every_section_has_its_row():
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) >= set(SECTIONS)
