"""The page: well-formed, fetching nothing, usable by ear and by keyboard, and closed to hostile text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from lnnstats.report.compose import compose
from lnnstats.report.html import html

VOID = {"meta", "br", "link", "img", "input", "hr", "col"}


class Page(HTMLParser):
    """Every element with its attributes; fails on a tag that closes another, or on none."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes <{self.open[-1:]}>"
        self.open.pop()

    def named(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page(any_subject):
    text = html(compose(any_subject))
    return text, Page(text)


def test_well_formed_with_landmarks_and_one_first_heading(page):
    _, parsed = page
    tags = [tag for tag, _ in parsed.elements]
    assert [tags.count(tag) for tag in ("main", "nav", "header", "footer", "h1", "title")][:5] == [1, 1, 1, 1, 1]
    assert parsed.named("html")[0]["lang"] == "en"
    assert ("a", {"class": "skip", "href": "#main"}) in parsed.elements


def test_fetches_nothing_and_runs_nothing(page):
    text, parsed = page
    assert not parsed.named("script") and not parsed.named("link") and not parsed.named("img")
    assert not any(name.startswith("on") for _, attributes in parsed.elements for name in attributes)
    targets = [a[key] for _, a in parsed.elements for key in ("href", "src", "xlink:href", "action") if a.get(key)]
    assert all(target.startswith("#") for target in targets)
    assert "@import" not in text and not re.search(r"url\((?!#)", text)
    assert "default-src 'none'" in parsed.named("meta")[1]["content"]


def test_ids_are_unique_and_every_reference_has_its_target(page):
    _, parsed = page
    ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [a["href"][1:] for _, a in parsed.elements if (a.get("href") or "").startswith("#")]
    labels = [label for _, a in parsed.elements for label in (a.get("aria-labelledby") or "").split()]
    clips = [clip for _, a in parsed.elements for clip in re.findall(r"url\(#([^)]+)\)", str(a.get("clip-path")))]
    assert set(links + labels + clips) <= set(ids)


def test_every_drawing_is_named_described_and_followed_by_its_data(any_subject, page):
    text, parsed = page
    report = compose(any_subject)
    drawings = [a for a in parsed.named("svg") if a.get("role") == "img"]
    assert len(drawings) == len(report.figures)
    for figure in report.figures:
        described = re.search(rf'<desc id="{figure.id}-description">([^<]+)</desc>', text)
        assert described and len(described[1]) > 40
        assert f'<title id="{figure.id}-title">Figure {figure.number}' in text
        assert f'<table id="{figure.id}-data">' in text and figure.data.rows


def test_every_table_has_a_caption_and_scoped_heads(page):
    text, parsed = page
    tables = re.findall(r"<table.*?</table>", text, flags=re.DOTALL)
    assert all("<caption" in table and 'scope="col"' in table for table in tables)
    assert all(head["scope"] in ("col", "row", "colgroup") for head in parsed.named("th"))


def test_rows_are_as_wide_as_their_heads(any_subject):
    report = compose(any_subject)
    for table in (*report.tables, *(figure.data for figure in report.figures)):
        assert all(len(row) == len(table.columns) for row in table.rows), table.id


def test_the_same_subject_gives_the_same_bytes(trained):
    assert html(compose(trained)) == html(compose(trained))


def test_hostile_text_is_text(nasty):
    text = html(compose(nasty))
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
