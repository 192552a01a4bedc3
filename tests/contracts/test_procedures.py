"""What every procedure keeps, on the example of its page and through the whole analysis."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from lnnstats.analysis.analyse import analyse
from lnnstats.analysis.calls import ENTRIES
from lnnstats.analysis.failures import enter
from lnnstats.analysis.procedures import evidence
from lnnstats.analysis.select import samples
from lnnstats.errors import BadInput
from lnnstats.parts.procedures import FAMILIES, PROCEDURES
from lnnstats.results.query import Results
from lnnstats.study.load import from_text
from tests.analysis.tables import table
from tests.examples import BLOCKS, example, plan_of, rows_of
from tests.stats.conftest import _assert_dual as assert_dual

DECIDING = sorted(kind for kind, part in PROCEDURES.items() if part.decides)
FIELDS = {"tost": {"bounds": {"ratio": [0.8, 1.25]}}, "binomial": {"null_value": 0.4}}
# Digits to which a second source agrees: closed forms and sums in float64, beta quantiles and their iterations stop
# near 1e-12; optimisers of theirs stop early: statsmodels' MixedLM near 1e-8, lifelines' AFT near 1e-5.
DIGITS = dict.fromkeys(DECIDING, 9) | {"mixed_pair": 7, "mixed_trend": 7, "aft": 4, "paired_aft": 4, "aft_trend": 4}
FEW = {"sign_flip": 10}  # blocks, where the second source lists every flip


def asked(kind, **fields):
    return plan_of(kind, **FIELDS.get(kind, {}), **fields)


def found(kind, rows):
    (finding,) = analyse(Results.of(table(rows)), asked(kind))
    return finding


def test_every_deciding_procedure_is_called_and_checked():
    assert set(ENTRIES) == set(DECIDING)
    assert [kind for parts in FAMILIES.values() for kind in parts] != []


@pytest.mark.parametrize("kind", DECIDING)
def test_an_ordinary_table_is_tested_and_the_second_source_agrees(kind):
    finding = found(kind, rows_of(kind, blocks=FEW.get(kind, BLOCKS)))
    assert finding.untestable is None
    assert finding.estimate is not None and not math.isnan(finding.estimate)
    assert 0 <= finding.p_support <= 1 and 0 <= finding.p_refute <= 1
    assert finding.agreements, "no second source"
    assert {a.quantity: (a.ours, a.theirs) for a in finding.agreements if a.digits < DIGITS[kind]} == {}


SCALED = [
    (kind, scale)
    for kind in DECIDING
    for scale in ("raw", "log", "log1p")
    if "scale" in PROCEDURES[kind].model_fields and (kind, scale) != ("tost", "raw")
]


@pytest.mark.parametrize(("kind", "scale"), SCALED)
def test_every_scale_has_its_second_source(kind, scale):
    test = {kind: {**example(kind)["test"][kind], "scale": scale}}
    (finding,) = analyse(Results.of(table(rows_of(kind))), asked(kind, test=test))
    assert {a.quantity: (a.ours, a.theirs) for a in finding.agreements if a.digits < DIGITS[kind]} == {}
    assert (finding.measure == "difference") == (scale == "raw") or finding.measure not in ("difference", "ratio")


@pytest.mark.parametrize("kind", DECIDING)
def test_the_order_of_rows_is_nothing(kind):
    rows = rows_of(kind, seed=1)
    mixed = [rows[i] for i in np.random.default_rng(0).permutation(len(rows))]
    assert found(kind, rows) == found(kind, mixed)


@pytest.mark.parametrize("kind", DECIDING)
def test_the_interval_is_dual_to_the_tests(kind):
    plan = asked(kind)
    (sample,) = samples(Results.of(table(rows_of(kind))), plan, plan.hypotheses[0])
    if PROCEDURES[kind].measures:
        assert_dual(evidence(sample, plan.hypotheses[0], plan))


@pytest.mark.parametrize("kind", DECIDING)
@pytest.mark.parametrize(
    "spoil", ["constant", "one block", "two blocks", "four blocks", "all diverged", "some diverged", "two values"]
)
def test_bad_values_have_an_answer(kind, spoil):
    rows = rows_of(kind)
    match spoil:
        case "constant":
            rows = [{**row, "value": 2.0} for row in rows]
        case "one block":
            rows = [row for row in rows if row["block"] == 0]
        case "two blocks":
            rows = [row for row in rows if row["block"] < 2]
        case "four blocks":
            rows = [row for row in rows if row["block"] < 4]
        case "all diverged":
            rows = [{**row, "value": math.nan, "status": "diverged"} for row in rows]
        case "some diverged":
            lost = {"value": math.nan, "status": "diverged"}
            rows = [{**row, **lost} if i % 9 == 0 else row for i, row in enumerate(rows)]
        case "two values":
            rows = [{**row, "value": 0.5 if row["value"] < 1 else 2.0} for row in rows]
    finding = found(kind, rows)
    assert finding.untestable is not None or finding.estimate is not None
    assert not math.isnan(finding.p_support + finding.p_refute)


UNITLESS = [kind for kind, scale in SCALED if scale == "raw" and kind not in ("wilcoxon", "median_time_groups")]


@pytest.mark.parametrize("kind", UNITLESS)  # of the others the resolution and the horizon have a unit too
def test_any_unit_has_an_answer(kind):
    """The same decision in any unit, or that the unit is not usable."""
    rows, test = rows_of(kind, blocks=16), {kind: {**example(kind)["test"][kind], "scale": "raw"}}
    asks = asked(kind, test=test, sesoi=None, bounds=(FIELDS.get(kind, {}) and {"difference": [-9.0, 9.0]}) or None)
    told = []
    for unit in (1.0, 1e-60, 1e20, 1e300):
        scaled = [{**row, "value": row["value"] * unit} for row in rows]
        (finding,) = analyse(Results.of(table(scaled)), asks)
        told.append(finding.untestable.code if finding.untestable else (finding.p_support, finding.p_refute))
    first, *others = told
    for other in others:
        assert other == "unusable_values" or other == pytest.approx(first, rel=1e-6)  # mixed models end near 1e-8


@pytest.mark.parametrize("kind", PROCEDURES)
def test_an_example_survives_a_study_file(kind):
    first = plan_of(kind, **FIELDS.get(kind, {}))
    tree = first.model_dump(mode="json", exclude_none=True)
    again = from_text(json.dumps({k: v for k, v in tree.items() if k in ("factors", "responses", "hypotheses")})).plan
    assert again.hypotheses == first.hypotheses
    assert json.dumps(example(kind)["test"])[1:-1].split(":")[0] in json.dumps(tree)


def resampled_error(kind, blocks, resamples):
    """The reported standard error of an estimate, and its standard deviation over resamples of the blocks."""
    plan, rng = asked(kind), np.random.default_rng(3)
    (sample,) = samples(Results.of(table(rows_of(kind, blocks=blocks))), plan, plan.hypotheses[0])
    entered = enter(sample, plan.hypotheses[0], plan)
    drawn = [
        evidence(entered.take(rng.integers(len(entered.blocks), size=len(entered.blocks))), plan.hypotheses[0], plan)
        for _ in range(resamples)
    ]
    estimates = np.array([found.estimate for found in drawn])
    return evidence(entered, plan.hypotheses[0], plan).standard_error, float(estimates[np.isfinite(estimates)].std())


# Medians, exact conditional estimates and the ratio of two contrasts (growth_law) have intervals but no error that a
# formula of few lines would get right; rank and permutation effects that decide nothing but "any effect", and the rule
# on rounding, have none.
WITHOUT_ERROR = frozenset(
    {"aligned_ranks", "fisher", "log_rank", "median_time", "median_time_groups", "permutation_f", "precision_ladder"}
    | {"stratified_log_rank", "two_part", "theil_sen", "growth_law"}
)


@pytest.mark.parametrize("kind", DECIDING)
def test_every_estimate_has_its_error_but_those_listed(kind):
    assert (found(kind, rows_of(kind, blocks=60)).standard_error is None) == (kind in WITHOUT_ERROR)


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(set(DECIDING) - WITHOUT_ERROR))
def test_the_standard_error_is_that_of_a_bootstrap_of_blocks(kind):
    ours, theirs = resampled_error(kind, 120, 150)
    # 150 resamples know a standard deviation to 6 %; the bootstrap of rough statistics (medians, ranks with ties,
    # eta squared near its floor) differs by its own bias: a quarter tells a right formula from a wrong one.
    assert ours == pytest.approx(theirs, rel=0.25)


SIDELESS = [
    "rm_anova", "anova", "mixed_anova", "welch_anova", "hotelling", "friedman", "quade", "kruskal_wallis",
    "aligned_ranks", "permutation_f", "cochran_q", "two_part", "precision_ladder", "all_pairs",
]  # fmt: skip


@pytest.mark.parametrize("kind", DECIDING)
def test_what_has_no_side_is_claimed_on_none(kind):
    """An effect size that starts at 0 cannot be less: asked so, any effect whatever would be a refutation."""
    if kind in SIDELESS or kind in ("log_rank", "stratified_log_rank"):
        with pytest.raises(BadInput, match="no side"):
            asked(kind, alternative="less")
    else:
        assert not asked(kind, alternative="less").hypotheses[0].test.omnibus


def test_a_log_rank_test_of_two_levels_has_a_side():
    fields = {"where": {"optimizer": ["a", "b"]}, "alternative": "less"}
    assert not asked("log_rank", **fields).hypotheses[0].upward
