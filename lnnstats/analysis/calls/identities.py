"""Algebraic claims: from a sample to the arrays of each procedure."""

from __future__ import annotations

from collections.abc import Mapping

from lnnstats.analysis.calls.values import Call, Entry, columns
from lnnstats.analysis.select import Sample
from lnnstats.stats.procedures.precision_ladder import precision_ladder
from lnnstats.stats.second_source import identities as second
from lnnstats.study.values import Hypothesis, Plan


def residuals(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Residuals in float32 and float64 of the same blocks."""
    return Call(columns(sample), own={"units": hypothesis.test.units})


TABLE: Mapping[str, Entry] = {"precision_ladder": Entry(residuals, precision_ladder, second.precision_ladder)}
