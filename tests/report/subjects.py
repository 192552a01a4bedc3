"""Small subjects to report on: studies as text, tables from a fixed generator, analysed by the analysis itself."""

from __future__ import annotations

from itertools import product

import numpy as np
import pyarrow as pa

from lnnstats.analysis.analyse import analyse
from lnnstats.analysis.judge import judge
from lnnstats.design.expand import expand
from lnnstats.parts.responses.base import measurements
from lnnstats.registry.load import claims
from lnnstats.report.compose import Subject
from lnnstats.results.manifest import Manifest
from lnnstats.results.query import Results
from lnnstats.results.table import NAME
from lnnstats.study.load import from_text
from lnnstats.study.values import Study

HOSTILE = r"<script>alert(1)</script> & 100% of _x_ {y} \textbf{#1} $z$ ^~ \"q\" 'r' é 中 🙂 −⁻⁵"

TRAINED = """
lnnstats: 1
title: Depth and the rest
source: {citation: "Somebody 2024", locator: "Fig. 1"}
claims: [S1.2]
data: {linear_regression: {features: 1, train: 20}}
network: {linear: {depth: 1}}
training: {steps: 100}
factors:
  network.depth: {levels: [1, 2, 3], scale: ordinal}
  data.noise: {levels: [0.1, 0.2], role: stratum}
blocks: {number: 12, draws: [init]}
responses:
  dev: {optimal_deviation: {steps: [0, 1, 10, 100], resolution: 0.5}}
  arrival: {time_to: {of: dev, below: 0.5}}
hypotheses:
  - {claim: S1.2, statement: "D rises", response: dev, alternative: increasing,
     test: {trend_slope: {along: network.depth}}}
  - {response: dev, test: {paired_t: {along: network.depth, treatment: 3}}, sesoi: {ratio: 1.2}}
  - {response: dev, test: {tost: {along: network.depth, treatment: 2}}, bounds: {ratio: [0.9, 1.1]}}
  - {response: dev, test: {sign_test: {along: network.depth, treatment: 3}}, alternative: less}
report:
  - trajectory: {title: "Figure 1", response: dev, by: network.depth, panel: data.noise}
  - levels: {response: dev, along: network.depth, by: data.noise, summary: median, log: y}
  - table: {title: "Table 7", responses: [dev, arrival], rows: network.depth, columns: data.noise,
           summary: geometric_mean}
  - survival: {response: arrival, by: network.depth}
limitations: ["One step size."]
"""

LAYERS = """
lnnstats: 1
title: Layers
data: {gaussian_classes: {classes: 3, features: 4, train: 20}}
network: {linear: {depth: 3, width: 4}}
training: {steps: 10, loss: cross_entropy}
factors: {training.optimizer.learning_rate: [0.01, 0.1]}
blocks: {number: 8}
responses:
  ratio: {singular_ratio: {steps: [0, 1, 10]}}
  accuracy: {accuracy: {steps: [0, 1, 10]}}
report:
  - trajectory: {response: ratio, by: layer, panel: training.optimizer.learning_rate, log: none}
  - trajectory: {response: accuracy, by: training.optimizer.learning_rate, log: x}
  - levels: {response: accuracy, along: training.optimizer.learning_rate}
"""

CHANGES = """
lnnstats: 1
title: What updates do
data: {digits: {classes: [3, 5], scaling: unit}}
network: {linear: {depth: 3, width: [300, 8]}}
training: {steps: 60, loss: cross_entropy, batch: 32, dtype: float32}
factors: {data.scaling: [unit, symmetric]}
blocks: {number: 8}
responses:
  angle: {row_angle: {steps: log_spaced, measurements: [gradient, update]}}
  cosine: {row_angle: {formula: arccos, precision: float32}}
  train_accuracy: {accuracy: {split: train, steps: log_spaced}}
  test_accuracy: {accuracy: {split: test, steps: log_spaced}}
report:
  - two_panel: {title: "Figure 1", response: angle, by: layer, below: [train_accuracy, test_accuracy], until: 50,
                log: y, where: {measurement: gradient, data.scaling: unit}, caption: "Cat and dog."}
  - two_panel: {response: angle, by: measurement, below: test_accuracy, where: {layer: 2}, summary: median}
  - reported_numbers:
      caption: "Numbers of the paper."
      rows:
        - {quantity: "Claim 1, angle", reported: ".01 ± .005°", response: cosine, summary: mean_sd,
           note: "arccos in float32", where: {data.scaling: symmetric}, at: {layer: 1}}
        - {quantity: "Largest angle", reported: "below 1°", response: angle, summary: max,
           at: {step: all, measurement: update}}
        - {quantity: "Median angle", reported: "—", response: angle, summary: median, at: {step: [10, 60], layer: last}}
"""

TABLE = """
lnnstats: 1
title: Somebody's table
factors: {arm: {levels: [old, new], reference: old}}
blocks: {number: 9}
responses: {score: measured}
hypotheses: [{response: score, test: {paired_t: {along: arm, treatment: new, scale: raw}}}]
report: [{levels: {response: score, along: arm}}, {table: {responses: [score], rows: arm}}]
"""

BARE = """
lnnstats: 1
title: One cell
responses: {score: {measured: {}}}
blocks: {number: 7}
"""


def table(study: Study, layers: int = 1, diverged: float = 0.0, seed: int = 3) -> pa.Table:
    """A long table of every cell, block, response and recorded step; a share of the runs of the last cell diverged."""
    draws = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    cells = list(product(*(factor.labels for factor in study.factors.values())))
    for place, levels in enumerate(cells):
        for block in range(study.blocks.number):
            lost = place == len(cells) - 1 and block < diverged * study.blocks.number
            shared = dict(zip(study.factors, levels, strict=True)) | {
                "block": block,
                "status": "diverged" if lost else "ok",
            }
            rows += [shared | row for row in _run(study, draws, layers, lost, place)]
    return pa.Table.from_pylist(rows).cast(_schema(study, rows[0]))


def _run(study: Study, draws: np.random.Generator, layers: int, lost: bool, place: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for name, response in study.responses.items():
        timed, per_layer = response.kind == "time_to", "layer" in response.axes
        measured = measurements(response) or (None,)
        steps = (None,) if timed or response.kind == "measured" else response.recorded(study.training.steps)
        for step, layer, measurement in product(steps, range(1, layers + 1) if per_layer else (None,), measured):
            value = float(np.exp(draws.normal(0.1 * place, 0.4))) * (100 if timed else 1)
            censored = timed and value > 100
            value = (np.inf if timed else np.nan) if lost else min(value, 100.0)
            row = {"response": name, "step": step, "layer": layer, "measurement": measurement, "value": value}
            rows.append(row | {"observed": not censored or lost})
    return rows


def _schema(study: Study, row: dict[str, object]) -> pa.Schema:
    kinds = {
        "block": pa.int32(),
        "step": pa.int64(),
        "layer": pa.int16(),
        "measurement": NAME,
        "value": pa.float64(),
        "observed": pa.bool_(),
    }
    levels = {path: pa.float64() if study.factors[path].scale == "ratio" else None for path in study.factors}
    types = {name: kinds.get(name) or levels.get(name) or pa.scalar(row[name]).type for name in row}
    return pa.schema(list(types.items()))


def subject(text: str, trained: bool = True, **how: object) -> Subject:
    """A subject: study, table, what the analysis finds of them; a design and a manifest where the study trains."""
    study = from_text(text)
    runs = Results.of(table(study, **how))  # type: ignore[arg-type]
    findings = analyse(runs, study.plan)
    verdicts = judge(findings, study.plan)
    design = expand(study) if trained else None
    return Subject(study, claims(), runs, findings, verdicts, design, manifest(study) if trained else None)


def manifest(study: Study) -> Manifest:
    """A manifest with every field."""
    runs = study.blocks.number * 6
    return Manifest(
        "small",
        {"world": "0123456789abcdef"},
        {"numpy": "2.0"},
        {"system": "Linux", "processor": "x86_64", "python": "3.11"},
        ("cpu",),
        ("float64",),
        6,
        0,
        study.blocks.number,
        runs,
        {"ok": runs, "diverged": 0, "budget_exhausted": 0, "failed": 0},
        1.5,
        {"results.parquet": "ab" * 32},
    )


def hostile() -> Subject:
    """The trained subject with hostile text wherever a study can put some."""
    made = subject(TRAINED)
    study = made.study
    renamed = study.model_copy(
        update={
            "title": HOSTILE,
            "limitations": (HOSTILE,),
            "report": tuple(part.model_copy(update={"title": HOSTILE}) for part in study.report),
        }
    )
    verdicts = tuple(
        type(v)(**{f: getattr(v, f) for f in v.__dataclass_fields__} | {"statement": HOSTILE, "scope": HOSTILE})
        for v in made.verdicts
    )
    return Subject(renamed, made.claims, made.results, made.findings, verdicts, made.design, made.manifest)


SUBJECTS = {
    "trained": lambda: subject(TRAINED),
    "diverged": lambda: subject(TRAINED, diverged=0.2),
    "untestable": lambda: subject(TRAINED, diverged=0.6),
    "layers": lambda: subject(LAYERS, layers=3),
    "changes": lambda: subject(CHANGES, layers=3),
    "table": lambda: subject(TABLE, trained=False),
    "bare": lambda: subject(BARE, trained=False),
    "hostile": hostile,
}
