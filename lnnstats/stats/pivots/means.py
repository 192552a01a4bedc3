"""Evidence on a mean over blocks: the pivot it rests on, and the tests (Student's or a reference set's) of it."""

from __future__ import annotations

from ..values import Effect, Evidence
from .reference_set import ReferenceSet
from .student import Student


def mean_evidence(
    pivot: Student,
    tests: Student | ReferenceSet,
    *,
    procedure: str,
    estimand: str,
    measure: str,
    display: str,
    n: int | None = None,
    effects: tuple[Effect, ...] = (),
    checks: tuple[str, ...] = (),
) -> Evidence:
    """Evidence on the mean of n block values (df + 1 of them unless `n` says otherwise).

    Student's tests are continuous; a reference set attains a smallest p.
    """
    return Evidence(
        procedure=procedure,
        estimand=estimand,
        measure=measure,
        estimate=pivot.estimate,
        null=0.0,
        n=round(pivot.df) + 1 if n is None else n,
        statistic_name="t",
        statistic=pivot.statistic,
        df=float(pivot.df) if isinstance(tests, Student) else None,
        tests=tests,
        attainable=0.0 if isinstance(tests, Student) else tests.attainable,
        display=display,
        effects=effects,
        checks=checks,
        standard_error=pivot.error,
        contributions=pivot.values,
    )
