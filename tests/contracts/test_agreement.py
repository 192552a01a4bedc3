"""Every tensor program against plain loops, of torch.nn and torch.optim and of NumPy, one run at a time on the data."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.parametrize import register_parametrization

from lnnstats.design.values import Cell
from lnnstats.draws.batches import order
from lnnstats.draws.data import sample
from lnnstats.draws.data.values import Dataset
from lnnstats.draws.inits import Layer, initial
from lnnstats.engine.execute import execute
from lnnstats.engine.forms.outputs import OUTPUTS
from lnnstats.engine.record import Trained
from lnnstats.parts.base import per_cell_fields
from lnnstats.parts.inits import INITS
from lnnstats.parts.networks import NETWORKS
from lnnstats.parts.optimizers import OPTIMIZERS
from lnnstats.parts.training import LOSSES
from lnnstats.results.values import Outcome
from lnnstats.study.values import Study, World
from lnnstats.verify import reference
from tests.worlds import CLASSES, CPU, DIGITS, PLANE, SCALAR, TWO, alone, chunks_of, engine, responses, study

STEPS = 200
RECORDED = (0, 1, 7, STEPS)
# Float64 rounding, 1e-16 an operation, grows along 200 contracting steps to about 1e-13; 1e-9 leaves room for other
# processors.
# Below 1e-11 a gradient or a gap to the optimum is itself a difference of nearly equal numbers of size 1.
CLOSE: dict[str, Any] = {"rtol": 1e-9, "atol": 1e-11}
# RMSprop's first step is rate / sqrt(1 - alpha) whatever the gradient; a smaller rate keeps its 200 steps from swinging
# about the optimum, where it would amplify rounding.
RATES = dict.fromkeys(OPTIMIZERS, 0.01) | {"ema_momentum": 0.05, "nesterov": 0.005, "rmsprop": 0.001}
WILD = dict.fromkeys(OPTIMIZERS, 50.0) | {"ema_momentum": 500.0, "adam": 1e5, "adamw": 1e5, "rmsprop": 1e8}

# (data, network, init, optimizer, loss, batch, bias): chain and moments meet every init and optimizer, autograd every
# network with every optimizer, and with every loss.
STARTS = [*((init, "sgd") for init in INITS), *(("torch_default", name) for name in OPTIMIZERS if name != "sgd")]
DENSE = [name for name, network in NETWORKS.items() if name != "linear_convolution"]  # which needs images
CASES = [
    *(
        (data, "linear", init, optimizer, "mse", "full", bias)
        for data, (init, optimizer), bias in product((SCALAR, PLANE), STARTS, (True, False))
    ),
    *((data, "residual", init, "momentum", "mse", "full", True) for data, init in product((SCALAR, PLANE), INITS)),
    *((PLANE, network, "xavier", optimizer, "mse", 7, True) for network, optimizer in product(DENSE, OPTIMIZERS)),
    *(
        (CLASSES, network, "orthogonal", optimizer, loss, batch, False)
        for network, optimizer, loss, batch in product(DENSE, ("sgd", "adam"), LOSSES, ("full", 5))
    ),
    *(
        (TWO, network, "xavier", "momentum", loss, batch, True)
        for network, loss, batch in product(("linear", "relu"), LOSSES, ("full", 5))
    ),
    (DIGITS, "linear_convolution", "torch_default", "sgd", "cross_entropy", 5, True),
    (DIGITS, "linear_convolution", "orthogonal", "adam", "cross_entropy", "full", False),
]


def name(case: tuple[Any, ...]) -> str:
    data, *rest = case
    of_features = {1: "scalar", 3: "plane", 4: "classes", 5: "two", None: "digits"}
    return "-".join([of_features[next(iter(data.values())).get("features")], *map(str, rest)])


def world(case: tuple[Any, ...]) -> Study:
    """Two depths (padded to one in a chain), an initial scale that is not its default where the init has one, two
    blocks.
    """
    data, network, init, optimizer, loss, batch, bias = case
    width = 1 if data is SCALAR else 4
    scaled = {init: {name: 0.9 for name in per_cell_fields(INITS[init])}}
    shape = {"depth": 1, "width": width, "bias": bias, "init": scaled}
    return study(
        data,
        {network: shape},
        {optimizer: {"learning_rate": RATES[optimizer]}},
        loss=loss,
        batch=batch,
        steps=STEPS,
        factors={"network.depth": [1, 3]},
        responses=responses(data, network, loss, list(RECORDED)),
    )


@cache
def trained(index: int) -> list[tuple[Any, Trained, Outcome]]:
    made = world(CASES[index])
    return [(*engine(made, chunk), execute(chunk, made, CPU)) for chunk in chunks_of(made)]


def drawn(made: Study, chunk: Any, cell: Cell, block: int) -> tuple[tuple[Layer, ...], Dataset, Any]:
    """What one run draws, asked for alone: initial layers, data, and the points of every step's batch."""
    from lnnstats.engine.batch import Runs

    stream = Runs((cell,), np.array([block]), made.seed, made.blocks).stream(cell)
    w = cell.world
    data = sample(w.data, stream)
    points, batch = data.train.x.shape[1], w.training.batch
    if batch == "full":
        return initial(w.network, w.data.inputs, w.data.outputs, stream, w.data.image), data, None
    per_epoch = points // batch
    batches = lambda step: order(stream, step // per_epoch, points, batch)[0, step % per_epoch]  # noqa: E731
    return initial(w.network, w.data.inputs, w.data.outputs, stream, w.data.image), data, batches


ACTIVATIONS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "tanh": nn.Tanh}


class Residual(nn.Module):
    """W = E + A as torch parametrizes it: A is what an optimizer sees."""

    def forward(self, added: torch.Tensor) -> torch.Tensor:
        return torch.eye(*added.shape, dtype=added.dtype) + added

    def right_inverse(self, weight: torch.Tensor) -> torch.Tensor:
        return weight - torch.eye(*weight.shape, dtype=weight.dtype)


def copied(layers: tuple[Layer, ...], world: World) -> nn.Sequential:
    """The network of torch.nn with these weights."""
    network, modules = world.network, []
    for index, layer in enumerate(layers):
        convolves = network.of_images and index < len(layers) - 1
        made = convolution(layer, network.kernel) if convolves else dense(layer)
        with torch.no_grad():
            made.weight.copy_(torch.from_numpy(layer.weight[0]).view_as(made.weight))
            if layer.bias is not None:
                made.bias.copy_(torch.from_numpy(layer.bias[0].copy()))
        if network.skip:
            register_parametrization(made, "weight", Residual())
        modules += [*([] if convolves or not network.of_images else [nn.Flatten()]), made]
        modules += [ACTIVATIONS[network.kind]()] if network.kind in ACTIVATIONS and index < len(layers) - 1 else []
    return nn.Sequential(*([nn.Unflatten(1, world.data.image)] if network.of_images else []), *modules)


def dense(layer: Layer) -> nn.Module:
    rows, columns = layer.weight.shape[1:]
    return nn.Linear(columns, rows, bias=layer.bias is not None, dtype=torch.float64)


def convolution(layer: Layer, kernel: int) -> nn.Module:
    rows, columns = layer.weight.shape[1:]
    channels, bias = columns // kernel**2, layer.bias is not None
    return nn.Conv2d(channels, rows, kernel, padding="same", bias=bias, dtype=torch.float64)


class ByFactors(torch.optim.SGD):
    """SGD whose rate at step t of n is rate * (1 - beta^(n-t+1))."""

    def __init__(self, parameters: Any, rates: list[float], **shared: Any) -> None:
        super().__init__(parameters, rates[0], **shared)
        self.rates = iter(rates)

    def step(self, closure: Any = None) -> Any:
        self.param_groups[0]["lr"] = next(self.rates)
        return super().step(closure)


def optimizer_of(options: Any, steps: int, parameters: Any) -> torch.optim.Optimizer:
    rate, shared = options.learning_rate, {"weight_decay": options.weight_decay, "foreach": False}
    match options.kind:
        case "adam" | "adamw":
            kind = torch.optim.Adam if options.kind == "adam" else torch.optim.AdamW
            return kind(parameters, rate, (options.beta1, options.beta2), options.epsilon, **shared)
        case "rmsprop":
            return torch.optim.RMSprop(parameters, rate, options.alpha, options.epsilon, **shared)
        case "ema_momentum":  # with v = (1 - beta) u: heavy ball at (1 - beta) times the rate
            return torch.optim.SGD(parameters, rate * (1 - options.beta), options.beta, **shared)
        case "gamma_sgd":
            rates = [rate * (1 - options.beta**left) for left in range(steps, 0, -1)]
            return ByFactors(parameters, rates, **shared)
        case "sgd":
            return torch.optim.SGD(parameters, rate, **shared)
        case _:
            return torch.optim.SGD(parameters, rate, options.beta, nesterov=options.kind == "nesterov", **shared)


def coded(labels: torch.Tensor, outputs: int) -> torch.Tensor:
    """Targets of classes: -1 and 1 for one output, else one-hot."""
    return 2.0 * labels.double()[:, None] - 1 if outputs == 1 else nn.functional.one_hot(labels, outputs).double()


def loop(cell: Cell, layers: tuple[Layer, ...], data: Dataset, batches: Any) -> tuple[list[np.ndarray], bool]:
    """Final parameters, weights then biases, and whether the run diverged."""
    training, model = cell.world.training, copied(layers, cell.world)
    x, y = torch.from_numpy(data.train.x[0]), torch.from_numpy(data.train.y[0])
    outputs = cell.world.data.outputs
    if training.loss.kind == "mse":
        y = coded(y, outputs) if y.ndim == 1 else y
        criterion: nn.Module = nn.MSELoss()
    elif outputs == 1:
        y, criterion = y.double()[:, None], nn.BCEWithLogitsLoss()
    else:
        criterion = nn.CrossEntropyLoss()
    optimizer = optimizer_of(training.optimizer, training.steps, model.parameters())
    start = criterion(model(x), y).item()
    diverged = False
    for step in range(training.steps):
        chosen = slice(None) if batches is None else torch.from_numpy(batches(step))
        optimizer.zero_grad()
        criterion(model(x[chosen]), y[chosen]).backward()
        optimizer.step()
        if step % 20 == 19:
            diverged |= not criterion(model(x), y).item() <= training.diverged_above * start
    linears = [module for module in model if isinstance(module, nn.Linear | nn.Conv2d)]
    weights = [module.weight.detach().flatten(1).numpy() for module in linears]
    return weights + [module.bias.detach().numpy() for module in linears if module.bias is not None], diverged


def parameters_of(form: Any, chunk: Any, run: int, cell: Cell) -> list[np.ndarray]:
    """A run's final weights, then its biases, as the form holds them."""
    depth = cell.world.network.depth
    if chunk.batch.form == "chain":
        weights, biases = (layers[:depth, run].numpy() for layers in form.counted())
        return [w.reshape(1, 1) for w in weights] + ([b.reshape(1) for b in biases] if cell.world.network.bias else [])
    return [parameter[run].numpy() for parameter in form.parameters]


def everyone(made: Study, outcome: Outcome) -> Any:
    """(run, cell, block) of every run of an outcome's chunk."""
    chunk = outcome.chunk
    blocks = range(chunk.first, chunk.last)
    return [
        (position * len(blocks) + place, cell, block)
        for position, cell in enumerate(chunk.batch.cells)
        for place, block in enumerate(blocks)
    ]


def test_the_sweep_meets_every_form() -> None:
    forms = {chunk.batch.form for case in CASES for chunk in chunks_of(world(case))}
    assert forms == {"chain", "moments", "autograd"}
    assert {case[1] for case in CASES} == set(NETWORKS) == set(OUTPUTS)


@pytest.mark.parametrize("index", range(len(CASES)), ids=[name(case) for case in CASES])
def test_final_weights_are_those_of_torch_optim(index: int) -> None:
    made = world(CASES[index])
    for form, _, outcome in trained(index):
        for run, cell, block in everyone(made, outcome)[::2]:  # the first block of every cell
            wanted, diverged = loop(cell, *drawn(made, outcome.chunk, cell, block))
            for found, expected in zip(parameters_of(form, outcome.chunk, run, cell), wanted, strict=True):
                np.testing.assert_allclose(found, expected, **CLOSE)
            assert not diverged and not outcome.diverged[run]


@pytest.mark.parametrize("index", range(len(CASES)), ids=[name(case) for case in CASES])
def test_every_response_is_that_of_plain_numpy(index: int) -> None:
    made = world(CASES[index])
    for _, _, outcome in trained(index):
        for run, cell, block in everyone(made, outcome)[1::2]:  # the second block of every cell
            check_run(made, outcome, run, cell, drawn(made, outcome.chunk, cell, block))


def check_run(made: Study, outcome: Outcome, run: int, cell: Cell, draws: tuple[Any, Dataset, Any]) -> None:
    layers, data, batches = draws
    w = cell.world
    pairs = tuple((layer.weight[0], None if layer.bias is None else layer.bias[0]) for layer in layers)
    points = {
        split: reference.Points(getattr(data, split).x[0], getattr(data, split).y[0]) for split in ("train", "test")
    }
    states = list(reference.trajectory(w.network, w.training, pairs, points["train"], batches))
    for key, response in made.responses.items():
        for place, step in enumerate(outcome.recorded[key].steps):
            seen = reference.Observation(w.network, w.training, states[step], points["train"], points["test"], pairs)
            found = outcome.recorded[key].values[run, place, : w.network.depth]
            wanted = reference.measure(response, seen).reshape(found.shape)
            size = np.broadcast_to(reference.magnitude(response, seen), w.network.depth)
            atol = CLOSE["atol"] * float(size.max()) + reference.blind(response)
            np.testing.assert_allclose(found, wanted, rtol=CLOSE["rtol"], atol=atol, err_msg=f"{key} at step {step}")


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(
    "case",
    [(SCALAR, "linear", "full"), (PLANE, "linear", "full"), (PLANE, "relu", "full"), (PLANE, "tanh", 7)],
    ids=["chain", "moments", "relu", "tanh"],
)
def test_the_same_runs_diverge(case: tuple[Any, ...], optimizer: str) -> None:
    data, network, batch = case
    made = study(
        data,
        {network: {"depth": 2, "width": 1 if data is SCALAR else 4}},
        optimizer,
        batch=batch,
        steps=60,
        responses={"loss": "loss"},
        factors={"training.optimizer.learning_rate": [RATES[optimizer], WILD[optimizer]]},
    )
    (chunk,) = chunks_of(made)
    outcome = execute(chunk, made, CPU)
    wanted = [loop(cell, *drawn(made, chunk, cell, block))[1] for _, cell, block in everyone(made, outcome)]
    assert outcome.diverged.tolist() == wanted
    assert wanted == [False, False, True, True]


PROGRAMS = [
    *product((SCALAR, PLANE), ("linear", "residual"), (True,)),
    *((PLANE, "linear", False), (PLANE, "tanh", True)),
]


def decaying(data: Any, network: str, bias: bool, optimizer: str) -> Study:
    """Runs without and with weight decay, of one layer and of three."""
    shape = {"width": 1 if data is SCALAR else 4, "bias": bias}
    factors = {"network.depth": [1, 3], "training.optimizer.weight_decay": [0.0, 0.2]}
    return study(data, {network: shape}, {optimizer: {"learning_rate": RATES[optimizer]}}, factors=factors, steps=60)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(
    "case", PROGRAMS, ids=["chain", "chain-residual", "moments", "moments-residual", "without-bias", "autograd"]
)
def test_weight_decay_is_that_of_torch_optim(case: tuple[Any, ...], optimizer: str) -> None:
    made = decaying(*case, optimizer)
    for chunk in chunks_of(made):
        form, _ = engine(made, chunk)
        for run, cell, block in everyone(made, execute(chunk, made, CPU)):
            wanted, _ = loop(cell, *drawn(made, chunk, cell, block))
            for found, expected in zip(parameters_of(form, chunk, run, cell), wanted, strict=True):
                np.testing.assert_allclose(found, expected, **CLOSE)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("data", [SCALAR, PLANE], ids=["chain", "moments"])
def test_weight_decay_draws_a_residual_layer_to_the_identity(data: Any, optimizer: str) -> None:
    made = decaying(data, "residual", True, optimizer)
    for chunk in chunks_of(made):
        form, _ = engine(made, chunk)
        for run, cell, block in everyone(made, execute(chunk, made, CPU)):
            layers, sets, _ = drawn(made, chunk, cell, block)
            pairs = tuple((layer.weight[0], layer.bias[0]) for layer in layers if layer.bias is not None)
            points = reference.Points(sets.train.x[0], sets.train.y[0])
            *_, last = reference.trajectory(cell.world.network, cell.world.training, pairs, points)
            wanted = [*(weight for weight, _ in last.layers), *(bias for _, bias in last.layers)]
            for found, expected in zip(parameters_of(form, chunk, run, cell), wanted, strict=True):
                np.testing.assert_allclose(found, expected, **CLOSE)


@pytest.mark.parametrize("data", [SCALAR, PLANE], ids=["chain", "moments"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_second_moments_agree_with_autograd_on_the_data(data: Any, optimizer: str) -> None:
    made = world((data, "linear", "torch_default", optimizer, "mse", "full", True))
    for chunk in chunks_of(made):
        whole = execute(chunk, made, CPU)
        for position, other in enumerate(alone(chunk, "autograd")):
            autograd = execute(other, made, CPU)
            runs = slice(2 * position, 2 * position + 2)
            for key, recorded in autograd.recorded.items():
                depth = recorded.values.shape[2]
                np.testing.assert_allclose(
                    whole.recorded[key].values[runs, :, :depth], recorded.values, **CLOSE, err_msg=key
                )
