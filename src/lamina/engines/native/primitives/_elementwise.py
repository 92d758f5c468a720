"""Elementwise primitives: NumPy's ufuncs, casts, where, and the special functions NumPy lacks.

Operands of one call have one dtype (casts are primitives of their own); shapes broadcast. The gradient rules give the
gradient at the broadcast shape, autodiff sums it back to the operand's.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._dtypes import FLOAT32, is_float, promote
from .._graph import Spec
from .._primitive import Primitive
from .._tracer import FUNCTIONS, UFUNCS, as_operands, implements, is_traced, to_array, to_dtype
from . import _special as special

BOOL = np.dtype(bool)

# How the dtype of the result follows from the operands'.
SAME, FLOAT, COMPARE, LOGICAL = "same", "float", "compare", "logical"


def _operands(rule: str, args: tuple) -> list[Any]:
    if rule == LOGICAL:
        return [to_dtype(a, BOOL) for a in args]
    operands = as_operands(*args) if len(args) > 1 else [to_array(args[0])]
    if rule == FLOAT and not is_float(operands[0].dtype):
        operands = [to_dtype(a, FLOAT32) for a in operands]
    return operands


def elementwise(name: str, ufunc: Any, rule: str = SAME, *vjps: Callable | None, register: bool = True) -> Primitive:
    """Defines a primitive over a ufunc-like `ufunc(*arrays, out=)`; `vjps` give one gradient rule an operand.

    With no rule at all the primitive passes no gradient (comparisons, rounding).
    """
    primitive = Primitive(name, elementwise=True, inplace=(0, 1, 2))
    boolean = rule in (COMPARE, LOGICAL)

    def forward(*args: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        return ufunc(*args, out=out)

    def shape(*args: Any) -> Spec:
        return Spec(broadcast_shapes(*(a.shape for a in args)), BOOL if boolean else args[0].dtype)

    primitive.forward(forward if ufunc.__class__ is not np.ufunc else ufunc)
    primitive.shape(shape)
    for i, vjp in enumerate(vjps):
        if vjp is not None:
            primitive.vjps[i] = vjp
    if not vjps:
        primitive.no_gradient()

    def call(*args: Any) -> Any:
        return primitive(*_operands(rule, args))

    primitive.apply = call
    if register and isinstance(ufunc, np.ufunc):
        UFUNCS[ufunc] = call
    return primitive


WIDE = 1024  # elements that a row of numbers is repeated to


def _row_repeats(a: Any, b: Any) -> int:
    """How often to repeat a short row that broadcasts over a long array, or 0 where that gains nothing."""
    long, row = (a, b) if len(a.shape) >= len(b.shape) else (b, a)
    n = row.shape[-1] if row.shape else 1
    if not 1 < n <= WIDE // 4 or math.prod(row.shape) != n or long.shape[-1] != n or math.prod(long.shape) < 1 << 14:
        return 0
    rows = math.prod(long.shape) // n
    return max((k for k in range(4, WIDE // n + 1) if rows % k == 0), default=0)


def _repeat_rows(primitive: Primitive, ufunc: np.ufunc) -> None:
    """Lets a plan compute array ∘ row with the row repeated: NumPy's inner loop runs over the last axis alone, and a short
    one costs several times as much."""
    primitive.takes_views = True
    primitive.worth_binding = lambda node: _row_repeats(*node.inputs) > 0
    primitive.workspace(lambda a, b: (Spec((_row_repeats(a, b) * min(a.shape[-1:], b.shape[-1:])[0],), a.dtype),)
                        if _row_repeats(a, b) else ())  # fmt: skip
    primitive.emit = lambda node, ins, outs: f"np.{ufunc.__name__}({ins[0]}, {ins[1]}, out={outs[0]})"

    @primitive.bind
    def bind(inputs: Any, outputs: Any, work: Any) -> Callable[[], None]:
        (a, b), (out,) = inputs, outputs
        first = len(a.shape) >= len(b.shape)
        long, row = (a, b) if first else (b, a)
        if not long.flags.c_contiguous:
            return lambda: ufunc(a, b, out=out)
        (wide,) = work
        repeats, rows, target = wide.reshape(-1, row.size), long.reshape(-1, wide.size), out.reshape(-1, wide.size)
        row = row.reshape(-1)
        operands = (rows, wide) if first else (wide, rows)

        def run() -> None:
            np.copyto(repeats, row)
            ufunc(*operands, target)

        return run


def broadcast_shapes(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    first = shapes[0]
    if all(s == first for s in shapes):
        return first
    return np.broadcast_shapes(*shapes)


# --- arithmetic -------------------------------------------------------------------------------------------------------

negative = elementwise("negative", np.negative, SAME, lambda g, y, x: -g)
add = elementwise("add", np.add, SAME, lambda g, y, a, b: g, lambda g, y, a, b: g)
subtract = elementwise("subtract", np.subtract, SAME, lambda g, y, a, b: g, lambda g, y, a, b: -g)
multiply = elementwise("multiply", np.multiply, SAME, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)
for _primitive, _ufunc in ((add, np.add), (subtract, np.subtract), (multiply, np.multiply)):
    _repeat_rows(_primitive, _ufunc)
divide = elementwise("divide", np.true_divide, FLOAT, lambda g, y, a, b: g / b, lambda g, y, a, b: -(g * y / b))
power = elementwise(
    "power", np.power, SAME,
    lambda g, y, a, b: g * b * np.power(a, np.where(b == 0, 1, b) - 1),
    lambda g, y, a, b: g * np.where(a == 0, 0, y * np.log(np.where(a == 0, 1, a))),
    register=False,
)  # fmt: skip
remainder = elementwise(
    "remainder", np.remainder, SAME, lambda g, y, a, b: g, lambda g, y, a, b: -(g * np.floor(a / b))
)
fmod = elementwise("fmod", np.fmod, SAME, lambda g, y, a, b: g, lambda g, y, a, b: -(g * np.trunc(a / b)))
floor_divide = elementwise("floor_divide", np.floor_divide)


def _split_ties(g: Any, wins: Any, ties: Any) -> Any:
    return g * (to_dtype(wins, g.dtype) + 0.5 * to_dtype(ties, g.dtype))


# Where the two are equal each gets half of the gradient, as in JAX.
maximum = elementwise(
    "maximum", np.maximum, SAME,
    lambda g, y, a, b: _split_ties(g, a > b, a == b), lambda g, y, a, b: _split_ties(g, b > a, a == b), register=False,
)  # fmt: skip
minimum = elementwise(
    "minimum", np.minimum, SAME,
    lambda g, y, a, b: _split_ties(g, a < b, a == b), lambda g, y, a, b: _split_ties(g, b < a, a == b),
)  # fmt: skip
fmax = elementwise("fmax", np.fmax, SAME, maximum.vjps[0], maximum.vjps[1])
fmin = elementwise("fmin", np.fmin, SAME, minimum.vjps[0], minimum.vjps[1])

# relu's gradient at zero is zero, which half a tie of `maximum` would not give.
relu = elementwise(
    "relu", lambda x, out=None: np.maximum(x, x.dtype.type(0), out=out), SAME, lambda g, y, x: relu_grad(g, y)
)


def _relu_grad(g: np.ndarray, y: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    return np.multiply(g, np.greater(y, 0), out=out)


relu_grad = elementwise("relu_grad", _relu_grad, SAME, lambda g, t, a, y: relu_grad(g, y), lambda g, t, a, y: None)
relu.emit = lambda node, ins, outs: f"np.maximum({ins[0]}, 0, out={outs[0]})"
ROW = 4096
relu.worth_binding = lambda node: math.prod(node.outputs[0].shape) >= ROW


@relu.bind
def _bind_relu(inputs: Any, outputs: Any, work: Any) -> Callable[[], None]:
    """NumPy's maximum of two arrays is several times faster than that of an array and a number."""
    (x,), (out,) = inputs, outputs
    x, out = x.reshape(-1), out.reshape(-1)
    rows, zeros = x.size // ROW * ROW, np.zeros(ROW, x.dtype)
    main, target = x[:rows].reshape(-1, ROW), out[:rows].reshape(-1, ROW)
    rest, rest_target, few = x[rows:], out[rows:], zeros[: x.size - rows]

    def run() -> None:
        np.maximum(main, zeros, out=target)
        np.maximum(rest, few, out=rest_target)

    return run


relu_grad.workspace(lambda g, y: (Spec(y.shape, BOOL),))


@relu_grad.bind
def _bind_relu_grad(inputs: Any, outputs: Any, work: Any) -> Callable[[], None]:
    (g, y), (out,), (positive,) = inputs, outputs, work

    def run() -> None:
        np.greater(y, 0, out=positive)
        np.multiply(g, positive, out=out)

    return run


def _is_zero(x: Any) -> bool:
    return type(x) in (int, float) and x == 0


def _maximum(a: Any, b: Any) -> Any:
    if _is_zero(b) and is_traced(a):
        return relu(to_array(a))
    if _is_zero(a) and is_traced(b):
        return relu(to_array(b))
    return maximum.apply(a, b)


UFUNCS[np.maximum] = _maximum


def _power(a: Any, b: Any) -> Any:
    if type(b) in (int, float) and b in (0.5, 1, 2):
        x = to_array(a)
        if b == 2:
            return square(x)
        if b == 1:
            return x
        return sqrt.apply(x)
    return power.apply(a, b)


# --- powers, exponentials, logarithms ---------------------------------------------------------------------------------

square = elementwise("square", np.square, SAME, lambda g, y, x: g * (x + x))
UFUNCS[np.power] = UFUNCS[np.float_power] = _power
sqrt = elementwise("sqrt", np.sqrt, FLOAT, lambda g, y, x: g * 0.5 / y)
cbrt = elementwise("cbrt", np.cbrt, FLOAT, lambda g, y, x: g / (3 * np.square(y)))
reciprocal = elementwise("reciprocal", np.reciprocal, FLOAT, lambda g, y, x: -(g * np.square(y)))
exp = elementwise("exp", np.exp, FLOAT, lambda g, y, x: g * y)
exp2 = elementwise("exp2", np.exp2, FLOAT, lambda g, y, x: g * y * float(np.log(2)))
expm1 = elementwise("expm1", np.expm1, FLOAT, lambda g, y, x: g * (y + 1))
log = elementwise("log", np.log, FLOAT, lambda g, y, x: g / x)
log2 = elementwise("log2", np.log2, FLOAT, lambda g, y, x: g / (x * float(np.log(2))))
log10 = elementwise("log10", np.log10, FLOAT, lambda g, y, x: g / (x * float(np.log(10))))
log1p = elementwise("log1p", np.log1p, FLOAT, lambda g, y, x: g / (1 + x))
logaddexp = elementwise(
    "logaddexp", np.logaddexp, FLOAT, lambda g, y, a, b: g * np.exp(a - y), lambda g, y, a, b: g * np.exp(b - y)
)
logaddexp2 = elementwise(
    "logaddexp2", np.logaddexp2, FLOAT, lambda g, y, a, b: g * np.exp2(a - y), lambda g, y, a, b: g * np.exp2(b - y)
)
hypot = elementwise("hypot", np.hypot, FLOAT, lambda g, y, a, b: g * a / y, lambda g, y, a, b: g * b / y)

# --- trigonometric and hyperbolic -------------------------------------------------------------------------------------

sin = elementwise("sin", np.sin, FLOAT, lambda g, y, x: g * np.cos(x))
cos = elementwise("cos", np.cos, FLOAT, lambda g, y, x: -(g * np.sin(x)))
tan = elementwise("tan", np.tan, FLOAT, lambda g, y, x: g * (1 + np.square(y)))
arcsin = elementwise("arcsin", np.arcsin, FLOAT, lambda g, y, x: g / np.sqrt(1 - np.square(x)))
arccos = elementwise("arccos", np.arccos, FLOAT, lambda g, y, x: -(g / np.sqrt(1 - np.square(x))))
arctan = elementwise("arctan", np.arctan, FLOAT, lambda g, y, x: g / (1 + np.square(x)))
arctan2 = elementwise(
    "arctan2", np.arctan2, FLOAT,
    lambda g, y, a, b: g * b / (np.square(a) + np.square(b)), lambda g, y, a, b: -(g * a / (np.square(a) + np.square(b))),
)  # fmt: skip
sinh = elementwise("sinh", np.sinh, FLOAT, lambda g, y, x: g * np.cosh(x))
cosh = elementwise("cosh", np.cosh, FLOAT, lambda g, y, x: g * np.sinh(x))
tanh = elementwise("tanh", np.tanh, FLOAT, lambda g, y, x: g * (1 - np.square(y)))
arcsinh = elementwise("arcsinh", np.arcsinh, FLOAT, lambda g, y, x: g / np.sqrt(np.square(x) + 1))
arccosh = elementwise("arccosh", np.arccosh, FLOAT, lambda g, y, x: g / np.sqrt(np.square(x) - 1))
arctanh = elementwise("arctanh", np.arctanh, FLOAT, lambda g, y, x: g / (1 - np.square(x)))
deg2rad = elementwise("deg2rad", np.deg2rad, FLOAT, lambda g, y, x: g * float(np.pi / 180))
rad2deg = elementwise("rad2deg", np.rad2deg, FLOAT, lambda g, y, x: g * float(180 / np.pi))
UFUNCS[np.radians] = deg2rad.apply
UFUNCS[np.degrees] = rad2deg.apply

# --- signs, rounding, comparison, logic -------------------------------------------------------------------------------

absolute = elementwise("absolute", np.absolute, SAME, lambda g, y, x: g * np.sign(x))
UFUNCS[np.fabs] = absolute.apply
sign = elementwise("sign", np.sign)
copysign = elementwise(
    "copysign", np.copysign, FLOAT, lambda g, y, a, b: g * np.sign(a) * np.sign(y), lambda g, y, a, b: None
)
floor = elementwise("floor", np.floor)
ceil = elementwise("ceil", np.ceil)
trunc = elementwise("trunc", np.trunc)
rint = elementwise("rint", np.rint)
signbit = elementwise("signbit", np.signbit, COMPARE)
isnan = elementwise("isnan", np.isnan, COMPARE)
isinf = elementwise("isinf", np.isinf, COMPARE)
isfinite = elementwise("isfinite", np.isfinite, COMPARE)
equal = elementwise("equal", np.equal, COMPARE)
not_equal = elementwise("not_equal", np.not_equal, COMPARE)
less = elementwise("less", np.less, COMPARE)
less_equal = elementwise("less_equal", np.less_equal, COMPARE)
greater = elementwise("greater", np.greater, COMPARE)
greater_equal = elementwise("greater_equal", np.greater_equal, COMPARE)
logical_and = elementwise("logical_and", np.logical_and, LOGICAL)
logical_or = elementwise("logical_or", np.logical_or, LOGICAL)
logical_xor = elementwise("logical_xor", np.logical_xor, LOGICAL)
logical_not = elementwise("logical_not", np.logical_not, LOGICAL)
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

# --- special functions ------------------------------------------------------------------------------------------------

erf = elementwise("erf", special.erf, FLOAT, lambda g, y, x: g * (np.exp(-np.square(x)) * float(2 / np.sqrt(np.pi))))
PIECE = 1 << 14  # elements worked on at a time: their intermediate results stay in the cache
erf.worth_binding = lambda node: node.inputs[0].dtype == FLOAT32
erf.workspace(lambda x: (Spec((min(math.prod(x.shape), PIECE),), FLOAT32),) * 3)


@erf.bind
def _bind_erf(inputs: Any, outputs: Any, work: Any) -> Callable[[], None]:
    x, out = inputs[0].reshape(-1), outputs[0].reshape(-1)
    pieces = [(x[a : a + PIECE], out[a : a + PIECE]) for a in range(0, x.size, PIECE)]
    arrays = [(part, *(w[: part.size] for w in work), target) for part, target in pieces]

    def run() -> None:
        for part in arrays:
            special.rational_erf(*part)

    return run


erfinv = elementwise(
    "erfinv", special.erfinv, FLOAT, lambda g, y, x: g * (np.exp(np.square(y)) * float(np.sqrt(np.pi) / 2))
)
digamma = elementwise("digamma", special.digamma, FLOAT, lambda g, y, x: g * trigamma(x))
trigamma = elementwise("trigamma", special.trigamma, FLOAT, lambda g, y, x: g * polygamma2(x))
polygamma2 = elementwise("polygamma2", special.polygamma2, FLOAT)
lgamma = elementwise("lgamma", special.lgamma, FLOAT, lambda g, y, x: g * digamma(x))
i0 = elementwise("i0", lambda x, out=None: _into(np.i0(x).astype(x.dtype), out), FLOAT, lambda g, y, x: g * i1(x))
i1 = elementwise("i1", special.i1, FLOAT)
sigmoid = elementwise("sigmoid", special.sigmoid, FLOAT, lambda g, y, x: g * (y * (1 - y)))
softplus = elementwise("softplus", special.softplus, FLOAT, lambda g, y, x: g * sigmoid(x))
FUNCTIONS[np.i0] = i0.apply


def _into(value: np.ndarray, out: np.ndarray | None) -> np.ndarray:
    if out is None:
        return value
    np.copyto(out, value)
    return out


# --- where, cast, identity --------------------------------------------------------------------------------------------

where = Primitive("where", elementwise=True, inplace=(1, 2))


@where.forward
def where_forward(condition: np.ndarray, a: np.ndarray, b: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    if out is None:
        return np.where(condition, a, b)
    if out is a:
        np.copyto(out, b, where=~condition)
    else:
        if out is not b:
            np.copyto(out, b)
        np.copyto(out, a, where=condition)
    return out


@where.shape
def where_shape(condition: Any, a: Any, b: Any) -> Spec:
    return Spec(broadcast_shapes(condition.shape, a.shape, b.shape), a.dtype)


where.vjp(1)(lambda g, y, condition, a, b: where(condition, g, to_dtype(0, g.dtype)))
where.vjp(2)(lambda g, y, condition, a, b: where(condition, to_dtype(0, g.dtype), g))


@implements(np.where)
def _where(condition: Any, x: Any = None, y: Any = None) -> Any:
    if x is None or y is None:
        raise TypeError("where with a condition alone has a shape that depends on values; give both alternatives.")
    return where(to_dtype(to_array(condition), BOOL), *as_operands(x, y))


cast = Primitive("cast", elementwise=True)


@cast.forward
def cast_forward(x: np.ndarray, dtype: np.dtype, out: np.ndarray | None = None) -> np.ndarray:
    if out is None:
        return x.astype(dtype)
    np.copyto(out, x, casting="unsafe")
    return out


cast.emit = lambda node, ins, outs: f"np.copyto({outs[0]}, {ins[0]}, 'unsafe')"
cast.shape(lambda x, dtype: Spec(x.shape, dtype))
cast.vjp(0)(lambda g, y, x, dtype: to_dtype(g, x.dtype))


@implements("cast", np.astype)
def _cast(x: Any, dtype: Any, copy: bool = True) -> Any:
    x = to_array(x)
    dtype = np.dtype(dtype)
    return x if x.dtype == dtype else cast(x, dtype=dtype)


identity = Primitive("identity", view=True)
identity.forward(lambda x, out=None: x)
identity.shape(lambda x: Spec(x.shape, x.dtype))
identity.vjp(0)(lambda g, y, x: g)

stop_gradient = Primitive("stop_gradient", view=True).no_gradient()
stop_gradient.forward(lambda x, out=None: x)
stop_gradient.shape(lambda x: Spec(x.shape, x.dtype))


# --- functions of NumPy made of these ---------------------------------------------------------------------------------


clip = Primitive("clip", elementwise=True, inplace=(0,))  # bounds are numbers
clip.forward(lambda x, low, high, out=None: np.clip(x, low, high, out=out))
clip.shape(lambda x, low, high: Spec(x.shape, x.dtype))
clip.vjp(0)(lambda g, y, x, low, high: clip_grad(g, x, low=low, high=high))

clip_grad = Primitive("clip_grad", elementwise=True, inplace=(0,))  # g where x lies within the bounds, else 0


@clip_grad.forward
def _clip_grad(g: np.ndarray, x: np.ndarray, low: float, high: float, out: np.ndarray | None = None) -> np.ndarray:
    return np.multiply(g, (x >= low) & (x <= high), out=out)


clip_grad.shape(lambda g, x, low, high: Spec(g.shape, g.dtype))
clip_grad.vjp(0)(lambda gg, y, g, x, low, high: clip_grad(gg, x, low=low, high=high))
clip_grad.vjp(1)(lambda gg, y, g, x, low, high: None)


@implements(np.clip)
def _clip(a: Any, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None, **_: Any) -> Any:
    low = min if a_min is None else a_min
    high = max if a_max is None else a_max
    x = to_array(a)
    if type(low) in (int, float) and type(high) in (int, float) and is_float(x.dtype):
        return clip(x, low=low, high=high)
    if low is not None:
        x = maximum.apply(x, low)
    return x if high is None else minimum.apply(x, high)


@implements(np.round, np.around)
def _round(a: Any, decimals: int = 0) -> Any:
    x = to_array(a)
    if not is_float(x.dtype):
        return x
    if decimals == 0:
        return rint(x)
    scale = 10.0**decimals
    return rint(x * scale) / scale


@implements(np.nan_to_num)
def _nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    x = to_array(x)
    if not is_float(x.dtype):
        return x
    limits = np.finfo(x.dtype) if x.dtype.kind == "f" else np.finfo("float32")
    x = np.where(np.isnan(x), nan, x)
    x = np.where(x == np.inf, float(limits.max) if posinf is None else posinf, x)
    return np.where(x == -np.inf, float(limits.min) if neginf is None else neginf, x)


implements(np.isposinf)(lambda x: equal.apply(x, np.inf))
implements(np.isneginf)(lambda x: equal.apply(x, -np.inf))
implements(np.isreal)(lambda x: np.ones(x.shape, bool))
implements(np.real)(lambda x: x)
implements(np.conjugate)(lambda x: x)
UFUNCS[np.conjugate] = lambda x: x
UFUNCS[np.positive] = to_array
implements(np.fix)(lambda x: trunc.apply(x))
implements(np.angle)(lambda x, deg=False: np.where(x < 0, float(180 if deg else np.pi), 0.0))


@implements(np.sinc)
def _sinc(x: Any) -> Any:
    x = _operands(FLOAT, (x,))[0] * float(np.pi)
    safe = np.where(x == 0, 1, x)
    return np.where(x == 0, 1, np.sin(safe) / safe)


@implements(np.isclose)
def _isclose(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    a, b = _operands(FLOAT, (a, b))
    close = np.abs(a - b) <= atol + rtol * np.abs(b)
    close = np.where(np.isfinite(a) & np.isfinite(b), close, a == b)
    return close | (np.isnan(a) & np.isnan(b)) if equal_nan else close


@implements(np.result_type)
def _result_type(*args: Any) -> np.dtype:
    return promote(*args)


UFUNCS[np.divmod] = lambda a, b: (np.floor_divide(a, b), np.remainder(a, b))


@implements(np.isscalar)
def _isscalar(x: Any) -> bool:
    return False
