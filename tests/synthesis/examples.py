"""Two small studies, their runs, and a synthesis of both."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnnstats import pipeline
from lnnstats.study.load import load, source

SWEEP = """
lnnstats: 1
title: A small factorial
data: {linear_regression: {features: 1, train: 20, test: 10, noise: 0.5}}
network: {linear: {depth: 1, width: 1, bias: false}}
training: {steps: 40}
factors:
  network.depth: {levels: [1, 2, 3], scale: ordinal, reference: 1}
  training.optimizer.learning_rate: {levels: [0.01, 0.1], role: stratum}
  network.init: {levels: [torch_default, {name: wide, xavier: {}}], role: stratum}
blocks: {number: 8, draws: [data, init]}
responses: {excess: {relative_excess_mse: {steps: [10, 40], resolution: 0.05}}}
hypotheses:
  - {id: M, claim: S1.1b, response: excess, at: {step: [10, 40]}, alternative: increasing,
     sesoi: {risk_difference: 0.05}, statement: "Ends above the resolution more often",
     test: {ordered_trend: {along: network.depth, of: above_resolution}}}
limitations: ["A small world."]
"""
PAIR = """
lnnstats: 1
title: A pair
data: {linear_regression: {features: 1, train: 20, test: 10}}
network: {linear: {depth: 1, width: 1}}
training: {steps: 30, optimizer: {sgd: {learning_rate: 0.05}}}
factors:
  network.depth: {levels: [1, 3], scale: ordinal, reference: 1}
  data.noise: {levels: [0.1, 0.5], scale: ratio, role: stratum}
blocks: {number: 8, draws: [data, init]}
responses: {deviation: {optimal_deviation: {resolution: 0.01}}, time: {time_to: {of: deviation, below: 0.5}}}
hypotheses:
  - {id: D, claim: S1.2, response: deviation, statement: "D is larger", sesoi: {difference: 0.01},
     test: {paired_t: {along: network.depth, treatment: 3, scale: raw}}}
  - {id: F, response: deviation, statement: "D is smaller", alternative: less, sesoi: {difference: 0.01}, family: other,
     test: {paired_t: {along: network.depth, treatment: 3, scale: raw}}}
  - {id: E, response: deviation, family: same, bounds: {difference: [-1, 1]},
     test: {tost: {along: network.depth, treatment: 3, scale: raw}}}
  - {id: K, response: time, test: {kaplan_meier: {along: network.depth}}}
compounds: [{id: C, claim: S1.2, statement: "Both", all_of: [D, F], family: both}]
"""
SYNTHESIS = """
lnnstats: 1
title: A small thesis
source: {citation: "Somebody 2024"}
thesis: "Depth hurts."
claims: [S1.1b, S1.2, S1.3]
studies:
  sweep: {file: sweep.yaml, map: [{hypothesis: M}]}
  pair: {file: pair.yaml, map: [{hypothesis: D}, {hypothesis: F, claims: relief}]}
factors: {step size: training.optimizer.learning_rate, init: network.init, budget: step, depth: network.depth}
factorial: {study: sweep, hypothesis: M, columns: [step size, budget]}
analysis:
  text: "On paper $x^2$ is at least 0."
  equations: [{formula: "x^2 \\\\geq 0", said: "always", study: pair, hypothesis: E}]
  report:
    - {study: sweep, show: {levels: {response: excess, along: network.depth, by: network.init, summary: share,
       where: {training.optimizer.learning_rate: 0.1}}}}
limitations: ["A small synthesis."]
"""


def written(folder: Path, synthesis: str = SYNTHESIS) -> Path:
    """The three files in a folder; the path of the synthesis."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("sweep", SWEEP), ("pair", PAIR), ("thesis", synthesis)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / "thesis.yaml"


def trained(folder: Path) -> Path:
    """The folder of both runs, which are trained and concluded, but not rendered."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "compose", lambda subject: None)
        patch.setattr(pipeline, "write", lambda report, place: ())
        for name in ("sweep", "pair"):
            file = folder / f"{name}.yaml"
            pipeline.run(load(file), name, source(file), folder / "runs" / name, "cpu", 1)
    return folder / "runs"
