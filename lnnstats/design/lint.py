"""Errors of design that a file is warned of before it runs: each warning says what is wrong and what would mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lnnstats.design.aliases import confounded
from lnnstats.parts.tuning import rule
from lnnstats.study.checks.tuning import rules
from lnnstats.study.combinations import combinations, crossed
from lnnstats.study.comparisons import fixed_draws
from lnnstats.study.families import laxest_level
from lnnstats.study.values import DRAWS, Hypothesis, Study

FLOAT32_EPS = 2.0**-23
STEP_SIZE = ("training.optimizer", "network.depth", "network.width", "network")


@dataclass(frozen=True)
class Doubt:
    """A doubtful choice, where it stands, and what would mend it."""

    path: str
    code: str
    message: str


def lint(study: Study) -> tuple[Doubt, ...]:
    """Every doubt about a valid study."""
    return tuple(doubt for check in CHECKS for doubt in check(study))


def _untuned_step(study: Study) -> Iterator[Doubt]:
    """A treatment that changes the scale of a step, all at one step size that nobody tuned."""
    if not study.trains or any(path.endswith("learning_rate") for path in study.factors) or any(rules(study)):
        return
    for path, factor in study.factors.items():
        if factor.role == "treatment" and path.startswith(STEP_SIZE) and len(factor.levels) > 1:
            said = f"{path} is compared at one untuned step size: its effect and that of the step size are confounded; "
            mend = "vary or tune training.optimizer.learning_rate too, or read the result as 'at this step size'"
            yield Doubt(f"factors.{path}", "untuned_step_size", said + mend)


def _inits_are_not_data(study: Study) -> Iterator[Doubt]:
    if study.trains and "data" not in study.blocks.draws and f"{DRAWS}data" not in study.factors:
        drawn = " and ".join(study.blocks.draws) or "nothing"
        said = f"blocks draw {drawn} but one data set: the {study.blocks.number} blocks are initialisations, "
        mend = "not independent data sets, and the inference does not reach beyond this data set; add data to draws"
        yield Doubt("blocks.draws", "inits_as_data_sets", said + mend)


def _raw_mean_only(study: Study) -> Iterator[Doubt]:
    """Errors of trained networks are heavy-tailed: a raw mean alone is carried by its largest runs."""
    for name, tests in _tests_by_response(study).items() if study.trains else ():
        if study.responses[name].heavy_tailed and tests and all(_raw(h) for h in tests):
            said = f"{name} is heavy-tailed and tested on its raw mean only ({', '.join(h.id for h in tests)}): "
            yield Doubt(
                f"responses.{name}", "heavy_tail_raw_mean", said + "add a test on logs, ranks or P(above resolution)"
            )


def _raw(hypothesis: Hypothesis) -> bool:
    return getattr(hypothesis.test, "scale", "") == "raw"


def _no_smallest_effect(study: Study) -> Iterator[Doubt]:
    for hypothesis in study.hypotheses:
        if hypothesis.test.kind == "page":
            said = "page decides direction only: a trifle can support it; beside it put a test with a smallest effect"
            yield Doubt(f"hypotheses.{hypothesis.id}", "no_smallest_effect", f"{hypothesis.id}: {said}")
        declared = (hypothesis.sesoi, hypothesis.bounds, hypothesis.null_value)
        if hypothesis.test.measures and all(value is None for value in declared):
            said = "names no smallest effect of interest: a trifle can support it and nothing small can refute it; "
            mend = f"add sesoi: {{{hypothesis.test.judged_in[0]}: ...}}"
            yield Doubt(f"hypotheses.{hypothesis.id}", "no_smallest_effect", f"{hypothesis.id} {said}{mend}")


def _beyond_float32(study: Study) -> Iterator[Doubt]:
    """In float32 a step lr*g under half an ulp of w moves nothing: D stays above about eps / (2 lr) for w near 1."""
    dtypes = study.factors["training.dtype"].levels if "training.dtype" in study.factors else (study.training.dtype,)
    if not study.trains or "float32" not in dtypes:
        return
    stuck = FLOAT32_EPS / (2 * _largest(study.training.optimizer.learning_rate))
    floors = {"optimal_deviation": stuck, "relative_excess_mse": stuck**2, "singular_ratio": 8 * FLOAT32_EPS}
    for name, response in study.responses.items():
        floor = floors.get(response.kind)
        if floor is not None and response.resolution is not None and response.resolution < floor:
            said = f"the resolution {response.resolution:g} lies below what float32 can reach at {_step_size(study)} "
            mend = f"(about {floor:.1g}): use float64 or a coarser resolution"
            yield Doubt(f"responses.{name}", "float32_floor", said + mend)


def _largest(rate: float) -> float:
    """A step size, or the largest that its rule may choose: what is out of reach there is out of reach of all."""
    tune = rule(rate)
    return tune.grid[-1] if tune else rate


def _step_size(study: Study) -> str:
    return "this step size" if rule(study.training.optimizer.learning_rate) is None else "any step size of the grid"


def _unheard_claims(study: Study) -> Iterator[Doubt]:
    heard = {hypothesis.claim for hypothesis in study.hypotheses} | {compound.claim for compound in study.compounds}
    for claim in study.claims:
        if claim not in heard:
            said = f"{claim} is listed but no hypothesis tests it: add one, or take the claim off the list"
            yield Doubt("claims", "claim_without_hypothesis", said)


def _too_few_blocks(study: Study) -> Iterator[Doubt]:
    """The smallest p of n blocks, against what the family leaves to a hypothesis: alpha over its members."""
    for hypothesis in study.hypotheses:
        level = laxest_level(study.plan, hypothesis.family) if hypothesis.test.decides else 1.0
        null = hypothesis.test.null if hypothesis.null_value is None else hypothesis.null_value
        least = hypothesis.test.least_p(study.blocks.number, null, hypothesis.upward)
        if least > level:
            said = f"no outcome of {study.blocks.number} block{'s' if study.blocks.number > 1 else ''} can support "
            mend = f"{hypothesis.id}: the smallest p is {least:.2g}, its family asks for {level:.2g}; add blocks"
            yield Doubt("blocks.number", "too_few_blocks", said + mend)


def _tests_by_response(study: Study) -> dict[str, list[Hypothesis]]:
    tests: dict[str, list[Hypothesis]] = {name: [] for name in study.responses}
    for hypothesis in study.hypotheses:
        tests[hypothesis.response].append(hypothesis)
    return tests


def _unpaired(study: Study) -> Iterator[Doubt]:
    """A test of independent groups where the cells of a block share its draws."""
    for hypothesis in study.hypotheses if study.trains else ():
        if hypothesis.test.blocks == "between" and not set(hypothesis.test.compared) <= set(study.blocks.fresh):
            said = f"{hypothesis.id}: {hypothesis.test.kind} takes the groups as independent, but all cells of a block "
            yield Doubt(f"hypotheses.{hypothesis.id}.test", "unpaired", f"{said}share its draws: compare within blocks")


def _confounded(study: Study) -> Iterator[Doubt]:
    """A contrast of a fraction that is also that of another effect of two factors at most."""
    for hypothesis in study.hypotheses:
        if found := confounded(study, hypothesis):
            effect, others = found
            said = f"{hypothesis.id}: the contrast of {effect} is that of {', '.join(others)} too: its verdict is of "
            mend = "their sum; take another fraction, or say why the others are nil"
            yield Doubt(f"hypotheses.{hypothesis.id}.test", "aliased", said + mend)


def _idle_levels(study: Study) -> Iterator[Doubt]:
    """A level that no planned combination has."""
    planned = () if crossed(study) else combinations(study).planned
    for path, factor in study.factors.items() if planned else ():
        here = {cell[path] for cell in planned}
        for label in factor.labels:
            if label not in here:
                said = f"no cell of the design has {path} = {label}: take the level away, or plan a cell with it"
                yield Doubt(f"factors.{path}.levels", "idle_level", said)


def _sampled_draws(study: Study) -> Iterator[Doubt]:
    """Crossed draws that are averaged over as if they were all there are."""
    for path, over in fixed_draws(study).items():
        count = len(study.factors[path].levels)
        drawn = f"{count} draw{'s' if count > 1 else ''} of {path}, the same in every block"
        said = f"{', '.join(over)}: averaged over {drawn}: the inference does not reach beyond these draws; "
        mend = "compare with crossed_pair to take them as a sample"
        yield Doubt(f"factors.{path}", "draws_as_fixed", said + mend)


CHECKS = (
    _untuned_step,
    _inits_are_not_data,
    _raw_mean_only,
    _no_smallest_effect,
    _beyond_float32,
    _unheard_claims,
    _too_few_blocks,
    _unpaired,
    _confounded,
    _idle_levels,
    _sampled_draws,
)
