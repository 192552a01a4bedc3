"""`analyze` on anybody's table: the same verdict through every layout, every row accounted for, never a traceback."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from lnnstats.cli import main

PLAN = """
factors:
  depth: {levels: [2, 4, 16], scale: ordinal}
blocks: {number: 8}
responses: {error: measured}
hypotheses:
  - {response: error, sesoi: {ratio: 1.1}, test: {paired_t: {along: depth, treatment: 16, reference: 2}}}
  - {response: error, test: {sign_test: {along: depth, treatment: 4, reference: 2}}}
  - {response: error, alternative: increasing, test: {page: {along: depth}}}
"""
BLOCKS, DEPTHS = range(8), (2, 4, 16)
ERROR = np.exp(np.random.default_rng(8).normal(0, 0.1, (8, 3)) + np.log([1.0, 1.3, 2.0]))


def rows() -> list[list[str]]:
    return [[str(b), str(d), f"{ERROR[b, i]:.6f}"] for b in BLOCKS for i, d in enumerate(DEPTHS)]


def csv(table: list[list[str]], head: str = "block,depth,error") -> str:
    return "\n".join([head, *map(",".join, table)]) + "\n"


def analyzed(folder: Path, text: str | bytes, suffix: str = "csv", plan: str = PLAN) -> Result:
    (folder / "plan.yaml").write_text(plan, encoding="utf-8")
    table = folder / f"table.{suffix}"
    table.write_bytes(text if isinstance(text, bytes) else text.encode())
    arguments = ["analyze", str(table), "--plan", str(folder / "plan.yaml"), "--out", str(folder / "out"), "--json"]
    return CliRunner().invoke(main, arguments)


def findings(folder: Path) -> list[dict]:
    return json.loads((folder / "out" / "findings.json").read_text(encoding="utf-8"))


def decisions(folder: Path) -> list[str]:
    return [v["decision"] for v in json.loads((folder / "out" / "verdicts.json").read_text(encoding="utf-8"))]


def across() -> str:
    return csv([[str(b), *(f"{x:.6f}" for x in ERROR[b])] for b in BLOCKS], "block,2,4,16")


def shuffled() -> str:
    table = rows()
    random.Random(1).shuffle(table)
    return csv(table)


LAYOUTS = {
    "long": (csv([[b, d, "error", x] for b, d, x in rows()], "block,depth,response,value"), "csv"),
    "across": (across(), "csv"),
    "shuffled": (shuffled(), "csv"),
    "semicolons": (csv(rows()).replace(",", ";"), "csv"),
    "depth as text": (
        "".join(json.dumps({"block": f"b{b}", "depth": d, "error": float(x)}) + "\n" for b, d, x in rows()),
        "jsonl",
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_findings(unrendered, tmp_path, layout):
    for name, (text, suffix) in {"plain": (csv(rows()), "csv"), "other": LAYOUTS[layout]}.items():
        (tmp_path / name).mkdir()
        assert analyzed(tmp_path / name, text, suffix).exit_code == 0
    assert findings(tmp_path / "plain") == findings(tmp_path / "other")
    assert decisions(tmp_path / "plain") == ["supported", "supported", "supported"]


def changed(change) -> str:
    """The table with `change(block, depth, value)` in place of each value; None leaves the row out."""
    table = [[b, d, change(int(b), int(d), x)] for b, d, x in rows()]
    return csv([row for row in table if row[2] is not None])


@pytest.mark.parametrize(
    ("text", "incomplete", "diverged", "analysed"),
    [
        (changed(lambda b, d, x: None if (b, d) == (3, 16) else x), [1, 0, 1], [0, 0, 0], [7, 8, 7]),
        (changed(lambda b, d, x: "" if (b, d) == (3, 16) else x), [1, 0, 1], [0, 0, 0], [7, 8, 7]),
        (changed(lambda b, d, x: "nan" if (b, d) == (3, 16) else x), [0, 0, 0], [1, 0, 1], [7, 8, 8]),
        (changed(lambda b, d, x: "inf" if (b, d) == (3, 16) else x), [0, 0, 0], [1, 0, 1], [7, 8, 8]),
    ],
    ids=["row left out", "empty", "nan", "inf"],
)
def test_every_run_is_accounted_for(unrendered, tmp_path, text, incomplete, diverged, analysed):
    assert analyzed(tmp_path, text).exit_code == 0
    found = [finding["accounting"] for finding in findings(tmp_path)]
    assert [accounting["blocks"] for accounting in found] == [8, 8, 8]
    assert [accounting["incomplete"] for accounting in found] == incomplete
    assert [accounting["diverged"] for accounting in found] == diverged
    assert [accounting["analysed"] for accounting in found] == analysed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (changed(lambda b, d, x: "1.0"), ["untestable", "untestable", "untestable"]),
        (changed(lambda b, d, x: x if d == 2 else None), ["untestable"] * 3),
        (changed(lambda b, d, x: "nan"), None),
        (changed(lambda b, d, x: str(d)), None),
        (changed(lambda b, d, x: "0"), None),
        (changed(lambda b, d, x: "-1"), None),
        (changed(lambda b, d, x: x if b == 0 else None), None),
        (changed(lambda b, d, x: "1e300" if d == 16 else "1e-300"), None),
    ],
    ids=["constant", "one level", "all diverged", "no spread", "zeros", "negative", "one block", "extremes"],
)
def test_what_cannot_be_tested_is_said(unrendered, tmp_path, text, expected):
    assert analyzed(tmp_path, text).exit_code == 0
    found = decisions(tmp_path)
    assert len(found) == 3
    assert expected is None or found == expected
    assert all(v["reasons"] for v in json.loads((tmp_path / "out" / "verdicts.json").read_text(encoding="utf-8")))


WORDS = (
    "",
    "nan",
    "inf",
    "-inf",
    "NA",
    "x",
    "0,5",
    "1e999",
    "-1",
    "0",
    "16",
    "2",
    "true",
    "\u00e9",
    '"',
    "'",
    "9" * 40,
)
BYTES = (b"\x00", b"\xff", b",", b";", b"\n", b'"', b"\r", b"\t", b"\xef\xbb\xbf", b"e", b"-", b"[", b"{", b"}", b":")


def corrupted(rng: random.Random) -> bytes:
    """A valid table after one or two accidents of the kinds that happen to tables, and now and then a wrong byte."""
    table, head = rows(), ["block", "depth", "error"]
    for _ in range(rng.randint(1, 2)):
        kind = rng.randrange(9)
        row, column = rng.randrange(len(table)), rng.randrange(3)
        if kind == 0:
            table[row][column % len(table[row])] = rng.choice(WORDS)
        elif kind == 1 and len(table) > 2:
            del table[row]
        elif kind == 2:
            table.append(list(rng.choice(table)))
        elif kind == 3:
            head[column] = rng.choice([head[column].upper(), f" {head[column]} ", "block", "error", "value", "2", ""])
        elif kind == 4:
            word = rng.choice(WORDS)
            table = [[*cells[:-1], word] if rng.random() < 0.5 else cells for cells in table]
        elif kind == 5:
            table[row] = table[row][: rng.randrange(4)]
            table[row] = table[row] or [""]
        elif kind == 6:
            level = rng.choice(["2", "4", "16"])
            table = [cells for cells in table if cells[1:2] != [level]] or table
        elif kind == 7:
            rng.shuffle(table)
    text = csv(table, ",".join(head)).encode()
    for _ in range(rng.choice([0, 0, 0, 0, 1, 3])):
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(BYTES) + text[at + rng.randrange(3) :]
    return text


def objects(text: bytes, rng: random.Random) -> bytes:
    """A corrupted table as JSON lines, corrupted once more."""
    head, *lines = text.decode("utf-8", "replace").replace("\r", "").split("\n")
    made = [json.dumps(dict(zip(head.split(","), line.split(","), strict=False))) for line in lines if line]
    out = "\n".join(made).encode()
    at = rng.randrange(len(out) + 1)
    return out[:at] + rng.choice(BYTES) + out[at + 1 :] if rng.random() < 0.5 else out


@pytest.mark.parametrize("part", range(10))
def test_whatever_the_table_there_is_an_answer(unrendered, tmp_path, part):
    """Five hundred corrupted tables: an analysis, or one clear error that names its place; never a traceback."""
    refused = 0
    for seed in range(50 * part, 50 * part + 50):
        rng = random.Random(seed)
        text = corrupted(rng)
        folder = tmp_path / str(seed)
        folder.mkdir()
        suffix = rng.choice(["csv", "csv", "csv", "tsv", "jsonl"])
        found = analyzed(folder, objects(text, rng) if suffix == "jsonl" else text, suffix)
        told = f"seed {seed}\n{found.output}\n{text.decode('utf-8', 'replace')}"
        assert found.exception is None or isinstance(found.exception, SystemExit), (told, found.exc_info)
        assert found.exit_code in (0, 2), told
        if found.exit_code == 2:
            refused += 1
            assert f"table.{suffix}" in found.output, told
        else:
            assert len(decisions(folder)) == 3, told
    assert 5 < refused < 45
