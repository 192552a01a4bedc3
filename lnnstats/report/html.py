"""Report -> one self-contained HTML page: no script, nothing fetched, complete for eyes, ears, paper and the dark."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from lnnstats.report.figures import svg
from lnnstats.report.values import Inline, Report, Span, flat, plain

SYMBOLS = {
    "supported": "✓",
    "refuted": "✗",
    "inconclusive": "?",
    "untestable": "–",
}  # a badge is read without its colour


def html(report: Report) -> str:
    """The page as text; the same report, the same text."""
    return _environment().get_template("report.html.j2").render(report=report)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("lnnstats.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["inline"] = inline
    environment.filters["plain"] = plain
    environment.filters["svg"] = lambda figure: Markup(svg(figure))
    environment.globals.update(kind=lambda block: type(block).__name__, symbols=SYMBOLS, style=_style, below=_below)
    return environment


def _style() -> Markup:
    return Markup(files(__package__).joinpath("templates", "report.css").read_text(encoding="utf-8"))


def _below(section: Any) -> list[Any]:
    """The headings of a section, for the table of contents."""
    return [block for block in flat(section.blocks) if type(block).__name__ == "Heading"]


def inline(text: Inline) -> Markup:
    """Text as phrasing content."""
    return Markup("").join(map(_span, text))


def _span(span: Span) -> Markup:
    if span.role == "plain":
        return escape(span.text)
    if span.role == "math":
        return _math(span.text)
    if span.role == "break":
        return Markup("<br>")
    if span.role == "number":
        return Markup('<span class="n" title="{}">{}</span>').format(span.full, span.text)
    tag = {"emphasis": "em", "strong": "strong", "code": "code"}[span.role]
    return Markup("<{0}>{1}</{0}>").format(Markup(tag), span.text)


@cache
def _math(tex: str) -> Markup:
    """TeX of our own as MathML."""
    from latex2mathml.converter import convert

    return Markup(convert(tex))
