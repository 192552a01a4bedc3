"""The reference's view of a change against closed forms."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from lnnstats.parts.networks import Linear, Relu
from lnnstats.parts.optimizers import EmaMomentum, Momentum, Sgd
from lnnstats.parts.responses import BatchDirection, NumericalRank, RankOneResidual, RowAngle, SingularRatio
from lnnstats.parts.responses.rows import sampled_rows
from lnnstats.parts.training import CrossEntropy, Training
from lnnstats.verify import reference
from lnnstats.verify.reference import Observation, Points, magnitude, measure
from lnnstats.verify.reference.angles import angle, between
from lnnstats.verify.reference.changes import sampled

EVERY = ("gradient", "update", "difference", "cumulative")


def look(network: Any, sizes: tuple[int, ...], steps: int = 2, optimizer: Any = None, classes: int = 2) -> Observation:
    """The state after some updates, of four points each."""
    rng = np.random.default_rng(8)
    pairs = zip(sizes[1:], sizes[:-1], strict=True)
    layers = tuple((rng.normal(size=(k, n)), rng.normal(size=k)) for k, n in pairs)
    data = Points(rng.normal(size=(12, sizes[0])), rng.integers(classes, size=12))
    training = Training(loss=CrossEntropy(), optimizer=optimizer or Sgd(learning_rate=0.1), batch=4, steps=steps)
    batches = lambda step: (np.arange(4) + 4 * step) % 12  # noqa: E731
    *_, state = reference.trajectory(network, training, layers, data, batches)
    return Observation(network, training, state, data, data, layers)


def changed(*layers: Any) -> Observation:
    """An observation whose last gradients are these matrices."""
    seen = look(Linear(), (2, 2))
    applied = tuple((np.array(layer, dtype=float), None) for layer in layers)
    return replace(seen, state=replace(seen.state, applied=applied))


def test_angles_by_hand() -> None:
    seen = changed([[1, 0], [1, 1], [0, 0], [-2, 0]], [[3.0, 4.0]])
    expected = {True: 30, False: (45 + 180 + 135) / 3}  # folded: 45, 0 and 45 degrees
    for folded, degrees in expected.items():
        found = measure(RowAngle(folded=folded), seen)
        assert found[0, 0] == pytest.approx(degrees, abs=1e-13) and math.isnan(found[1, 0])
    assert measure(RowAngle(of="largest", folded=False), seen)[0, 0] == pytest.approx(180)
    assert measure(RowAngle(formula="arccos"), seen)[0, 0] == pytest.approx(30, abs=1e-6)


@pytest.mark.parametrize("apart", [1.0, 1e-3, 1e-6, 1e-9, 0.0])
@pytest.mark.parametrize("formula", ["stable", "arccos"])
def test_angles_of_all_pairs_are_those_of_each(formula: str, apart: float) -> None:
    """Rows along both senses of one direction, this far from it; more of them than a block holds."""
    rng = np.random.default_rng(5)
    rows = np.outer(rng.choice([-1.0, 1.0], 530), rng.normal(size=300)) + apart * rng.normal(size=(530, 300))
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    for folded in (False, True):
        some = [(i, j) for i in (0, 1, 511, 512) for j in range(530) if i < j]
        each = np.array([angle(units[i], units[j], formula, folded) for i, j in some])
        places = {pair: place for place, pair in enumerate(combinations(range(530), 2))}
        found = between(units, formula, folded)[[places[pair] for pair in some]]
        # Stable: 1e-9 degrees where rows all but agree, as derived there; arccos: sqrt(2 eps) of a radian, twice.
        np.testing.assert_allclose(found, each, rtol=1e-12, atol=1e-9 if formula == "stable" else 3e-6)


def test_spectra_by_hand() -> None:
    seen = changed(np.diag([4.0, 3.0, 0.0]), [[1, 2], [2, 4]], np.zeros((2, 2)))
    np.testing.assert_allclose(measure(SingularRatio(), seen)[:, 0], [0.75, 0, math.nan], atol=1e-15)
    np.testing.assert_array_equal(measure(NumericalRank(), seen)[:, 0], [2, 1, 0])
    np.testing.assert_allclose(measure(RankOneResidual(), seen)[:, 0], [0.6, 0, math.nan], atol=1e-15)
    np.testing.assert_allclose(measure(RankOneResidual(of="energy_share"), seen)[:2, 0], [0.64, 1], atol=1e-15)


def test_changes_are_those_of_the_last_update() -> None:
    """Momentum moves by the rate times g_2 + beta g_1, in all by that and the rate times g_1."""
    first, last = (look(Linear(), (3, 2, 2), steps, Momentum(learning_rate=0.1, beta=0.5)) for steps in (1, 2))
    assert first.state.applied is not None and last.state.applied is not None
    g1, g2 = first.state.applied[0][0], last.state.applied[0][0]
    wanted = {"gradient": g2, "update": -0.1 * (g2 + 0.5 * g1), "cumulative": -0.1 * (g2 + 1.5 * g1)}
    for measurement, matrix in wanted.items():
        values = np.linalg.svd(matrix, compute_uv=False)
        found = measure(SingularRatio(measurements=(measurement,)), last)  # type: ignore[arg-type]
        # rounded into weights of about 1
        assert found[0, 0] == pytest.approx(values[1] / values[0], abs=1e-13)
    both = measure(SingularRatio(measurements=EVERY), last)
    assert both.shape == (2, 4) and both[0, 1] == pytest.approx(both[0, 2], abs=1e-13)


def test_a_sample_is_that_of_the_options() -> None:
    """Of NumPy's words there, of the package's own here."""
    assert sampled(700, 2) == sampled_rows(700, 2).tolist() and sampled(9, 1) == list(range(9))
    seen = look(Linear(), (3, 300, 2), steps=3)
    few, all_of_them = (measure(RowAngle(rows=rows, steps=(1, 3)), seen) for rows in ("sampled", "all"))
    assert few[0, 0] != all_of_them[0, 0] and few[1, 0] == all_of_them[1, 0]
    assert measure(RowAngle(), seen)[0, 0] == all_of_them[0, 0]  # the last step


@pytest.mark.parametrize("network", [Linear(depth=3, width=(4, 3)), Relu(depth=3, width=(4, 3))])
def test_the_direction_of_the_batch_is_the_gradient_by_the_chain_rule(network: Any) -> None:
    seen = look(network, (5, 4, 3, 3), classes=3)
    options: dict[str, Any] = {"alphas": "backpropagated", "of": "relative", "measurements": ("gradient", "update")}
    found = measure(BatchDirection(**options), seen)
    # eps of sums of four points; for the update, of weights of about 1 over a step of 1e-2 or more
    assert found[0] < 1e-14 and found[1] < 1e-12


def test_of_two_classes_rows_are_multiples_of_the_logit_s_direction() -> None:
    seen = look(Linear(depth=2, width=3), (5, 3, 2))
    assert measure(BatchDirection(), seen)[0] < 1e-12
    above, below = (measure(BatchDirection(of=of), seen)[0] for of in ("above", "below"))
    assert (math.isnan(above) or above > 180 - 1e-12) and (math.isnan(below) or below < 1e-12)
    assert measure(BatchDirection(), look(Linear(depth=2, width=3), (5, 3, 3), classes=3))[0] > 0.1


def test_a_rank_that_rounding_decides_is_not_compared() -> None:
    assert magnitude(NumericalRank(tolerance=1e-6), changed(np.diag([1.0, 1e-3]))) == 1
    assert magnitude(NumericalRank(tolerance=1e-15), changed(np.diag([1.0, 2e-15]))) == math.inf


def test_differences_are_rounded_against_the_weights() -> None:
    seen = look(Linear(), (3, 2))
    assert magnitude(SingularRatio(), seen) == 1 and magnitude(RowAngle(), seen) == 180
    assert magnitude(SingularRatio(measurements=("difference",)), seen) > 10
    assert magnitude(SingularRatio(measurements=("update",)), seen) == 1  # it is known before it is rounded into them
    decayed = look(Linear(), (3, 2), optimizer=Sgd(learning_rate=0.1, weight_decay=0.1))
    assert magnitude(SingularRatio(measurements=("update",)), decayed) > 10


def test_a_difference_that_has_lost_a_row_is_not_compared() -> None:
    """A weight of size 1 that moves by 1e-20 stays; what does not move because it has no gradient is compared."""
    seen = look(Linear(), (3, 2))
    before = tuple((weight.copy(), bias) for weight, bias in seen.state.layers)
    lost = replace(seen, state=replace(seen.state, before=before))
    for measurement, size in (("gradient", 1), ("difference", math.inf), ("update", 1)):
        assert magnitude(SingularRatio(measurements=(measurement,)), lost) == size
        assert magnitude(NumericalRank(measurements=(measurement,), tolerance=1e-6), lost) == size
    still = replace(lost, state=replace(lost.state, applied=((np.zeros((2, 3)), None),)))
    assert magnitude(SingularRatio(measurements=("difference",)), still) == 1


def test_a_layer_that_has_lost_a_row_excuses_no_other() -> None:
    seen = look(Linear(depth=2, width=3), (4, 3, 2))
    before = (seen.state.before[0], (seen.state.layers[1][0].copy(), seen.state.before[1][1]))  # type: ignore[index]
    lost = replace(seen, state=replace(seen.state, before=before))
    first, second = magnitude(SingularRatio(measurements=("difference",)), lost)
    assert math.isfinite(first) and second == math.inf


def test_what_an_optimizer_does_not_move_is_compared() -> None:
    """The first lagged step is 0 by design, not by rounding."""
    seen = look(Linear(), (3, 2), steps=1, optimizer=EmaMomentum(learning_rate=0.1, lagged=True))
    assert magnitude(SingularRatio(measurements=("difference",)), seen) == 1
    assert math.isnan(measure(SingularRatio(measurements=("update",)), seen)[0, 0])
