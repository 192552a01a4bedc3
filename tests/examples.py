"""Every procedure's example, from its page in docs/procedures, with a plan around it and tables to try it on."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from lnnstats.parts.procedures import PROCEDURES, Procedure
from lnnstats.study.load import from_text
from lnnstats.study.values import Plan

PAGES = Path(__file__).resolve().parents[1] / "docs" / "procedures"
Tree = dict[str, Any]
HORIZON, RESOLUTION, BLOCKS = 100, 1.0, 24
FILLERS = {"levels": ("a", "b", "c"), "trend": (1, 2, 4, 8)}


@cache
def example(kind: str) -> Tree:
    """The tree of the hypothesis under "In a study": its `test`, and what else the page gives."""
    text = (PAGES / f"{kind}.md").read_text(encoding="utf-8")
    block = re.search(r"## In a study.*?```yaml\n(.*?)```", text, re.DOTALL)
    assert block, f"{kind}: no yaml under 'In a study'"
    tree = YAML(typ="safe", pure=True).load(block[1])
    assert next(iter(tree["test"])) == kind
    return json.loads(json.dumps(tree))


def part(kind: str) -> Any:
    """The options model of a kind's example."""
    return TypeAdapter(Procedure).validate_python(example(kind)["test"])


def factors(kind: str) -> dict[str, list[Any]]:
    """Levels for every factor that the example compares: those it names, and more where it takes all of them."""
    test = part(kind)
    return {path: _levels(test, path) for path in test.compared}


def _levels(test: Any, path: str) -> list[Any]:
    chosen = test.chosen(path, None)
    if chosen:
        return [level for level in reversed(chosen) if level is not None] if None not in chosen else ["base", chosen[0]]
    named = [getattr(test, "level", None), *_weighted(test)]
    if test.contrast == "trend" or hasattr(test, "scores"):
        return list(FILLERS["trend"])
    least = 3 if test.contrast == "levels" or path == test.sampled else 2
    levels = [level for level in dict.fromkeys(named) if level is not None]
    return levels + [filler for filler in FILLERS["levels"] if filler not in levels][: max(0, least - len(levels))]


def _weighted(test: Any) -> list[Any]:
    weights = getattr(test, "weights", None)
    return list(weights) if isinstance(weights, dict) else []


def timed(kind: str) -> bool:
    """Whether the example is of a time."""
    return PROCEDURES[kind].timed or getattr(part(kind), "of", None) == "reached"


def plan_of(kind: str, **fields: Any) -> Plan:
    """A plan with the example as its one hypothesis; `fields` are more of the hypothesis's."""
    measured = {"horizon": HORIZON} if timed(kind) else {"resolution": RESOLUTION}
    single = {} if PROCEDURES[kind].contrast != "one" else {"where": {"cell": "a"}}
    made = {"cell": ["a", "b"]} if single else factors(kind)
    ordered = hasattr(part(kind), "scores")
    tree = {
        "factors": {
            path: {
                "levels": levels,
                **({"scale": "ordinal"} if ordered and levels[0] == 1 else {}),
                **({"role": "random"} if path == part(kind).sampled else {}),
            }
            for path, levels in made.items()
        },
        "responses": {"y": {"measured": measured}},
        "hypotheses": [{"response": "y", **example(kind), **single, **fields}],
    }
    return from_text(json.dumps(tree)).plan


def rows_of(kind: str, seed: int = 0, blocks: int = BLOCKS, effect: float = 0.3) -> list[Tree]:
    """A long table for the plan: log values rise by `effect` a cell about a block effect; times end at the horizon."""
    rng, test = np.random.default_rng(seed), part(kind)
    made = {"cell": ["a", "b"]} if test.contrast == "one" else factors(kind)
    cells = list(product(*made.values()))
    rows = []
    for block in range(blocks):
        shared = rng.normal(0.0, 0.4)
        for place, cell in enumerate(cells):
            value = float(np.exp(shared + effect * place / max(1, len(cells) - 1) + rng.normal(0.0, 0.4)))
            if test.kind == "precision_ladder":
                value = float(rng.uniform(0.1, 1.0)) * {"float32": 1e-7, "float64": 1e-16}[cell[0]]
            row = {**dict(zip(made, cell, strict=True)), "block": block, "value": value}
            if timed(kind):
                row = {**row, "value": min(HORIZON, 60 * value), "observed": 60 * value <= HORIZON}
            if _has(test, block, place, cells, made, rng):
                rows.append(row)
    return rows


def _has(test: Any, block: int, place: int, cells: list[Any], made: dict[str, list[Any]], rng: Any) -> bool:
    """Independent groups: a block is in one cell; whatever is there: some cells are missing."""
    if test.blocks == "between":
        return block % len(cells) == place
    between = getattr(test, "between", None)
    if between is not None:
        names = (between,) if isinstance(between, str) else between
        group = [list(made).index(name) for name in names]
        keys = list(product(*(made[name] for name in names)))
        return tuple(cells[place][i] for i in group) == keys[block % len(keys)]
    return test.blocks == "within" or rng.uniform() < 0.9
