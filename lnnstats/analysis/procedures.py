"""Sample + hypothesis -> Evidence: what the procedure a hypothesis names says of a sample, and its second source."""

from __future__ import annotations

from lnnstats.analysis.calls import ENTRIES
from lnnstats.analysis.calls.values import Call
from lnnstats.analysis.select import Sample
from lnnstats.stats.values import Agreement, Evidence
from lnnstats.study.values import Hypothesis, Plan


def evidence(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Evidence:
    """What the hypothesis's procedure says of a sample."""
    asked = call(sample, hypothesis, plan)
    return ENTRIES[hypothesis.test.kind].procedure(*asked.arrays, **asked.shared, **asked.own)


def agreements(found: Evidence, sample: Sample, hypothesis: Hypothesis, plan: Plan) -> tuple[Agreement, ...]:
    """The second source's numbers beside ours, on the same arrays."""
    asked = call(sample, hypothesis, plan)
    return ENTRIES[hypothesis.test.kind].second_source(found, *asked.arrays, **asked.shared)


def call(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """How the hypothesis's procedure is called on a sample."""
    return ENTRIES[hypothesis.test.kind].call(sample, hypothesis, plan)
