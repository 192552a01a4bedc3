"""The landed study against the author's own array: noise .15, depths 1-5, D at steps 1, 1,000, 10,000, 100 trials."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from lnnstats.design.chunks import chunks
from lnnstats.design.expand import expand
from lnnstats.engine.execute import execute
from lnnstats.study.load import load
from lnnstats.study.values import Study

ROOT = Path(__file__).resolve().parents[2]
AUTHOR = {
    1: (1.79, 1.75, 1.67, 1.69, 1.66),
    1000: (0.244, 0.274, 0.335, 0.600, 0.567),
    10000: (3.24e-5, 1.544e-3, 7.345e-3, 5.886e-2, 1.2311e-1),
}
TRIALS = 100  # of the author, whose standard deviations are unknown: ours stand in for them
BLOCKS = 1000


@pytest.fixture(scope="module")
def deviations() -> dict[int, np.ndarray]:
    """step -> D of every block and depth, [blocks, depths]."""
    study = load(ROOT / "studies" / "depth_vs_mse.yaml", [f"blocks.number={BLOCKS}"])
    wanted = {"levels": (0.15,), "scale": "ratio", "role": "stratum"}
    deviation = {"deviation": {"optimal_deviation": {"steps": (1, 1000, 10000)}}}
    depths = {"levels": (1, 2, 3, 4, 5), "scale": "ordinal"}
    tree = study.model_dump() | {"factors": {"network.depth": depths, "data.noise": wanted}}
    study = Study.model_validate(tree | {"responses": deviation, "hypotheses": (), "report": ()})
    design = expand(study)
    outcomes = [execute(chunk, study, torch.device("cpu")) for chunk in chunks(design, {})]
    assert all(len(outcome.chunk.batch.cells) == 5 for outcome in outcomes)
    values = [o.recorded["deviation"].values[:, :, 0].reshape(5, -1, 3) for o in outcomes]
    joined = np.concatenate(values, axis=1)
    return {step: joined[:, :, i].T for i, step in enumerate((1, 1000, 10000))}


@pytest.mark.slow
def test_fourteen_of_fifteen_means_agree(deviations: dict[int, np.ndarray]) -> None:
    """z = difference of the means over its standard error; the fifteenth value is a float32 floor, tested below."""
    z = {}
    for step, means in AUTHOR.items():
        sample = deviations[step]
        error = sample.std(axis=0, ddof=1) * np.sqrt(1 / TRIALS + 1 / BLOCKS)
        distance = np.abs(sample.mean(axis=0) - means) / error
        z |= {(step, depth): distance[depth - 1] for depth in range(1, 6)}
    del z[10000, 1]
    assert max(z.values()) < 3, z


@pytest.mark.slow
def test_the_float32_floor_of_depth_one(deviations: dict[int, np.ndarray]) -> None:
    """At depth 1 float32 stagnates where lr*g is under half an ulp of w: a floor that is met within a factor 1.3."""
    ratio = deviations[10000][:, 0].mean() / AUTHOR[10000][0]
    assert 1 / 1.3 < ratio < 1.3
