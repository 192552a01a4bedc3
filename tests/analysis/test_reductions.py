"""Measurements as places and levels, and axes reduced in every run, against NumPy on the whole array."""

from __future__ import annotations

import json
import random
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from lnnstats.analysis.analyse import analyse
from lnnstats.analysis.judge import judge
from lnnstats.analysis.select import Sample, samples
from lnnstats.analysis.values import conclusions
from lnnstats.errors import BadInput
from lnnstats.results.foreign import read, write_table
from lnnstats.results.query import Results
from lnnstats.study.axes import facing
from lnnstats.study.values import Plan
from tests.analysis.tables import Tree, concluded, plan, table

STEPS, DEPTHS, KINDS = (1, 10, 100), (2, 3), ("gradient", "update")
CHANGES: Tree = {"y": {"singular_ratio": {"steps": list(STEPS), "measurements": list(KINDS), "resolution": 0.5}}}
ARMS: Tree = {"depth": list(DEPTHS)}
DEEPER: Tree = {"paired_t": {"along": "depth", "treatment": 3, "reference": 2, "scale": "raw"}}
VALUES = np.random.default_rng(41).lognormal(size=(6, 2, 3, 3, 2))  # block, depth, step, layer, measurement


def rows(values: Any = VALUES) -> list[Tree]:
    """Every value at its place; the shallower network has a layer less."""
    places = product(range(len(values)), enumerate(DEPTHS), enumerate(STEPS), range(3), enumerate(KINDS))
    return [
        {"depth": depth, "block": b, "step": step, "layer": k + 1, "measurement": kind, "value": values[b, i, s, k, m]}
        for b, (i, depth), (s, step), k, (m, kind) in places
        if k < depth
    ]


def asked(*hypotheses: Tree, **fields: Any) -> Plan:
    return plan(*hypotheses, factors=ARMS, **{"responses": CHANGES, **fields})


def selected(table_of: list[Tree], made: Plan) -> list[Sample]:
    (hypothesis,) = made.hypotheses
    return list(samples(Results.of(table(table_of)), facing(made, hypothesis), hypothesis))


HOW = {"max": np.max, "min": np.min, "mean": np.mean}


@pytest.mark.parametrize("hows", list(product(HOW, repeat=3)), ids="-".join)
def test_axes_are_reduced_from_the_innermost_on(hows: tuple[str, str, str]) -> None:
    """Measurement, then layer (as many as each network has), then step: in this order, where it matters."""
    step, layer, measurement = hows
    reduce = {"step": step, "layer": layer, "measurement": measurement}
    (found,) = selected(rows(), asked({"test": DEEPER, "reduce": reduce}))
    for column, (i, depth) in enumerate(reversed(list(enumerate(DEPTHS)))):
        inner = HOW[measurement](VALUES[:, i, :, :depth], axis=-1)
        wanted = HOW[step](HOW[layer](inner, axis=-1), axis=-1)
        # The same few numbers summed in another order: a mean may differ in the last place.
        np.testing.assert_allclose(found.values[:, column], wanted, rtol=1e-15)
    assert found.incomplete == 0


def test_the_order_of_rows_does_not_matter() -> None:
    mixed, reduce = rows(), {"step": "mean", "layer": "mean", "measurement": "mean"}
    random.Random(3).shuffle(mixed)
    made = asked({"test": DEEPER, "reduce": reduce})
    np.testing.assert_array_equal(selected(mixed, made)[0].values, selected(rows(), made)[0].values)


@pytest.mark.parametrize("place", [(1, 2, "gradient"), (100, 1, "update")])
def test_a_place_is_one_value_a_run(place: tuple[int, int, str]) -> None:
    step, layer, kind = place
    made = asked({"test": DEEPER, "at": {"step": step, "layer": layer, "measurement": kind}})
    (found,) = selected(rows(), made)
    wanted = VALUES[:, ::-1, STEPS.index(step), layer - 1, KINDS.index(kind)]
    np.testing.assert_array_equal(found.values, wanted)


def test_measurements_are_compared_within_blocks() -> None:
    """The first is the reference; as scipy's paired t on two measurements of every run."""
    test = {"paired_t": {"along": "measurement", "treatment": "update", "scale": "raw"}}
    at = {"measurement": list(KINDS), "layer": 1}
    made = asked({"test": test, "at": at, "where": {"depth": 3}})
    ((found,), (verdict,)) = concluded(rows(), made)
    wanted = stats.ttest_rel(VALUES[:, 1, 2, 0, 1], VALUES[:, 1, 2, 0, 0])
    assert found.statistic == pytest.approx(wanted.statistic, rel=1e-12)
    assert "measurement in gradient, update" in verdict.scope and "layer = 1" in verdict.scope


def test_each_measurement_is_a_stratum() -> None:
    made = asked({"test": DEEPER, "at": {"measurement": list(KINDS)}, "reduce": {"layer": "max"}})
    found = selected(rows(), made)
    assert [dict(one.stratum) for one in found] == [{"measurement": "gradient"}, {"measurement": "update"}]
    for m, one in enumerate(found):
        wanted = [VALUES[:, i, 2, :depth, m].max(axis=-1) for i, depth in ((1, 3), (0, 2))]
        np.testing.assert_array_equal(one.values, np.stack(wanted, axis=1))


ONE: Tree = {"y": {"singular_ratio": {"steps": [100], "measurements": ["update"]}}}


def test_the_only_measurement_needs_no_name() -> None:
    """Nor does a table that does not say which it is."""
    made = asked({"test": DEEPER, "at": {"layer": 1}}, responses=ONE)
    of_updates = [row for row in rows() if row["measurement"] == "update"]
    unnamed = [{key: value for key, value in row.items() if key != "measurement"} for row in of_updates]
    for some in (rows(), of_updates, unnamed):
        np.testing.assert_array_equal(selected(some, made)[0].values, VALUES[:, ::-1, 2, 0, 1])
    ((_,), (verdict,)) = concluded(rows(), made)
    assert "measurement = update" in verdict.scope


def test_a_reduction_is_in_the_scope() -> None:
    reduce = {"step": "max", "layer": "max", "measurement": "max"}
    _, (verdict,) = concluded(rows(), asked({"test": DEEPER, "reduce": reduce}))
    assert "max over steps; max over layers; max over measurements" in verdict.scope


# Runs that lack a place, diverged, or have no value there


OVER_STEPS = {"test": DEEPER, "at": {"layer": 1, "measurement": "gradient"}, "reduce": {"step": "max"}}


def test_a_run_without_one_of_the_steps_is_incomplete() -> None:
    short = [row for row in rows() if (row["block"], row["depth"], row["step"]) != (2, 3, 10)]
    (found,) = selected(short, asked(OVER_STEPS))
    assert (found.incomplete, found.undefined, found.blocks.tolist()) == (1, 0, [0, 1, 3, 4, 5])


def test_a_run_that_diverged_enters_as_declared() -> None:
    """Its steps before do not count for it: a mean leaves it out and says so."""
    lost = [row | {"status": "diverged"} if (row["block"], row["depth"]) == (1, 2) else row for row in rows()]
    (found,) = selected(lost, asked(OVER_STEPS))
    assert found.diverged.tolist() == [[False, block == 1] for block in range(6)]
    ((finding,), _) = concluded(lost, asked(OVER_STEPS))
    assert (finding.accounting.diverged, finding.accounting.analysed) == (1, 5)


def undefined(status: str) -> list[Tree]:
    """In block 4 the deeper network has no value at step 10."""
    values = VALUES.copy()
    values[4, 1, 1, 0, 0] = np.nan
    lost = [row | {"status": status} if (row["block"], row["depth"]) == (4, 3) else row for row in rows(values)]
    return lost


def test_a_run_without_a_value_is_left_out_counted_and_said() -> None:
    """It did not diverge, so that nothing is known of it: neither the worst of values nor silently dropped."""
    ((finding,), _) = concluded(undefined("ok"), asked(OVER_STEPS))
    accounting = finding.accounting
    assert (accounting.blocks, accounting.incomplete, accounting.analysed, accounting.diverged) == (6, 1, 5, 0)
    assert any("1 runs of y have no value though they did not diverge" in check for check in finding.checks)
    ((diverged,), _) = concluded(undefined("diverged"), asked(OVER_STEPS))
    assert (diverged.accounting.incomplete, diverged.accounting.diverged) == (0, 1)
    assert not any("undefined" in check for check in diverged.checks)


def test_of_independent_groups_each_run_counts_for_itself() -> None:
    test = {"welch_t": {"along": "depth", "treatment": 3, "reference": 2, "scale": "raw"}}
    ((finding,), _) = concluded(undefined("ok"), asked(OVER_STEPS | {"test": test}))
    assert (finding.accounting.blocks, finding.accounting.incomplete, finding.accounting.analysed) == (12, 1, 11)


def test_an_event_is_of_the_runs_that_have_a_value() -> None:
    test = {"binomial": {"of": "above_resolution"}}
    made = asked(OVER_STEPS | {"test": test, "null_value": 0.5, "where": {"depth": 3}})
    ((finding,), _) = concluded(undefined("ok"), made)
    above = VALUES[[0, 1, 2, 3, 5], 1, :, 0, 0].max(axis=-1) > 0.5
    assert finding.estimate == above.mean() and finding.accounting.incomplete == 1


def test_where_no_run_has_a_value_nothing_can_be_tested() -> None:
    values = VALUES.copy()
    values[:, 1] = np.nan
    ((finding,), _) = concluded(rows(values), asked(OVER_STEPS))
    assert finding.untestable is not None and "6 runs have none" in finding.untestable.sentence
    assert finding.accounting.incomplete == 6


def test_a_run_without_a_value_meets_no_condition() -> None:
    values = np.array([[0.2, 1], [np.nan, 1], [0.9, 1], [0.9, 0]])
    places = product(range(4), enumerate((1, 10)))
    found = [{"depth": 2, "block": b, "step": step, "value": values[b, s]} for b, (s, step) in places]
    for bound, blocks in (({"above": 0.5}, [2, 3]), ({"below": 0.5}, [0])):
        test = {"binomial": {"of": "above_resolution"}}
        among = {"response": "y", "step": 1, **bound}
        made = plan({"test": test, "null_value": 0.5, "among": among, "where": {"depth": 2}},
                    factors=ARMS, responses={"y": {"measured": {"steps": [1, 10], "resolution": 0.5}}})  # fmt: skip
        (one,) = selected(found, made)
        assert one.blocks.tolist() == blocks


# Files, and what is refused


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl.gz"])
def test_an_export_is_analysed_to_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    test = {"paired_t": {"along": "measurement", "treatment": "update"}}
    made = asked(
        {"test": DEEPER, "reduce": {"step": "mean", "layer": "max", "measurement": "min"}},
        {"test": test, "at": {"measurement": list(KINDS), "layer": 2}, "average": ["depth"]},
        OVER_STEPS,
    )
    own = table(undefined("ok"))
    write_table(own, tmp_path / f"table.{suffix}")
    back = read(tmp_path / f"table.{suffix}", made)
    assert back.notes == () and back.table.column_names == own.column_names

    def concluding(results: Results) -> str:
        findings = analyse(results, made)
        return json.dumps(conclusions(findings, judge(findings, made)))

    assert concluding(Results.of(back.table)) == concluding(Results.of(own))


AT_ONE = {"at": {"layer": 1}}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (AT_ONE, "the response has several measurements, found y: gradient, update, "
                 "allowed at: {measurement: gradient} or reduce: {measurement: max}"),
        ({"at": {"layer": 1, "measurement": "difference"}}, "unknown measurement, found 'difference'"),
        ({"at": {"layer": 1, "measurement": 3}}, "unknown measurement"),
        ({"at": {"layer": 1, "measurement": "last"}}, "unknown measurement, found 'last'"),
        ({"at": {"layer": "update"}}, "no such layer, found 'update'"),
        ({"at": {"layer": 1, "measurement": ["update", "update"]}}, "a measurement named twice"),
        ({"at": {"layer": 1}, "reduce": {"measurement": "max", "layer": "max"}}, "reduced or placed, not both"),
        ({"at": {"layer": 1}, "reduce": {"measurement": "median"}}, "allowed 'max', 'min' or 'mean'"),
    ],
)  # fmt: skip
def test_what_is_left_open_or_is_not_there_is_refused(options: Tree, words: str) -> None:
    with pytest.raises(BadInput) as refusal:
        asked({"test": DEEPER, **options})
    assert words in str(refusal.value)


def test_a_trend_over_measurements_is_refused() -> None:
    options = {"test": {"trend_slope": {"along": "measurement"}}, "at": {"measurement": list(KINDS), "layer": 1}}
    with pytest.raises(BadInput, match="a trend needs an ordered factor"):
        asked({**options, "where": {"depth": 2}})
