"""Small worlds for tests, and the engine run on them: a study, its chunks, its form after training."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import torch

from lnnstats.design.expand import expand
from lnnstats.design.values import Batch, Chunk
from lnnstats.engine.batch import runs
from lnnstats.engine.device import DTYPES
from lnnstats.engine.optimizers import optimizer
from lnnstats.engine.record import Trained
from lnnstats.engine.start import started
from lnnstats.engine.train import train
from lnnstats.parts.networks import NETWORKS
from lnnstats.parts.responses.base import MEASUREMENTS
from lnnstats.parts.sources import SOURCES
from lnnstats.study.load import from_text
from lnnstats.study.values import Study

CPU = torch.device("cpu")
Tree = dict[str, Any]

SCALAR: Tree = {"linear_regression": {"features": 1, "train": 20, "test": 8, "noise": 0.3}}
PLANE: Tree = {
    "linear_regression": {"features": 3, "outputs": 2, "train": 24, "test": 9, "noise": 0.3, "correlation": 0.4}
}
CLASSES: Tree = {"gaussian_classes": {"classes": 3, "features": 4, "train": 21, "test": 9, "separation": 2.0}}
TWO: Tree = {"gaussian_classes": {"features": 5, "train": 21, "test": 9, "coding": "scalar"}}
DIGITS: Tree = {"digits": {"classes": [3, 8], "test_share": 0.9}}
WHITE: Tree = {"linear_regression": {"features": 3, "train": 24, "test": 9, "noise": 0.3, "whitened": True}}
LOW_RANK: Tree = {"low_rank_regression": {"features": 4, "outputs": 3, "rank": 2, "train": 24, "test": 9}}
NONLINEAR: Tree = {"nonlinear_regression": {"features": 3, "train": 24, "test": 9, "units": 5, "condition": 9.0}}
SMALL = {
    "scalar": SCALAR,
    "plane": PLANE,
    "white": WHITE,
    "low_rank": LOW_RANK,
    "nonlinear": NONLINEAR,
    "classes": CLASSES,
    "digits": DIGITS,
}


def study(
    data: Tree = SCALAR,
    network: Any = "linear",
    optimizer: Any = "sgd",
    responses: Tree | None = None,
    factors: Tree | None = None,
    blocks: Tree | None = None,
    **training: Any,
) -> Study:
    """A checked study of these parts; every other field has its default."""
    tree = {
        "seed": 7,
        "data": data,
        "network": network,
        "training": {"optimizer": optimizer, "steps": 20, **training},
        "factors": factors or {},
        "blocks": {"number": 2, **(blocks or {})},
        "responses": responses or {"loss": "loss"},
    }
    return from_text(json.dumps(tree))  # JSON is YAML 1.2


OF_THE_MAP: Tree = {
    "norm": {"end_to_end": {}},
    "spectral": {"end_to_end": {"of": "spectral_norm"}},
    "slope": {"end_to_end": {"of": "entry"}},
    "intercept": {"end_to_end": {"of": "entry", "input": 0}},
    "effective_rank": "effective_rank",
    "balancedness": "balancedness",
}
OF_A_STEP: Tree = {
    "step_error": "one_step_error",
    "step_slope": {"one_step_error": {"formula": "slope_only", "relative": True}},
}
EVERY = list(MEASUREMENTS)
OF_CHANGES: Tree = {
    "angle": {"row_angle": {"measurements": EVERY}},
    "angle_widest": {"row_angle": {"of": "largest", "folded": False, "formula": "arccos"}},
    "singular": {"singular_ratio": {"measurements": EVERY}},
    "residual": {"rank_one_residual": {"measurements": ["update", "cumulative"]}},
    "rank": {"numerical_rank": {"tolerance": 1e-6}},
}
# What rounding in float64 leaves of them: changes are rounded against weights 1e4 times as large, angles are in
# degrees, and arccos does not see what is below the root of 2^-52.
COARSER = dict.fromkeys(("angle", "direction", "direction_above"), 1e-9) | {"angle_widest": 2e-6}
COARSER |= dict.fromkeys(("singular", "residual", "direction_relative"), 1e-11)
OF_BATCHES: Tree = {
    "direction": {"batch_direction": {"alphas": "backpropagated", "measurements": ["gradient", "update"]}},
    "points": {"batch_direction": {"alphas": "equal", "of": "relative"}},
    "direction_above": {"batch_direction": {"of": "above"}},
    "direction_relative": {"batch_direction": {"of": "relative", "measurements": EVERY}},
}


def responses(data: Tree, network: str, loss: str, steps: Any = "last") -> Tree:
    """Every response with one value a state that a world offers, each on both splits where it has one."""
    (source,) = data
    classes, linear, mse = SOURCES[source].labelled, NETWORKS[network].linear, loss == "mse"
    named: Tree = {
        "gradient_norm": {"gradient_norm": {}},
        "gradient_total": {"gradient_norm": {"of": "total"}},
        "least": {"least_curvature": {}},
        "least_lanczos": {"least_curvature": {"exact_up_to": 1, "iterations": 9}},
        "sharpness": {"sharpness": {}},
        **OF_CHANGES,
    }
    for split in ("train", "test"):
        named[f"loss_{split}"] = {"loss": {"split": split}}
        named |= {f"mse_{split}": {"mse": {"split": split}}} if mse else {}
        named |= {f"excess_{split}": {"relative_excess_mse": {"split": split}}} if mse else {}
        named |= {f"accuracy_{split}": {"accuracy": {"split": split}}} if classes else {}
    named |= OF_THE_MAP if linear else {}
    named |= OF_BATCHES if not NETWORKS[network].of_images and not (linear and mse) else {}  # type: ignore[attr-defined]
    named |= {"deviation": "optimal_deviation", **OF_A_STEP} if linear and mse else {}
    return {
        name: {kind: {**options, "steps": steps} for kind, options in part.items()}
        if isinstance(part, Mapping)
        else {part: {"steps": steps}}
        for name, part in named.items()
    }


def fitting(network: str, data: Tree) -> Tree:
    """The data, or images for a network of images."""
    return DIGITS if NETWORKS[network].of_images else data  # type: ignore[attr-defined]


def chunks_of(study: Study) -> list[Chunk]:
    """Every batch of a study's design as one chunk of all its blocks."""
    return [Chunk(batch, 0, study.blocks.number) for batch in expand(study).batches]


def alone(chunk: Chunk, form: str | None = None) -> Iterable[Chunk]:
    """Every cell of a chunk as a chunk of its own, trained by the same or another form."""
    return (Chunk(Batch(form or chunk.batch.form, (cell,)), chunk.first, chunk.last) for cell in chunk.batch.cells)  # type: ignore[arg-type]


def engine(study: Study, chunk: Chunk, device: torch.device = CPU) -> tuple[Any, Trained]:
    """A chunk trained: the form at its last state, and what was measured."""
    training = chunk.batch.cells[0].world.training
    axis, dtype = runs(chunk, study.seed, study.blocks), DTYPES[training.dtype]
    form, twins = started(chunk.batch.form, axis, study.responses, dtype, device)
    return form, train(form, optimizer(axis, form, dtype, device), training, study.responses, twins=twins)
