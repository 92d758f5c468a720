"""Signs, rounding, comparisons, logic and bits: all but the first pass no gradient."""

import numpy as np

from .._dispatch import UFUNCS
from ._elementwise import COMPARE, FLOAT, LOGICAL, SAME, elementwise

absolute = elementwise("absolute", np.absolute, SAME, lambda g, y, x: g * np.sign(x), scalar="absolute")
UFUNCS[np.fabs] = absolute.apply
sign = elementwise("sign", np.sign, scalar="sign")
copysign = elementwise(
    "copysign", np.copysign, FLOAT, lambda g, y, a, b: g * np.sign(a) * np.sign(y), lambda g, y, a, b: None
)
floor = elementwise("floor", np.floor, scalar=lambda f, x: f.round("floor", x))
ceil = elementwise("ceil", np.ceil, scalar=lambda f, x: f.round("ceil", x))
trunc = elementwise("trunc", np.trunc, scalar=lambda f, x: f.round("trunc", x))
rint = elementwise("rint", np.rint, scalar=lambda f, x: f.round("roundeven", x))
signbit = elementwise("signbit", np.signbit, COMPARE)
isnan = elementwise("isnan", np.isnan, COMPARE, scalar="is_nan")
isinf = elementwise("isinf", np.isinf, COMPARE, scalar="is_infinite")
isfinite = elementwise("isfinite", np.isfinite, COMPARE, scalar="is_finite")
equal = elementwise("equal", np.equal, COMPARE, scalar=lambda f, a, b: f.compare("equal", a, b))
not_equal = elementwise("not_equal", np.not_equal, COMPARE, scalar=lambda f, a, b: f.compare("not_equal", a, b))
less = elementwise("less", np.less, COMPARE, cheap=True, scalar=lambda f, a, b: f.compare("less", a, b))
less_equal = elementwise("less_equal", np.less_equal, COMPARE, scalar=lambda f, a, b: f.compare("less_equal", a, b))
greater = elementwise("greater", np.greater, COMPARE, cheap=True, scalar=lambda f, a, b: f.compare("greater", a, b))
greater_equal = elementwise(
    "greater_equal", np.greater_equal, COMPARE, scalar=lambda f, a, b: f.compare("greater_equal", a, b)
)
logical_and = elementwise("logical_and", np.logical_and, LOGICAL, scalar="logical_and")
logical_or = elementwise("logical_or", np.logical_or, LOGICAL, scalar="logical_or")
logical_xor = elementwise("logical_xor", np.logical_xor, LOGICAL, scalar="logical_xor")
logical_not = elementwise("logical_not", np.logical_not, LOGICAL, scalar="logical_not")
bitwise_and = elementwise("bitwise_and", np.bitwise_and)
bitwise_or = elementwise("bitwise_or", np.bitwise_or)
bitwise_xor = elementwise("bitwise_xor", np.bitwise_xor)
invert = elementwise("invert", np.invert)
left_shift = elementwise("left_shift", np.left_shift)
right_shift = elementwise("right_shift", np.right_shift)
nextafter = elementwise("nextafter", np.nextafter, FLOAT)
gcd = elementwise("gcd", np.gcd)
lcm = elementwise("lcm", np.lcm)
heaviside = elementwise("heaviside", np.heaviside, FLOAT)
