"""What a hypothesis asks: measures its procedure is judged in, thresholds in reach, a side where there is one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from lnnstats.study.checks.values import Inconsistency, Place
from lnnstats.study.values import FLOORED, LOGGED, Hypothesis, Study


def question(study: Study, hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    """Every inconsistency of what a hypothesis asks."""
    yield from _question(hypothesis, place)
    yield from _side(study, hypothesis, place)
    yield from _null(hypothesis, place)
    yield from _thresholds(hypothesis, place)
    yield from _unsided(hypothesis, place)


def _question(hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    measures = hypothesis.test.judged_in
    for name in ("sesoi", "bounds"):
        for measure in getattr(hypothesis, name) or ():
            if measure not in measures:
                yield Inconsistency(
                    (*place, name),
                    f"{hypothesis.test.kind} {_on_scale(hypothesis)}cannot be judged by this measure",
                    measure,
                    ", ".join(measures) or "none: it decides direction only",
                )
    if hypothesis.question == "equivalence" and hypothesis.bounds is None:
        yield Inconsistency(
            place, "equivalence needs bounds, fixed before the run", allowed="bounds: {measure: [low, high]}"
        )
    if hypothesis.question == "relevance" and hypothesis.sesoi is None:
        yield Inconsistency(place, "relevance needs a smallest effect of interest", allowed="sesoi: {measure: value}")
    for measure, (low, high) in (hypothesis.bounds or {}).items():
        if not low < high:
            yield Inconsistency((*place, "bounds"), "bounds must ascend", f"[{low}, {high}]")
        elif measure in LOGGED and low <= 0:
            yield Inconsistency((*place, "bounds"), f"a {measure} is positive", str(low))
    for measure, value in (hypothesis.sesoi or {}).items():
        if value <= _no_effect(measure):
            yield Inconsistency(
                (*place, "sesoi"),
                "a smallest effect is a size; its direction is the alternative's",
                f"{measure}: {value}",
                "above 1" if measure in LOGGED else "above 0",
            )


def _side(study: Study, hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    """No side claimed of what has none: where theta cannot lie below the null, any effect would refute "less". Tests of
    times tell which of two levels is first.
    """
    test = hypothesis.test
    if hypothesis.upward or not test.omnibus:
        return
    first = test.compared[0]
    labels = study.factors[first].labels
    if not (test.timed and sum(label in hypothesis.where.get(first, labels) for label in labels) == 2):
        message = f"{test.kind} asks whether there is any effect, which has no side"
        yield Inconsistency((*place, "alternative"), message, hypothesis.alternative, "no alternative, or a contrast")


def _null(hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    """A null value that theta can take."""
    value, at, kind = hypothesis.null_value, (*place, "null_value"), hypothesis.test.kind
    if value is None:
        return
    if not hypothesis.test.measures:
        yield Inconsistency(at, f"{kind} decides direction only: its null is no effect", str(value), "no null_value")
        return
    low, high = RANGES[_measure(hypothesis)]
    low = _no_effect(_measure(hypothesis)) if hypothesis.test.unsigned else low
    if not low < value < high:
        yield Inconsistency(at, f"not a {_measure(hypothesis)}", str(value), f"between {low} and {high}")


def _thresholds(hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    """Thresholds that theta can lie on either side of: a test beyond its range would always decide."""
    low, high = RANGES[_measure(hypothesis)]
    null = hypothesis.test.null if hypothesis.null_value is None else hypothesis.null_value
    sign = 1 if hypothesis.upward else -1
    for measure, value in (hypothesis.sesoi or {}).items():
        if measure not in LOGGED and not low < null + sign * value < high:
            message = f"beyond every {measure}: a smallest effect is a distance from the null {null:g}"
            yield Inconsistency((*place, "sesoi"), message, f"{null:g} {'+-'[sign < 0]} {value:g}")
    for measure, limits in (hypothesis.bounds or {}).items():
        floor = low if measure in FLOORED else None
        if measure not in LOGGED and not all(low < limit < high or limit == floor for limit in limits):
            yield Inconsistency(
                (*place, "bounds"), f"beyond every {measure}", str(list(limits)), f"{low:g} to {high:g}"
            )


def _unsided(hypothesis: Hypothesis, place: Place) -> Iterator[Inconsistency]:
    """Bounds on a size, which has no sign: from no effect on, or as far on either side of it."""
    for measure, (low, high) in (hypothesis.bounds or {}).items() if hypothesis.test.unsigned else ():
        mirrored = 1 / high if measure in LOGGED and high else -high
        if not (low == _no_effect(measure) or math.isclose(low, mirrored, rel_tol=0.01)):
            message = f"{hypothesis.test.kind} bounds a size, which has no side"
            yield Inconsistency((*place, "bounds"), message, f"[{low:g}, {high:g}]", f"[{mirrored:.4g}, {high:g}]")


def _no_effect(measure: str) -> float:
    return 1.0 if measure in LOGGED else 0.0


def _measure(hypothesis: Hypothesis) -> str:
    """What theta is judged in: as declared, else the procedure's own."""
    declared = [*(hypothesis.sesoi or ()), *(hypothesis.bounds or ())]
    return next((m for m in declared if m in RANGES), (*hypothesis.test.judged_in, "difference")[0])


def _on_scale(hypothesis: Hypothesis) -> str:
    test = hypothesis.test
    against = " against log levels" if test.judged_in == ("exponent",) else ""
    return f"on the {test.scale} scale{against} " if hasattr(test, "scale") else ""


RANGES: Mapping[str, tuple[float, float]] = {
    "probability": (0.0, 1.0),
    "risk_difference": (-1.0, 1.0),
    "difference": (-math.inf, math.inf),
    "ratio": (0.0, math.inf),
    "odds_ratio": (0.0, math.inf),
    "hazard_ratio": (0.0, math.inf),
    "time_ratio": (0.0, math.inf),
    "partial_eta_squared": (0.0, 1.0),
    "exponent": (-math.inf, math.inf),
}
