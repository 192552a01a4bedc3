"""Group summaries against scipy and NumPy, one group at a time."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pytest
from scipy import stats

from lnnstats.report.summaries import rows, summarise
from lnnstats.results.query import Results

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
