"""Numbers -> text, here only: rounded half-even on the decimal string, never across a line that decides."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal

from lnnstats.report.inline import say
from lnnstats.report.values import Inline, Span

MINUS, TIMES, INFINITY = "−", "×", "∞"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# Within [-1, 1]: no zero before the point.
BOUNDED = frozenset(
    {"probability", "risk_difference", "rank_correlation", "partial_eta_squared", "partial_eta_squared_of_ranks"}
    | {"epsilon_squared", "kendalls_w", "weighted_kendalls_w"}
)
SMALL, LARGE = 1e-3, 1e5  # beyond these a measured value is written m x 10^k
P_FLOOR = Decimal("0.001")
MAX_DIGITS = 17  # a double holds no more


def p_value(p: float, alpha: float | None = None) -> Span:
    """A p-value as a cell holds it: `.016`, `< .001`; with as many digits as its side of `alpha` asks for."""
    value, lines = _decimal(p), () if alpha is None else (alpha,)
    if value < P_FLOOR and (alpha is None or _decimal(alpha) >= P_FLOOR):
        return _number("< .001", p)
    if 0 < value < P_FLOOR:
        return quantity(p, 2, lines)
    rounded = _places(value, _enough(value, lines, _places, 3))
    return _number("> .999" if rounded == 1 > value else _point(rounded, bounded=True), p)


def p_equals(p: float, alpha: float | None = None) -> Inline:
    """A p-value as a sentence holds it: `p = .016`, `p < .001`."""
    cell = p_value(p, alpha)
    relation = "" if cell.text[0] in "<>" else "= "
    return say("*p* {value}", value=Span(relation + cell.text, "number", cell.full))


def parameter(value: float, measure: str = "", lines: tuple[float, ...] = ()) -> Span:
    """An estimate or one of its limits; with as many digits as its side of each of `lines` asks for."""
    if not math.isfinite(value) or not SMALL <= abs(value) < LARGE:
        return quantity(value, lines=lines)
    exact = _decimal(value)
    start = 3 if measure in BOUNDED else max(0, 2 - max(0, exact.adjusted() - 1), 1 - exact.adjusted())
    return _number(_point(_places(exact, _enough(exact, lines, _places, start)), measure in BOUNDED), value)


def interval(low: float, high: float, measure: str = "", lines: tuple[float, ...] = ()) -> Inline:
    """`[1.14, 1.43]`; an end that is open, at infinity or just off zero, has a round bracket."""
    ends = parameter(low, measure, lines), parameter(high, measure, lines)
    opening = "(" if _open(low) else "["
    closing = ")" if _open(high) else "]"
    return Span(opening), ends[0], Span(", "), ends[1], Span(closing)


def quantity(value: float, digits: int = 3, lines: tuple[float, ...] = ()) -> Span:
    """A measured value, to so many significant digits or more: `0.0149`, `1.23 × 10⁻⁵`, `12,300`."""
    if not math.isfinite(value):
        return _number(_infinite(value), value)
    if abs(value) < sys.float_info.min:
        return _number("0", value)
    exact = _decimal(value)
    digits = _enough(exact, lines, _significantly, digits)
    if not SMALL <= abs(value) < LARGE:
        return _number(_scientific(exact, digits), value)
    return _number(_point(_places(exact, max(0, digits - 1 - exact.adjusted()))), value)


def statistic(value: float) -> Span:
    """A test statistic: two decimals, none for a whole number."""
    if not math.isfinite(value) or (0 < abs(value) < SMALL) or abs(value) >= 1e9:
        return quantity(value)
    exact = _decimal(value)
    return _number(_point(_places(exact, 0 if exact == exact.to_integral_value() else 2)), value)


def count(value: int) -> Span:
    """A whole number with thousands separators."""
    return _number(_point(Decimal(value)), value)


def share(part: int, whole: int) -> Span:
    """A percentage, never rounded to none or to all: `12.0 %`, `< 0.1 %`."""
    if whole == 0:
        return Span("none")
    percent = _places(Decimal(100 * part) / Decimal(whole), 1)
    if percent == 0 < part:
        text = "< 0.1 %"
    elif percent == 100 and part < whole:
        text = "> 99.9 %"
    else:
        text = f"{_point(percent)} %"
    return _number(text, part / whole)


def percent(value: float) -> Span:
    """A part of one in whole percent: `21 %`."""
    return _number(f"{_point(_places(_decimal(100 * value), 0) + 0)} %", value)


def coarse(value: float, measure: str = "") -> Span:
    """An estimate where there is room for two decimals only."""
    if not math.isfinite(value) or abs(value) >= LARGE:
        return quantity(value, 2)
    return _number(_point(_places(_decimal(value), 2) + 0, measure in BOUNDED), value)


def level(value: object) -> str:
    """A factor's level: a number in its shortest form, anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    exact = _decimal(value).normalize()
    if value and not 1e-4 <= abs(value) < 1e7:
        return _scientific(exact, len(exact.as_tuple().digits))
    return _point(_places(exact, max(0, -int(exact.as_tuple().exponent))))


def tick(value: float) -> str:
    """A mark on an axis, free of the noise of its arithmetic: `0.3`, `1,000`, `10⁻⁴`."""
    exact = Decimal(f"{value:.10g}").normalize()
    if exact and abs(exact).normalize().as_tuple().digits == (1,) and not -4 < exact.adjusted() < 6:
        return (MINUS if exact < 0 else "") + f"10{str(exact.adjusted()).translate(SUPERSCRIPTS)}"
    return level(float(exact))


def constant(value: float, measure: str = "") -> Span:
    """A number somebody chose (alpha, a smallest effect): every digit of it."""
    text = level(value)
    return _number(text.replace("0.", ".", 1) if measure in BOUNDED and abs(value) < 1 else text, value)


def agreement(digits: float) -> Span:
    """Agreeing significant digits: a whole number, rounded down."""
    return _number(f"{math.floor(digits)}", digits)


def duration(seconds: float) -> Span:
    """A time in seconds, minutes or hours."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size:
            return _number(f"{_point(_places(_decimal(seconds / size), 1))} {unit}", seconds)
    return _number(f"{_point(_places(_decimal(seconds), 1))} s", seconds)


def percent_level(confidence: float) -> str:
    """A confidence level: `95 %`."""
    return f"{_decimal(round(100 * confidence, 10)).normalize():f} %"


def _enough(value: Decimal, lines: tuple[float, ...], rounding: Callable[[Decimal, int], Decimal], start: int) -> int:
    """The fewest digits, from `start` on, with which the rounded value lies on the value's own side of every line."""
    limits = [_decimal(line) for line in lines]
    for digits in range(start, start + MAX_DIGITS):
        if all(_side(rounding(value, digits), limit) == _side(value, limit) for limit in limits):
            return digits
    return start + MAX_DIGITS


def _side(value: Decimal, line: Decimal) -> int:
    return (value > line) - (value < line)


def _decimal(value: float) -> Decimal:
    return Decimal(repr(float(value))) if isinstance(value, float) else Decimal(int(value))


def _places(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)


def _significantly(value: Decimal, digits: int) -> Decimal:
    return _places(value, digits - 1 - value.adjusted())


def _scientific(value: Decimal, digits: int) -> str:
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    power = str(int(exponent)).translate(SUPERSCRIPTS)
    return f"{mantissa.replace('-', MINUS)} {TIMES} 10{power}"


def _point(value: Decimal, bounded: bool = False) -> str:
    """Fixed point with a true minus, thousands separators, and no zero before the point of a bounded quantity."""
    text = f"{abs(value):,f}"
    text = text.removeprefix("0") if bounded and text.startswith("0.") else text
    return (MINUS if value < 0 else "") + text


def _infinite(value: float) -> str:
    return "undefined" if math.isnan(value) else (MINUS if value < 0 else "") + INFINITY


def _open(value: float) -> bool:
    return math.isinf(value) or 0 < abs(value) < sys.float_info.min


def _number(text: str, value: float) -> Span:
    return Span(text, "number", repr(value))
