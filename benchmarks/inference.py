"""Resampling over many cells at once, beside a library's call a cell; an analysis beside the imports it needs.

40 cells x 10 responses, 30 blocks, 9,999 resamples each. The peers are called for a few cells and their time is scaled
to all 400: every cell costs the same.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from benchmarks.timing import interleaved, rows, save, seconds, table
from lnnstats.stats.resampling.bootstrap import bootstrap_means
from lnnstats.stats.resampling.flips import sign_flip_pvalues
from lnnstats.stats.resampling.label_permutations import permutation_t_pvalues

CELLS, BLOCKS, RESAMPLES, TIMED, REPEATS = 400, 30, 9999, 4, 5
STUDY = Path(__file__).parent.parent / "studies" / "depth_vs_mse.yaml"
ANALYSIS = """
import json, sys, time
start = time.perf_counter()
from lnnstats.pipeline import analyse, judge, open_results
import lnnstats.stats.second_source, statsmodels.api, pingouin
imported = time.perf_counter()
from pathlib import Path
from lnnstats.results.folder import read_study
study = read_study(Path(sys.argv[1]))
verdicts = judge(analyse(open_results(Path(sys.argv[1])), study.plan), study.plan)
print(json.dumps({"imports": imported - start, "analysis": time.perf_counter() - imported, "verdicts": len(verdicts)}))
"""


def main() -> None:
    """Prints and stores the ratios; `python -m benchmarks.inference RUN` also times the analysis of a finished run."""
    rng = np.random.default_rng(0)
    values, measured = rng.exponential(size=(CELLS, BLOCKS)) - 0.8, {}
    for title, timers in (("BCa interval of a mean", bca(values)), ("Sign-flip test", flips(values)),
                          ("Studentised permutation test of two groups", labels(values))):  # fmt: skip
        ours = next(iter(timers))
        measured[title] = rows(interleaved(timers, REPEATS), ours)
        print(table(f"{title}, {CELLS} cells, seconds", measured[title], "s"), "\n")
    if len(sys.argv) > 1:
        measured["analysis"] = analysis(sys.argv[1])
    save("inference", measured)


def scaled(call: Callable[[Any], Any], values: Any) -> Callable[[], float]:
    """A timer of one call a cell: a few cells, scaled to all."""
    return lambda: seconds(lambda: [call(cell) for cell in values[:TIMED]]) * CELLS / TIMED


def bca(values: Any) -> dict[str, Callable[[], float]]:
    """BCa limits of every cell's mean."""

    def scipy(cell: Any) -> Any:
        return stats.bootstrap((cell,), np.mean, n_resamples=RESAMPLES, method="BCa", rng=np.random.default_rng(1))

    def ours() -> Any:
        return bootstrap_means(values, resamples=RESAMPLES, seed=1, method="bca").interval(0.95)

    return {"lnnstats bootstrap_means": lambda: seconds(ours), "scipy bootstrap a cell": scaled(scipy, values)}


def flips(values: Any) -> dict[str, Callable[[], float]]:
    """One-sided sign-flip p of every cell."""
    options: dict[str, Any] = {"n_resamples": RESAMPLES, "alternative": "greater", "permutation_type": "samples"}

    def scipy(cell: Any) -> Any:
        return stats.permutation_test((cell,), np.mean, **options, vectorized=True, rng=np.random.default_rng(1))

    def ours() -> Any:
        return sign_flip_pvalues(values, resamples=RESAMPLES, seed=1)

    return {"lnnstats sign_flip_pvalues": lambda: seconds(ours), "scipy permutation_test a cell": scaled(scipy, values)}


def labels(values: Any) -> dict[str, Callable[[], float]]:
    """One-sided permutation p of Welch's t of every cell, half of the blocks in either group."""
    group = np.arange(BLOCKS) < BLOCKS // 2

    def welch(x: Any, y: Any, axis: int = -1) -> Any:
        error = np.sqrt(x.var(axis=axis, ddof=1) / x.shape[axis] + y.var(axis=axis, ddof=1) / y.shape[axis])
        return (x.mean(axis=axis) - y.mean(axis=axis)) / error

    def scipy(cell: Any) -> Any:
        halves = cell[group], cell[~group]
        return stats.permutation_test(
            halves, welch, n_resamples=RESAMPLES, vectorized=True, rng=np.random.default_rng(1)
        )

    def ours() -> Any:
        return permutation_t_pvalues(values, group, resamples=RESAMPLES, seed=1)

    return {
        "lnnstats permutation_t_pvalues": lambda: seconds(ours),
        "scipy permutation_test a cell": scaled(scipy, values),
    }


def analysis(run: str) -> dict[str, Any]:
    """Findings, second source and verdicts of a finished run, in a process of its own, beside its imports."""
    done = [
        subprocess.run([sys.executable, "-c", ANALYSIS, run], check=True, capture_output=True) for _ in range(REPEATS)
    ]
    taken = [json.loads(one.stdout) for one in done]
    found = {name: float(np.median([one[name] for one in taken])) for name in ("imports", "analysis")}
    print(f"analysis of {run}: {found['analysis']:.2f} s, imports {found['imports']:.2f} s, "
          f"ratio {found['analysis'] / found['imports']:.2f}")  # fmt: skip
    return found


if __name__ == "__main__":
    main()
