"""Independent ANOVA against car, effectsize and NIST's certified values; types II and III, HC3, size, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.stats.pivots.noncentral_f import f_upper_tail
from lnnstats.stats.procedures.anova import anova, anova_table, wald_f
from lnnstats.stats.values import Degenerate, UnusableValues
from lnnstats.stats.variance.factor_coding import term_contrasts
from lnnstats.stats.variance.split_plot import SplitPlot
from tests.oracles import oracle

ORACLE = oracle("anova")
CELLS, TERMS = ORACLE["between"]["cells"], ((0,), (1,), (0, 1))
# Both sides are exact formulas; cells of 3 to 9 blocks and QR leave rounding only.
ROUNDING = 1e-9
# NIST StRD, ANOVA, SiRstv (Ehrstein & Croarkin): resistivity of silicon, five instruments.
SIRSTV = (
    (196.3052, 196.1240, 196.1890, 196.2569, 196.3403),
    (196.3042, 196.3825, 196.1669, 196.3257, 196.0422),
    (196.1303, 196.2005, 196.2889, 196.0343, 196.1811),
    (196.2795, 196.1748, 196.1494, 196.1485, 195.9885),
    (196.2119, 196.1051, 196.1850, 196.0052, 196.2090),
)


def simon_lesage(n, offset):
    """NIST StRD, ANOVA, SmLs01 to 09 (Simon & Lesage 1989): nine groups of n values, each its mean and mean -+ 0.1."""
    means = [1.4] + [1.3, 1.5] * 4
    return [offset + np.round(np.r_[mean, np.tile([mean - 0.1, mean + 0.1], n // 2)], 1) for mean in means]


@pytest.mark.parametrize(("kind", "key"), [(2, "two"), (3, "three")])
def test_sums_of_squares_as_in_car(kind, key):
    theirs, table = ORACLE["between"][key], anova_table(*CELLS, shape=(2, 3), kind=kind, scale="raw")
    for term, *numbers in zip(TERMS, theirs["SS"], theirs["F"], theirs["p"], strict=True):
        row = table.row(term)
        assert (row.squares, row.pivot.f, row.p) == pytest.approx(numbers, rel=ROUNDING)
        evidence = anova(*CELLS, shape=(2, 3), effect=term, kind=kind, scale="raw")
        assert (evidence.statistic, evidence.p_above(0.0), evidence.n) == (row.pivot.f, row.p, 34)


def test_hc3_as_in_car():
    theirs = ORACLE["between"]["hc3"]
    for term, *numbers in zip(TERMS, theirs["F"], theirs["p"], strict=True):
        evidence = anova(*CELLS, shape=(2, 3), effect=term, robust="hc3", scale="raw")
        assert (evidence.statistic, evidence.p_above(0.0)) == pytest.approx(numbers, rel=ROUNDING)


def test_type_three_of_moore_and_krupat():
    """The data of car's manual: coding by treatment would give 89.67 for the category."""
    theirs, table = ORACLE["moore"], anova_table(*ORACLE["moore"]["cells"], shape=(2, 3), scale="raw")
    for term, *numbers in zip(TERMS, theirs["SS"], theirs["F"], theirs["p"], strict=True):
        row = table.row(term)
        assert (row.squares, row.pivot.f, row.p) == pytest.approx(numbers, rel=ROUNDING)
    assert round(table.row((1,)).squares, 2) == 36.02


def test_shares_as_in_effectsize():
    table = anova_table(*CELLS, shape=(2, 3), scale="raw")
    ours = [(max(0.0, table.row(t).omega_squared), max(0.0, table.row(t).epsilon_squared)) for t in TERMS]
    theirs = zip(ORACLE["between"]["omega"], ORACLE["between"]["epsilon"], strict=True)
    assert np.ravel(ours) == pytest.approx(np.ravel(list(theirs)), rel=ROUNDING)


def test_one_way_as_in_oneway_test():
    welch = ORACLE["welch"]
    evidence = anova(*welch["groups"], scale="raw")
    theirs = welch["classic"]["F"], welch["classic"]["p"]
    assert (evidence.statistic, evidence.p_above(0.0)) == pytest.approx(theirs, rel=ROUNDING)


def test_nist_sirstv():
    row = anova_table(*SIRSTV, scale="raw").row((0,))
    assert (row.df, row.error_df) == (4, 20)
    # Certified to 15 digits; seven-digit values near 196 with a spread of 0.1 keep 12.
    assert row.pivot.f == pytest.approx(1.18046237440255, rel=1e-11)
    assert (row.squares, row.error) == pytest.approx((5.11462616e-2, 2.1663656e-1), rel=1e-11)
    assert row.partial_eta_squared == pytest.approx(1.90999039051129e-1, rel=1e-11)


@pytest.mark.parametrize("n", [21, 201, 2001])
@pytest.mark.parametrize(("offset", "digits"), [(0.0, 12), (1e6, 8), (1e12, 2)])
def test_nist_simon_lesage(n, offset, digits):
    """SmLs01, 02, 03 and the same on offsets 1e6 (04 to 06) and 1e12 (07 to 09): F is exactly n.

    Stored next to an offset of 1e12, a difference of 0.1 has an error up to 6e-5, a relative 6e-4: two digits of F
    are sure, whatever the algorithm.
    """
    row = anova_table(*simon_lesage(n, offset), scale="raw").row((0,))
    assert row.pivot.f == pytest.approx(n, rel=10.0**-digits)
    assert (row.df, row.error_df) == (8, 9 * n - 9)


def test_balanced_types_agree_and_orders_of_factors_do_not_matter():
    rng = np.random.default_rng(1)
    cells = rng.normal(size=(2, 3, 4, 5))
    two, three = (anova_table(*cells.reshape(24, 5), shape=(2, 3, 4), kind=kind, scale="raw") for kind in (2, 3))
    turned = anova_table(*cells.transpose(2, 0, 1, 3).reshape(24, 5), shape=(4, 2, 3), scale="raw")
    for row in two.rows:
        assert row.squares == pytest.approx(three.row(row.term).squares, rel=1e-10)
        moved = tuple(sorted((x + 1) % 3 for x in row.term))
        assert row.squares == pytest.approx(turned.row(moved).squares, rel=1e-10)
    total = ((cells - cells.mean()) ** 2).sum()
    assert sum(row.squares for row in two.rows) + two.rows[0].error == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("robust", [None, "hc3"])
def test_duality_and_jackknife(assert_dual, robust):
    options = {"shape": (2, 3), "effect": (1,), "robust": robust, "scale": "raw"}
    cells = [np.r_[cell, np.mean(cell) + 0.3] for cell in CELLS]
    evidence = anova(*cells, **options)
    assert_dual(evidence)
    assert (evidence.interval(0.90)[0] > 0) == (evidence.p_above(0.0) < 0.05)
    brute = 0.0
    for place, cell in enumerate(cells):
        left = [
            anova(*cells[:place], np.delete(cell, i), *cells[place + 1 :], **options).estimate for i in range(len(cell))
        ]
        brute += (1 - 1 / len(cell)) * ((left - np.mean(left)) ** 2).sum()
    assert evidence.standard_error == pytest.approx(np.sqrt(brute), rel=1e-9)


def worlds(seed, sizes, deviations=None):
    """4,000 worlds of equal means: for each cell an array [worlds, n, 1]."""
    rng = np.random.default_rng(seed)
    deviations = deviations or [1.0] * len(sizes)
    return tuple(s * rng.normal(size=(4000, n, 1)) for n, s in zip(sizes, deviations, strict=True))


@pytest.mark.parametrize("kind", [2, 3])
def test_size_with_unequal_cells(kind):
    groups = worlds(2, (3, 8, 5, 12))
    p = SplitPlot(groups, (2, 2), (), kind).test((0,)).p("none")
    # Exact: two-sided within 4 binomial standard errors.
    assert abs((p <= 0.05).mean() - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 4000)
    first = [group[0, :, 0] for group in groups]
    assert anova(*first, shape=(2, 2), effect=(0,), kind=kind, scale="raw").p_above(0.0) == pytest.approx(p[0])


def test_size_of_hc3_with_unequal_variances():
    """The small cell varies most: the classical F rejects far too often, HC3 hardly."""
    groups = worlds(3, (8, 20, 30), (4.0, 1.0, 1.0))
    plain = SplitPlot(groups, (3,), ()).test((0,)).p("none")
    counts, means = np.array([8.0, 20.0, 30.0]), np.concatenate([g.mean(axis=1, keepdims=True) for g in groups], axis=1)
    scatters = np.stack([n * g.var(axis=(1, 2)) for g, n in zip(groups, counts, strict=True)], axis=1)
    f = wald_f(term_contrasts((3,), (0,)), counts, means, scatters)
    robust = f_upper_tail(f, 2, 55)
    # 55 df against 8 blocks in the cell that counts: near 0.07 (Long & Ervin 2000 find the like), the classical 0.3.
    assert (robust <= 0.05).mean() < 0.08 < 0.20 < (plain <= 0.05).mean()


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (([1.0, 2.0], [], [1.0, 4.0]), "empty_cell"),
        (([], [], []), "too_few_blocks"),
        (([1.0], [2.0], [4.0]), "too_few_blocks"),
        (([0.1, 0.1], [0.3, 0.3], [0.2, 0.2]), "zero_variance"),
    ],
)
@pytest.mark.parametrize("kind", [2, 3])
def test_nothing_to_test(cells, code, kind):
    with pytest.raises(Degenerate) as caught:
        anova(*cells, kind=kind, scale="raw")
    assert caught.value.code == code


def test_hc3_with_deviations_apart_by_many_orders():
    """Two exact cells among wild ones: their difference decides, and nothing is singular."""
    rng = np.random.default_rng(4)
    cells = [s * rng.normal(size=6) + m for s, m in ((1.0, 0.0), (1.0, 9.0), (1e9, 0.0), (1e9, 0.0))]
    pair = anova(*cells[:2], robust="hc3", scale="raw").statistic
    assert anova(*cells, robust="hc3", scale="raw").statistic * 3 > pair * (1 - 1e-6) > 10


def test_hc3_refuses_what_has_no_variance():
    for cells, code in ((([1.0], [2.0, 3.0, 5.0]), "too_few_blocks"), (([1.0, 1.0], [2.0, 3.0, 5.0]), "zero_variance")):
        with pytest.raises(Degenerate) as caught:
            anova(*cells, robust="hc3", scale="raw")
        assert caught.value.code == code
    with pytest.raises(ValueError, match="choose 'hc3' with type 3"):
        anova(*CELLS, shape=(2, 3), kind=2, robust="hc3", scale="raw")


def test_wrong_calls():
    with pytest.raises(ValueError, match=r"6 groups, but factors of \(2, 2\) levels have 4"):
        anova(*CELLS, shape=(2, 2), scale="raw")
    with pytest.raises(ValueError, match="type: 1 is not known; choose 2 or 3"):
        anova(*CELLS, shape=(2, 3), kind=1, scale="raw")
    with pytest.raises(UnusableValues, match="1 of 2 values are NaN"):
        anova([1.0, np.nan], [1.0, 2.0], scale="raw")
    with pytest.raises(ValueError, match="at least 2 levels"):
        anova([1.0, 2.0], scale="raw")
