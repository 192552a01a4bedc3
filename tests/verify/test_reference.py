"""The reference trainer against finite differences, torch.optim, and closed forms."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from lnnstats.parts.networks import Linear, Relu, Residual, Tanh
from lnnstats.parts.optimizers import OPTIMIZERS, EmaMomentum, Momentum, Sgd
from lnnstats.parts.responses import (
    RESPONSES,
    Accuracy,
    GradientNorm,
    Loss,
    Mse,
    NumericalRank,
    OptimalDeviation,
    RelativeExcessMse,
    SingularRatio,
    TimeTo,
)
from lnnstats.parts.training import LOSSES, CrossEntropy, MeanSquaredError, Training
from lnnstats.verify import reference
from lnnstats.verify.reference import Observation, Points, measure, time_to, trajectory

RNG = np.random.default_rng(7)
NETWORKS = [Linear, Relu, Tanh]
BOTH_LOSSES = [MeanSquaredError(), CrossEntropy()]
ALL_OPTIMIZERS = [
    OPTIMIZERS[kind](**options, weight_decay=decay)
    for kind, options in {
        "sgd": {"learning_rate": 0.1},
        "momentum": {"learning_rate": 0.05, "beta": 0.8},
        "ema_momentum": {"learning_rate": 0.05, "beta": 0.8},
        "nesterov": {"learning_rate": 0.05, "beta": 0.8},
        "adam": {"learning_rate": 0.02, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-6},
        "adamw": {"learning_rate": 0.02, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-6},
        "rmsprop": {"learning_rate": 0.02, "alpha": 0.9, "epsilon": 1e-6},
    }.items()
    for decay in (0.0, 0.3)
]


def last(*start):
    """The last state of a run."""
    *_, state = trajectory(*start)
    return state



def chain(sizes=(3, 4, 2), bias=True, seed=0) -> reference.Layers:
    rng = np.random.default_rng(seed)
    return tuple((rng.normal(size=(k, n)), rng.normal(size=k) if bias else None) for n, k in pairwise(sizes))


def points(n=12, features=3, outputs=2, classes=False) -> Points:
    rng = np.random.default_rng(1)
    targets = rng.integers(outputs, size=n) if classes else rng.normal(size=(n, outputs))
    return Points(rng.normal(size=(n, features)), targets)


def after_one(network, training, layers, data) -> Observation:
    """The state after one update."""
    _, state, *_ = reference.trajectory(network, training, layers, data)
    return Observation(network, training, state, data, data, layers)


def look(network, training, layers, data, test=None) -> Observation:
    """The first state of a run, ready to be measured."""
    state = next(reference.trajectory(network, training, layers, data))
    return Observation(network, training, state, data, test or data)


def test_the_tables_are_complete():
    assert set(reference.LOSSES) == set(LOSSES) and set(reference.OPTIMIZERS) == set(OPTIMIZERS)
    assert set(reference.RESPONSES) == set(RESPONSES) - {"time_to", "extreme_while", "measured"}


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("loss", BOTH_LOSSES, ids=lambda loss: loss.kind)
@pytest.mark.parametrize("network", NETWORKS)
def test_gradients_are_finite_differences(network, loss, bias):
    layers, training = chain(bias=bias), Training(loss=loss)
    data = points(classes=loss.kind == "cross_entropy")
    found = reference.gradient(network(), training, layers, data)
    step = 1e-6
    for tensors, gradients in zip(layers, found, strict=True):
        for tensor, gradient in zip(tensors, gradients, strict=True):
            for place in np.ndindex(*(() if tensor is None else tensor.shape)) if tensor is not None else ():
                kept = tensor[place]
                tensor[place] = kept + step
                above = reference.objective(network(), training, layers, data)
                tensor[place] = kept - step
                below = reference.objective(network(), training, layers, data)
                tensor[place] = kept
                # Central differences err by step^2 and by eps/step * loss, both below 1e-9 for a loss of size ten.
                assert gradient[place] == pytest.approx((above - below) / (2 * step), rel=1e-6, abs=1e-8)


def torch_optimizer(options, tensors) -> torch.optim.Optimizer:
    rate, decay = options.learning_rate, options.weight_decay
    match options.kind:
        case "adam" | "adamw":
            kind = torch.optim.Adam if options.kind == "adam" else torch.optim.AdamW
            return kind(tensors, rate, (options.beta1, options.beta2), options.epsilon, decay)
        case "rmsprop":
            return torch.optim.RMSprop(tensors, rate, options.alpha, options.epsilon, decay)
        case "ema_momentum":  # with v = (1 - beta) u: heavy ball at (1 - beta) times the rate
            return torch.optim.SGD(tensors, rate * (1 - options.beta), options.beta, weight_decay=decay)
        case _:
            beta, ahead = getattr(options, "beta", 0.0), options.kind == "nesterov"
            return torch.optim.SGD(tensors, rate, beta, weight_decay=decay, nesterov=ahead)


def torch_run(network, training, layers, data, batches) -> list[np.ndarray]:
    """The same run by autograd and torch.optim in float64."""
    activation = {"linear": lambda z: z, "relu": torch.relu, "tanh": torch.tanh}[network.kind]
    tensors = [torch.tensor(t, requires_grad=True) for layer in layers for t in layer]
    optimizer = torch_optimizer(training.optimizer, tensors)
    x, y = torch.tensor(data.x), torch.tensor(data.targets)
    loss = torch.nn.functional.mse_loss if training.loss.kind == "mse" else torch.nn.functional.cross_entropy
    for step in range(training.steps):
        h = x[batches(step)]
        for i in range(0, len(tensors), 2):
            h = h @ tensors[i].T + tensors[i + 1]
            h = activation(h) if i + 2 < len(tensors) else h
        optimizer.zero_grad()
        loss(h, y[batches(step)]).backward()
        optimizer.step()
    return [tensor.detach().numpy() for tensor in tensors]


@pytest.mark.parametrize("optimizer", ALL_OPTIMIZERS, ids=lambda o: f"{o.kind}-{o.weight_decay:g}")
@pytest.mark.parametrize("loss", BOTH_LOSSES, ids=lambda loss: loss.kind)
@pytest.mark.parametrize("network", NETWORKS)
def test_runs_are_those_of_torch(network, loss, optimizer):
    data, layers = points(classes=loss.kind == "cross_entropy"), chain()
    training = Training(optimizer=optimizer, loss=loss, steps=30)

    def batches(step: int) -> np.ndarray:
        return np.random.default_rng(step).permutation(12)[:5]

    found = last(network(), training, layers, data, batches).layers
    expected = torch_run(network(), training, layers, data, batches)
    # 30 smooth steps of sums in another order: rounding of 1e-16 grows by less than a factor 1e4.
    for tensor, other in zip((t for layer in found for t in layer), expected, strict=True):
        np.testing.assert_allclose(tensor, other, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("optimizer", ALL_OPTIMIZERS, ids=lambda o: f"{o.kind}-{o.weight_decay:g}")
def test_a_residual_network_is_trained_in_what_it_adds_to_the_identity(optimizer):
    """The same run with A as the tensors of torch, W = E + A."""
    data, layers = points(), chain()
    found = last(Residual(), Training(optimizer=optimizer, steps=30), layers, data).layers
    added = [torch.tensor(w - np.eye(*w.shape), requires_grad=True) for w, _ in layers]
    biases = [torch.tensor(b, requires_grad=True) for _, b in layers]
    stepped, x, y = torch_optimizer(optimizer, [*added, *biases]), torch.tensor(data.x), torch.tensor(data.targets)
    for _ in range(30):
        h = x
        for a, b in zip(added, biases, strict=True):
            h = h @ (a + torch.eye(*a.shape)).T + b
        stepped.zero_grad()
        torch.nn.functional.mse_loss(h, y).backward()
        stepped.step()
    for (weight, bias), a, b in zip(found, added, biases, strict=True):
        # 30 steps of sums in another order: as above.
        np.testing.assert_allclose(weight - np.eye(*weight.shape), a.detach().numpy(), rtol=1e-10, atol=1e-11)
        np.testing.assert_allclose(bias, b.detach().numpy(), rtol=1e-10, atol=1e-11)


def test_averaged_momentum_is_heavy_ball_at_a_smaller_rate():
    """v = (1 - beta) u, step by step of the definition."""
    data, layers = points(), chain()
    averaged = Training(optimizer=EmaMomentum(learning_rate=0.05, beta=0.8), steps=30)
    heavy = Training(optimizer=Momentum(learning_rate=0.05 * (1 - 0.8), beta=0.8), steps=30)
    ends = [last(Linear(), training, layers, data).layers for training in (averaged, heavy)]
    for (one, _), (other, _) in zip(*ends, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-12)  # as above


def test_sgd_on_a_line_contracts_by_its_closed_form():
    x = np.array([[1.0], [-1.0], [2.0]])
    training = Training(optimizer=Sgd(learning_rate=0.05), steps=25)
    run = last(Linear(bias=False), training, ((np.array([[3.0]]), None),), Points(x, 0.5 * x))
    # w - .5 shrinks by 1 - 2 lr mean(x^2) = .8 a step; 25 roundings.
    assert run.layers[0][0].item() == pytest.approx(0.5 + 2.5 * 0.8**25, rel=1e-13)


def test_the_budget_does_not_move_a_state():
    data = points()
    longer = list(trajectory(Linear(), Training(steps=10), chain(), data))
    assert [state.step for state in longer] == list(range(11))
    shorter = last(Linear(), Training(steps=3), chain(), data)
    assert [w.tolist() for w, _ in longer[3].layers] == [w.tolist() for w, _ in shorter.layers]


def test_a_run_diverges_by_the_training_rule():
    x = np.ones((2, 1))
    training = Training(optimizer=Sgd(learning_rate=1.5), steps=100, diverged_above=1e6)
    run = last(Linear(bias=False), training, ((np.array([[1.0]]), None),), Points(x, 0 * x))
    # w doubles in size (1 - 2 lr = -2): the loss is 4^t, above 1e6 first at t = 10 (4^9 = 262144, 4^10 = 1048576).
    assert run.diverged and run.step == 10 and run.layers[0][0].item() == 2.0**10
    start, data, watch = ((np.array([[1.0]]), None),), Points(x, 0 * x), TimeTo(of="loss", below=1e-3)
    assert time_to(Loss(), watch, Linear(bias=False), training, start, data, data) == math.inf


def test_an_overflowing_loss_is_divergence_not_a_warning():
    x = np.full((2, 1), 1e200)
    run = last(Linear(bias=False), Training(), ((np.array([[1.0]]), None),), Points(x, 0 * x))
    assert run.diverged and run.step == 0


def test_time_to_is_the_first_step_below_and_none_beyond_the_budget():
    x, start = np.ones((2, 1)), ((np.array([[1.0]]), None),)
    data, network = Points(x, 0 * x), Linear(bias=False)
    training = Training(optimizer=Sgd(learning_rate=0.25), steps=8)  # w halves each step: the loss is 4^-t
    assert time_to(Mse(), TimeTo(of="mse", below=4.0**-5), network, training, start, data, data) == 6.0
    assert time_to(Mse(), TimeTo(of="mse", below=2.0), network, training, start, data, data) == 0.0
    assert time_to(Mse(), TimeTo(of="mse", below=4.0**-8), network, training, start, data, data) is None


class TestResponses:
    def test_optimal_deviation_is_the_distance_to_the_planted_line(self):
        x = RNG.normal(size=(20, 2))
        data = Points(x, x @ np.array([[2.0], [-1.0]]) + 0.5)
        layers = ((np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, 0.0])), (np.array([[3.0, 1.0]]), np.array([0.0])))
        # W_e = (3, 1), b_e = 3: |3 - 2| + |1 + 1| + |3 - .5|.
        found = measure(OptimalDeviation(), look(Linear(), Training(), layers, data))
        assert found == pytest.approx(5.5, rel=1e-13)

    def test_relative_excess_uses_the_training_fit_on_both_splits(self):
        data, test, layers = points(), points(n=7), chain()
        slopes, intercept = reference.least_squares(data, True, 2)
        seen = look(Linear(), Training(), layers, data, test)
        for name, split in (("train", data), ("test", test)):
            best = np.mean((split.x @ slopes.T + intercept - split.targets) ** 2)
            expected = (measure(Mse(split=name), seen) - best) / best
            assert measure(RelativeExcessMse(split=name), seen) == pytest.approx(expected, rel=1e-12)

    def test_relative_excess_vanishes_at_the_optimum_without_cancellation(self):
        data = points()
        slopes, intercept = reference.least_squares(data, True, 2)
        near = ((slopes + 1e-7, intercept),)
        # delta = 1e-7 in every slope: excess 1e-14 mean((sum x)^2); subtracted MSEs would keep 2 digits.
        expected = 1e-14 * np.mean(data.x.sum(axis=1) ** 2)
        floor = np.mean((data.x @ slopes.T + intercept - data.targets) ** 2)
        found = measure(RelativeExcessMse(), look(Linear(), Training(), near, data))
        assert found == pytest.approx(expected / floor, rel=1e-6)

    def test_gradient_norm_is_the_mean_over_tensors(self):
        x = np.array([[1.0], [1.0]])
        layers = ((np.array([[2.0]]), np.array([0.0])), (np.array([[1.0]]), np.array([0.0])))
        # r = 2, h = 2: dW1 = db1 = 2 r w2 = 4, dW2 = 2 r h = 8, db2 = 4.
        assert measure(GradientNorm(), look(Linear(), Training(), layers, Points(x, 0 * x))) == pytest.approx(5.0)

    def test_loss_and_accuracy_of_a_classifier(self):
        data = Points(np.array([[1.0], [-1.0], [2.0]]), np.array([0, 1, 1]))
        layers = ((np.array([[1.0], [-1.0]]), None),)
        seen = look(Linear(bias=False), Training(loss=CrossEntropy()), layers, data)
        assert measure(Accuracy(split="train"), seen) == pytest.approx(2 / 3)
        # logit differences x_1 - x_0 of the wrong class: -2, -2, 4.
        expected = (2 * math.log1p(math.exp(-2)) + math.log1p(math.exp(4))) / 3
        assert measure(Loss(), seen) == pytest.approx(expected, rel=1e-14)

    def test_rank_and_singular_ratio_of_two_classes(self):
        data, layers = points(n=30, classes=True), chain((3, 4, 2))
        seen = after_one(Linear(), Training(loss=CrossEntropy()), layers, data)
        assert measure(NumericalRank(), seen).tolist() == [[1], [1]]  # logit gradients are g(1, -1)
        assert np.all(measure(SingularRatio(), seen) < 1e-14)
        three = after_one(Linear(), Training(), chain((3, 4, 3)), points(n=30, outputs=3))
        assert measure(NumericalRank(), three).tolist() == [[3], [3]]
        assert measure(NumericalRank(tolerance=2.0), three).tolist() == [[0], [0]]

    def test_vanishing_and_one_row_gradients_have_no_ratio(self):
        x = np.ones((2, 2))
        zero = after_one(Linear(bias=False), Training(), ((np.zeros((2, 2)), None),), Points(x, 0 * x))
        row = after_one(Linear(bias=False), Training(), ((np.ones((1, 2)), None),), Points(x, np.zeros((2, 1))))
        assert np.isnan(measure(SingularRatio(), zero)).all() and (measure(SingularRatio(), row) == 0).all()
        assert measure(NumericalRank(), zero).tolist() == [[0]] and measure(NumericalRank(), row).tolist() == [[1]]

    def test_gradient_responses_look_at_the_batch_of_the_next_step(self):
        data = points()
        batch = np.array([1, 4, 5])
        run = last(Linear(), Training(steps=1), chain(), data, lambda step: batch + step)
        following = Points(data.x[batch + 1], data.targets[batch + 1])
        direct = reference.gradient(Linear(), Training(), run.layers, following)
        assert np.array_equal(run.gradients[0][0], direct[0][0])
