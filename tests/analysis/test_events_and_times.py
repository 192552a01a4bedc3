"""Every procedure on events and on times, asked for in a plan and run on a table: the numbers of the core come out."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.errors import BadInput
from lnnstats.parts.procedures import FAMILIES
from lnnstats.stats.procedures.cox import cox
from lnnstats.stats.procedures.fisher import fisher
from lnnstats.stats.procedures.restricted_mean import restricted_mean
from lnnstats.stats.procedures.two_part import two_part
from tests.analysis.tables import concluded, crossed, plan

RNG = np.random.default_rng(21)
PAIR = {"along": "optimizer", "treatment": "adam", "reference": "sgd"}
ALL = {"along": "optimizer"}
HORIZON = 40
TIMES = np.ceil(RNG.exponential(12.0, size=(24, 2)) * [0.6, 1.4]) + RNG.random((24, 2))
SEEN = RNG.random((24, 2)) < 0.9
TAIL = RNG.lognormal(size=(24, 2)) * [2.0, 1.0] * (RNG.random((24, 2)) < [0.9, 0.6])
TIMED = {"t": {"measured": {"horizon": HORIZON}}}
SPIKED = {"y": {"measured": {"resolution": 0.01}}}


def kinds(family):
    return {part.model_fields["kind"].default: part for part in FAMILIES[family] if part.decides}


def rows(values, observed, between, response):
    """A table of two optimizers; between: every other block in each."""
    made = crossed(values, "optimizer", ("adam", "sgd"), response=response)
    for row, seen in zip(made, np.ravel(observed), strict=True):
        row["observed"] = bool(seen)
    return [row for row in made if not between or row["block"] % 2 == (row["optimizer"] == "sgd")]


def asked(part, response, responses):
    """A direction where the procedure decides no more, else a threshold in its first measure."""
    options = dict(PAIR) if part.contrast == "pair" else dict(ALL)
    kind = part.model_fields["kind"].default
    return plan({"test": {kind: options}, "response": response, "alternative": "greater"}, responses=responses)


UNORDERED = {kind: part for kind, part in kinds("times").items() if part.contrast != "trend"}


@pytest.mark.parametrize(("kind", "part"), UNORDERED.items())
def test_times(kind, part):
    between = part.blocks == "between"
    observed = SEEN if part.censoring else np.ones_like(SEEN)
    (found,), _ = concluded(rows(TIMES, observed, between, "t"), asked(part, "t", TIMED))
    assert found.untestable is None
    assert found.procedure == kind
    # Closed forms to nine digits; the accelerated failure times of lifelines to some six.
    assert all(a.digits > (5 if "aft" in kind else 9) for a in found.agreements)
    assert found.agreements or kind in ("stratified_cox",)


@pytest.mark.parametrize("kind", sorted(set(kinds("events")) - {"binomial", "ordered_trend"}))
def test_events(kind):
    part = kinds("events")[kind]
    (found,), _ = concluded(rows(TAIL, np.ones_like(SEEN), part.blocks == "between", "y"), asked(part, "y", SPIKED))
    assert found.untestable is None
    assert found.procedure == ("two_part" if kind == "tail_ratio" else kind)
    assert found.agreements and all(a.digits > 9 for a in found.agreements)


def test_early_censoring_enters_where_it_may_only():
    parts = kinds("times")
    lost = np.where(SEEN, TIMES, TIMES / 2)
    for kind in ("cox", "restricted_mean"):
        between = parts[kind].blocks == "between"
        (found,), _ = concluded(rows(lost, SEEN, between, "t"), asked(parts[kind], "t", TIMED))
        assert (found.untestable is None) == parts[kind].censoring


def test_the_arrays_are_those_of_the_table():
    parts = kinds("times") | kinds("events")
    even = np.arange(24) % 2 == 0
    times, seen = np.minimum(TIMES, HORIZON), SEEN & (TIMES <= HORIZON)
    (found,), _ = concluded(rows(TIMES, SEEN, True, "t"), asked(parts["cox"], "t", TIMED))
    ours = cox(times[even, 0], times[~even, 1], seen[even, 0], seen[~even, 1])
    assert found.estimate == pytest.approx(np.exp(ours.estimate), rel=1e-12)
    (found,), _ = concluded(rows(TAIL, np.ones_like(SEEN), True, "y"), asked(parts["fisher"], "y", SPIKED))
    assert found.p_support == fisher(TAIL[even, 0] > 0.01, TAIL[~even, 1] > 0.01).p_above(0.0)
    (found,), _ = concluded(rows(TIMES, np.ones_like(SEEN), False, "t"), asked(parts["restricted_mean"], "t", TIMED))
    assert found.p_support == restricted_mean(TIMES[:, 0], TIMES[:, 1], horizon=HORIZON).p_above(0.0)
    (found,), _ = concluded(rows(TAIL, np.ones_like(SEEN), False, "y"), asked(parts["tail_ratio"], "y", SPIKED))
    assert found.p_support == two_part(TAIL[:, 0], TAIL[:, 1], resolution=0.01, part="size").p_above(0.0)


def test_a_study_whose_response_is_no_time_does_not_load():
    with pytest.raises(BadInput, match="is of a time"):
        asked(kinds("times")["stratified_cox"], "y", {"y": "measured"})


def test_a_study_whose_tail_has_no_resolution_does_not_load():
    with pytest.raises(BadInput, match="needs a resolution"):
        asked(kinds("events")["two_part"], "y", {"y": "measured"})
