"""The paper: every sign escaped, every subject compiles, the same bytes twice."""

from __future__ import annotations

import shutil

import pytest

from lnnstats.report.compose import compose
from lnnstats.report.inline import text
from lnnstats.report.latex import columns, latex, tex
from lnnstats.report.pdf import build
from lnnstats.report.values import Column, Table
from lnnstats.report.write import write
from tests.report.subjects import SUBJECTS

needs_tex = pytest.mark.skipif(shutil.which("latexmk") is None, reason="latexmk is not on this machine")

CASES = [
    (
        r"50% of $x_1$ & {a} #2 ~ ^ \b",
        r"50\% of \$x\_\allowbreak{}1\$ \& \{a\} \#2 \textasciitilde{} \textasciicircum{} \textbackslash{}b",
    ),
    ("1.2 × 10⁻⁵", r"1.2 \ensuremath{\times} 10\ensuremath{^{-5}}"),
    ("−3 ≤ ∞", r"\ensuremath{-}3 \ensuremath{\leq} \ensuremath{\infty}"),
    ("α é 中 🙂", r"\ensuremath{\alpha} é [U+4E2D] [U+1F642]"),
    ("a\x00b\nc", "ab c"),
    ("<script>", r"\textless{}script\textgreater{}"),
    ("--", "{-}{-}"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_signs(text, expected):
    assert tex(text) == expected


def test_the_same_subject_gives_the_same_source(any_subject):
    assert latex(compose(any_subject)) == latex(compose(any_subject))


@needs_tex
@pytest.mark.parametrize("name", ["hostile", "bare"])
def test_compiles_to_the_same_bytes(name, tmp_path, request):
    folders = tmp_path / "one", tmp_path / "two"
    report = compose(SUBJECTS[name]())
    written = [write(report, folder) for folder in folders]
    assert written[0] == written[1] and "report.pdf" in written[0]
    for file in written[0]:
        assert (folders[0] / file).read_bytes() == (folders[1] / file).read_bytes()


@needs_tex
@pytest.mark.slow
def test_every_subject_compiles(any_subject, tmp_path):
    assert "report.pdf" in write(compose(any_subject), tmp_path)


@needs_tex
def test_a_source_that_fails_leaves_its_log_and_no_pdf(tmp_path):
    (tmp_path / "report.tex").write_text(r"\documentclass{article}\begin{document}\nosuchcommand\end{document}")
    assert build(tmp_path) is None
    assert "nosuchcommand" in (tmp_path / "report.log").read_text(errors="replace")


def test_without_tex_there_is_no_pdf_and_no_error(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    files = write(compose(trained), tmp_path)
    assert "report.pdf" not in files and "report.tex" in files
    assert all((tmp_path / file).stat().st_size for file in files)


def test_a_table_that_runs_over_pages_fits_the_line():
    """Forty-one rows are not scaled: the widest column wraps into what the others leave of 112 characters."""
    heads, row = (Column(text("stratum")), Column(text("theirs"), "right")), (text("x" * 130), text("1.0"))
    wrapping = r">{\raggedright\arraybackslash}p{0.911\linewidth}"
    assert columns(Table(text("Long"), heads, (row,) * 41)) == "@{}" + wrapping + "r@{}"
    assert columns(Table(text("Short"), heads, (row,) * 40)) == "@{}lr@{}"
    narrow = (text("x" * 90), text("1.0"))
    assert columns(Table(text("Narrow"), heads, (narrow,) * 41)) == "@{}lr@{}"
