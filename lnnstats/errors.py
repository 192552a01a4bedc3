"""In: what broke a promise, and where. Out: an exception naming place, what was found, what is allowed, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken promise.

    `path` is the dotted field (`data.noise`); `found` and `allowed` are ready to print; `hint` is the next step
    (`did you mean 'noise'?`). `line` and `column` count from 1, 0 means unknown; `source` is the text of that line.
    """

    path: str
    message: str
    found: str = ""
    allowed: str = ""
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    source: str = ""

    def __str__(self) -> str:
        return "\n".join([self._headline(), *self._excerpt()])

    def _headline(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        found = self.found and f"found {self.found}"
        allowed = self.allowed and f"allowed {self.allowed}"
        said = ", ".join(part for part in (self.message, found, allowed, self.hint) if part)
        return ": ".join(part for part in (place, self.path, said) if part)

    def _excerpt(self) -> list[str]:
        """The source line and, where the column is known, a caret under it (tabs kept, so that the caret lines up)."""
        if not self.source:
            return []
        margin = f"{self.line or '':>5} | "
        line = [margin + self.source]
        if not self.column:
            return line
        before = self.source[: self.column - 1].ljust(self.column - 1)
        indent = "".join("\t" if char == "\t" else " " for char in before)
        return [*line, f"{'':>5} | {indent}^"]


class LnnstatsError(Exception):
    """A broken promise: carries every problem found, prints one after the other, and knows its exit code."""

    exit_code: ClassVar[int] = 1

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem, in the order found."""
        return self.args

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class Failed(LnnstatsError):
    """The work was done and did not succeed, or could not be done."""


class BadInput(LnnstatsError):
    """What the user handed in breaks a rule; nothing was run."""

    exit_code: ClassVar[int] = 2


class UnknownName(BadInput):
    """A name that its table does not hold."""


class Incomplete(LnnstatsError):
    """Work is still missing; the same command goes on with it."""

    exit_code: ClassVar[int] = 3
