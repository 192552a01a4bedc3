"""Crossed random draws: draw k of a purpose is block k's draw of it, bit for bit, and the same in every block."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from lnnstats.design.chunks import chunks
from lnnstats.design.expand import expand
from lnnstats.draws.batches import order
from lnnstats.draws.data import sample
from lnnstats.draws.inits import initial
from lnnstats.engine.batch import runs
from lnnstats.engine.execute import execute
from lnnstats.study.values import Study
from lnnstats.verify.replay import Drawn, referenced
from tests.worlds import CLASSES, CPU, PLANE, SCALAR, chunks_of, study

CHAIN: dict[str, Any] = {"data": SCALAR, "network": {"linear": {"depth": 2}}}
MOMENTS: dict[str, Any] = {"data": PLANE, "network": {"linear": {"depth": 2, "width": 3}}}
AUTOGRAD: dict[str, Any] = {"data": CLASSES, "network": {"relu": {"depth": 2, "width": 3}}, "batch": 5, "steps": 9}
FORMS = {"chain": CHAIN, "moments": MOMENTS, "autograd": AUTOGRAD}
OTHERS = {"init": ["data"], "data": ["init"], "batches": ["data", "init"]}


def crossed(purpose: str, levels: list[int], factors: dict[str, Any] | None = None, **options: Any) -> Study:
    draws = {f"draws.{purpose}": {"levels": levels, "role": "random"}}
    return study(factors={**(factors or {}), **draws}, blocks={"number": 3, "draws": OTHERS[purpose]}, **options)


def drawn(made: Study, level: int | None, block: int, purpose: str) -> list[np.ndarray]:
    """The raw tensors of a purpose that the run of a block starts from, at a level of its crossed factor."""
    cells = [cell for cell in expand(made).cells if level is None or cell.crossed[purpose] == level]
    chunk = Drawn(cells[0], block).chunk
    stream, world = runs(chunk, made.seed, made.blocks).stream(cells[0]), cells[0].world
    if purpose == "init":
        layers = initial(world.network, world.data.inputs, world.data.outputs, stream)
        return [part for layer in layers for part in (layer.weight, layer.bias) if part is not None]
    if purpose == "data":
        data = sample(world.data, stream)
        return [data.train.x, data.train.y, data.test.x]
    return [order(stream, epoch, 21, 5) for epoch in range(2)]


@pytest.mark.parametrize("purpose", OTHERS)
def test_level_k_is_what_block_k_draws(purpose: str) -> None:
    """Bit for bit: in a study that draws the purpose by block, the run of block k starts from the same numbers."""
    by_block = study(**AUTOGRAD, blocks={"number": 6})
    for level, block in product((0, 2, 5), (0, 2)):
        here = drawn(crossed(purpose, [5, 0, 2], **AUTOGRAD), level, block, purpose)
        for mine, wanted in zip(here, drawn(by_block, None, level, purpose), strict=True):
            np.testing.assert_array_equal(mine, wanted)


@pytest.mark.parametrize("purpose", OTHERS)
def test_the_other_draws_of_a_block_are_untouched(purpose: str) -> None:
    alone = study(**AUTOGRAD, blocks={"number": 3, "draws": OTHERS[purpose]})
    made = crossed(purpose, [1, 2], **AUTOGRAD)
    for other, block in product(OTHERS[purpose], range(3)):
        for mine, wanted in zip(drawn(made, None, block, other), drawn(alone, None, block, other), strict=True):
            np.testing.assert_array_equal(mine, wanted)


EVERY = [*product(FORMS, ("init", "data")), ("autograd", "batches")]


@pytest.mark.parametrize(("form", "purpose"), EVERY)
def test_a_run_on_the_diagonal_is_the_run_of_its_block(form: str, purpose: str) -> None:
    """Level k in block k starts from what block k draws by itself, so it is the same run: responses and raw words."""
    made = crossed(purpose, [0, 1, 2], **FORMS[form])
    by_block = study(**FORMS[form], blocks={"number": 3, "draws": [*OTHERS[purpose], purpose]})
    (whole,) = [execute(chunk, by_block, CPU) for chunk in chunks_of(by_block)]
    for chunk in chunks_of(made):
        found = execute(chunk, made, CPU)
        for place, cell in enumerate(chunk.batch.cells):
            block = cell.crossed[purpose]
            run = place * 3 + block
            assert found.draws[run] == whole.draws[block]
            # The same sums in another place of a tensor: one rounding a step, over some 20 contracting steps.
            np.testing.assert_allclose(
                found.recorded["loss"].values[run], whole.recorded["loss"].values[block], rtol=1e-12
            )


@pytest.mark.parametrize(("form", "purpose"), EVERY)
def test_every_level_is_a_run_of_its_own_in_every_block(form: str, purpose: str) -> None:
    made = crossed(purpose, [1, 2, 4], **FORMS[form])
    (chunk,) = chunks_of(made)
    found = execute(chunk, made, CPU)
    losses = found.recorded["loss"].values[:, -1, 0].reshape(3, 3)
    assert np.unique(losses).size == 9  # no level and no block is a copy of another


@pytest.mark.parametrize(("form", "purpose"), EVERY)
def test_the_plain_reference_trains_the_same_run(form: str, purpose: str) -> None:
    made = crossed(purpose, [3], **FORMS[form])
    (cell,) = expand(made).cells
    checks = list(referenced(Drawn(cell, 2), made))
    assert checks and all(check.ok for check in checks), checks


def test_added_draws_leave_the_old_runs_alone() -> None:
    small, large = crossed("init", [2], **MOMENTS), crossed("init", [1, 2, 3], {"data.noise": [0.3, 0.9]}, **MOMENTS)
    (old,) = expand(small).cells
    assert old.id in {cell.id for cell in expand(large).cells}
    assert {cell.id for cell in expand(study(**MOMENTS, blocks={"number": 3, "draws": ["data"]})).cells}.isdisjoint(
        cell.id for cell in expand(large).cells
    )


def test_a_fresh_stratum_draws_by_block_anew_and_shares_what_is_crossed() -> None:
    """Crossed with the strata too: a level is the same draw in each of them."""
    noises = {"data.noise": {"levels": [0.3, 0.9], "role": "stratum"}}
    made = crossed("init", [1], noises, **MOMENTS)
    made = made.model_copy(update={"blocks": made.blocks.model_copy(update={"fresh": ("data.noise",)})})
    low, high = expand(made).cells
    axis = runs(chunks(expand(made), {})[0], made.seed, made.blocks)
    words = {
        purpose: [axis.stream(cell).words(purpose, "any", 2, 2) for cell in (low, high)] for purpose in ("data", "init")
    }
    np.testing.assert_array_equal(*words["init"])
    assert not (words["data"][0] == words["data"][1]).any()
