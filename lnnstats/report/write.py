"""Report + folder -> files: the page, the source of the paper, its figures, and the paper where TeX is."""

from __future__ import annotations

from pathlib import Path

from lnnstats.report import pdf
from lnnstats.report.figures import pdf as drawn
from lnnstats.report.html import html
from lnnstats.report.latex import latex
from lnnstats.report.values import Report

PAGE, FIGURES = "report.html", "figures"


def write(report: Report, folder: Path) -> tuple[str, ...]:
    """Names of the files written, relative to the folder; figures of an earlier report are removed."""
    (folder / FIGURES).mkdir(parents=True, exist_ok=True)
    for old in (folder / FIGURES).glob("figure-*.pdf"):
        old.unlink()
    figures = {f"{FIGURES}/{figure.id}.pdf": drawn(figure) for figure in report.figures}
    texts = {PAGE: html(report), pdf.SOURCE: latex(report)}
    for name, content in figures.items():
        (folder / name).write_bytes(content)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / pdf.RESULT).unlink(missing_ok=True)
    built = pdf.build(folder)
    return (*texts, *figures, *((pdf.RESULT,) if built else ()))
