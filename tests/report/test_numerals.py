"""Numbers as text: a table of cases, and two rules for every number: no side is changed, no digit is invented."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnnstats.report import numerals
from lnnstats.report.values import plain

CASES = [
    (numerals.p_value, (0.016, 0.05), ".016"),
    (numerals.p_value, (0.0004, 0.05), "< .001"),
    (numerals.p_value, (0.0, 0.05), "< .001"),
    (numerals.p_value, (0.0497, 0.05), ".0497"),
    (numerals.p_value, (0.04999, 0.05), ".04999"),
    (numerals.p_value, (0.05, 0.05), ".050"),
    (numerals.p_value, (1.0, 0.05), "1.000"),
    (numerals.p_value, (0.99999, 0.05), "> .999"),
    (numerals.p_value, (0.00031, 0.0003), "3.1 × 10⁻⁴"),
    (numerals.parameter, (1.2849, "ratio"), "1.28"),
    (numerals.parameter, (-0.25, "risk_difference"), "−.250"),
    (numerals.parameter, (0.5, "difference"), "0.50"),
    (numerals.parameter, (0.0149, "difference"), "0.015"),
    (numerals.parameter, (-0.00453, "difference"), "−0.0045"),
    (numerals.parameter, (0.0501, "risk_difference", (0.05,)), ".0501"),
    (numerals.parameter, (1.2004, "ratio", (1.2,)), "1.2004"),
    (numerals.parameter, (6796.3, "difference"), "6,796"),
    (numerals.parameter, (0.0005104, "difference", (0.00051,)), "5.104 × 10⁻⁴"),
    (numerals.parameter, (math.inf,), "∞"),
    (numerals.parameter, (-math.inf,), "−∞"),
    (numerals.quantity, (1.234e-5,), "1.23 × 10⁻⁵"),
    (numerals.quantity, (0.0149,), "0.0149"),
    (numerals.quantity, (12345.6,), "12,346"),
    (numerals.quantity, (0.0,), "0"),
    (numerals.quantity, (math.nan,), "undefined"),
    (numerals.statistic, (4.456,), "4.46"),
    (numerals.statistic, (34544.0,), "34,544"),
    (numerals.statistic, (0.125,), "0.12"),  # half to even
    (numerals.count, (1_000_000,), "1,000,000"),
    (numerals.share, (1, 1_000_000), "< 0.1 %"),
    (numerals.share, (999_999, 1_000_000), "> 99.9 %"),
    (numerals.constant, (0.05, "probability"), ".05"),
    (numerals.constant, (1.2, "ratio"), "1.2"),
    (numerals.duration, (90.0,), "1.5 min"),
    (numerals.agreement, (13.9,), "13"),
]


@pytest.mark.parametrize(("write", "arguments", "text"), CASES)
def test_cases(write, arguments, text):
    assert write(*arguments).text == text


def test_levels_and_ticks():
    assert [numerals.level(level) for level in (1, 0.05, 1e-5, 100.0, "adam", True)] == [
        "1",
        "0.05",
        "1 × 10⁻⁵",
        "100",
        "adam",
        "True",
    ]
    assert [numerals.tick(mark) for mark in (0.30000000000000004, 1e-4, 10_000.0, -2.0)] == [
        "0.3",
        "10⁻⁴",
        "10,000",
        "−2",
    ]


def test_intervals_open_where_an_end_is_not_reached():
    assert plain(numerals.interval(0.2, 0.8, "probability")) == "[.200, .800]"
    assert plain(numerals.interval(-math.inf, 1.5)) == "(−∞, 1.50]"
    assert plain(numerals.interval(5e-324, 1.0, "rank_correlation")) == "(0, 1.000]"


def test_the_full_value_travels_along():
    assert float(numerals.quantity(math.pi).full) == math.pi


def read_back(text: str) -> float:
    """The number that a reader sees."""
    mantissa, _, power = text.replace("−", "-").replace(",", "").partition(" × 10")
    return float(mantissa) * 10.0 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)


@given(st.floats(0, 1), st.sampled_from([0.05, 0.01, 0.005]))
def test_a_printed_p_lies_on_its_side_of_alpha(p, alpha):
    text = numerals.p_value(p, alpha).text
    shown = float(text.lstrip("<> "))
    if text.startswith("<"):
        assert p < 0.001 <= alpha
    elif not text.startswith(">"):
        assert (shown > alpha) == (p > alpha) and (shown < alpha) == (p < alpha)


@given(st.floats(-1e4, 1e4), st.floats(-2, 2), st.sampled_from(["ratio", "risk_difference"]))
def test_a_printed_estimate_lies_on_its_side_of_the_line(value, line, measure):
    if abs(value) < 1e-300 or (0 < abs(line) < 1e-300):
        return
    shown = read_back(numerals.parameter(value, measure, (line,)).text)
    # read_back multiplies by a power of ten in binary: an ulp or two of the line is not the text's doing
    if not math.isclose(shown, line, rel_tol=4e-16):
        assert (shown > line) == (value > line)


@given(st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: x == 0 or 1e-300 < abs(x) < 1e300))
def test_three_digits_are_within_half_a_unit_of_the_third(value):
    shown = read_back(numerals.quantity(value).text)
    assert math.isclose(shown, value, rel_tol=5.1e-3)  # half of 1 in 100, and the rounding of reading back


@pytest.mark.parametrize(
    ("value", "expected"), [(0.214, "21 %"), (-0.004, "0 %"), (1.0, "100 %"), (0.005, "0 %"), (-0.25, "−25 %")]
)
def test_percent(value, expected):
    assert numerals.percent(value).text == expected


@pytest.mark.parametrize(
    ("value", "measure", "expected"),
    [
        (0.676, "risk_difference", ".68"),
        (-0.004, "risk_difference", ".00"),
        (1.5, "ratio", "1.50"),
        (1e9, "", "1.0 × 10⁹"),
    ],
)
def test_coarse(value, measure, expected):
    assert numerals.coarse(value, measure).text == expected
