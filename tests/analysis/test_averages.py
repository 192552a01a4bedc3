"""Averages over what a design has: least squares on a fraction, nests by hand, layers before combinations."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from lnnstats.analysis.select import Sample, samples
from lnnstats.errors import BadInput
from lnnstats.results.query import Results
from lnnstats.study.combinations import combinations
from lnnstats.study.values import Plan
from tests.analysis.tables import concluded, crossed, plan, table

RNG = np.random.default_rng(20)
PATHS = ("a", "b", "c", "d", "e")
TWO: dict[str, Any] = {path: [-1, 1] for path in PATHS}
HALF = {"fraction": {"generators": {"e": ["a", "b", "c", "d"]}}}


def selected(rows: list, asked: Plan) -> Sample:
    (found,) = samples(Results.of(table(rows)), asked, asked.hypotheses[0])
    return found


def simulated(asked: Plan, blocks: int = 9) -> list[dict[str, Any]]:
    """Every planned cell in every block: main effects, two-factor interactions, a block effect and noise."""
    cells, paths = combinations(asked).planned, list(asked.factors)
    main, pair = RNG.normal(size=len(paths)), RNG.normal(size=(len(paths), len(paths)))
    shift = RNG.normal(size=blocks)
    codes = {path: dict(zip(factor.labels, (-1, 1), strict=True)) for path, factor in asked.factors.items()}
    rows = []
    for cell, block in product(cells, range(blocks)):
        x = np.array([codes[path][cell[path]] for path in paths])
        rows.append({**cell, "block": block, "value": float(main @ x + x @ pair @ x + shift[block] + RNG.normal())})
    return rows


def fitted(rows: list[dict[str, Any]], effect: tuple[str, ...]) -> float:
    """The coefficient of an effect in the saturated model of main effects, two-factor interactions and blocks."""
    effects = [(p,) for p in PATHS] + [(p, q) for i, p in enumerate(PATHS) for q in PATHS[i + 1 :]]
    blocks = sorted({row["block"] for row in rows})
    columns = [[np.prod([row[path] for path in one]) for row in rows] for one in effects]
    columns += [[float(row["block"] == block) for row in rows] for block in blocks]
    solution, *_ = np.linalg.lstsq(np.array(columns, dtype=float).T, [row["value"] for row in rows], rcond=None)
    return float(solution[effects.index(effect)])


@pytest.mark.parametrize("path", PATHS)
def test_a_main_effect_of_a_half_fraction_is_that_of_least_squares(path):
    """The levels are coded -1 and +1, so that their difference is twice the coefficient."""
    test = {"paired_t": {"along": path, "treatment": 1, "reference": -1, "scale": "raw"}}
    asked = plan({"test": test, "average": [p for p in PATHS if p != path]}, factors=TWO, design=HALF)
    rows = simulated(asked)
    ((finding,), _) = concluded(rows, asked)
    # A sum of 16 x 9 terms of size 1 in two orders: a few roundings of 1e-16.
    assert finding.estimate == pytest.approx(2 * fitted(rows, (path,)), rel=1e-11)
    assert finding.accounting.analysed == 9 and finding.accounting.incomplete == 0


@pytest.mark.parametrize("paths", [("a", "b"), ("b", "e"), ("d", "e")])
def test_an_interaction_of_a_half_fraction_is_that_of_least_squares(paths):
    """A difference of differences is four times the coefficient of the product."""
    test = {"interaction": {"factors": list(paths), "treatment": [1, 1], "reference": [-1, -1], "scale": "raw"}}
    asked = plan({"test": test, "average": [p for p in PATHS if p not in paths]}, factors=TWO, design=HALF)
    rows = simulated(asked)
    ((finding,), _) = concluded(rows, asked)
    assert finding.estimate == pytest.approx(4 * fitted(rows, paths), rel=1e-11)  # roundings, as above


def test_rows_that_the_design_does_not_have_do_not_enter():
    test = {"paired_t": {"along": "a", "treatment": 1, "scale": "raw"}}
    asked = plan({"test": test, "average": ["b", "c", "d", "e"]}, factors=TWO, design=HALF)
    rows = simulated(asked)
    beyond = [{**row, "e": -row["e"], "value": 1e9} for row in rows]
    np.testing.assert_array_equal(selected(rows + beyond, asked).values, selected(rows, asked).values)


def test_a_planned_cell_without_a_run_is_missing_and_one_run_short_is_a_block_short():
    test = {"paired_t": {"along": "a", "treatment": 1}}
    asked = plan({"test": test, "average": ["b", "c", "d", "e"]}, factors=TWO, design=HALF)
    rows = simulated(asked)
    first = {path: rows[0][path] for path in PATHS}
    without = [row for row in rows if any(row[path] != first[path] for path in PATHS)]
    (missing,) = selected(without, asked).missing
    assert missing == ", ".join(f"{label} of {path}" for path, label in first.items())
    found = selected(rows[1:], asked)
    assert (found.missing, found.incomplete, found.blocks.tolist()) == ((), 1, list(range(1, 9)))


NESTED: dict[str, Any] = {
    "depth": [1, 2, 4],
    "width": {"nested_in": "depth", "levels": {1: [1], 2: [4, 16], 4: [2, 4]}},
}


def test_a_nested_factor_is_averaged_over_the_levels_that_each_level_has():
    test = {"paired_t": {"along": "depth", "treatment": 2, "reference": 1}}
    values = RNG.lognormal(size=(6, 5))
    cells = [(1, 1), (2, 4), (2, 16), (4, 2), (4, 4)]
    placed = zip(cells, values.T, strict=True)
    rows = [row for (depth, width), v in placed for row in crossed(v[:, None], "width", [width], depth=depth)]
    found = selected(rows, plan({"test": test, "average": ["width"]}, factors=NESTED))
    # Two numbers: their mean is one rounding in any order.
    np.testing.assert_array_equal(found.values, np.stack([values[:, 1:3].mean(axis=1), values[:, 0]], axis=1))


def test_the_widths_of_each_depth_are_compared_with_each_other():
    factors = {**NESTED, "depth": {"levels": [1, 2, 4], "role": "stratum"}}
    asked = plan({"test": {"trend_slope": {"along": "width"}}}, factors=factors)
    wide, narrow = RNG.lognormal(size=(2, 6, 2))
    rows = crossed(wide, "width", [4, 16], depth=2) + crossed(narrow, "width", [2, 4], depth=4)
    rows += crossed(RNG.lognormal(size=(6, 1)), "width", [1], depth=1)
    found = list(samples(Results.of(table(rows)), asked, asked.hypotheses[0]))
    assert [(dict(one.stratum), one.levels, one.missing) for one in found] == [
        ({"depth": 2}, (4, 16), ()),
        ({"depth": 4}, (2, 4), ()),
    ]
    np.testing.assert_array_equal(found[0].values, wide)
    np.testing.assert_array_equal(found[1].values, narrow)


LAYERED = {"responses": {"y": {"singular_ratio": {"resolution": 1e-9}}}}


@pytest.mark.parametrize("how", ["max", "min", "mean"])
def test_layers_are_reduced_in_each_run_and_then_runs_are_averaged(how):
    """Two widths are averaged; the deeper network has a layer more, and no block lacks anything."""
    values = RNG.lognormal(size=(4, 2, 2, 3))  # block, depth, width, layer
    rows = [
        {"depth": d, "width": w, "layer": k + 1, "block": b, "step": 5, "value": values[b, i, j, k]}
        for b, (i, d), (j, w), k in product(range(4), enumerate((2, 3)), enumerate((4, 8)), range(3))
        if k < d
    ]
    test = {"paired_t": {"along": "depth", "treatment": 3, "reference": 2, "scale": "raw"}}
    factors = {"depth": [2, 3], "width": {"levels": [4, 8], "role": "nuisance"}}
    found = selected(rows, plan({"test": test, "reduce": {"layer": how}}, factors=factors, **LAYERED))
    reduced = getattr(np, how)
    deep, flat = reduced(values[:, 1], axis=2).mean(axis=1), reduced(values[:, 0, :, :2], axis=2).mean(axis=1)
    # The same numbers summed in another order: the mean may differ in the last place.
    np.testing.assert_allclose(found.values, np.stack([deep, flat], axis=1), rtol=1e-15)
    assert found.incomplete == 0


def test_a_random_factor_is_averaged_over():
    values = RNG.lognormal(size=(5, 2, 4))
    factors = {"arm": ["old", "new"], "draws.init": {"number": 4}}
    rows = [row for k in range(4) for row in crossed(values[:, :, k], "arm", ["old", "new"], **{"draws.init": k + 1})]
    asked = plan({"test": {"paired_t": {"along": "arm", "treatment": "new"}}}, factors=factors)
    # Four numbers summed in another order: the mean may differ in the last place.
    np.testing.assert_allclose(selected(rows, asked).values, values.mean(axis=2)[:, ::-1], rtol=1e-15)


def test_an_event_is_of_no_average_over_draws():
    factors = {"arm": ["old", "new"], "draws.init": {"number": 4}}
    test = {"mcnemar": {"along": "arm", "treatment": "new", "of": "above_resolution"}}
    with pytest.raises(BadInput, match=r"an event is of a single run, not of an average, found draws.init"):
        plan({"test": test}, factors=factors, responses={"y": {"measured": {"resolution": 0}}})
