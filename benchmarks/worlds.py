"""The studies that the benchmarks train, and their runs as arrays for the peers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnnstats.design.expand import expand
from lnnstats.design.values import Chunk
from lnnstats.draws.data import sample
from lnnstats.draws.data.values import Split
from lnnstats.engine.batch import initial_layers, runs, stacked_moments
from lnnstats.study.load import from_text
from lnnstats.study.values import Study

DEPTH = """
lnnstats: 1
title: The depth protocol
data:
  linear_regression: {{features: 1, train: 1000, test: 200, noise: 0.15, noise_scale: mean_response}}
network:  {{linear: {{depth: 1, width: 1, bias: true, init: torch_default}}}}
training: {{optimizer: {{sgd: {{learning_rate: 1e-3}}}}, loss: mse, batch: full, steps: {steps}, dtype: {dtype}}}
factors:
  network.depth: {{levels: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], scale: ordinal, reference: 1}}
  data.noise:    {{levels: [0.05, 0.15, 0.3, 0.5], scale: ratio, role: stratum}}
blocks: {{number: {blocks}, draws: [data, init], fresh: [data.noise]}}
responses:
  deviation: {{optimal_deviation: {{steps: log_spaced, resolution: 0.01}}}}
"""
WATCH = "  arrival: {time_to: {of: deviation, below: 0.01}}\n"
TREND = """hypotheses:
  - {response: deviation, alternative: increasing, sesoi: {risk_difference: 0.05},
     test: {ordered_trend: {along: network.depth, of: above_resolution}}}
"""
WIDE = """
lnnstats: 1
title: A wide network
data:     {{linear_regression: {{features: 8, train: 128, test: 8, noise: 0.15}}}}
network:  {{linear: {{depth: 4, width: 16, bias: false, init: xavier}}}}
training: {{optimizer: {{momentum: {{learning_rate: 1e-3, beta: 0.9}}}}, batch: full, steps: {steps}, dtype: float64}}
blocks: {{number: {blocks}, draws: [data, init]}}
responses:
  deviation: {{optimal_deviation: {{steps: last}}}}
"""


@dataclass(frozen=True)
class Chains:
    """Width-1 networks, depth ascending: weights, biases, trained [L, R], ending together; 2 Gram, OLS [..., R]."""

    depths: NDArray[np.int64]
    weights: NDArray[np.floating]
    biases: NDArray[np.floating]
    trained: NDArray[np.floating]
    gram: NDArray[np.floating]
    optimum: NDArray[np.floating]


def depth_study(steps: int, dtype: str = "float64", blocks: int = 100, more: str = "") -> Study:
    """The paper's protocol at a budget of steps."""
    return from_text(depth_text(steps, dtype, blocks, more))


def depth_text(steps: int, dtype: str = "float64", blocks: int = 100, more: str = "") -> str:
    """Its study file; `more`: further lines."""
    return DEPTH.format(steps=steps, dtype=dtype, blocks=blocks) + more


def wide_study(steps: int, blocks: int) -> Study:
    """Width 16, depth 4, heavy ball."""
    return from_text(WIDE.format(steps=steps, blocks=blocks))


def whole(study: Study) -> Chunk:
    """All blocks of a study of one batch."""
    (batch,) = expand(study).batches
    return Chunk(batch, 0, study.blocks.number)


def chains(study: Study) -> Chains:
    """The runs of a study of chains at their initial weights."""
    axis = runs(whole(study), study.seed, study.blocks)
    dtype, blocks = np.dtype(study.training.dtype), len(axis.blocks)
    depths = axis.column(lambda cell: cell.world.network.depth).astype(np.int64)
    shape = (int(depths.max()), axis.size)
    weights, biases, trained = np.ones(shape, dtype), np.zeros(shape, dtype), np.zeros(shape, dtype)
    for position, drawn in enumerate(initial_layers(axis).value):
        inside = slice(position * blocks, (position + 1) * blocks)
        for row, layer in enumerate(drawn, len(weights) - len(drawn)):
            weights[row, inside], biases[row, inside] = layer.weight[:, 0, 0], layer.bias[:, 0]
            trained[row, inside] = 1
    train = stacked_moments(axis, True).value["train"]
    moments = (2 * train.gram.transpose(1, 2, 0), train.optimum[:, 0].T)
    return Chains(depths, weights, biases, trained, *(np.ascontiguousarray(array, dtype) for array in moments))


def points(study: Study) -> list[Split]:
    """The training points of every cell, [B, n, d] each."""
    chunk = whole(study)
    axis = runs(chunk, study.seed, study.blocks)
    return [sample(cell.world.data, axis.stream(cell)).train for cell in chunk.batch.cells]


def initial_weights(study: Study) -> list[NDArray[np.float64]]:
    """The initial weights of a one-cell study, layer by layer, [B, rows, columns]."""
    (layers,) = initial_layers(runs(whole(study), study.seed, study.blocks)).value
    return [layer.weight for layer in layers]
