"""Report -> LaTeX: one document to cut a paper from; compiles with pdflatex and common packages."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from lnnstats.report.values import Inline, Report, Span, Table, flat, plain

LONG = 40  # rows, beyond which a table runs over pages
LINE = 112  # characters, in the size of a table, of a line of text, and GAP of what parts two columns
GAP = 2
ROOM = 0.9  # of a line, for the columns of a wide table
SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_\allowbreak{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "-": "{-}",
    "'": r"\textquotesingle{}",
    "−": r"\ensuremath{-}",
    "×": r"\ensuremath{\times}",
    "∞": r"\ensuremath{\infty}",
    "≤": r"\ensuremath{\leq}",
    "≥": r"\ensuremath{\geq}",
    "≈": r"\ensuremath{\approx}",
    "±": r"\ensuremath{\pm}",
    "°": r"\textdegree{}",
    "·": r"\ensuremath{\cdot}",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
    "’": "'",
    "‘": "`",
    "“": "``",
    "”": "''",
    "✓": r"\ensuremath{\checkmark}",
    "▲": r"\ensuremath{\blacktriangle}",
    "▼": r"\ensuremath{\blacktriangledown}",
    "○": r"\ensuremath{\circ}",
    "\n": " ",
    "\t": " ",
    "\u00a0": "~",
}
GREEK = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψω",
        [
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "zeta",
            "eta",
            "theta",
            "iota",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "pi",
            "rho",
            "sigma",
            "tau",
            "upsilon",
            "phi",
            "chi",
            "psi",
            "omega",
        ],
        strict=True,
    )
) | dict(
    zip("ΓΔΘΛΞΠΣΦΨΩ", ["Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega"], strict=True)
)
ORDINARY, PLAIN = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"
POWER = re.compile(f"[{ORDINARY}]+")
ALIGNED = {"left": "l", "right": "r", "center": "c"}


def latex(report: Report) -> str:
    """The document as text; figures are looked for in `figures/`."""
    return _environment().get_template("report.tex.j2").render(report=report) + "\n"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("lnnstats.report"),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    environment.filters.update(tex=tex, inline=inline, plain=plain, cell=cell, columns=columns, heads=heads)
    environment.globals.update(kind=lambda block: type(block).__name__, long=LONG, flat=flat)
    return environment


def tex(text: str) -> str:
    """Any text as text in TeX: specials escaped, known signs set, powers raised, the rest named by its code point."""
    parts, start = [], 0
    for match in POWER.finditer(text):
        parts += [
            _signs(text[start : match.start()]),
            r"\ensuremath{^{" + match[0].translate(str.maketrans(ORDINARY, PLAIN)) + "}}",
        ]
        start = match.end()
    return "".join(parts) + _signs(text[start:])


def _signs(text: str) -> str:
    return "".join(map(_sign, text))


def _sign(sign: str) -> str:
    if sign in SPECIAL:
        return SPECIAL[sign]
    if sign in GREEK:
        return rf"\ensuremath{{\{GREEK[sign]}}}"
    if " " <= sign <= "~" or "À" <= sign <= "ÿ" or sign in "¡¿§¶©":
        return sign
    return "" if sign < " " or sign == "\x7f" else f"[U+{ord(sign):04X}]"


def inline(text: Inline) -> str:
    """Text in a paragraph."""
    return "".join(map(_span, text))


def _span(span: Span) -> str:
    if span.role == "math":
        return rf"\ensuremath{{{span.text}}}"
    if span.role == "number":
        return rf"\mbox{{{tex(span.text)}}}"
    wrap = {"emphasis": r"\emph{%s}", "strong": r"\textbf{%s}", "code": r"\code{%s}"}.get(span.role, "%s")
    said = _breakable(tex(span.text)) if span.role == "code" else tex(span.text)
    return wrap.replace("%s", said)


def _breakable(said: str) -> str:
    """Code may break after a point or a slash, and a long digest anywhere."""
    said = re.sub(r"([./])", r"\1\\allowbreak{}", said)
    return re.sub(r"[0-9a-f]{24,}", lambda run: r"\allowbreak{}".join(re.findall(".{1,8}", run[0])), said)


def cell(text: Inline) -> str:
    """Text in a cell; one that breaks is a stack of lines."""
    if not any(span.role == "break" for span in text):
        return inline(text)
    place = next(index for index, span in enumerate(text) if span.role == "break")
    return rf"\stack{{{inline(text[:place])}}}{{{inline(text[place + 1 :])}}}"


def columns(table: Table) -> str:
    """The column specification: prose shares what the other columns leave."""
    if table.wide:
        return _wide(table)
    prose = sum(column.align == "prose" for column in table.columns)
    width = min(0.4, 0.62 / prose) if prose else 0
    kinds = [ALIGNED.get(column.align) or _wrapping(width) for column in table.columns]
    if len(table.rows) > LONG and not prose:
        place, left = _widest(table)
        kinds[place] = kinds[place] if left is None else _wrapping(left)
    return "@{}" + "".join(kinds) + "@{}"


def _widest(table: Table) -> tuple[int, float | None]:
    """The widest column, and the share of a line that the others leave it where not all have room: a table that runs
    over pages is not scaled.
    """
    cells = (tuple(column.head for column in table.columns), *table.rows)
    widths = [max(len(plain(cell)) for cell in column) + GAP for column in zip(*cells, strict=True)]
    most = max(widths)
    return widths.index(most), max(0.15, (LINE - sum(widths) + most - GAP) / LINE) if sum(widths) > LINE else None


def _wrapping(width: float) -> str:
    return rf">{{\raggedright\arraybackslash}}p{{{width:.3f}\linewidth}}"


def _wide(table: Table) -> str:
    """Columns that all wrap and together fill a line, prose twice as wide as the others; ROOM is left between them."""
    weights = [2 if column.align == "prose" else 1 for column in table.columns]
    widths = (ROOM * weight / sum(weights) for weight in weights)
    return "@{}" + "".join(_wrapping(width) for width in widths) + "@{}"


def heads(table: Table) -> str:
    """The heads, below those of their groups where there are any."""
    lines: list[str] = []
    if table.groups:
        lines += [" & ".join(_group(*group) for group in table.groups) + r" \\", *_rules(table)]
    lines.append(" & ".join(inline(column.head) for column in table.columns) + r" \\")
    return "\n".join(lines)


def _group(name: str, span: int) -> str:
    return rf"\multicolumn{{{span}}}{{c}}{{{tex(name)}}}" if name else ""


def _rules(table: Table) -> list[str]:
    """A short rule under every group."""
    rules, first = [], 1
    for name, span in table.groups:
        if name:
            rules.append(rf"\cmidrule(lr){{{first}-{first + span - 1}}}")
        first += span
    return rules
