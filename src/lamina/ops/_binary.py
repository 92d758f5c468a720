"""Functions of two tensors, element by element, with broadcasting: arithmetic, comparisons, logic, bits, choice."""

from collections.abc import Callable
from typing import Any

from lamina._typing import Binary, Bitwise, Tensor, TensorLike

from ._backend import xp
from ._convert import imaginary_unit, is_scalar, promote, scalar, tensor, to
from ._dtypes import dtype_name, is_float_dtype
from ._op import elementwise_spec, op
from ._searching import nonzero
from ._symbolic import KerasTensor


def _make(
    name: str,
    formula: str,
    body: Callable[..., Any],
    returns: str,
    aliases: tuple[Any, ...] = (),
    arguments: str = "x1 x2",
) -> Callable[..., Any]:
    def by_number(x1: TensorLike, x2: TensorLike) -> Tensor:
        return body(x1, x2)

    def by_letter(x: TensorLike, y: TensorLike) -> Tensor:
        return body(x, y)

    function: Callable[..., Any] = by_number if arguments == "x1 x2" else by_letter
    function.__name__ = function.__qualname__ = name
    first, second = arguments.split()
    function.__doc__ = (
        f"{formula}, element by element.\n\nArgs:\n    {first}, {second}: tensors or numbers that broadcast.\n\n"
        f"Returns: the broadcast shape, {returns}.\n"
    )
    return op("numpy", aliases=aliases, spec=elementwise_spec)(function)


def _arithmetic(name: str, formula: str, bool_as: str | None = None, function: str | None = None) -> Callable[..., Any]:
    """Promotes, then computes. `bool_as`: the dtype in which two booleans are taken."""

    def body(a: TensorLike, b: TensorLike) -> Tensor:
        a, b = promote(a, b)
        if bool_as is not None and _is_bool(a) and _is_bool(b):
            a, b = (scalar(v, bool_as) if is_scalar(v) else to(v, bool_as) for v in (a, b))
        return getattr(xp, function or name)(a, b)

    return _make(name, formula, body, "the promoted dtype")


def _floating(
    name: str, formula: str, aliases: tuple[Any, ...] = (), function: Callable[..., Any] | None = None
) -> Callable[..., Any]:
    def body(a: TensorLike, b: TensorLike) -> Tensor:
        a, b = promote(a, b, also=(float,))
        return (function or getattr(xp, name))(a, b)

    return _make(name, formula, body, "floating: the promoted dtype, the default float type for integers", aliases)


def _comparison(name: str, formula: str) -> Callable[..., Any]:
    return _make(name, formula, lambda a, b: getattr(xp, name)(*promote(a, b)), "bool")


def _logical(name: str, formula: str) -> Callable[..., Any]:
    return _make(name, formula, lambda a, b: getattr(xp, name)(_truth(a), _truth(b)), "bool")


def _bitwise(name: str, formula: str, aliases: tuple[Any, ...] = (), function: str | None = None) -> Callable[..., Any]:
    def body(a: TensorLike, b: TensorLike) -> Tensor:
        return getattr(xp, function or name)(*promote(a, b))

    return _make(name, formula, body, "the promoted dtype", aliases, arguments="x y")


def _is_bool(x: Any) -> bool:
    return type(x) is bool if is_scalar(x) else dtype_name(x) == "bool"


def _truth(x: Any) -> Any:
    return scalar(bool(x), "bool") if is_scalar(x) else to(tensor(x), "bool")


add: Binary = _arithmetic("add", "x1 + x2")
subtract: Binary = _arithmetic("subtract", "x1 - x2")
multiply: Binary = _arithmetic("multiply", "x1 · x2")
divide: Binary = _floating("divide", "x1 / x2", aliases=("true_divide",), function=lambda a, b: xp.true_divide(a, b))
true_divide: Binary = divide
floor_divide: Binary = _arithmetic("floor_divide", "The largest integer not above x1 / x2", bool_as="int32")
mod: Binary = _arithmetic("mod", "x1 - x2 · floor(x1 / x2), with the sign of x2", bool_as="int32")
fmod: Binary = _arithmetic("fmod", "x1 - x2 · trunc(x1 / x2), with the sign of x1", bool_as="int32")
power: Binary = _arithmetic("power", "x1 to the power x2", bool_as="int32")
maximum: Binary = _arithmetic("maximum", "The larger; NaN if one is NaN")
minimum: Binary = _arithmetic("minimum", "The smaller; NaN if one is NaN")
fmax: Binary = _arithmetic("fmax", "The larger; the other one if one is NaN")
fmin: Binary = _arithmetic("fmin", "The smaller; the other one if one is NaN")
gcd: Binary = _arithmetic("gcd", "Greatest common divisor", bool_as="int32")
lcm: Binary = _arithmetic("lcm", "Least common multiple", bool_as="int32")

arctan2: Binary = _floating("arctan2", "The angle of the point (x2, x1), in (-π, π]")
hypot: Binary = _floating("hypot", "√(x1² + x2²) without overflow")
logaddexp: Binary = _floating("logaddexp", "ln(eˣ¹ + eˣ²) without overflow")
logaddexp2: Binary = _floating("logaddexp2", "log₂(2ˣ¹ + 2ˣ²) without overflow")
nextafter: Binary = _floating("nextafter", "The next number that the dtype can hold after x1 towards x2")

equal: Binary = _comparison("equal", "Whether x1 = x2")
not_equal: Binary = _comparison("not_equal", "Whether x1 ≠ x2")
less: Binary = _comparison("less", "Whether x1 < x2")
less_equal: Binary = _comparison("less_equal", "Whether x1 ≤ x2")
greater: Binary = _comparison("greater", "Whether x1 > x2")
greater_equal: Binary = _comparison("greater_equal", "Whether x1 ≥ x2")

logical_and: Binary = _logical("logical_and", "x1 and x2")
logical_or: Binary = _logical("logical_or", "x1 or x2")
logical_xor: Binary = _logical("logical_xor", "Whether exactly one of x1 and x2 holds")

bitwise_and: Bitwise = _bitwise("bitwise_and", "The bits set in both")
bitwise_or: Bitwise = _bitwise("bitwise_or", "The bits set in either")
bitwise_xor: Bitwise = _bitwise("bitwise_xor", "The bits set in exactly one")
bitwise_left_shift: Bitwise = _bitwise("bitwise_left_shift", "x · 2ʸ, bits shifted left", function="left_shift")
bitwise_right_shift: Bitwise = _bitwise(
    "bitwise_right_shift", "floor(x / 2ʸ), bits shifted right", function="right_shift"
)
left_shift: Bitwise = _bitwise("left_shift", "x · 2ʸ, bits shifted left")
right_shift: Bitwise = _bitwise("right_shift", "floor(x / 2ʸ), bits shifted right")


@op("numpy")
def bitwise_invert(x: TensorLike) -> Tensor:
    """Every bit turned over.

    Args:
        x: `(...)`, integer or bool.

    Returns: `(...)`, dtype of `x`.
    """
    return xp.invert(tensor(x))


@op("numpy")
def bitwise_not(x: TensorLike) -> Tensor:
    """Every bit turned over (as `bitwise_invert`).

    Args:
        x: `(...)`, integer or bool.

    Returns: `(...)`, dtype of `x`.
    """
    return xp.invert(tensor(x))


@op("numpy", spec=elementwise_spec)
def divide_no_nan(x1: TensorLike, x2: TensorLike) -> Tensor:
    """`x1 / x2`, and 0 where `x2` is 0.

    Args:
        x1, x2: broadcastable, real.

    Returns: the broadcast shape, floating.

    Example:
        >>> ops.divide_no_nan([1.0, 2.0], [2.0, 0.0])
        Tensor([0.5, 0. ], dtype=float32)
    """
    a, b = promote(x1, x2, arrays=True, also=(float,))
    zero = xp.equal(b, 0)
    # The divisor is replaced too: a quotient by zero would make the gradient NaN even where it is not taken.
    return xp.where(zero, 0, xp.true_divide(a, xp.where(zero, 1, b)))


def _ldexp_spec(call: Callable[..., Any], x1: Any, x2: Any) -> KerasTensor:
    """Of a symbolic x2 the shape is known; Keras does not ask for its dtype before there are values."""
    if isinstance(x2, KerasTensor):
        x2 = KerasTensor(x2.shape, "int32")
    return elementwise_spec(call, x1, x2)


@op("numpy", spec=_ldexp_spec)
def ldexp(x1: TensorLike, x2: TensorLike) -> Tensor:
    """`x1 · 2**x2`.

    Args:
        x1: real.
        x2: integer, broadcastable with `x1`.

    Returns: the broadcast shape, floating.
    """
    x2 = tensor(x2)
    if is_float_dtype(x2.dtype):
        raise TypeError(f"ldexp: x2 must be an integer tensor; got {dtype_name(x2)}.")
    a, b = promote(x1, x2, arrays=True, also=(float,))
    return a * xp.exp2(b)


@op("numpy", tensors="x1 x2 rtol atol", spec=elementwise_spec)
def isclose(x1: TensorLike, x2: TensorLike, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Whether |x1 - x2| <= atol + rtol · |x2|, element by element.

    Args:
        x1, x2: broadcastable, real.
        rtol, atol: relative and absolute tolerance.
        equal_nan: whether NaN is close to NaN.

    Returns: the broadcast shape, bool.

    Example:
        >>> ops.isclose([1.0, 2.0], [1.0, 2.1])
        Tensor([ True, False])
    """
    a, b = promote(x1, x2, arrays=True, also=(float,))
    same = xp.equal(a, b)
    finite = xp.logical_and(xp.isfinite(a), xp.isfinite(b))
    # Infinities are kept out of the difference, where they would make NaN.
    a_, b_ = xp.where(finite, a, xp.zeros_like(a)), xp.where(finite, b, xp.zeros_like(b))
    near = xp.logical_and(finite, xp.less_equal(xp.abs(a_ - b_), atol + rtol * xp.abs(b_)))
    close = xp.logical_or(same, near)
    return xp.logical_or(close, xp.logical_and(xp.isnan(a), xp.isnan(b))) if equal_nan else close


@op("numpy", class_name="AllClose")
def allclose(x1: TensorLike, x2: TensorLike, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Whether |x1 - x2| <= atol + rtol · |x2| everywhere.

    Args:
        x1, x2: broadcastable, real.
        rtol, atol: relative and absolute tolerance.
        equal_nan: whether NaN is close to NaN.

    Returns: `()`, bool.

    Example:
        >>> ops.allclose([1.0], [1.0 + 1e-9])
        Tensor(True)
    """
    return xp.all(isclose(x1, x2, rtol, atol, equal_nan))


def _where_spec(call: Callable[..., Any], condition: Any, *choices: Any, **config: Any) -> Any:
    if config or len(choices) != 2 or choices[0] is None or choices[1] is None:
        raise TypeError("where: with KerasTensors give condition, x1 and x2; the places alone depend on values.")
    return elementwise_spec(call, condition, *choices)


@op("numpy", tensors="condition x1 x2", spec=_where_spec)
def where(condition: TensorLike, x1: TensorLike = None, x2: TensorLike = None) -> Any:
    """`x1` where the condition holds, `x2` elsewhere; without them, the places where it holds.

    Args:
        condition: bool, broadcastable with both.
        x1, x2: tensors or numbers.

    Returns: the broadcast shape, the promoted dtype of `x1` and `x2`;
        or a tuple of int32 index tensors, one for each axis.

    Example:
        >>> ops.where([True, False], [1, 1], [2, 2])
        Tensor([1, 2], dtype=int32)
    """
    if x1 is None and x2 is None:
        return nonzero(condition)
    if x1 is None or x2 is None:
        raise ValueError("where: give both x1 and x2, or neither.")
    return xp.where(_truth(condition), *promote(x1, x2, arrays=True))


@op("numpy", tensors="condlist choicelist default")
def select(condlist: TensorLike, choicelist: TensorLike, default: TensorLike = 0) -> Tensor:
    """The choice of the first condition that holds, element by element; `default` where none does.

    Args:
        condlist: list[Any] of bool tensors.
        choicelist: list[Any] of tensors, one for each condition.
        default: value where no condition holds.

    Returns: the broadcast shape, the promoted dtype.
    """
    if len(condlist) != len(choicelist):
        raise ValueError(
            f"select: {len(condlist)} conditions but {len(choicelist)} choices; give one choice a condition."
        )
    *choices, result = promote(*choicelist, default, arrays=True)
    for condition, choice in zip(reversed(condlist), reversed(choices)):
        result = xp.where(_truth(condition), choice, result)
    return result


@op("nn")
def polar(abs_: TensorLike, angle: TensorLike) -> Tensor:
    """Complex numbers `abs_ · e^(i·angle)`.

    Args:
        abs_: `(...)`, floating, length.
        angle: `(...)`, floating, in radians.

    Returns: `(...)`, complex.
    """
    a, b = promote(abs_, angle, arrays=True, also=("float32",))
    return a * xp.cos(b) + (a * xp.sin(b)) * imaginary_unit(a)
