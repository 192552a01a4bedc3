"""Streams: an element's bits depend on its name and block alone, whatever the schedule."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.draws import philox
from lnnstats.draws.streams import Stream

ALL = frozenset({"data", "init", "batches"})
BLOCKS = np.array([0, 1, 2, 5, 17, 99, 1000, 2**33])


def stream(blocks=BLOCKS, drawn=ALL, fresh=(), seed=20240101) -> Stream:
    return Stream(seed, np.asarray(blocks, np.int64), drawn, fresh)


def test_a_thousand_schedules_draw_the_same_bits(monkeypatch):
    rng = np.random.default_rng(1)
    whole = {(p, layer): stream().words(p, "w", 6, 11, layer) for p in sorted(ALL) for layer in range(3)}
    for _ in range(1000):
        monkeypatch.setattr(philox, "LANES", int(rng.choice([16, 64, 16384])))
        order = rng.permutation(len(BLOCKS))
        rows, columns, layer = int(rng.integers(1, 7)), int(rng.integers(1, 12)), int(rng.integers(3))
        purpose = str(rng.choice(sorted(ALL)))
        for chunk in np.split(order, np.sort(rng.integers(0, len(order), rng.integers(0, 4)))):
            found = stream(BLOCKS[chunk]).words(purpose, "w", rows, columns, layer)
            assert np.array_equal(found, whole[purpose, layer][chunk, :rows, :columns])


@pytest.mark.parametrize("method", ["words", "uniform", "normal"])
def test_widths_nest(method):
    wide = getattr(stream(), method)("init", "weight", 8, 9, 2)
    assert np.array_equal(getattr(stream(), method)("init", "weight", 3, 5, 2), wide[:, :3, :5])


def test_what_is_not_drawn_per_block_is_block_zeros():
    shared = stream(drawn=frozenset({"init"})).words("data", "x", 3, 4)
    assert np.array_equal(shared, stream([0]).words("data", "x", 3, 4))
    assert stream(drawn=frozenset({"init"})).copies("data") == 1
    assert stream().copies("data") == len(BLOCKS)


def test_a_fresh_tag_changes_its_purpose_alone():
    tagged = stream(fresh=(("data", "noise=0.5"),))
    assert not np.any(tagged.words("data", "x", 3, 4) == stream().words("data", "x", 3, 4))
    for purpose in ("init", "batches"):
        assert np.array_equal(tagged.words(purpose, "x", 3, 4), stream().words(purpose, "x", 3, 4))


def test_every_part_of_the_key_counts():
    draws = [
        stream().words("data", "x", 2, 3),
        stream(seed=20240102).words("data", "x", 2, 3),
        stream().words("init", "x", 2, 3),
        stream().words("data", "y", 2, 3),
        stream().words("data", "x", 2, 3, 1),
        stream(fresh=(("data", "a"),)).words("data", "x", 2, 3),
        stream(fresh=(("data", "b"),)).words("data", "x", 2, 3),
        stream(seed=-1).words("data", "x", 2, 3),
        stream(seed=2**80).words("data", "x", 2, 3),
    ]
    words = np.concatenate([draw.ravel() for draw in draws])
    assert len(np.unique(words)) == len(words)  # 64-bit words: a chance collision has probability below 1e-13


def test_the_encoding_of_a_key_is_unambiguous():
    first = stream().words("data", 'x", 0, "', 1, 4)
    assert not np.array_equal(first, stream(fresh=(("data", 'x", 0, "'),)).words("data", "", 1, 4))


def test_the_bits_of_a_named_tensor_are_promised():
    found = stream([3]).words("init", "weight", 1, 2, 1).ravel()
    assert [hex(word) for word in found.tolist()] == ["0xee5130aa79a3017c", "0x71d08dcde5c2e5fa"]
    assert stream([3]).normal("init", "weight", 1, 1, 1)[0, 0, 0].hex() == "0x1.7b93eb2859347p+0"
