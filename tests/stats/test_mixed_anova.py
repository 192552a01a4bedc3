"""Mixed ANOVA with unequal groups against afex (type III); the designs it contains; size, jackknife, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.stats.procedures.anova import anova_table
from lnnstats.stats.procedures.mixed_anova import mixed_anova, mixed_anova_table
from lnnstats.stats.procedures.rm_anova import rm_anova_table
from lnnstats.stats.values import Degenerate, UnusableValues
from lnnstats.stats.variance.split_plot import SplitPlot
from tests.oracles import oracle

ORACLE = oracle("anova")
ROUNDING = 1e-9  # exact formulas on both sides


def groups(seed, sizes, *levels):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(n, *levels)) + rng.normal(size=(n, *[1] * len(levels))) for n in sizes]


@pytest.mark.parametrize(
    ("case", "between", "letters"),
    [("mixed", (2,), "AP"), ("mixed_four", (2, 2), "ABPQ"), ("obk", (3, 2), "ABPQ")],
)
@pytest.mark.parametrize("correction", ["gg", "hf", "none"])
def test_every_term_as_in_afex(case, between, letters, correction):
    theirs, arrays = ORACLE[case][correction], ORACLE[case]["groups"]
    table = mixed_anova_table(*arrays, between=between, scale="raw", correction=correction)
    expected = list(zip(*(theirs[key] for key in ("term", "df1", "df2", "F", "p", "ges", "pes")), strict=True))
    assert len(expected) == len(table.rows)
    for name, *numbers in expected:
        row = table.row(tuple(letters.index(x) for x in name.split(":")))
        ours = (row.pivot.df1, row.pivot.df2, row.pivot.f, row.p, row.generalised_eta_squared, row.partial_eta_squared)
        assert ours == pytest.approx(numbers, rel=ROUNDING)
        evidence = mixed_anova(*arrays, between=between, effect=row.term, scale="raw", correction=correction)
        assert (evidence.p_above(0.0), evidence.numerator_df, evidence.df) == (row.p, row.pivot.df1, row.pivot.df2)


def test_unequal_groups_of_obrien_and_kaiser_are_type_three():
    """Phase within three treatments of 5, 4 and 7 subjects: F = 19.29 in R and SPSS, not the 23.63 of type I."""
    six = [np.asarray(group).mean(axis=2) for group in ORACLE["obk"]["groups"]]
    three = [np.concatenate(six[place : place + 2]) for place in (0, 2, 4)]
    assert [len(group) for group in three] == [5, 4, 7]
    assert round(mixed_anova_table(*three, scale="raw").row((1,)).pivot.f, 2) == 19.29


def test_one_group_and_one_cell_are_the_simpler_designs():
    (one,) = groups(1, (9,), 3, 2)
    within = rm_anova_table(one, scale="raw").row((0, 1))
    halves = mixed_anova_table(one, one + 5.0, scale="raw").row((1, 2))
    # The same group twice, once on an offset: twice the squares, twice the error, twice the error df.
    assert (halves.squares, halves.error, halves.error_df) == pytest.approx(
        (2 * within.squares, 2 * within.error, 2 * within.error_df), rel=1e-10
    )
    arrays = groups(2, (4, 7), 3)
    means = [array.mean(axis=1) for array in arrays]
    between, plain = mixed_anova_table(*arrays, scale="raw").row((0,)), anova_table(*means, scale="raw").row((0,))
    assert (between.pivot.f, between.squares) == pytest.approx((plain.pivot.f, 3 * plain.squares), rel=1e-10)


def test_type_three_within_weighs_groups_alike():
    """Group 1 has an effect, group 2 the opposite: unweighted they cancel, whatever the sizes."""
    base = np.array([0.0, 1.0, 2.0])
    small, large = (g - g.mean(axis=0) for g in groups(3, (5, 20), 3))
    row = mixed_anova_table(small + base, large - base, scale="raw").row((1,))
    assert row.squares == pytest.approx(0.0, abs=1e-25)


def test_duality_and_jackknife(assert_dual):
    arrays = [array + 0.5 * place * np.arange(3) for place, array in enumerate(groups(4, (6, 9), 3))]
    evidence = mixed_anova(*arrays, scale="raw")
    assert_dual(evidence)
    brute = 0.0
    for place, array in enumerate(arrays):
        others = [*arrays[:place]], [*arrays[place + 1 :]]
        left = [
            mixed_anova(*others[0], np.delete(array, i, axis=0), *others[1], scale="raw").estimate
            for i in range(len(array))
        ]
        brute += (1 - 1 / len(array)) * ((left - np.mean(left)) ** 2).sum()
    assert evidence.standard_error == pytest.approx(np.sqrt(brute), rel=1e-9)


def test_size_under_slopes_of_their_own(assert_size):
    rng = np.random.default_rng(5)
    arrays = tuple(rng.normal(size=(4000, n, 5)) + rng.normal(size=(4000, n, 1)) * np.arange(5) for n in (6, 11))
    design = SplitPlot(arrays, (2,), (5,))
    for term in ((0,), (1,), (0, 1)):
        assert_size(design.test(term).p("gg"), 0.05)
    assert (design.test((0, 1)).p("none") <= 0.05).mean() > 0.05 + 4 * np.sqrt(0.05 * 0.95 / 4000)


@pytest.mark.parametrize(
    ("arrays", "code"),
    [
        ([np.ones((3, 2)), np.empty((0, 2))], "empty_cell"),
        ([[[1.0, 2.0]], [[3.0, 5.0]]], "too_few_blocks"),
        ([np.tile([1.0, 2.0], (3, 1)), np.tile([1.0, 3.0], (4, 1))], "zero_variance"),
    ],
)
def test_nothing_to_test(arrays, code):
    with pytest.raises(Degenerate) as caught:
        mixed_anova(*arrays, scale="raw")
    assert caught.value.code == code


def test_wrong_calls():
    first, second = groups(6, (4, 5), 3)
    with pytest.raises(ValueError, match=r"levels within blocks differ, \[\(3,\), \(2,\)\]"):
        mixed_anova(first, second[:, :2], scale="raw")
    with pytest.raises(ValueError, match="2 groups, but factors of"):
        mixed_anova(first, second, between=(3,), scale="raw")
    with pytest.raises(UnusableValues, match="1 of 15 values are infinite"):
        second[0, 0] = np.inf
        mixed_anova(first, second, scale="raw")
