"""From a sample to the ANOVA family: the arrays each procedure gets are those of the cells, by name."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from lnnstats.analysis.calls.anova import TABLE
from lnnstats.analysis.select import Sample
from lnnstats.parts.procedures import anova as parts
from lnnstats.stats import UnusableValues
from tests.analysis.tables import concluded, plan

DEPTHS = (1, 2, 4)


def sample(factors, axes, values):
    """A sample in which NaN marks a run that is not there."""
    values = np.asarray(values, dtype=float)
    present = ~np.isnan(values)
    return Sample({}, factors, axes, np.arange(len(values)), values, present, ~present & False, present, (), 0)


def run(kind, sample, **options):
    """The evidence and the second source's agreements of a call."""
    (part,) = (part for part in parts.PARTS if part.model_fields["kind"].default == kind)
    entry = TABLE[kind]
    call = entry.call(sample, SimpleNamespace(test=part(**options)), None)
    evidence = entry.procedure(*call.arrays, **call.shared, **call.own)
    return call, evidence, entry.second_source(evidence, *call.arrays, **call.shared)


def test_within_blocks():
    rng = np.random.default_rng(1)
    both = sample(("depth", "noise"), ((1, 2, 4), (0.0, 0.1)), rng.lognormal(size=(8, 6)))
    call, evidence, found = run("rm_anova", both, factors=("depth", "noise"), effect=("noise",))
    assert call.arrays[0].shape == (8, 3, 2) and call.shared["effect"] == (1,)
    assert (evidence.numerator_df, evidence.df) == (1, 7)
    assert evidence.estimand == "partial eta squared of noise in log value, within blocks"
    assert min(x.digits for x in found) > 9
    depth = sample(("depth",), ((1, 2, 4),), rng.lognormal(size=(9, 3)))
    _, evidence, found = run("hotelling", depth, along="depth")
    assert (evidence.numerator_df, evidence.df) == (2, 7) and min(x.digits for x in found) > 9


def test_between_blocks():
    rng = np.random.default_rng(2)
    values = np.full((24, 4), np.nan)
    values[np.arange(24), np.arange(24) % 4] = rng.lognormal(size=24)
    four = sample(("width", "rate"), ((1, 2), ("low", "high")), values)
    for options in ({"type": 2}, {"robust": "hc3"}, {}):
        call, evidence, found = run("anova", four, factors=("width", "rate"), effect=("rate",), **options)
        assert call.shared["shape"] == (2, 2) and evidence.n == 24 and evidence.df == 20
        assert min(x.digits for x in found) > 9
    along = sample(("rate",), ((1, 2, 3, 4),), values)
    assert min(x.digits for x in run("welch_anova", along, along="rate")[2]) > 9
    _, evidence, found = run("group_contrast", along, along="rate", weights=(1.0, 0.0, 0.0, -1.0))
    means = np.nanmean(np.log(values), axis=0)
    assert evidence.estimate == pytest.approx(means[0] - means[3], rel=1e-12)
    assert min(x.digits for x in found) > 9


def split(rng):
    """Groups of 5 and 7 blocks, each in the three cells of its own group."""
    values = np.full((12, 6), np.nan)
    values[:5, :3], values[5:, 3:] = rng.lognormal(size=(5, 3)), rng.lognormal(size=(7, 3))
    return values


def test_split_plot():
    values = split(np.random.default_rng(3))
    whole = sample(("data", "depth"), (("a", "b"), (1, 2, 4)), values)
    call, evidence, found = run("mixed_anova", whole, between="data", within="depth", effect="depth")
    assert [array.shape for array in call.arrays] == [(5, 3), (7, 3)]
    assert evidence.n == 12 and min(x.digits for x in found) > 9
    values[2, 1] = np.nan
    broken = sample(("data", "depth"), (("a", "b"), (1, 2, 4)), values)
    call, evidence, _ = run("mixed_anova", broken, between="data", within="depth")
    assert [array.shape for array in call.arrays] == [(4, 3), (7, 3)] and evidence.n == 11


def test_a_block_in_two_groups_is_refused():
    values = split(np.random.default_rng(4))
    values[0, 4] = 1.0
    astray = sample(("data", "depth"), (("a", "b"), (1, 2, 4)), values)
    with pytest.raises(UnusableValues, match="1 blocks have runs in several groups"):
        run("mixed_anova", astray, between="data", within="depth")


def rows(seed):
    """Thirty blocks, ten in each of three data sets, at three depths; deeper is worse, most so in c."""
    noise = np.random.default_rng(seed).normal(size=(30, 3))
    return [
        {"data": "abc"[block % 3], "depth": depth, "block": block, "value": float(np.exp(y + block % 3 * place))}
        for block, line in enumerate(noise)
        for place, (depth, y) in enumerate(zip(DEPTHS, line, strict=True))
    ]


@pytest.mark.parametrize(
    ("test", "factors"),
    [
        ({"rm_anova": {"factors": ["depth"]}}, {"depth": [1, 2, 4]}),
        ({"hotelling": {"along": "depth"}}, {"depth": [1, 2, 4]}),
        ({"mixed_anova": {"between": "data", "within": ["depth"]}}, {"data": ["a", "b", "c"], "depth": [1, 2, 4]}),
        ({"welch_anova": {"along": "data"}}, {"data": ["a", "b", "c"]}),
        ({"anova": {"factors": ["data"], "type": 2}}, {"data": ["a", "b", "c"]}),
        ({"group_contrast": {"along": "data", "weights": [-1.0, 0.0, 1.0]}}, {"data": ["a", "b", "c"]}),
    ],
)
def test_a_study_of_each_is_decided(test, factors):
    asked = [{key: row[key] for key in (*factors, "block", "value")} for row in rows(5)]
    if "depth" not in factors:
        asked = asked[2::3]
    (found,), (verdict,) = concluded(asked, plan({"test": test}, factors=factors))
    assert verdict.decision == "supported"
    assert found.agreements and min(x.digits for x in found.agreements) > 9
