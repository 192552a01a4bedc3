"""A template of our own in a light markup -> text; values are put in as they are and never read as markup."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lnnstats.report.values import Inline, Role, Span

Piece = str | Span | Inline
TOKEN = re.compile(
    r"\*\*(?P<strong>.+?)\*\*|\*(?P<emphasis>.+?)\*|`(?P<code>.+?)`|\$(?P<math>.+?)\$|\{(?P<value>\w+)\}"
)


def say(template: str, **values: Piece) -> Inline:
    """`*emphasis*`, `**strong**`, `` `code` ``, `$TeX$` and `{value}`; what a value holds is never markup."""
    spans: list[Span] = []
    start = 0
    for match in TOKEN.finditer(template):
        spans += text(template[start : match.start()])
        spans += _token(match, values)
        start = match.end()
    return tuple(spans + list(text(template[start:])))


def _token(match: re.Match[str], values: dict[str, Piece]) -> Inline:
    kind = match.lastgroup
    assert kind is not None
    if kind == "value":
        return text(values[match["value"]])
    roles: dict[str, Role] = {"strong": "strong", "emphasis": "emphasis", "code": "code", "math": "math"}
    return (Span(match[kind], roles[kind]),)


def text(piece: Piece) -> Inline:
    """A string, a span or text, as text."""
    if isinstance(piece, str):
        return (Span(piece),) if piece else ()
    return (piece,) if isinstance(piece, Span) else piece


def code(piece: str) -> Inline:
    """A name or a path, set as code."""
    return (Span(piece, "code"),)


def join(pieces: Iterable[Piece], separator: str = ", ", last: str | None = None) -> Inline:
    """Pieces one after the other; `last` separates the last two."""
    texts = [text(piece) for piece in pieces]
    spans: list[Span] = []
    for index, item in enumerate(texts):
        if index:
            spans += text(last if last is not None and index == len(texts) - 1 else separator)
        spans += item
    return tuple(spans)
