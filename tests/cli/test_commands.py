"""The commands as a person meets them: what they print, what they refuse, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lnnstats.cli import main
from lnnstats.results.store import opened
from lnnstats.study.load import load
from tests.pipeline.runs import ROOT, tiny

SHIPPED = sorted((ROOT / "studies").glob("*.yaml"))
PLAIN = ROOT / "studies" / "depth_vs_mse.yaml"  # assumes no sd: chances of a decision take scipy
TEN_LINES = """\
data: {linear_regression: {features: 2, train: 30, test: 10}}
network: {linear: {depth: 1, width: 2}}
training: {steps: 40}
factors:
  network.depth: [1, 2]
blocks: {number: 6}
responses: {loss: {mse: {split: test}}}
hypotheses:
  - {response: loss, sesoi: {ratio: 1.05}, test: {paired_t: {along: network.depth, treatment: 2}}}
"""
TABLE = "block,optimizer,error\n" + "".join(f"{b},sgd,{0.5 + 0.01 * b}\n{b},adam,{0.4 + 0.011 * b}\n" for b in range(6))
PLAN = """\
factors: {optimizer: [sgd, adam]}
blocks: {number: 6}
responses: {error: measured}
hypotheses:
  - {response: error, alternative: less, test: {paired_t: {along: optimizer, treatment: adam, reference: sgd}}}
"""


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def unrendered(monkeypatch):
    monkeypatch.setattr("lnnstats.pipeline.compose", lambda subject: None)
    monkeypatch.setattr("lnnstats.pipeline.write", lambda blocks, folder: ())


def lnnstats(*arguments: object) -> Result:
    """A command run to its end; what escapes it fails the test."""
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False, prog_name="lnnstats")


def refused(result: Result, code: int = 2) -> str:
    """The message of a command that ended as it should: nothing on standard output."""
    assert (result.exit_code, result.stdout) == (code, "")
    return result.stderr


def written(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize("command", [[], *([name] for name in main.commands)], ids=lambda c: " ".join(c) or "lnnstats")
def test_every_command_explains_itself(command):
    result = lnnstats(*command, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: lnnstats")
    summary = (main.commands[command[0]].help if command else main.help or "").split("\n")[0]
    assert summary.split()[0] in result.stdout


def test_version():
    import lnnstats as package

    assert lnnstats("--version").stdout.strip() == f"lnnstats, version {package.__version__}"


@pytest.mark.parametrize("file", SHIPPED, ids=lambda f: f.name)
def test_shipped_studies_are_valid(here, file):
    result = lnnstats("check", file)
    assert result.exit_code == 0
    assert result.stdout.strip().endswith("the study is valid")
    assert written(here) == set()


def test_check_prints_what_the_study_resolves_to(here):
    (here / "ten.yaml").write_text(TEN_LINES)
    out = lnnstats("check", "ten.yaml", "--set", "blocks.number=7").stdout
    assert "    sgd: {learning_rate: 0.01, weight_decay: 0.0}\n" in out  # defaults
    assert "runs:      14 (2 cells x 7 blocks)" in out


def test_check_as_json(here):
    (here / "ten.yaml").write_text(TEN_LINES)
    content = json.loads(lnnstats("check", "ten.yaml", "--json").stdout)
    assert (content["cells"], content["runs"], content["excluded"]) == (2, 12, 0)
    assert content["seconds"] > 0
    assert {"path", "code", "message"} == set(content["warnings"][0])


BAD = {
    "an unknown field": (TEN_LINES.replace("steps: 40", "stepz: 40"), "training.stepz", "did you mean 'steps'?"),
    "an unknown part": (TEN_LINES.replace("mse", "mze"), "responses.loss", "did you mean 'mse'?"),
    "a value of another kind": (TEN_LINES.replace("number: 6", "number: six"), "blocks.number", "found 'six'"),
    "a factor that is no field": (
        TEN_LINES.replace("network.depth:", "network.dept:"),
        "factors.network.dept",
        "depth",
    ),
    "no YAML": ("a: [1, 2\n", "not valid YAML 1.2", ""),
    "no mapping": ("- 1\n- 2\n", "a study file is a mapping of fields", ""),
    "nothing": ("", "a study file is a mapping of fields", ""),
}


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize("name", BAD)
def test_a_bad_study_is_refused_where_it_is_bad(here, command, name):
    text, place, hint = BAD[name]
    (here / "bad.yaml").write_text(text)
    message = refused(lnnstats(command, "bad.yaml"))
    assert message.startswith("bad.yaml:")
    assert place in message
    assert hint in message
    assert written(here) == {"bad.yaml"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "absent.yaml"], "absent.yaml: cannot be read: No such file or directory"),
        (["run", "."], "cannot be read"),
        (["run", "ten.yaml", "--set", "blocks.number"], "write --set path=value"),
        (["run", "ten.yaml", "--set", "blocks.numbr=3"], "did you mean 'number'?"),
        (["run", "ten.yaml", "--device", "abacus"], "--device: not available here"),
        (["run", "plan.yaml"], "the study names no data and no network to train"),
        (["init", "ten.yaml"], "is there already"),
        (["list", "animals"], "unknown family"),
        (["analyze", "absent.csv", "--plan", "plan.yaml"], "absent.csv: cannot be read"),
        (["analyze", "table.csv", "--plan", "absent.yaml"], "absent.yaml: cannot be read"),
        (["analyze", "ten.yaml", "--plan", "plan.yaml"], "unknown table format"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_said_in_a_line(here, arguments, message):
    for name, text in (("ten.yaml", TEN_LINES), ("plan.yaml", PLAN), ("table.csv", TABLE)):
        (here / name).write_text(text)
    said = refused(lnnstats(*arguments))
    assert message in said
    assert not [line for line in said.splitlines() if line.startswith("Traceback")]


@pytest.mark.parametrize(
    "command", [["report", "nowhere"], ["verify", "nowhere"], ["export", "nowhere", "t.csv"]], ids=" ".join
)
def test_what_is_no_run(here, command):
    assert "nowhere" in refused(lnnstats(*command), 1)
    assert not list(here.glob("t.csv"))


def test_a_run_in_use(here):
    (here / "ten.yaml").write_text(TEN_LINES)
    with opened(here / "out"):
        message = refused(lnnstats("run", "ten.yaml", "--out", "out", "--device", "cpu"), 1)
    assert message == "out: another process is writing this run, wait for it, or give another --out\n"


def test_init_writes_a_study_that_is_valid(here):
    result = lnnstats("init", "my_study.yaml")
    assert result.stdout == "my_study.yaml is written; next: lnnstats check my_study.yaml\n"
    assert load(here / "my_study.yaml").trains


def test_list_names_every_part():
    everything = lnnstats("list").stdout
    for name in ("linear_regression", "adam", "paired_t", "optimal_deviation", "orthogonal"):
        assert f"  {name} " in everything
    assert "adam" not in lnnstats("list", "data").stdout
    assert "S1.1a" in lnnstats("list", "claims").stdout


def test_the_schema_accepts_shipped_studies_and_refuses_bad_ones():
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed: nothing to validate with")
    from lnnstats.study.read import parse

    schema = json.loads(lnnstats("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    starter = ROOT / "lnnstats" / "study" / "starter.yaml"
    for file in (*SHIPPED, starter):
        assert list(validator.iter_errors(parse(file.read_text(), file.name).tree)) == [], file.name
    for name in ("an unknown field", "an unknown part", "a value of another kind"):
        assert not validator.is_valid(parse(BAD[name][0], name).tree), name


@pytest.mark.parametrize("command", [["--help"], ["check", PLAIN], ["schema"], ["list"]], ids=lambda c: c[0])
def test_light_commands_stay_light(command):
    code = (
        "import sys\nfrom lnnstats.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit as end:\n    assert not end.code\n"
        "heavy = {'torch', 'scipy', 'pandas', 'statsmodels', 'matplotlib', 'pyarrow'} & set(sys.modules)\n"
        "print(sorted(heavy), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *map(str, command)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "[]"


def test_a_ten_line_study_runs_and_verifies(here):
    (here / "ten.yaml").write_text(TEN_LINES)
    result = lnnstats("run", "ten.yaml", "--out", "out", "--device", "cpu", "--json")
    assert result.exit_code == 0
    content = json.loads(result.stdout)
    assert content["folder"] == "out"
    assert [v["hypothesis"] for v in content["verdicts"]] == ["H1"]
    assert {"report.html", "report.tex"} <= set(content["files"])
    assert all((here / "out" / name).is_file() for name in content["files"])
    audit = lnnstats("verify", "out", "--runs", "2", "--nonce", "n", "--device", "cpu", "--json")
    assert audit.exit_code == 0
    checked = json.loads(audit.stdout)
    assert (checked["ok"], checked["nonce"]) == (True, "n")
    levels = {"hashes", "declared", "rows", "recomputed", "replay", "reference"}
    assert {check["level"] for check in checked["checks"]} == levels
    (here / "out" / "report.html").write_text("better")
    again = lnnstats("verify", "out", "--runs", "0")
    assert again.exit_code == 1
    assert "NOT verified" in again.stdout


@pytest.mark.usefixtures("unrendered")
class TestUnrendered:
    def test_where_a_run_goes_by_default(self, here):
        (here / "tiny.yaml").write_text(tiny())
        assert lnnstats("run", "tiny.yaml", "--device", "cpu").exit_code == 0
        (folder,) = (here / "runs").iterdir()
        assert folder.name.startswith("tiny-")
        before = written(here)
        assert lnnstats("run", "tiny.yaml", "--device", "cpu").exit_code == 0
        assert written(here) == before

    def test_verdicts_go_to_standard_output_and_progress_to_standard_error(self, here):
        (here / "tiny.yaml").write_text(tiny())
        result = lnnstats("run", "tiny.yaml", "--device", "cpu")
        assert "training 12 of 12 runs" in result.stderr
        assert "training" not in result.stdout
        assert "H1" in result.stdout
        assert "report.html" in result.stdout

    def test_an_export_analysed_gives_the_same_verdicts(self, here):
        (here / "tiny.yaml").write_text(tiny())
        lnnstats("run", "tiny.yaml", "--device", "cpu", "--out", "out")
        assert lnnstats("export", "out", "table.csv").stdout.endswith("rows written to table.csv\n")
        result = lnnstats("analyze", "table.csv", "--plan", "tiny.yaml", "--out", "back", "--json")
        assert [v["hypothesis"] for v in json.loads(result.stdout)["verdicts"]] == ["H1", "H2"]
        for name in ("findings.json", "verdicts.json"):
            assert (here / "back" / name).read_bytes() == (here / "out" / name).read_bytes()

    def test_a_table_of_one_s_own(self, here):
        (here / "table.csv").write_text(TABLE)
        (here / "plan.yaml").write_text(PLAN)
        result = lnnstats("analyze", "table.csv", "--plan", "plan.yaml")
        assert result.exit_code == 0
        assert "supported" in result.stdout
        assert (here / "table-analysis" / "verdicts.json").is_file()

    def test_an_unknown_format_writes_nothing(self, here):
        (here / "tiny.yaml").write_text(tiny())
        lnnstats("run", "tiny.yaml", "--device", "cpu", "--out", "out")
        assert "unknown table format" in refused(lnnstats("export", "out", "table.xlsx"))
        assert not (here / "table.xlsx").exists()

    @pytest.mark.parametrize("command", [["export", "out"], ["init"]], ids=lambda c: c[0])
    def test_files_go_to_folders_that_are_made_or_refused_in_a_line(self, here, command):
        (here / "tiny.yaml").write_text(tiny())
        lnnstats("run", "tiny.yaml", "--device", "cpu", "--out", "out")
        assert lnnstats(*command, "new/folder/table.csv").exit_code == 0
        assert (here / "new/folder/table.csv").stat().st_size > 0
        message = refused(lnnstats(*command, "tiny.yaml/table.csv"), 1)
        assert message.startswith("tiny.yaml: a file stands where the folder should be")


def test_progress_before_anything_is_done_says_nothing(monkeypatch, capsys):
    """Workers that train for long report ticks of no work at first: there is no time left to tell from them."""
    from lnnstats import terminal

    monkeypatch.setattr(terminal, "SECONDS", 0.0)
    with terminal.Terminal().working(2.0) as advance:
        advance(0.0)
        assert capsys.readouterr().err == ""
        advance(1.0)
    assert "trained 50%" in capsys.readouterr().err


@pytest.mark.slow
def test_a_refused_table_always_ends_with_its_own_exit_code(tmp_path: Path) -> None:
    """No thread of a reader outlives the refusal: an abort would show in one of some runs."""
    (tmp_path / "t.csv").write_text("optimizer,y\n" + "sgd,1\n" * 5000, encoding="utf-8")
    (tmp_path / "p.yaml").write_text(
        "factors: {optimizer: [sgd, adam]}\nresponses: {y: measured}\n"
        "hypotheses: [{response: y, test: {paired_t: {along: optimizer, treatment: adam}}}]\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "lnnstats", "analyze", str(tmp_path / "t.csv"), "--plan", str(tmp_path / "p.yaml")]
    codes = {subprocess.run(command, capture_output=True, check=False, cwd=ROOT).returncode for _ in range(15)}
    assert codes == {2}
