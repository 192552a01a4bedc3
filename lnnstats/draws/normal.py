"""In: 64-bit random words. Out: uniforms and standard normals, the same bits on every processor.

IEEE 754 fixes + - * / and sqrt, and frexp is exact; NumPy's log, exp and power differ between processors and versions,
so the normal quantile is built from the former alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

SLAB = 32768  # elements transformed at once: 256 KiB an array, so that the few arrays of a slab stay in cache

# Wichura 1988, algorithm AS 241, PPND16: coefficients of numerator and denominator, constant term first.
_CENTRAL = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
     4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3),
)  # fmt: skip
_MIDDLE = (
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9),
)  # fmt: skip
_FAR = (
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15),
)  # fmt: skip

# FreeBSD msun e_log.c: ln 2 in two parts and the minimax coefficients of log((1 + s)/(1 - s)) - 2s, degree 4 first.
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_LOG = (6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
        1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01)  # fmt: skip
_SQRT_HALF = 0.7071067811865476


def uniform(words: NDArray[np.uint64]) -> Reals:
    """(word >> 11) * 2^-53, in [0, 1)."""
    return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53


def normal(words: NDArray[np.uint64]) -> Reals:
    """The standard normal quantile of ((word >> 12) + 1/2) * 2^-52: an exact number in the open interval (0, 1)."""
    out = np.empty(words.shape, np.float64)
    source, target = words.reshape(-1), out.reshape(-1)
    for start in range(0, len(source), SLAB):
        slab = slice(start, start + SLAB)
        target[slab] = quantile(((source[slab] >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52)
    return out


def quantile(p: Reals) -> Reals:
    """z with Phi(z) = p for p [n] in (0, 1), to about 1e-15 relative (Wichura 1988, PPND16)."""
    q = p - 0.5
    z = q * _ratio(_CENTRAL, 0.180625 - q * q)
    outer = np.flatnonzero(np.abs(q) > 0.425)
    z[outer] = np.copysign(_tail(np.minimum(p[outer], 1.0 - p[outer])), q[outer])
    return z


def log(x: Reals) -> Reals:
    """Natural logarithm of positive normal numbers, within 1 ulp (the method of FreeBSD's e_log.c)."""
    mantissa, exponent = np.frexp(x)
    below = mantissa < _SQRT_HALF
    k = (exponent - below).astype(np.float64)
    f = np.where(below, mantissa + mantissa, mantissa) - 1.0
    s = f / (2.0 + f)
    z = s * s
    half = 0.5 * f * f
    return k * _LN2_HIGH - ((half - (s * (half + z * _horner(_LOG, z)) + k * _LN2_LOW)) - f)


def _tail(p: Reals) -> Reals:
    """|z| for a tail probability p < 0.075."""
    r = np.sqrt(-log(p))
    return np.where(r <= 5.0, _ratio(_MIDDLE, r - 1.6), _ratio(_FAR, r - 5.0))


def _ratio(coefficients: tuple[Sequence[float], Sequence[float]], x: Reals) -> Reals:
    numerator, denominator = coefficients
    return _horner(numerator, x) / _horner(denominator, x)


def _horner(coefficients: Sequence[float], x: Reals) -> Reals:
    """sum_i coefficients[i] x^i; products and sums are rounded one by one: a fused multiply-add has other bits."""
    total = np.full_like(x, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total *= x
        total += coefficient
    return total
