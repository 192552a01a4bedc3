"""What it takes to measure the updates of the wide linear networks of BenShmuel 2022, and to train several together.

    python -m benchmarks.linear_probes [sampled] [apart] [pairs] [together] [memory]

Architectures A, B and C at the paper's batch sizes, float32, on Gaussian classes of the shape of CIFAR-10. All runs in
one thread, and times are its processor's seconds, which neighbours disturb less than those of the clock.
`sampled`: each measurement of all layers at an update where 256 rows of a layer are measured, over the bare matrix
products of one training step. `apart`: the same with all rows, and one Hessian product. `pairs`: all angles between the
rows of a matrix, beside loops over them. `together`: several initialisations in one chunk, beside one after another.
`memory`: peak resident memory of a chunk with every measurement.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn.functional import normalize

from benchmarks.timing import interleaved, rows, save, table
from lnnstats.design.expand import expand
from lnnstats.design.values import Chunk
from lnnstats.engine.batch import runs
from lnnstats.engine.changes import Changes
from lnnstats.engine.device import DTYPES
from lnnstats.engine.forms import FORMS
from lnnstats.engine.forms.values import Form
from lnnstats.engine.optimizers import optimizer
from lnnstats.engine.optimizers.values import Update
from lnnstats.engine.responses import MEASURES, OF_CHANGES
from lnnstats.engine.responses.angles import stable, unit
from lnnstats.engine.train import train
from lnnstats.parts.responses import RESPONSES, Change, LeastCurvature
from lnnstats.parts.responses.base import MEASUREMENTS
from lnnstats.study.load import from_text
from lnnstats.study.values import Study

CPU, MS, REPEATS, STEPS = torch.device("cpu"), 1e3, 15, 20
BATCH = {"A": 256, "B": 128, "C": 64}
CHANGES = ("row_angle", "singular_ratio", "numerical_rank", "rank_one_residual", "batch_direction")
Timer = Callable[[], float]


def seconds(action: Callable[[], Any]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    action()
    return time.process_time() - start


def main() -> None:
    """Prints and stores what is asked for."""
    torch.set_num_threads(1)
    for name in sys.argv[1:] or PARTS:
        save(f"linear_probes_{name}", PARTS[name]())


def wide(
    architecture: str, responses: Any = "loss", blocks: int = 1, points: int = 512, steps: int = STEPS,
    dtype: str = "float32",
) -> Study:  # fmt: skip
    """An architecture in training, data and batches shared by all blocks."""
    return _study(
        {"gaussian_classes": {"features": 3072, "train": points, "test": 64}},
        {"linear": {"architecture": architecture, "bias": False}},
        {"batch": BATCH[architecture], "dtype": dtype, "loss": "cross_entropy", "steps": steps},
        blocks,
        responses,
    )


def digits(blocks: int, steps: int = 200) -> Study:
    """A 64-48-24-2 network on two digits."""
    return _study(
        {"digits": {"classes": [3, 8]}},
        {"linear": {"depth": 3, "width": [48, 24]}},
        {"batch": 32, "dtype": "float32", "loss": "cross_entropy", "steps": steps},
        blocks,
        "loss",
    )


def _study(data: Any, network: Any, training: Any, blocks: int, responses: Any) -> Study:
    asked = {"loss": "loss"} if responses == "loss" else responses
    drawn = {"number": blocks, "draws": ["init"]}
    tree = {"data": data, "network": network, "training": training, "blocks": drawn, "responses": asked}
    return from_text(json.dumps(tree))  # JSON is YAML 1.2


def started(study: Study, first: int = 0, last: int = 1) -> tuple[Form, Update]:
    """Some blocks of a study at their initial weights, and their update."""
    (batch,) = expand(study).batches
    axis, dtype = runs(Chunk(batch, first, last), study.seed, study.blocks), DTYPES[study.training.dtype]
    form = FORMS[batch.form](axis, dtype, CPU)
    return form, optimizer(axis, form, dtype, CPU)


def bare(form: Form, points: int) -> Callable[[], None]:
    """The matrix products of one training step, forward and backward without the gradient of the inputs, into memory
    that is there.
    """
    weights = [matrix[0] for matrix in form.layers(form.parameters)]
    inputs = [torch.randn(points, weights[0].shape[1]), *(torch.randn(points, len(weight)) for weight in weights)]
    gradients = [torch.empty_like(weight) for weight in weights]
    before = [torch.empty_like(units) for units in inputs]

    def products() -> None:
        for weight, units, after in zip(weights, inputs, inputs[1:], strict=False):
            torch.mm(units, weight.mT, out=after)
        for index in reversed(range(len(weights))):
            torch.mm(inputs[index + 1].mT, inputs[index], out=gradients[index])
            if index:
                torch.mm(inputs[index + 1], weights[index], out=before[index])

    return products


def probe(form: Form, update: Update, change: Change) -> Timer:
    """Seconds of a response at the first update: what is kept before it, and what is measured after it."""
    again = Changes(form, update, (change,), STEPS)
    changes = Changes(form, update, (change,), STEPS)
    gradients = form.gradients(0)
    changes.begin(1)
    update(gradients)

    def timer() -> float:
        measuring = seconds(lambda: OF_CHANGES[change.kind](change, changes))
        return seconds(lambda: again.begin(1)) + measuring

    return timer


def asked(rows: str, of: tuple[str, ...]) -> Iterator[tuple[str, Change]]:
    """Every response of changes, of each of some measurements alone."""
    for kind in CHANGES:
        for measurement in of:
            options = {"measurements": (measurement,), "rows": rows, "steps": "log_spaced"}
            yield f"{kind}, {measurement}", cast(Change, RESPONSES[kind](**options))


def measurements(rows_measured: str, of: tuple[str, ...], repeats: int) -> dict[str, Any]:
    """Each measurement beside the bare products of a step, architecture by architecture."""
    found = {}
    for architecture, points in BATCH.items():
        form, update = started(wide(architecture))
        products = bare(form, points)
        timers: dict[str, Timer] = {"bare products": lambda products=products: seconds(products)}  # type: ignore[misc]
        timers["training step"] = lambda form=form, update=update: seconds(lambda: update(form.gradients(0)))  # type: ignore[misc]
        timers |= {name: probe(form, update, change) for name, change in asked(rows_measured, of)}
        found[architecture] = compared(f"architecture {architecture}", timers, repeats)
    return found


def compared(title: str, timers: dict[str, Timer], repeats: int) -> list[dict[str, Any]]:
    """The table of timers beside the first of them, after a call of each that does not count."""
    for timer in timers.values():
        timer()
    measured = rows(interleaved(timers, repeats), next(iter(timers)))
    print(table(title, measured, "ms", MS) + "\n", flush=True)
    return measured


def sampled() -> dict[str, Any]:
    """All rows of at most 256, a sample of 256 of more: what most updates are measured at."""
    return measurements("sampled", MEASUREMENTS, REPEATS)


def apart() -> dict[str, Any]:
    """All rows of the gradient, and Hessian products: announced beforehand, never part of the sampled budget."""
    found = measurements("all", ("gradient",), 1)
    for architecture in BATCH:
        form, _ = started(wide(architecture))
        lanczos(form, 1)
        product = (lanczos(form, 3) - lanczos(form, 1)) / 2
        print(f"architecture {architecture}: a Hessian product over 512 points {product * MS:.0f} ms", flush=True)
        found[f"Hessian product, {architecture}"] = [{"name": "a product", "least": product}]
    return found


def lanczos(form: Form, iterations: int) -> float:
    return seconds(lambda: MEASURES["least_curvature"](LeastCurvature(iterations=iterations), form))


def pairs() -> dict[str, Any]:
    """All angles between rows of a first layer's gradient, beside loops over pairs of rows, and over rows."""
    found = {}
    for architecture, number, stride in (("A", 128, 1), ("B", 256, 1), ("C", 2500, 50)):
        form, _ = started(wide(architecture))
        matrix = form.layers(form.gradients(0))[0][:, :number]
        timers: dict[str, Timer] = {
            "in blocks": lambda matrix=matrix: seconds(lambda: in_blocks(matrix)),  # type: ignore[misc]
            "a loop over pairs": lambda matrix=matrix, n=stride: over_pairs(matrix[0], 4 * n),  # type: ignore[misc]
            "a loop over rows": lambda matrix=matrix, n=stride: over_rows(matrix[0], n),  # type: ignore[misc]
        }
        found[architecture] = compared(f"{tuple(matrix.shape[1:])}", timers, 3)
    return found


def in_blocks(matrix: Tensor) -> float:
    """The sum of the folded angles, as `row_angle` takes them."""
    return sum(float(angles.sum()) for angles in stable(unit(matrix)[0], folded=True))


def over_rows(matrix: Tensor, stride: int) -> float:
    """Seconds of a loop over rows, each against all after it, of which every `stride`-th is taken; float64."""
    rows_ = normalize(matrix.double(), dim=1)

    def loop() -> None:
        for row in range(0, len(rows_) - 1, stride):
            after = rows_[row + 1 :]
            angles = 2 * torch.atan2((after - rows_[row]).norm(dim=1), (after + rows_[row]).norm(dim=1))
            float(torch.minimum(angles, torch.pi - angles).sum())

    return seconds(loop) * stride


def over_pairs(matrix: Tensor, stride: int) -> float:
    """The same of a loop over pairs of rows, in NumPy."""
    rows_ = normalize(matrix.double(), dim=1).numpy()

    def loop() -> None:
        for row in range(0, len(rows_) - 1, stride):
            for other in range(row + 1, len(rows_)):
                apart, together = rows_[other] - rows_[row], rows_[other] + rows_[row]
                angle = 2 * math.atan2(math.sqrt(apart @ apart), math.sqrt(together @ together))
                min(angle, math.pi - angle)

    return seconds(loop) * stride


def together() -> dict[str, Any]:
    """Training alone, data in memory: one chunk of all initialisations, and a chunk each."""
    found = {}
    for name, number in {**dict.fromkeys(BATCH, 4), "digits": 16}.items():
        study = digits(number) if name == "digits" else wide(name, blocks=number)
        timers: dict[str, Timer] = {
            "one after another": lambda study=study, n=number: sum(trained(study, i, i + 1) for i in range(n)),  # type: ignore[misc]
            "together": lambda study=study, n=number: trained(study, 0, n),  # type: ignore[misc]
        }
        found[name] = compared(f"{name}, {number} initialisations, {study.training.steps} steps", timers, 5)
    return found


def trained(study: Study, first: int, last: int) -> float:
    form, update = started(study, first, last)
    return seconds(lambda: train(form, update, study.training, study.responses))


def memory() -> dict[str, Any]:
    """Peak of a process that runs the largest chunk of a study of ten initialisations, as `lnnstats run` cuts it."""
    found = {}
    for architecture, dtype in product(BATCH, ("float32", "float64")):
        code = f"from benchmarks.linear_probes import peak; peak({architecture!r}, {dtype!r})"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        found[f"{architecture} {dtype}"] = json.loads(done.stdout.splitlines()[-1])
        print(architecture, dtype, found[f"{architecture} {dtype}"], flush=True)
    return found


def peak(architecture: str, dtype: str) -> None:
    """Runs it on 10,000 points, every response and measurement, and prints MiB."""
    from lnnstats.design.chunks import chunks
    from lnnstats.design.cost import LIBRARIES_BYTES, chunk_bytes, run_bytes
    from lnnstats.engine.execute import execute

    torch.set_num_threads(1)
    every = {kind: {kind: {"measurements": list(MEASUREMENTS), "steps": "log_spaced"}} for kind in CHANGES}
    accuracy = {split: {"accuracy": {"split": split, "steps": "log_spaced"}} for split in ("train", "test")}
    study = wide(architecture, {**every, **accuracy}, blocks=10, points=10_000, steps=1, dtype=dtype)
    chunk = max(chunks(expand(study), {}), key=lambda chunk: chunk.runs)
    execute(chunk, study, CPU)
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    used = int(line.split()[1]) / 1024  # of this program: getrusage carries over what its parent had before it
    predicted = LIBRARIES_BYTES + chunk_bytes(chunk.batch, study) + run_bytes(chunk.batch, study) * chunk.runs
    print(json.dumps({"runs": chunk.runs, "peak_mib": round(used), "predicted_mib": round(predicted / 2**20)}))


PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "sampled": sampled,
    "apart": apart,
    "pairs": pairs,
    "together": together,
    "memory": memory,
}


if __name__ == "__main__":
    main()
