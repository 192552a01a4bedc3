"""A design with rules: which runs decide them, that the analysis shares none of their draws, what is trained then."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.design.expand import expand, measured_digest, world_digest
from lnnstats.design.values import Chunk
from lnnstats.engine.execute import rerun
from lnnstats.parts.tuning import rule, untuned
from lnnstats.tuning.pilot import pilot, resolved, rules
from tests.tuning.tuned import GRID, RATE, study, tune


def pilot_of(**changes):
    found = pilot(expand(study(**changes)))
    assert found is not None
    return found


def test_a_design_without_rules_needs_no_pilot():
    assert pilot(expand(study(factors={RATE: [0.05, 0.1]}))) is None


def test_the_pilot_is_every_tuned_cell_at_every_value_on_blocks_of_its_own():
    first = pilot_of()
    assert [(c.levels["network.depth"], c.levels[RATE]) for c in first.cells] == [(d, v) for d in (1, 2) for v in GRID]
    assert all(c.world.training.optimizer.learning_rate == c.levels[RATE] for c in first.cells)
    assert all(c.world.network.depth == c.levels["network.depth"] for c in first.cells)
    assert first.study.blocks.number == 5
    assert first.runs == 2 * 3 * 5
    assert {cell.id for batch in first.batches for cell in batch.cells} == {cell.id for cell in first.cells}


def test_it_measures_only_what_its_rules_ask_for():
    first = pilot_of(responses={**RESPONSES, "extra": {"mse": {}}}).study
    assert set(first.responses) == {"excess", "arrival"}
    assert first.responses["excess"].recorded(40) == (40,)
    assert (first.hypotheses, first.report) == ((), ())


RESPONSES = {
    "excess": {"relative_excess_mse": {"steps": [0, 10, 40]}},
    "arrival": {"time_to": {"of": "excess", "below": 0.5}},
}


@pytest.mark.parametrize("draws", [["data", "init"], ["init"]])
def test_no_draw_of_the_pilot_is_one_of_the_analysis(draws):
    """Checksums of 64 bits over every word drawn: by chance two of these hundred agree once in 10^15."""
    design = expand(study(blocks={"number": 6, "draws": draws}))
    first = pilot(design)
    ready = resolved(design, {cell.id: 0.1 for cell, _ in rules(design)})
    ours, theirs = checksums(ready), checksums(first)
    assert len(theirs) >= 5
    assert not ours & theirs


def checksums(design) -> set[int]:
    outcomes = [rerun(Chunk(batch, 0, design.study.blocks.number), design.study, "cpu") for batch in design.batches]
    return set(np.concatenate([outcome.draws for outcome in outcomes]).tolist())


@pytest.mark.parametrize("seed", [0, 1, 2**40])
def test_the_pilot_has_a_seed_that_no_study_can_have(seed):
    assert pilot_of(seed=seed).study.seed == -1 - seed < 0


def test_cells_that_are_one_world_at_a_value_share_its_runs():
    two = {
        RATE: [
            {"name": "by time", **tune(grid=[0.01, 0.1])},
            {"name": "by error", **tune(grid=[0.1, 0.5], by="excess")},
        ]
    }
    first = pilot_of(factors=two)
    assert [cell.levels[RATE] for cell in first.cells] == [0.01, 0.1, 0.5]


def test_ids_of_the_pilot_are_those_of_its_worlds():
    """So that a value added to a grid, blocks added or a rule of another name train only what is new."""
    before = {cell.id for cell in pilot_of().cells}
    longer = {**FACTORS, RATE: {"levels": [0.05, tune(grid=[*GRID, 0.7])], "role": "stratum"}}
    assert before < {cell.id for cell in pilot_of(factors=longer).cells}
    assert {cell.id for cell in pilot_of(blocks={"number": 9, "draws": ["init", "data"]}).cells} == before
    assert not before & {cell.id for cell in pilot_of(seed=8).cells}
    assert measured_digest(pilot_of().study) == measured_digest(pilot_of(responses=RECORDED).study)


FACTORS = {"network.depth": {"levels": [1, 2], "scale": "ordinal"}}
RECORDED = {**RESPONSES, "excess": {"relative_excess_mse": {"steps": [3, 40], "resolution": 1e-3}}}


def test_a_cell_is_named_by_its_rule():
    design = expand(study())
    ids = {cell.levels[RATE]: cell.id for cell in design.cells if cell.levels["network.depth"] == 1}
    other = expand(study(factors={**FACTORS, RATE: [0.05, tune(grid=[0.01, 0.1])]}))
    again = {cell.levels[RATE]: cell.id for cell in other.cells if cell.levels["network.depth"] == 1}
    assert ids[0.05] == again[0.05]
    assert ids["tuned"] != again["tuned"]


def test_a_resolved_design_has_numbers_and_is_else_the_same():
    design = expand(study())
    tuned = [cell.id for cell, _ in rules(design)]
    ready = resolved(design, dict(zip(tuned, (0.1, 0.5), strict=True)))
    assert [cell.id for cell in ready.cells] == [cell.id for cell in design.cells]
    assert [cell.world.training.optimizer.learning_rate for cell in ready.cells] == [0.05, 0.1, 0.05, 0.5]
    assert [cell.levels for cell in ready.cells] == [cell.levels for cell in design.cells]
    shape = [(batch.form, [cell.id for cell in batch.cells]) for batch in design.batches]
    assert [(batch.form, [cell.id for cell in batch.cells]) for batch in ready.batches] == shape
    worlds = {cell.id: cell.world for cell in ready.cells}
    assert all(cell.world == worlds[cell.id] for batch in ready.batches for cell in batch.cells)
    assert rules(ready) == ()


def test_a_grid_may_grow_in_a_folder():
    """The folder is named by the world that levels and grids are added to."""
    own = {"training": {"optimizer": {"sgd": {"learning_rate": tune()}}, "steps": 40}, "factors": FACTORS}
    longer = {"training": {"optimizer": {"sgd": {"learning_rate": tune(grid=[0.01, 0.2])}}, "steps": 40}}
    assert world_digest(study(**own)) == world_digest(study(**{**own, **longer}))
    fixed = {"training": {"optimizer": {"sgd": {"learning_rate": 0.1}}, "steps": 40}}
    assert world_digest(study(**own)) != world_digest(study(**{**own, **fixed}))


def test_a_rule_is_told_from_a_number():
    assert rule(0.1) is None
    assert untuned({"sgd": {"learning_rate": tune(), "beta": 0.9}}) == {"sgd": {"learning_rate": "tuned", "beta": 0.9}}
    made = study(factors={}, training={"optimizer": {"sgd": {"learning_rate": tune()}}})
    found = rule(made.training.optimizer.learning_rate)
    assert found is not None and found.grid == tuple(GRID)


@pytest.mark.parametrize("number", [2, 3])
def test_draws_of_a_random_factor_are_drawn_by_the_pilots_blocks(number):
    """So that another draw in the study changes no choice, and no stored run was trained at another step size."""
    crossed = {RATE: [tune(), 0.05], "draws.init": {"number": number}}
    first = pilot_of(factors=crossed, blocks={"number": 6, "draws": ["data"]})
    assert [(cell.levels, cell.crossed) for cell in first.cells] == [({RATE: value}, {}) for value in GRID]
    assert first.study.blocks.draws == ("data", "init")
    assert len(checksums(first)) == 5
    uncrossed = pilot_of(factors={RATE: [tune(), 0.05]}, blocks={"number": 6, "draws": ["data", "init"]})
    assert [cell.id for cell in uncrossed.cells] == [cell.id for cell in first.cells]
