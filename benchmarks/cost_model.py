"""What `check` predicts beside what `lnnstats run` takes: small studies of each kind of work, or the files named.

Wall seconds decide on a quiet machine; processor seconds (of all processes, TeX included) tell whether it was one.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.timing import save
from benchmarks.worlds import depth_text
from lnnstats.overview import overview_json
from lnnstats.study.load import load

Tree = dict[str, Any]
LAST: Tree = {"error": {"mse": {"split": "test", "resolution": 1e-3}}}
SCALAR: Tree = {"linear_regression": {"train": 200}}
PLANE: Tree = {"linear_regression": {"features": 8, "train": 128}}
DEPTHS: Tree = {"network.depth": [2, 4, 8]}
WIDE: Tree = {"linear": {"width": 16}}


def main() -> None:
    """A line a study; the small studies' numbers are stored."""
    named = [Path(name) for name in sys.argv[1:]]
    print("| study | predicted s | wall s | processor s | predicted / wall |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        files = named or list(written(Path(folder)))
        measured = [compared(path, Path(folder)) for path in files]
    if not named:
        save("cost_model", measured)


def compared(path: Path, folder: Path) -> Tree:
    """One study predicted, then run into a folder that is thrown away."""
    predicted = overview_json(load(path))["seconds"]
    command = [sys.executable, "-m", "lnnstats", "run", str(path), "--out", str(folder / f"{path.stem}-run")]
    before, start = processor(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONPATH": os.getcwd()})
    wall, used = time.perf_counter() - start, processor() - before
    line = f"| {path.stem} | {predicted:.1f} | {wall:.1f} | {used:.1f} | {predicted / wall:.2f} |"
    print(line, flush=True)
    return {"name": path.stem, "predicted": predicted, "wall": wall, "processor": used}


def processor() -> float:
    """Seconds of user and system time of all finished children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def written(folder: Path) -> Iterator[Path]:
    """The small studies as files."""
    for name, text in small().items():
        path = folder / f"{name}.yaml"
        path.write_text(text)
        yield path


def small() -> dict[str, str]:
    """Studies of some ten seconds, each ruled by another part of the cost."""
    costly: Tree = {"curvature": {"least_curvature": {}}, "ratio": {"singular_ratio": {}}, **LAST}
    watched: Tree = {**LAST, "arrival": {"time_to": {"of": "error", "below": 1e-6}}}
    return {
        "chain_runs": depth_text(2000, blocks=400),
        "chain_steps": tree(SCALAR, "linear", "sgd", DEPTHS, 30, 200_000),
        "chain_watched": tree(SCALAR, "linear", "momentum", DEPTHS, 300, 20_000, watched),
        "chain_adam": tree(SCALAR, "linear", "adam", DEPTHS, 300, 20_000),
        "wide_momentum": tree(PLANE, WIDE, "momentum", DEPTHS, 200, 5000),
        "wide_rmsprop": tree(PLANE, WIDE, "rmsprop", DEPTHS, 200, 2000),
        "relu": tree(PLANE, {"relu": {"width": 16}}, "sgd", DEPTHS, 40, 500),
        "curvature": tree(PLANE, WIDE, "sgd", DEPTHS, 200, 200, costly),
        "reported": tested(),
    }


def tree(
    data: Tree, network: Any, optimizer: str, factors: Tree, blocks: int, steps: int, responses: Tree = LAST
) -> str:
    """A study of these parts; JSON is YAML 1.2."""
    training = {"optimizer": optimizer, "steps": steps}
    parts = {"data": data, "network": network, "training": training, "factors": factors, "responses": responses}
    return json.dumps({"lnnstats": 1, "title": "cost", **parts, "blocks": {"number": blocks}})


def tested() -> str:
    """Few runs, many hypotheses and figures."""
    small_tree = json.loads(tree(SCALAR, "linear", "sgd", DEPTHS, 100, 200))
    tests = [{"sign_flip": {"along": "network.depth", "treatment": level}} for level in (4, 8)]
    asked = {"response": "error", "sesoi": {"ratio": 1.1}}
    judged = [{**asked, "test": test, "id": f"H{number}"} for number, test in enumerate(tests)]
    figures = [{"levels": {"title": f"Figure {n}", "response": "error", "along": "network.depth"}} for n in range(6)]
    return json.dumps({**small_tree, "hypotheses": judged, "report": figures})


if __name__ == "__main__":
    main()
