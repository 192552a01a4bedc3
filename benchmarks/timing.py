"""Competitors -> seconds of each, by interleaved repeats; the printed table and the stored results."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

RESULTS = Path(__file__).with_name("results.json")
Times = dict[str, list[float]]


def seconds(action: Callable[[], Any]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def interleaved(timers: Mapping[str, Callable[[], float]], repeats: int) -> Times:
    """A B C, A B C ...: what each timer returned in every repeat, so that a busy neighbour disturbs all alike."""
    taken: Times = {name: [] for name in timers}
    for _ in range(repeats):
        for name, timer in timers.items():
            taken[name].append(timer())
    return taken


def rows(taken: Times, reference: str) -> list[dict[str, Any]]:
    """A row a competitor: median, least, and the median over repeats of its ratio to the reference."""
    return [
        {"name": name, "median": median(times), "least": min(times),
         "ratio": median(a / b for a, b in zip(times, taken[reference], strict=True))}
        for name, times in taken.items()
    ]


def table(title: str, measured: list[dict[str, Any]], unit: str, scale: float = 1.0) -> str:
    """The rows as Markdown."""
    head = [f"### {title}", "", f"| | median {unit} | least | ratio |", "|---|---|---|---|"]
    return "\n".join([*head, *(_line(row, scale) for row in measured)])


def _line(row: dict[str, Any], scale: float) -> str:
    return f"| {row['name']} | {row['median'] * scale:.4g} | {row['least'] * scale:.4g} | {row['ratio']:.2f} |"


def save(name: str, content: Any) -> None:
    """A benchmark's result in results.json, beside those of the others, with the machine it was taken on."""
    stored = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    stored[name] = {"machine": machine(), "measured": content}
    RESULTS.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n")


def machine() -> dict[str, Any]:
    """What the numbers were taken on, and how busy it was."""
    load, version = os.getloadavg()[0], platform.python_version()
    return {"processor": _processor(), "cores": os.cpu_count(), "python": version, "load": round(load, 2)}


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").is_file() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
