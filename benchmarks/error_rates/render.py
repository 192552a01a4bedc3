"""Stored rates in, the page docs/error_rates.md out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from string import Template
from typing import Any

from benchmarks.error_rates.advice import ADVICE, TITLES
from benchmarks.error_rates.marks import ALPHA, RATES, liberal, misses, monte_carlo_error
from benchmarks.error_rates.simulate import SHIPPED, SIZES
from benchmarks.error_rates.verdicts import RESAMPLED_CLAIMS
from lnnstats.parts.procedures import FAMILIES

PAGE = Path(__file__).parents[2] / "docs" / "error_rates.md"
TEMPLATE = Path(__file__).with_name("page.md")
Cell = Mapping[str, Any]
NONE, SELDOM = "–", 0.005
SHOWN = {"liberal": "**liberal**", "conservative": "conservative"}
VERDICTS = ("supported", "refuted", "inconclusive")


def page(results: Mapping[str, Any]) -> str:
    """The whole page: the words of page.md around the tables."""
    procedures = results["procedures"]
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        families="\n\n".join(_families(procedures)),
        instead="\n".join(_instead(procedures)),
        familywise="\n\n".join(_familywise(results["familywise"]["rates"])),
        chances="\n\n".join(_chances(results["chances"]["rates"])),
    )


def _families(procedures: Mapping[str, list[Cell]]) -> Iterator[str]:
    for family, parts in FAMILIES.items():
        kinds = [part.model_fields["kind"].default for part in parts]
        rows = [row for kind in kinds if kind in procedures for row in _rows(kind, procedures[kind])]
        if rows:
            yield f"### {TITLES[family]}"
            yield table(rates_head(), rows)


def rates_head() -> list[str]:
    """Column names of a family's table."""
    sizes = [f"{name} {n}" for name in RATES for n in SIZES]
    return ["procedure", "data", *sizes, "MCSE", "mark"]


def _rows(kind: str, cells: list[Cell]) -> Iterator[list[str]]:
    for data, group in groupby(cells, key=lambda cell: cell["data"]):
        yield row(kind, data, {cell["n"]: cell for cell in group})


def row(kind: str, data: str, cells: Mapping[int, Cell]) -> list[str]:
    """A procedure in one world: its rates at each number of blocks."""
    rates = [short(cells[n][name]) if n in cells else NONE for name in RATES for n in SIZES]
    error = monte_carlo_error(ALPHA, cells[SHIPPED[0]]["worlds"])
    return [f"`{kind}`", data, *rates, short(error), _mark(cells)]


def _mark(cells: Mapping[int, Cell]) -> str:
    """What misses, where; and how often there was nothing to test."""
    found: dict[str, list[str]] = {}
    for n, cell in cells.items():
        for name, word in misses(cell):
            found.setdefault(word, []).append(f"{name} {n}")
    words = [f"{SHOWN[word]}: {', '.join(found[word])}" for word in SHOWN if word in found]
    refused = [f"{short(cell['refused'])} at {n}" for n, cell in cells.items() if cell["refused"] >= SELDOM]
    return "; ".join([*words, *([f"nothing to test: {', '.join(refused)}"] if refused else [])])


def short(rate: float | None) -> str:
    """.052, 1.000, or a dash."""
    return NONE if rate is None else f"{rate:.3f}".removeprefix("0")


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """Markdown."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def _instead(procedures: Mapping[str, list[Cell]]) -> Iterator[str]:
    """Every procedure that is liberal at a shipped study's number of blocks, where, and what to take there."""
    for kind, cells in liberal(procedures).items():
        where = dict.fromkeys(f"{cell['data']} ({_numbers(cells, cell['data'])})" for cell in cells)
        yield f"- `{kind}`: {'; '.join(where)}. {ADVICE.get(kind, 'No alternative is known yet.')}"


def _numbers(cells: list[Cell], data: str) -> str:
    return ", ".join(str(cell["n"]) for cell in cells if cell["data"] == data)


def _familywise(rates: list[Cell]) -> Iterator[str]:
    """A table a question: the chance of any false verdict for some numbers of claims, and its largest over all."""
    for (question,), mine in _by(rates, "question").items():
        rows = [_family(truth, how, group) for (truth, how), group in _by(mine, "truth", "method").items()]
        yield f"### {question.capitalize()}"
        yield table(["truth", "method", *(f"m = {m}" for m in RESAMPLED_CLAIMS), "largest", "MCSE"], rows)


def _family(truth: str, method: str, group: list[Cell]) -> list[str]:
    """A line of that table."""
    largest, error = max(rate["rate"] for rate in group), monte_carlo_error(ALPHA, group[0]["worlds"])
    return [truth, f"`{method}`", *(_at(group, m) for m in RESAMPLED_CLAIMS), short(largest), short(error)]


def _by(rates: list[Cell], *names: str) -> dict[tuple[Any, ...], list[Cell]]:
    found: dict[tuple[Any, ...], list[Cell]] = {}
    for rate in rates:
        found.setdefault(tuple(rate[name] for name in names), []).append(rate)
    return found


def _at(group: list[Cell], claims: int) -> str:
    return next(short(rate["rate"]) for rate in group if rate["claims"] == claims)


def _chances(rates: list[Cell]) -> Iterator[str]:
    """P(supported), P(refuted), P(inconclusive) at the truths that a plan is asked about."""
    for question, group in _by(rates, "question").items():
        rows = [[str(r["n"]), str(r["claims"]), r["truth"], *(short(r[v]) for v in VERDICTS)] for r in group]
        yield f"### {question[0].capitalize()}"
        yield table(["n", "claims", "theta", *VERDICTS], rows)
