"""Contrasts of cells: orthonormal, complementary, and refused where a term names no factor."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.stats.variance.factor_coding import all_terms, averages, chosen_term, helmert, term_contrasts


@pytest.mark.parametrize("levels", [2, 3, 7])
def test_helmert_is_orthonormal_and_sums_to_zero(levels):
    rows = helmert(levels)
    # Products of unit vectors: a few roundings.
    assert rows @ rows.T == pytest.approx(np.eye(levels - 1), abs=1e-14)
    assert rows.sum(axis=1) == pytest.approx(np.zeros(levels - 1), abs=1e-14)


def test_all_terms_and_the_mean_span_the_cells():
    shape = (2, 3, 4)
    rows = np.concatenate([term_contrasts(shape, term) for term in ((), *all_terms(3))])
    assert rows.shape == (24, 24)
    assert rows @ rows.T == pytest.approx(np.eye(24), abs=1e-14)


def test_an_interaction_is_blind_to_additive_cells():
    rows, columns = np.array([1.0, 4.0, 2.0]), np.array([0.0, 5.0])
    cells = (rows[:, None] + columns).ravel()
    assert term_contrasts((3, 2), (0, 1)) @ cells == pytest.approx(np.zeros(2), abs=1e-14)
    assert averages((3, 2), (0,)) @ cells == pytest.approx(rows + 2.5)


def test_order_of_terms():
    assert all_terms(3) == ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2))
    assert chosen_term(None, (2, 3)) == chosen_term((1, 0), (2, 3)) == (0, 1)


@pytest.mark.parametrize("term", [(), (2,), (0, 0), (-1,)])
def test_terms_that_are_none(term):
    with pytest.raises(ValueError, match="factors 0 to 1, each once"):
        chosen_term(term, (2, 3))
