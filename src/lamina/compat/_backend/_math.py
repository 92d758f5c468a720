"""Elementwise functions and reductions, under the names and with the arguments of `keras.backend`."""

from typing import Any

from lamina import ops
from lamina._public import public

from ._shapes import with_sizes


def _same(name: str, operation: Any = None) -> Any:
    """A function of one tensor that is called alike in `ops`."""
    operation = operation or getattr(ops, name)

    def function(x: Any) -> Any:
        return operation(x)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`{name}` of every element: see `ops.{operation.__name__}`."
    return public(f"backend.{name}")(function)


def _pair(name: str) -> Any:
    """A function of two tensors that is called alike in `ops`."""
    operation = getattr(ops, name)

    def function(x: Any, y: Any) -> Any:
        return operation(x, y)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`{name}`, element by element: see `ops.{name}`."
    return public(f"backend.{name}")(function)


square: Any = _same("square")
abs: Any = _same("abs")
exp: Any = _same("exp")
log: Any = _same("log")
round: Any = _same("round")
sign: Any = _same("sign")
sin: Any = _same("sin")
cos: Any = _same("cos")

maximum: Any = _pair("maximum")
minimum: Any = _pair("minimum")
equal: Any = _pair("equal")
not_equal: Any = _pair("not_equal")
greater: Any = _pair("greater")
greater_equal: Any = _pair("greater_equal")
less: Any = _pair("less")
less_equal: Any = _pair("less_equal")


@public("backend.sqrt")
def sqrt(x: Any) -> Any:
    """The square root; negative elements count as 0."""
    return ops.sqrt(ops.maximum(x, 0))


@public("backend.pow")
def pow(x: Any, a: Any) -> Any:
    """`x` to the power of `a`."""
    return ops.power(x, a)


@public("backend.clip")
def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """`x` held between two bounds; None for no bound."""
    low = -float("inf") if min_value is None else min_value
    high = float("inf") if max_value is None else max_value
    return ops.clip(x, low, high)


@public("backend.sum")
def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The sum over axes, all by default."""
    return ops.sum(x, axis=axis, keepdims=keepdims)


@public("backend.mean")
def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The mean over axes, all by default."""
    return ops.mean(x, axis=axis, keepdims=keepdims)


@public("backend.std")
def std(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The standard deviation over axes, all by default."""
    return ops.std(x, axis=axis, keepdims=keepdims)


@public("backend.var")
def var(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The variance over axes, all by default."""
    return ops.var(x, axis=axis, keepdims=keepdims)


@public("backend.prod")
def prod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The product over axes, all by default."""
    return ops.prod(with_sizes(x), axis=axis, keepdims=keepdims)


@public("backend.max")
def max(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest element over axes, all by default."""
    return ops.max(x, axis=axis, keepdims=keepdims)


@public("backend.min")
def min(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The smallest element over axes, all by default."""
    return ops.min(x, axis=axis, keepdims=keepdims)


@public("backend.any")
def any(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Whether any element is true, over axes, all by default."""
    return ops.any(x, axis=axis, keepdims=keepdims)


@public("backend.all")
def all(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Whether all elements are true, over axes, all by default."""
    return ops.all(x, axis=axis, keepdims=keepdims)


@public("backend.argmax")
def argmax(x: Any, axis: Any = -1) -> Any:
    """The place of the largest element along an axis."""
    return ops.argmax(x, axis=axis)


@public("backend.argmin")
def argmin(x: Any, axis: Any = -1) -> Any:
    """The place of the smallest element along an axis."""
    return ops.argmin(x, axis=axis)


@public("backend.cumsum")
def cumsum(x: Any, axis: int = 0) -> Any:
    """The running sum along an axis."""
    return ops.cumsum(x, axis=axis)


@public("backend.cumprod")
def cumprod(x: Any, axis: int = 0) -> Any:
    """The running product along an axis."""
    return ops.cumprod(x, axis=axis)


@public("backend.logsumexp")
def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """log(sum(exp(x))) over axes, all by default, without overflow."""
    return ops.logsumexp(x, axis=axis, keepdims=keepdims)


@public("backend.dot")
def dot(x: Any, y: Any) -> Any:
    """The matrix product; with more axes, the last of `x` with the last but one of `y`."""
    return ops.dot(x, y)


@public("backend.batch_dot")
def batch_dot(x: Any, y: Any, axes: Any = None) -> Any:
    """For each sample of a batch, the product of `x` and `y` summed over one axis of each.

    Args:
        x: `(batch, ...)`. y: `(batch, ...)`, both with at least two axes.
        axes: the axes summed over, an int for both or a pair; by default the last of `x`, and the last but one of `y` (its
            last, if it has two).
    Returns: `(batch, rest of x, rest of y)`, with an axis of size 1 if nothing else would remain.
    Raises ValueError if a rank is below 2 or the sizes differ.
    """
    x_rank, y_rank = len(x.shape), len(y.shape)
    if x_rank < 2 or y_rank < 2:
        raise ValueError(f"batch_dot: both need a batch axis and another; got shapes {x.shape} and {y.shape}.")
    if axes is None:
        axes = (x_rank - 1, y_rank - 1 if y_rank == 2 else y_rank - 2)
    first, second = (axes, axes) if isinstance(axes, int) else axes
    first, second = first % x_rank, second % y_rank
    if None not in (x.shape[first], y.shape[second]) and x.shape[first] != y.shape[second]:
        raise ValueError(
            f"batch_dot: axis {first} of shape {x.shape} and axis {second} of shape {y.shape} differ in size."
        )
    letters = iter("bcdefghijklmnopqrstuvwxyz")
    batch, summed = next(letters), "a"
    x_letters = [batch] + [summed if i == first else next(letters) for i in range(1, x_rank)]
    y_letters = [batch] + [summed if i == second else next(letters) for i in range(1, y_rank)]
    rest = "".join(c for c in x_letters[1:] + y_letters[1:] if c != summed)
    result = ops.einsum(f"{''.join(x_letters)},{''.join(y_letters)}->{batch}{rest}", x, y)
    return ops.expand_dims(result, 1) if not rest else result
