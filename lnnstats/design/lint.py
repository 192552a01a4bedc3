"""Errors of design that a file can be warned of before it runs: each warning says what is wrong and what would mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lnnstats.parts.responses import OptimalDeviation
from lnnstats.study.values import Hypothesis, Study

FLOAT32_EPS = 2.0**-23
STEP_SIZE = ("training.optimizer", "network.depth", "network.width", "network")


@dataclass(frozen=True)
class Warning_:
    """A doubtful choice, where it stands, and what would mend it."""

    path: str
    code: str
    message: str


def lint(study: Study) -> tuple[Warning_, ...]:
    """Every warning about a valid study."""
    checks = (
        _untuned_step,
        _inits_are_not_data,
        _raw_mean_only,
        _no_smallest_effect,
        _beyond_float32,
        _unheard_claims,
        _too_few_blocks,
    )
    return tuple(warning for check in checks for warning in check(study))


def _untuned_step(study: Study) -> Iterator[Warning_]:
    """A treatment that changes the scale of a step, all at one step size."""
    if not study.trains or any(path.endswith("learning_rate") for path in study.factors):
        return
    for path, factor in study.factors.items():
        if factor.role == "treatment" and path.startswith(STEP_SIZE) and len(factor.levels) > 1:
            yield Warning_(
                f"factors.{path}",
                "untuned_step_size",
                f"{path} is compared at one untuned step size: its effect and that of the step size are confounded; "
                "vary training.optimizer.learning_rate too, or read the result as 'at this step size'",
            )


def _inits_are_not_data(study: Study) -> Iterator[Warning_]:
    if study.trains and "data" not in study.blocks.draws:
        yield Warning_(
            "blocks.draws",
            "inits_as_data_sets",
            f"blocks draw {' and '.join(study.blocks.draws) or 'nothing'} but one data set: the {study.blocks.number} blocks are initialisations, "
            "not independent data sets, and the inference does not reach beyond this data set; add data to draws",
        )


def _raw_mean_only(study: Study) -> Iterator[Warning_]:
    """Errors of trained networks are heavy-tailed: a raw mean alone is carried by its largest runs."""
    for name, tests in _tests_by_response(study).items():
        heavy = study.responses[name].kind in (
            "mse",
            "relative_excess_mse",
            "optimal_deviation",
            "loss",
            "gradient_norm",
            "measured",
        )
        if heavy and tests and all(_raw(h) for h in tests):
            yield Warning_(
                f"responses.{name}",
                "heavy_tail_raw_mean",
                f"{name} is heavy-tailed and tested on its raw mean only ({', '.join(h.id for h in tests)}): add a test on logs, ranks or P(above resolution)",
            )


def _raw(hypothesis: Hypothesis) -> bool:
    return hypothesis.test.raw_mean or getattr(hypothesis.test, "scale", "") == "raw"


def _no_smallest_effect(study: Study) -> Iterator[Warning_]:
    for hypothesis in study.hypotheses:
        if (
            hypothesis.test.measures
            and hypothesis.sesoi is None
            and hypothesis.bounds is None
            and hypothesis.null_value is None
        ):
            yield Warning_(
                f"hypotheses.{hypothesis.id}",
                "no_smallest_effect",
                f"{hypothesis.id} names no smallest effect of interest: a trifle can support it and nothing small can refute it; "
                f"add sesoi: {{{hypothesis.test.measures[0]}: ...}}",
            )


def _beyond_float32(study: Study) -> Iterator[Warning_]:
    """In float32 a step lr*g below half an ulp of w moves nothing: D cannot fall below about eps / (2 lr) for w near 1."""
    if not study.trains or study.training.dtype != "float32":
        return
    rate = getattr(study.training.optimizer, "learning_rate", 1.0)
    for name, response in study.responses.items():
        if (
            isinstance(response, OptimalDeviation)
            and response.resolution is not None
            and response.resolution < (floor := FLOAT32_EPS / (2 * rate))
        ):
            yield Warning_(
                f"responses.{name}",
                "float32_floor",
                f"the resolution {response.resolution:g} lies below what float32 can reach at this step size (about {floor:.1g}): use float64 or a coarser resolution",
            )


def _unheard_claims(study: Study) -> Iterator[Warning_]:
    heard = {hypothesis.claim for hypothesis in study.hypotheses}
    for claim in study.claims:
        if claim not in heard:
            yield Warning_(
                "claims",
                "claim_without_hypothesis",
                f"{claim} is listed but no hypothesis tests it: add one, or take the claim off the list",
            )


def _too_few_blocks(study: Study) -> Iterator[Warning_]:
    """An exact paired test of n blocks has no p below 2^-n: with m claims at alpha it needs 2^-n <= alpha/m."""
    confirmatory = max(1, len(study.hypotheses))
    needed = next(n for n in range(1, 64) if 2.0**-n <= study.analysis.alpha / confirmatory)
    if study.hypotheses and study.blocks.number < needed:
        yield Warning_(
            "blocks.number",
            "too_few_blocks",
            f"{study.blocks.number} blocks cannot decide {confirmatory} hypotheses at alpha {study.analysis.alpha}: exact paired tests need {needed}",
        )


def _tests_by_response(study: Study) -> dict[str, list[Hypothesis]]:
    tests: dict[str, list[Hypothesis]] = {name: [] for name in study.responses}
    for hypothesis in study.hypotheses:
        tests[hypothesis.response].append(hypothesis)
    return tests
