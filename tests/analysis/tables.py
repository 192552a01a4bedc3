"""Plans as trees of plain values, and the long tables that an analysis reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from lnnstats.analysis.analyse import analyse
from lnnstats.analysis.judge import judge
from lnnstats.analysis.select import Sample
from lnnstats.analysis.values import Finding, Verdict
from lnnstats.results.query import Results
from lnnstats.results.table import SCHEMA
from lnnstats.study.load import from_text
from lnnstats.study.values import Plan

Tree = dict[str, Any]
PAIR: Tree = {"optimizer": ["sgd", "adam"]}
DEPTHS: Tree = {"depth": [1, 2, 4]}
PAIRED: Tree = {"paired_t": {"along": "optimizer", "treatment": "adam", "reference": "sgd"}}


def plan(*hypotheses: Tree, factors: Tree | None = None, responses: Tree | None = None, **fields: Any) -> Plan:
    """The plan of a study file without a world; every hypothesis is about `y` unless it says otherwise."""
    tree = {
        "factors": PAIR if factors is None else factors,
        "blocks": {"number": 20, "draws": ["data", "init"]},
        "responses": responses or {"y": "measured"},
        "hypotheses": [{"response": "y", **h} for h in hypotheses],
        **fields,
    }
    return from_text(json.dumps(tree)).plan  # JSON is YAML 1.2


def table(rows: Iterable[Mapping[str, Any]], **types: pa.DataType) -> pa.Table:
    """Rows given as mappings, the columns they leave out at their defaults; `types` are those of factors. There is a
    column `measurement` where rows name one.
    """
    filled = [
        {"cell": "c", "status": "ok", "draws": 0, "response": "y", "step": None, "layer": None, "observed": True, **row}
        for row in rows
    ]
    factors = [name for name in filled[0] if name not in SCHEMA.names]
    columns = {name: pa.array([row[name] for row in filled], types.get(name)) for name in factors}
    own = [name for name in SCHEMA.names if name in filled[0]]
    columns |= {name: pa.array([row[name] for row in filled], SCHEMA.field(name).type) for name in own}
    return pa.table(columns)


def crossed(values: ArrayLike, path: str, labels: Iterable[Any], **more: Any) -> list[Tree]:
    """Rows of values [blocks, levels]; NaN stands for a run that diverged. `more` is the same in every row."""
    return [
        {path: label, "block": block, "value": float(value), "status": "ok" if value == value else "diverged", **more}
        for block, line in enumerate(np.asarray(values, dtype=float))
        for label, value in zip(labels, line, strict=True)
    ]


def pairs(treatment: ArrayLike, reference: ArrayLike, **more: Any) -> list[Tree]:
    """Rows of two optimizers, a value a block each."""
    return crossed(np.stack([treatment, reference], axis=1), "optimizer", ("adam", "sgd"), **more)


def concluded(rows: Iterable[Mapping[str, Any]], asked: Plan) -> tuple[tuple[Finding, ...], tuple[Verdict, ...]]:
    """Findings and verdicts of rows under a plan."""
    findings = analyse(Results.of(table(rows)), asked)
    return findings, judge(findings, asked)


def verdict(rows: Iterable[Mapping[str, Any]], asked: Plan) -> Verdict:
    """The verdict of a plan with one hypothesis."""
    return concluded(rows, asked)[1][0]


def sample(values: ArrayLike, diverged: ArrayLike | None = None, observed: ArrayLike | None = None) -> Sample:
    """A sample [blocks, levels] as the selection would make it."""
    array = np.asarray(values, dtype=float)
    none: NDArray[np.bool_] = np.zeros(array.shape, dtype=bool)
    return Sample(
        stratum={},
        factors=("level",),
        axes=(tuple(range(array.shape[1])),),
        blocks=np.arange(len(array)),
        values=array,
        observed=~none if observed is None else np.asarray(observed, dtype=bool),
        diverged=none if diverged is None else np.asarray(diverged, dtype=bool),
        present=~none,
        missing=(),
        incomplete=0,
    )
