"""A study that tunes its step sizes in a moment."""

from __future__ import annotations

import json
from typing import Any

from lnnstats.study.load import from_text
from lnnstats.study.values import Study

Tree = dict[str, Any]
RATE = "training.optimizer.learning_rate"
GRID = [0.01, 0.1, 0.5]
LATER: Tree = {"sign_test": {"along": "network.depth", "treatment": 2, "reference": 1}}


def tune(**changes: Any) -> Tree:
    """A rule as a study spells it."""
    return {"tune": {"grid": GRID, "by": "arrival", "blocks": 5, **changes}}


def text(**changes: Any) -> str:
    """The text of the study: depth at a step size of .05 and at a tuned one; keys replace whole sections, and with
    other factors go the hypotheses.
    """
    tree: Tree = {
        "title": "tuned",
        "seed": 7,
        "data": {"linear_regression": {"features": 2, "train": 20, "test": 10, "noise": 0.3}},
        "network": {"linear": {"depth": 1, "width": 2}},
        "training": {"optimizer": "sgd", "steps": 40},
        "factors": {
            "network.depth": {"levels": [1, 2], "scale": "ordinal"},
            RATE: {"levels": [0.05, tune()], "role": "stratum"},
        },
        "blocks": {"number": 6, "draws": ["data", "init"]},
        "responses": {
            "excess": {"relative_excess_mse": {"steps": [0, 10, 40]}},
            "arrival": {"time_to": {"of": "excess", "below": 0.5}},
        },
        "hypotheses": [] if "factors" in changes else [{"id": "H1", "response": "arrival", "test": LATER}],
    }
    return json.dumps({**tree, **changes})  # JSON is YAML 1.2


def study(**changes: Any) -> Study:
    return from_text(text(**changes))
