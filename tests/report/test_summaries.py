"""Group summaries against scipy and NumPy, one group at a time."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pytest
from scipy import stats

from lnnstats.errors import BadInput
from lnnstats.parts.sections import Levels
from lnnstats.report.figures.style import scaled
from lnnstats.report.sections.levels import log_slope
from lnnstats.report.sections.requested import requested
from lnnstats.report.summaries import rows, summarise
from lnnstats.results.query import Results
from lnnstats.study.load import from_text
from tests.report.subjects import SUBJECTS, TRAINED

BY = ("data.noise", "network.depth")


def values(subject, noise, depth, name="dev"):
    """The values of one group at the last step, in the order of the table."""
    t = subject.results.table()
    here = pc.and_(
        pc.equal(t["response"], name), pc.and_(pc.equal(t["data.noise"], noise), pc.equal(t["network.depth"], depth))
    )
    return t.filter(pc.and_(here, pc.equal(t["step"], 100)))["value"].to_numpy()


@pytest.mark.parametrize(
    ("summary", "forth", "back"), [("mean", np.asarray, np.asarray), ("geometric_mean", np.log, np.exp)]
)
def test_means_and_their_limits_are_scipys(trained, summary, forth, back):
    found = summarise(rows(trained.results, trained.plan, "dev", BY), summary)
    one = forth(values(trained, 0.2, 3))
    limits = stats.t.interval(0.95, len(one) - 1, one.mean(), stats.sem(one))
    # sums in another order: a few units of the last place, amplified by the variance
    np.testing.assert_allclose(
        [found.center[1, 2], found.low[1, 2], found.high[1, 2]], back([one.mean(), *limits]), rtol=1e-12
    )


def test_the_median_is_numpys_and_its_limits_cover_as_promised(trained):
    found = summarise(rows(trained.results, trained.plan, "dev", BY), "median")
    one = np.sort(values(trained, 0.1, 2))
    assert found.center[0, 1] == np.median(one)
    below = int(np.searchsorted(one, found.low[0, 1]))
    assert found.high[0, 1] == one[len(one) - 1 - below]
    # both tails: the median lies below the (below + 1)-th value with P(Binomial(n, 1/2) <= below)
    assert 2 * stats.binom.cdf(below, len(one), 0.5) <= 0.05 < 2 * stats.binom.cdf(below + 1, len(one), 0.5)


@pytest.mark.parametrize("blocks", range(1, 6))
def test_five_blocks_or_fewer_have_no_limits_of_a_median(trained, blocks):
    few = Results.of(trained.results.table(pc.field("block") < blocks))
    found = summarise(rows(few, trained.plan, "dev", BY), "median")
    assert np.isnan(found.low).all() and np.isfinite(found.center).all()


def test_what_is_averaged_over_is_averaged_within_blocks_first(trained):
    found = summarise(rows(trained.results, trained.plan, "dev", ("network.depth",)), "mean")
    both = (values(trained, 0.1, 1) + values(trained, 0.2, 1)) / 2
    assert found.n[0] == trained.study.blocks.number
    np.testing.assert_allclose(found.center[0], both.mean(), rtol=1e-13)  # sums in another order
    np.testing.assert_allclose(
        found.high[0], stats.t.interval(0.95, len(both) - 1, both.mean(), stats.sem(both))[1], rtol=1e-12
    )


def test_times_are_cut_at_the_horizon_and_nothing_is_left_out(trained):
    found = summarise(rows(trained.results, trained.plan, "arrival", BY), "mean")
    assert found.high.max() <= 100 * 1.5 and found.center.max() <= 100 and not found.left_out.any()


def test_a_share_is_that_of_runs_within_the_resolution_with_exact_limits(trained):
    found = summarise(rows(trained.results, trained.plan, "dev", BY), "share")
    one = values(trained, 0.2, 3)
    count = int((one <= 0.5).sum())
    limits = stats.binomtest(count, len(one)).proportion_ci(0.95, method="exact")
    expected = [count / len(one), *limits]
    # the same beta quantiles by two routes
    assert [found.center[1, 2], found.low[1, 2], found.high[1, 2]] == pytest.approx(expected, abs=1e-9)
    assert (found.n == len(one)).all()


def test_a_share_of_times_is_of_those_that_arrived(trained):
    """Censored times, at the horizon, have not; second source: the column of what was observed."""
    found = summarise(rows(trained.results, trained.plan, "arrival", BY), "share")
    t = trained.results.table().to_pandas()
    here = t[(t["response"] == "arrival") & (t["data.noise"] == 0.1)]
    expected = here.groupby("network.depth", observed=True)["observed"].mean()
    assert 0 < expected.min() < 1
    np.testing.assert_array_equal(found.center[0], expected.to_numpy())


def test_a_diverged_run_has_not_converged():
    lost = SUBJECTS["diverged"]()
    found = summarise(rows(lost.results, lost.plan, "dev", BY), "share")
    one = values(lost, 0.2, 3)
    assert np.isnan(one).any()
    assert found.center[1, 2] == (one <= 0.5).sum() / len(one) and not found.left_out.any()


def test_shares_of_blocks_with_several_runs_are_means_of_blocks(trained):
    found = summarise(rows(trained.results, trained.plan, "dev", ("network.depth",)), "share")
    blocks = ((values(trained, 0.1, 1) <= 0.5).astype(float) + (values(trained, 0.2, 1) <= 0.5)) / 2
    low, high = stats.t.interval(0.95, len(blocks) - 1, blocks.mean(), stats.sem(blocks))
    expected = [blocks.mean(), max(low, 0), min(high, 1)]
    # sums in another order
    assert [found.center[0], found.low[0], found.high[0]] == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_the_slope_of_a_power_law_is_its_exponent():
    x = np.array([1e-4, 1e-3, 1e-2])
    assert log_slope(x, 3 * x**2) == pytest.approx(2, rel=1e-12)
    y = np.exp(np.array([0.3, -1.0, 2.0]))
    assert log_slope(x, y) == pytest.approx(stats.linregress(np.log(x), np.log(y)).slope, rel=1e-12)
    assert log_slope(x, np.array([1.0, np.nan, 0.0])) is None


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("{levels: {response: raw, along: network.depth, summary: share}}", "needs a resolution"),
        ("{levels: {response: dev, along: network.depth, slope: true}}", "log on log"),
        ("{levels: {response: dev, along: network.depth, where: {data.noise: 3}}}", "unknown level"),
        ("{levels: {response: dev, along: network.depth, where: {data.nois: 0.1}}}", "unknown factor"),
    ],
)
def test_what_cannot_be_drawn_is_refused_when_it_is_read(section, said):
    text = TRAINED.replace("responses:\n", "responses:\n  raw: {mse: {}}\n")
    text = text.replace("report:\n", f"report:\n  - {section}\n")
    with pytest.raises(BadInput, match=said):
        from_text(text)


def test_a_section_shows_the_runs_at_the_level_it_names(trained):
    part = Levels(response="dev", along="network.depth", by="data.noise", where={"data.noise": 0.2})
    (figure,) = requested(trained, part)
    (panel,) = figure.drawing.panels
    assert [series.label for series in panel.series] == ["0.2"]
    # sums in another order
    assert panel.series[0].y[2] == pytest.approx(values(trained, 0.2, 3).mean(), rel=1e-12)


def test_a_narrow_logarithmic_axis_is_ticked_all_along():
    from matplotlib.figure import Figure as Canvas

    axes = Canvas().subplots()
    axes.set_xlim(0.93, 1.4)
    scaled(axes, "x", True)
    inside = [tick for tick in axes.get_xticks() if 0.93 <= tick <= 1.4]
    assert len(inside) >= 3


@pytest.fixture(scope="module")
def changes():
    """Two scalings, eight blocks, three layers, and of `angle` two measurements."""
    return SUBJECTS["changes"]()


def test_measurements_make_groups_as_factors_do(changes):
    t = changes.results.table(pc.field("response") == "angle")
    t = t.filter(pc.equal(t["step"], 60)).to_pandas()
    one = summarise(rows(changes.results, changes.plan, "angle", ("layer", "measurement")), "mean")
    assert [axis.labels for axis in one.axes] == [(1, 2, 3), ("gradient", "update")]
    wanted = t.groupby(["layer", "measurement", "block"], observed=True)["value"].mean()
    wanted = wanted.groupby(["layer", "measurement"], observed=True).mean().to_numpy().reshape(3, 2)
    np.testing.assert_allclose(one.center, wanted, rtol=1e-14)  # sums of a few numbers in another order
    assert (one.n == 8).all()  # the two scalings of a block are averaged first


def test_a_measurement_that_is_no_group_is_averaged_within_blocks(changes):
    by = ("data.scaling", "layer")
    assert rows(changes.results, changes.plan, "angle", by).nested
    assert not rows(changes.results, changes.plan, "angle", (*by, "measurement")).nested
    found = summarise(rows(changes.results, changes.plan, "angle", by), "mean")
    apart = summarise(rows(changes.results, changes.plan, "angle", (*by, "measurement")), "mean")
    np.testing.assert_allclose(found.center, apart.center.mean(axis=2), rtol=1e-14)  # as above


@pytest.mark.parametrize("summary", ["mean", "median", "share"])
def test_a_value_that_is_not_defined_is_left_out_and_counted_and_a_diverged_run_is_not(trained, summary):
    """The first two of a group's runs have no value: left out of every summary, unless they diverged."""
    t = trained.results.table()
    here = pc.and_(pc.equal(t["response"], "dev"), pc.less(t["block"], 2))
    value = pc.if_else(here, float("nan"), t["value"])
    t = t.set_column(t.column_names.index("value"), "value", value)
    status = pc.if_else(here, "diverged", t["status"].cast("string"))
    lost = t.set_column(t.column_names.index("status"), "status", status)
    without = summarise(rows(Results.of(t.filter(pc.invert(here))), trained.plan, "dev", BY), summary)
    undefined, diverged = (summarise(rows(Results.of(one), trained.plan, "dev", BY), summary) for one in (t, lost))
    np.testing.assert_array_equal(undefined.center, without.center)
    np.testing.assert_array_equal(undefined.n, without.n)
    assert (undefined.left_out == without.left_out + 2).all()
    assert (diverged.n == undefined.n + (2 if summary != "mean" else 0)).all()
