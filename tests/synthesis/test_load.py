"""Synthesis files: what is refused, where, with what is allowed."""

from __future__ import annotations

import pytest

from lnnstats.errors import BadInput
from lnnstats.synthesis.load import load
from tests.synthesis.examples import PAIR, SYNTHESIS, written

BROKEN = [
    ("claims: [S1.1b,", "claims: [S1.99,", "claims.0", "unknown claim"),
    ("map: [{hypothesis: M}]", "map: [{hypothesis: N}]", "studies.sweep.map.0.hypothesis", "unknown hypothesis"),
    ("{hypothesis: D},", "{hypothesis: K},", "studies.pair.map.0.hypothesis", "only describes"),
    ("{hypothesis: D},", "{hypothesis: E},", "studies.pair.map.0.hypothesis", "equivalence"),
    ("init: network.init,", "init: network.inits,", "factors.init", "unknown field"),
    ("columns: [step size", "columns: [step", "factorial.columns.0", "unknown factor"),
    ("factorial: {study: sweep,", "factorial: {study: swep,", "factorial.study", "unknown study"),
    ("study: sweep, hypothesis: M,", "study: pair, hypothesis: E,", "factorial.hypothesis", "equivalence"),
    ("factorial: {study: sweep, hypothesis: M", "factorial: {study: pair, hypothesis: K", "factorial", "describes"),
    ("study: pair, hypothesis: E", "study: pair, hypothesis: X", "analysis.equations.0", "unknown hypothesis"),
    ("{study: sweep, show", "{study: sweeep, show", "analysis.report.0.study", "unknown study"),
    ("response: excess", "response: exces", "analysis.report.0.show.levels", "unknown response"),
    ("learning_rate: 0.1}}}}", "learning_rate: 0.2}}}}", "analysis.report.0.show.levels.where", "unknown level"),
    ("file: pair.yaml", "file: pear.yaml", "studies.pair.file", "no such study file"),
    ("thesis:", "theses:", "theses", "unknown field"),
    ("claims: relief", "claims: joy", "studies.pair.map.1.claims", "'harm' or 'relief'"),
]


def problem_of(file, path):
    """The problem at a path, or within it, of a file that is refused."""
    with pytest.raises(BadInput) as refused:
        load(file)
    return next(p for p in refused.value.problems if p.path.startswith(path))


def test_a_synthesis_names_its_studies_and_their_files(made):
    declared = load(made / "thesis.yaml")
    assert list(declared.studies) == ["sweep", "pair"]
    assert declared.files["pair"] == made / "pair.yaml"
    assert declared.synthesis.studies["pair"].map[1].claims == "relief"


@pytest.mark.parametrize(("old", "new", "path", "said"), BROKEN, ids=[f"{case[2]}-{case[3]}" for case in BROKEN])
def test_what_is_wrong_is_said_with_its_place(old, new, path, said, tmp_path):
    assert old in SYNTHESIS
    text = SYNTHESIS.replace(old, new)
    file = written(tmp_path, text)
    problem = problem_of(file, path)
    assert said in str(problem)
    line = problem.source
    assert problem.file == str(file) and line == text.splitlines()[problem.line - 1] and problem.column > 0


def test_every_problem_is_said_at_once(tmp_path):
    file = written(tmp_path, SYNTHESIS.replace("S1.1b,", "S9,").replace("init: network.init,", "init: network.x,"))
    with pytest.raises(BadInput) as refused:
        load(file)
    assert len(refused.value.problems) == 2


def test_a_study_that_is_wrong_is_told_with_its_own_place(tmp_path):
    file = written(tmp_path)
    (tmp_path / "pair.yaml").write_text(PAIR.replace("treatment: 3", "treatment: 4", 1))
    with pytest.raises(BadInput) as refused:
        load(file)
    assert refused.value.problems[0].file.endswith("pair.yaml")


def test_a_share_needs_what_can_converge_and_a_slope_two_logarithms(tmp_path):
    text = SYNTHESIS.replace(
        "response: excess, along: network.depth,", "response: excess, along: network.depth, slope: true,"
    )
    with pytest.raises(BadInput, match="slope is of log on log"):
        load(written(tmp_path, text))
