"""Imports point one way, heavy libraries stay in the package that owns them, and light commands load none of them."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "lnnstats"

# From low to high; every package may also import itself.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "names": {"errors"},
    "digest": set(),
    "watch": set(),
    "parts": {"errors", "names"},
    "registry": {"errors", "names"},
    "study": {"errors", "names", "digest", "parts", "registry"},
    "design": {"errors", "names", "digest", "parts", "study", "registry"},
    "draws": {"errors", "names", "parts", "digest"},
    "results": {"errors", "names", "digest", "study", "design", "parts"},
    "engine": {"errors", "names", "watch", "parts", "study", "design", "draws", "results"},
    "stats": {"errors"},
    "analysis": {"errors", "names", "digest", "parts", "study", "design", "results", "stats", "registry"},
    "tuning": {"errors", "digest", "parts", "study", "design", "results"},
    "synthesis": {"errors", "names", "parts", "study", "design", "results", "stats", "analysis", "registry"},
    "report": {
        *("errors", "names", "parts", "study", "design", "results", "tuning", "stats", "analysis", "registry"),
        "synthesis",
    },
    "verify": {
        *("errors", "names", "digest", "parts", "study", "design", "draws", "results", "tuning", "engine"),
        *("analysis", "report", "stats"),
    },
}
for top in ("pipeline", "overview", "downloads", "datasets", "terminal", "cli"):
    MAY_IMPORT[top] = set(MAY_IMPORT)
MAY_IMPORT["__main__"] = {"cli"}

# The root package imports nothing, so anybody may ask it for the version.
ROOT_NAMES = {"", "__version__"}

# The only modules, or packages, that may import a library.
OWNERS: dict[str, tuple[str, ...]] = {
    "torch": ("lnnstats.engine",),
    "jinja2": ("lnnstats.report",),
    "matplotlib": ("lnnstats.report",),
    "pingouin": ("lnnstats.stats.second_source",),
    "pickle": (),
}


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def imports(module: str) -> Iterator[tuple[int, str]]:
    """Line and full name of everything `module` imports, inside functions too; `from a import b` gives a.b."""
    package = module if FILES[module].name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(FILES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = resolve_name("." * node.level + (node.module or ""), package)
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def layer(name: str) -> str:
    """`lnnstats.design.plan` -> `design`; the root package -> an empty text."""
    return name.partition(".")[2].partition(".")[0]


def own_modules(module: str) -> set[str]:
    """The modules of the package that `module` imports: a.b where that is a module, else a."""
    names = {name for _, name in imports(module) if is_within(name, "lnnstats")}
    return {name if name in FILES else name.rpartition(".")[0] for name in names}


def test_there_is_something_to_prove() -> None:
    assert any(own_modules(module) for module in FILES)


def test_the_table_itself_points_one_way() -> None:
    """A cycle has no order, and the sorter raises CycleError."""
    assert set(TopologicalSorter(MAY_IMPORT).static_order()) >= set(MAY_IMPORT)


def test_every_package_has_its_place() -> None:
    found = {layer(module) for module in FILES} - ROOT_NAMES
    assert found - set(MAY_IMPORT) == set()


@pytest.mark.parametrize("module", FILES)
def test_imports_point_one_way(module: str) -> None:
    here = layer(module)
    allowed = MAY_IMPORT.get(here, set()) | {here} | ROOT_NAMES
    wrong = [
        f"{FILES[module]}:{line}: {name}"
        for line, name in imports(module)
        if is_within(name, "lnnstats") and layer(name) not in allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("library", OWNERS)
def test_libraries_stay_with_their_owner(library: str) -> None:
    wrong = [
        f"{FILES[module]}:{line}: {name}"
        for module in FILES
        if not any(is_within(module, owner) for owner in OWNERS[library])
        for line, name in imports(module)
        if is_within(name, library)
    ]
    assert wrong == []


def test_modules_have_no_import_cycle() -> None:
    """A cycle has no order, and the sorter raises CycleError."""
    imported = {module: own_modules(module) - {module} for module in FILES}
    assert set(TopologicalSorter(imported).static_order()) == set(FILES)


def test_the_root_package_imports_nothing() -> None:
    assert [name for _, name in imports("lnnstats") if not name.startswith("__future__")] == []


@pytest.mark.parametrize("command", [["--help"], ["schema"]], ids=" ".join)
def test_light_commands_load_no_heavy_library(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "lnnstats", *command], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "click" in loaded  # the listing was read
    assert loaded & {"torch", "scipy", "pandas", "statsmodels", "pingouin", "matplotlib"} == set()
