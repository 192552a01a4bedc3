"""From a sample to pairs and groups: each procedure gets the columns, treatment first, and the options of the study."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from lnnstats.analysis.calls import groups as group_calls
from lnnstats.analysis.calls import pairs as pair_calls
from lnnstats.analysis.select import Sample
from lnnstats.parts.procedures import groups as group_parts
from lnnstats.parts.procedures import pairs as pair_parts
from lnnstats.stats.procedures.brunner_munzel import brunner_munzel
from lnnstats.stats.procedures.sign_flip import sign_flip
from lnnstats.stats.procedures.welch_t import welch_t
from lnnstats.stats.procedures.wilcoxon import wilcoxon

RNG = np.random.default_rng(1)
VALUES = RNG.lognormal(size=(18, 2))
ALONG = {"along": "optimizer", "treatment": "adam", "reference": "sgd"}
PLAN = SimpleNamespace(seed=7, responses={"y": SimpleNamespace(kind="measured", resolution=0.4)})
PAIR_KINDS = {part.model_fields["kind"].default: part for part in pair_parts.PARTS if part.contrast == "pair"}
GROUP_KINDS = {part.model_fields["kind"].default: part for part in group_parts.PARTS}


def sample(values):
    """A sample in which NaN marks a run that is not there."""
    present = ~np.isnan(values)
    axes = (("adam", "sgd"),)
    return Sample({}, ("optimizer",), axes, np.arange(len(values)), values, present, present & False, present, (), 0)


def split(values):
    """The first seven blocks in the first column only, the others in the second."""
    first = np.arange(len(values)) < 7
    return np.where(np.stack([first, ~first], axis=1), values, np.nan)


def run(table, part, found, **options):
    """The evidence of a call, and the second source's agreements."""
    test = part(**ALONG, **options)
    entry = table[test.kind]
    call = entry.call(found, SimpleNamespace(test=test, response="y"), PLAN)
    evidence = entry.procedure(*call.arrays, **call.shared, **call.own)
    return evidence, entry.second_source(evidence, *call.arrays, **call.shared)


@pytest.mark.parametrize("kind", PAIR_KINDS)
def test_every_pair_runs_agrees_and_keeps_its_measures(kind):
    part = PAIR_KINDS[kind]
    evidence, found = run(pair_calls.TABLE, part, sample(VALUES))
    assert evidence.n == 18
    assert evidence.measure in part.measures
    assert evidence.null == part.null
    assert part.mean_over_blocks == (evidence.contributions is not None)
    assert all(agreement.digits > 10 for agreement in found)


@pytest.mark.parametrize("kind", GROUP_KINDS)
def test_every_group_runs_agrees_and_keeps_its_measures(kind):
    part = GROUP_KINDS[kind]
    evidence, found = run(group_calls.TABLE, part, sample(split(VALUES)))
    assert (part.blocks, evidence.n) == ("between", 18)
    assert evidence.measure in part.measures
    assert evidence.null == part.null
    assert min(agreement.digits for agreement in found) > 10


def test_options_reach_the_procedures():
    first, second = VALUES.T
    flipped, _ = run(pair_calls.TABLE, pair_parts.SignFlip, sample(VALUES), scale="raw", resamples=1999)
    assert flipped.p_above(0.0) == sign_flip(first - second).p_above(0.0)
    assert (flipped.measure, flipped.display) == ("difference", "identity")
    ranked, _ = run(pair_calls.TABLE, pair_parts.Wilcoxon, sample(VALUES))
    assert ranked.interval(0.9) == wilcoxon(first, second, resolution=0.4).interval(0.9)
    limits = {
        method: run(pair_calls.TABLE, pair_parts.BootstrapMean, sample(VALUES), method=method)[0].interval(0.95)
        for method in ("percentile", "bca")
    }
    assert limits["percentile"] != limits["bca"]
    parted = run(pair_calls.TABLE, pair_parts.TrimmedT, sample(VALUES), trim=0.1)[0]
    assert parted.df == 18 - 2 * 1 - 1
    one, other = first[:7], second[7:]
    pooled, _ = run(group_calls.TABLE, group_parts.WelchT, sample(split(VALUES)), equal_variances=True)
    assert pooled.interval(0.9) == welch_t(one, other, equal_variances=True).interval(0.9)
    greater, _ = run(group_calls.TABLE, group_parts.BrunnerMunzel, sample(split(VALUES)))
    assert greater.estimate == brunner_munzel(one, other, resolution=0.4).estimate
