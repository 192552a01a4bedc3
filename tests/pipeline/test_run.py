"""A run writes everything, repeats without training, grows by what is new, and mends what is damaged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lnnstats.design.chunks import Limits
from lnnstats.design.expand import expand
from lnnstats.digest import file_sha256
from lnnstats.errors import BadInput
from lnnstats.pipeline import analyse_table, render, run
from lnnstats.results.foreign import write_table
from lnnstats.results.store import read_results
from lnnstats.study.load import load, source
from lnnstats.watch import SILENT, Watch
from tests.pipeline.runs import DEEPER, ROOT, chunk_files, held, leftovers, results, study, tiny

SMOKE = ROOT / "studies" / "smoke.yaml"
SHORT = ("blocks.number=6", "training.steps=60")
CONCLUSIONS = ("findings.json", "verdicts.json")


def done(folder: Path, watch: Watch = SILENT, workers: int = 1, **changes) -> Path:
    """The tiny study, changed, run in a folder."""
    run(study(**changes), "tiny", tiny(**changes), folder, "cpu", workers, watch)
    return folder


@pytest.fixture(scope="module")
def smoke(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("smoke") / "run"
    run(load(SMOKE, SHORT), "smoke", source(SMOKE, SHORT), folder, "cpu", 1)
    return folder


def test_a_run_writes_everything(smoke):
    names = {path.name for path in smoke.iterdir()}
    assert {"report.html", "report.tex", "figures", "findings.json", "verdicts.json", "manifest.json"} <= names
    assert {"results.parquet", "study.yaml", "resolved.json", "chunks"} <= names
    assert leftovers(smoke) == []
    assert (smoke / "study.yaml").read_text() == "".join(f"# set {s}\n" for s in SHORT) + SMOKE.read_text()


def test_its_manifest_names_every_file_by_its_hash(smoke):
    manifest = json.loads((smoke / "manifest.json").read_text())
    assert {"results.parquet", "resolved.json", "study.yaml", "report.html", "report.tex", *CONCLUSIONS} <= set(
        manifest["files"]
    )
    assert manifest["files"] == {name: file_sha256(smoke / name) for name in manifest["files"]}
    assert (manifest["runs"], manifest["cells"], manifest["blocks"], manifest["study"]) == (24, 4, 6, "smoke")
    assert sum(manifest["statuses"].values()) == 24


def test_the_report_names_every_verdict(smoke):
    html = (smoke / "report.html").read_text()
    for verdict in json.loads((smoke / "verdicts.json").read_text()):
        assert verdict["statement"] in html
        assert verdict["decision"] in html


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a run but the lock and what TeX makes: its PDF carries the path it was built in."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in (".lock", "report.pdf"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if path.name != "manifest.json"}


def test_rendering_again_gives_the_same_bytes(smoke):
    before = content(smoke)
    render(smoke)
    assert content(smoke) == before


@pytest.mark.usefixtures("unrendered")
class TestStorage:
    def test_repeating_trains_nothing_and_says_so(self, tmp_path, listener):
        first = results(done(tmp_path))
        before = chunk_files(tmp_path)
        done(tmp_path, listener)
        assert chunk_files(tmp_path) == before
        assert results(tmp_path).equals(first)
        assert listener.said[0] == "all 12 runs are there already"
        assert listener.total == 0

    def test_progress_adds_up_to_the_work(self, tmp_path, listener):
        done(tmp_path, listener)
        assert listener.done == listener.total == 12 * 30
        assert listener.said[0].startswith("training 12 of 12 runs in ")

    @pytest.mark.parametrize(
        "changes",
        [
            {"blocks": 9},
            {"levels": [1, 2, 3]},
            {"levels": [3, 2, 1], "blocks": 8},
            {
                "factors": {
                    "network.depth": {"levels": [1, 2], "scale": "ordinal"},
                    "data.noise": {"levels": [0.3, 0.6], "role": "stratum"},
                }
            },
        ],
        ids=["blocks", "a level", "levels in another order and blocks", "a factor"],
    )
    def test_growing_trains_only_what_is_new(self, tmp_path, changes):
        before = chunk_files(done(tmp_path / "grown"))
        done(tmp_path / "grown", **changes)
        after = chunk_files(tmp_path / "grown")
        assert {name: after[name] for name in before} == before
        design = expand(study(**changes))
        wanted = [(cell.id, block) for cell in design.cells for block in range(design.study.blocks.number)]
        assert sorted(held(tmp_path / "grown")) == sorted(wanted)  # none twice
        assert results(tmp_path / "grown").equals(results(done(tmp_path / "fresh", **changes)))

    @pytest.mark.parametrize(
        "changes",
        [
            {"hypotheses": [{"response": "excess", "test": DEEPER}]},
            {"analysis": {"alpha": 0.01}},
            {"title": "another", "limitations": ["short"]},
            {"blocks": 4},
            {"levels": [2, 1]},
        ],
        ids=["hypotheses", "analysis", "words", "fewer blocks", "other order"],
    )
    def test_what_asks_for_no_new_run_trains_nothing(self, tmp_path, listener, changes):
        before = chunk_files(done(tmp_path / "run"))
        done(tmp_path / "run", listener, **changes)
        assert chunk_files(tmp_path / "run") == before
        assert "there already" in listener.said[0]
        assert results(tmp_path / "run").equals(results(done(tmp_path / "fresh", **changes)))

    def test_a_resolution_belongs_to_the_analysis(self, tmp_path, listener):
        before = chunk_files(done(tmp_path))
        responses = {
            **study().model_dump(mode="json")["responses"],
            "excess": {"relative_excess_mse": {"resolution": 0.1}},
        }
        done(tmp_path, listener, responses=responses)
        assert chunk_files(tmp_path) == before

    def test_another_world_needs_another_folder(self, tmp_path):
        done(tmp_path)
        with pytest.raises(BadInput, match="the folder holds runs of another world"):
            done(tmp_path, seed=8)

    @pytest.mark.parametrize("harm", ["flip", "cut", "delete", "garble the receipt", "empty the receipt"])
    @pytest.mark.parametrize("changes", [{}, {"blocks": 8}], ids=["repeated", "grown"])
    def test_a_damaged_chunk_is_trained_again(self, tmp_path, listener, harm, changes):
        done(tmp_path / "run")
        chunk = next((tmp_path / "run" / "chunks").glob("*.parquet"))
        damage(chunk, harm)
        done(tmp_path / "run", listener, **changes)
        assert sum("damaged and is trained again" in said for said in listener.said) == 1
        assert results(tmp_path / "run").equals(results(done(tmp_path / "fresh", **changes)))
        listener.said.clear()
        done(tmp_path / "run", listener, **changes)
        assert "there already" in listener.said[0]

    @pytest.mark.parametrize(("max_runs", "workers"), [(1, 1), (3, 1), (5, 2)])
    def test_results_do_not_depend_on_chunks_or_workers(self, tmp_path, monkeypatch, max_runs, workers):
        whole = results(done(tmp_path / "whole", levels=[1, 2, 3]))
        monkeypatch.setattr("lnnstats.engine.fill.CORE", Limits(max_runs, 1 << 29, 30.0))
        done(tmp_path / "cut", workers=workers, levels=[1, 2, 3])
        assert len(list((tmp_path / "cut" / "chunks").glob("*.parquet"))) >= 18 / max_runs
        assert results(tmp_path / "cut").equals(whole)

    @pytest.mark.parametrize("suffix", ["parquet", "csv", "tsv", "jsonl"])
    def test_an_export_analysed_gives_the_same_bytes(self, tmp_path, suffix):
        factors = {
            "network.depth": {"levels": [1, 2], "scale": "ordinal"},
            "network.bias": {"levels": [True, False], "role": "stratum"},
        }
        done(tmp_path / "run", factors=factors)
        write_table(read_results(tmp_path / "run"), tmp_path / f"table.{suffix}")
        analyse_table(tmp_path / f"table.{suffix}", study(factors=factors), tmp_path / "analysed")
        for name in CONCLUSIONS:
            assert (tmp_path / "analysed" / name).read_bytes() == (tmp_path / "run" / name).read_bytes()
        decided = json.loads((tmp_path / "run" / "findings.json").read_text())
        assert all(finding["untestable"] is None for finding in decided)


def damage(chunk: Path, harm: str) -> None:
    """Harm a chunk file or its receipt."""
    receipt, content = chunk.with_suffix(".json"), bytearray(chunk.read_bytes())
    match harm:
        case "flip":
            content[len(content) // 2] ^= 1
            chunk.write_bytes(content)
        case "cut":
            chunk.write_bytes(content[:-1])
        case "delete":
            chunk.unlink()
        case "garble the receipt":
            receipt.write_text('{"chunk": ')
        case _:
            receipt.write_text("{}")
