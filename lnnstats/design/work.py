"""A batch -> the seconds of one core that training and measuring it take, from the shapes alone.

The numbers were fitted on one core of an x86-64 server (AMD EPYC, 5th generation, float64, one torch thread) by timing
studies of two sizes each; `python -m benchmarks.cost_model` sets what they predict beside what is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

from lnnstats.design.forms import PLAIN_PRODUCT
from lnnstats.design.twins import twin_batches
from lnnstats.design.values import Batch, Cell
from lnnstats.parts.responses import TimeTo, log_spaced
from lnnstats.parts.responses.changes import SAMPLED_ROWS
from lnnstats.study.values import Study

US, NS = 1e-6, 1e-9
SINGLE = 0.5  # what float32 takes of float64
DECAY = (2.0, 0.6)  # of weight decay, as an optimizer's `work`
ORDER = 1.4 * US  # of drawing and sorting one point of an epoch, a run
SMALL_NETWORK = 1 << 14  # parameters up to which launches, not numbers, are what a Hessian product waits for
SMALL_MATRIX = 1 << 15  # numbers of a matrix whose singular values are taken as they are


@dataclass(frozen=True, slots=True)
class Work:
    """Seconds that a chunk takes whatever its size, and what each of its runs adds."""

    chunk: float
    run: float

    def __add__(self, other: Work) -> Work:
        return Work(self.chunk + other.chunk, self.run + other.run)

    def __mul__(self, times: float) -> Work:
        return Work(self.chunk * times, self.run * times)


def training(batch: Batch, study: Study) -> Work:
    """The whole training of a batch's runs and their twins, its responses measured; a run is the mean over the batch's
    cells.
    """
    steps = batch.cells[0].world.training.steps
    work = step(batch) * steps + _checks(batch, study) * len(log_spaced(steps))
    for twin in twin_batches(batch, study):
        work = work + step(twin) * (steps + 1)
    for response in study.responses.values():
        if isinstance(response, TimeTo):
            work = work + measured(study.responses[response.of], batch, study) * (steps + 1)
        elif response.axes:
            work = work + measured(response, batch, study) * len(response.recorded(steps))
    return work


def step(batch: Batch) -> Work:
    """One gradient and update."""
    return GRADIENTS[batch.form](batch) + _update(batch)


def _checks(batch: Batch, study: Study) -> Work:
    """Whether a run has diverged, by its loss over all training points; of second moments it is part of a step."""
    return _pass("train", batch, study) if batch.form == "autograd" else Work(0.0, 0.0)


def _update(batch: Batch) -> Work:
    options = [cell.world.training.optimizer for cell in batch.cells]
    launches, number = options[0].work
    if any(option.weight_decay for option in options):
        launches, number = launches + DECAY[0], number + DECAY[1]
    cell = deepest(batch)
    tensors = 4 if batch.form == "chain" else cell.world.network.depth * (2 if cell.world.network.bias else 1)
    numbers = sum(parameters(cell) for cell in batch.cells) / len(batch.cells)
    return Work(launches * US * tensors, number * NS * numbers * _precision(batch))


def _chain(batch: Batch) -> Work:
    """Two operations a layer forwards and backwards, on a pair of numbers a run."""
    layers = sum(cell.world.network.depth for cell in batch.cells) / len(batch.cells)
    most = deepest(batch).world.network.depth
    return Work((8 + 1.7 * most) * US, (3.7 + 2.3 * layers) * NS * _precision(batch))


def _moments(batch: Batch) -> Work:
    """Three products a layer: with one output sums along the runs, else (or where wide) batched products."""
    cell = deepest(batch)
    outputs, layers = cell.world.data.outputs, shapes(cell)
    bias = 1.6 if cell.world.network.bias else 1.0
    if outputs == 1 and max(map(prod, layers)) < PLAIN_PRODUCT:
        run = 90 * NS + 0.95 * NS * parameters(cell)
    else:
        products = 3 * sum(_product(rows * columns, outputs) for rows, columns in layers[:-1])
        run = 200 * NS + products + 0.125 * NS * parameters(cell)
    return Work((12 + 9.5 * bias * len(layers)) * US, run * _precision(batch))


def _product(size: int, outputs: int) -> float:
    """[C, k] @ [k, n] of one run; size = k n."""
    if outputs == 1:
        return (60 + 0.085 * size) * NS
    if size * outputs < PLAIN_PRODUCT:
        return (40 + 1.05 * size * outputs) * NS
    return (120 + 0.1 * size + 0.12 * size * outputs) * NS


def _autograd(batch: Batch) -> Work:
    """Forward and backward over the points of a batch; of a linear network written out, a pass over its weights beside.
    """
    cell = deepest(batch)
    network, layers, number = cell.world.network, shapes(cell), products(cell)
    order = 0.0 if cell.world.training.batch == "full" else ORDER * points(cell)
    if network.linear:
        point = 1.2 * units(cell) + network.product_work * number + 0.1 * cell.world.data.inputs
        return Work((60 + 20 * len(layers)) * US, (points(cell) * point + number) * NS * _precision(batch) + order)
    run = points(cell) * (network.unit_work * units(cell) + network.product_work * number) * NS
    return Work((120 + 18 * len(layers)) * US, run * _precision(batch) + order)


GRADIENTS = {"chain": _chain, "moments": _moments, "autograd": _autograd}


def measured(response: Any, batch: Batch, study: Study) -> Work:
    """A response at one state."""
    size, split = parameters(deepest(batch)), getattr(response, "split", "train")
    groups = len({cell.world.network.depth for cell in batch.cells}) if batch.form == "chain" else 1
    match response.effort:
        case "curvature":
            times = min(size, response.iterations)
            number = 150 * min(size, SMALL_NETWORK) + 30 * max(0, size - SMALL_NETWORK)
            return Work((2500 + 200 * times) * US * groups, number * NS * times) + _passes(batch, times)
        case "step":
            return Work(900 * US * groups, (300 + 15 * size) * NS)
        case "map":
            return Work(250 * US * groups, (1500 + 7 * size) * NS)
        case "state":
            return Work(8 * US, (2 + 0.2 * size) * NS)
        case "change":
            return change(response, batch, _whole(response, batch))
        case "twin":
            return Work(500 * US * groups, (3000 + 14 * size) * NS)
        case "start":
            return Work(900 * US * groups, (1500 + 20 * size) * NS) + _pass(split, batch, study) * 3
        case "points":
            return _pass(split, batch, study)
        case _:
            return _pass(split, batch, study) if batch.form == "autograd" else _quadratic(batch)


def _pass(split: str, batch: Batch, study: Study) -> Work:
    """Outputs for the points of a split, of an affine network by its end-to-end map; points that runs share are read
    once for all of them.
    """
    cell = deepest(batch)
    data, network = cell.world.data, cell.world.network
    number = data.test if split == "test" else data.train
    if network.affine:
        through = 0.0 if network.linear else network.product_work * data.outputs * products(cell)
        read, product = (0.0, 0.25) if own_data(batch, study) else (0.6, 0.065)
        mapping = product * number * data.inputs * data.outputs + 0.5 * parameters(cell) + through
        once = 100 * US + read * number * data.inputs * NS * _precision(batch)
        return Work(once, mapping * NS * _precision(batch))
    return Work(100 * US, number * (4 * units(cell) + 0.3 * network.product_work * products(cell)) * NS)


def change(response: Any, batch: Batch, whole: float) -> Work:
    """What an update did, the mean over updates of which a share, `whole`, has all rows measured, the others some."""
    cell, layered, kinds = deepest(batch), "layer" in response.axes, len(response.measurements)
    layers, spectral = layers_of(response, batch), response.kind != "row_angle"

    def rows(most: int) -> float:
        return sum(_rows(min(k, most), n, spectral) if layered else 10 * NS * min(k, most) * n for k, n in layers)

    run = kinds * (whole * rows(max(k for k, _ in layers)) + (1 - whole) * rows(SAMPLED_ROWS))
    launches = Work(150 * US * len(layers) * kinds, run)
    if layered:
        return launches
    linear = cell.world.network.linear  # how the batch moves the outputs, in float64, by the map or by a pass
    return launches + (Work(0.0, 3.2 * NS * parameters(cell)) if linear else step(batch) * (0.8 / _precision(batch)))


def layers_of(response: Any, batch: Batch) -> tuple[tuple[int, int], ...]:
    """(rows, columns) of the layers whose changes a response measures."""
    layers = shapes(deepest(batch))
    return layers if "layer" in response.axes else layers[:1]


def _whole(response: Any, batch: Batch) -> float:
    """The share of the recorded updates at which all rows are measured."""
    budget = batch.cells[0].world.training.steps
    return len(response.full_steps(budget)) / max(1, len(response.recorded(budget)))


def _rows(rows: int, columns: int, spectral: bool) -> float:
    """Products of all rows with each other in float64, and the eigenvalues of these, or their angles."""
    if rows * columns <= SMALL_MATRIX:
        return (1000 + 18 * rows * columns) * NS
    if spectral:
        return (rows * columns * (10 + 0.04 * rows) + 0.06 * rows**3) * NS
    return (rows * columns * (10 + 0.02 * rows) + 10 * rows**2) * NS


def _quadratic(batch: Batch) -> Work:
    """An error on a split as a quadratic form in the affine map."""
    data = deepest(batch).world.data
    return Work(20 * US, (25 + 4 * (data.inputs + 1) ** 2 * data.outputs) * NS)


def _passes(batch: Batch, times: int) -> Work:
    """Hessian-vector products over all training points in float64, where second moments do not give them."""
    if batch.form != "autograd":
        return Work(0.0, 0.0)
    cell, one = deepest(batch), step(batch)
    return Work(one.chunk, one.run * cell.world.data.train / points(cell) / _precision(batch)) * (3 * times)


def own_data(batch: Batch, study: Study) -> bool:
    """Whether every run has data of its own."""
    return "data" in study.blocks.draws and batch.cells[0].world.data.drawn


def deepest(batch: Batch) -> Cell:
    return max(batch.cells, key=lambda cell: cell.world.network.depth)


def shapes(cell: Cell) -> tuple[tuple[int, int], ...]:
    """(rows, columns) of each layer, input side first."""
    data = cell.world.data
    return cell.world.network.shapes(data.inputs, data.outputs, data.image)


def places(cell: Cell) -> tuple[int, ...]:
    """At how many places of a point each layer's matrix is applied."""
    return cell.world.network.places(cell.world.data.image)


def products(cell: Cell) -> int:
    """Multiplications of one point, forwards."""
    return sum(prod(shape) * times for shape, times in zip(shapes(cell), places(cell), strict=True))


def units(cell: Cell) -> int:
    """Numbers that the layers put out for one point."""
    return sum(rows * times for (rows, _), times in zip(shapes(cell), places(cell), strict=True))


def parameters(cell: Cell) -> int:
    """Weights and biases of a run."""
    bias = 1 if cell.world.network.bias else 0
    return sum(rows * (columns + bias) for rows, columns in shapes(cell))


def points(cell: Cell) -> int:
    """Points of one gradient."""
    batch = cell.world.training.batch
    return batch if isinstance(batch, int) else cell.world.data.train


def _precision(batch: Batch) -> float:
    return SINGLE if batch.cells[0].world.training.dtype == "float32" else 1.0
