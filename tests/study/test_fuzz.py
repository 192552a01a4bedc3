"""Whatever a file holds, it is a study or bad input: never another exception."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from lnnstats.design.expand import expand
from lnnstats.design.lint import lint
from lnnstats.errors import BadInput
from lnnstats.study.load import from_text
from lnnstats.study.read import parse

STUDIES = sorted((Path(__file__).resolve().parents[2] / "studies").glob("*.yaml"))
TREES = [parse(path.read_text(encoding="utf-8"), path.name).tree for path in STUDIES]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**6),
    st.floats(),
    st.text(max_size=6),
    st.just([]),
    st.just({}),
    st.just([1, 1]),
    st.just({"a": {"b": 1}}),
    st.sampled_from(
        [
            "linear",
            "sgd",
            "mse",
            "last",
            "page",
            "excess",
            "network.depth",
            "data",
            {"linear": {}},
            {"mse": None},
            [[1], [2]],
            [None],
        ]
    ),
)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path below a node."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [found for key, child in children for found in ((*path, key), *places(child, (*path, key)))]


def mutate(draw: Any, tree: Any) -> None:
    """Drop, rename, retype, double or move one node."""
    path = draw(st.sampled_from(places(tree)))
    node = tree
    for key in path[:-1]:
        node = node[key]
    last = path[-1]
    match draw(st.sampled_from(["drop", "rename", "retype", "swap"])):
        case "drop":
            del node[last]
        case "rename" if isinstance(node, dict):
            node[draw(st.sampled_from(["a", "levels", "depth", "kind", "name", f"{last}s", str(last)[:-1]]))] = (
                node.pop(last)
            )
        case "swap":
            other = draw(st.sampled_from(places(tree)))
            value: Any = tree
            for key in other:
                value = value[key]
            node[last] = copy.deepcopy(value)
        case _:
            node[last] = draw(ODD)


@settings(max_examples=100)
@given(data=st.data(), which=st.integers(0, len(TREES) - 1), changes=st.integers(1, 3))
def test_a_mutated_study_loads_or_is_bad_input(data: st.DataObject, which: int, changes: int) -> None:
    tree = copy.deepcopy(TREES[which])
    for _ in range(changes):
        mutate(data.draw, tree)
        if not places(tree):
            break
    try:
        study = from_text(json.dumps(tree).replace("NaN", ".nan").replace("Infinity", ".inf"))
        lint(study)
        if study.trains:
            expand(study)
    except BadInput as error:
        assert error.problems and all(str(problem) for problem in error.problems)


@settings(max_examples=60)
@given(data=st.data(), which=st.integers(0, len(STUDIES) - 1))
def test_a_file_cut_and_pasted_anywhere_loads_or_is_bad_input(data: st.DataObject, which: int) -> None:
    text = STUDIES[which].read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, min(len(text), start + 40)))
    put = data.draw(
        st.one_of(
            st.text(max_size=4),
            st.sampled_from([": ", "- ", "\n", "\t", "{", "]", "#", "'", "&a", "*a", "!!x ", "<<: ", "0x1F"]),
        )
    )
    try:
        from_text(text[:start] + put + text[stop:])
    except BadInput as error:
        assert error.problems


def test_the_trees_are_studies() -> None:
    assert len(TREES) == len(STUDIES) > 0
    assert all(from_text(json.dumps(tree)).hypotheses for tree in TREES)
    assert all(YAML(typ="safe", pure=True).load(path) for path in STUDIES)
