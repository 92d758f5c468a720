"""Control flow over tensors, and functions on functions."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import tree
from lamina._public import public
from lamina._typing import TensorLike
from lamina.engines import engine

from ._backend import xp
from ._convert import shape as ops_shape
from ._convert import tensor, to
from ._dtypes import dtype_name
from ._op import make_operation, op
from ._symbolic import KerasTensor, infer_spec


def _cond_spec(call: Any, pred: Any, true_fn: Any, false_fn: Any) -> Any:
    first, second = infer_spec(true_fn), infer_spec(false_fn)
    tree.map_structure(_check_branches, first, second)
    return first


def _check_branches(a: Any, b: Any) -> None:
    if a.dtype != b.dtype or a.shape != b.shape:
        raise ValueError(
            f"cond: both branches must give alike results; got {a.shape} {a.dtype} and {b.shape} {b.dtype}."
        )


@op("core", tensors="pred true_fn false_fn", spec=_cond_spec)
def cond(pred: Any, true_fn: Any, false_fn: Any) -> Any:
    """`true_fn()` if `pred` holds, else `false_fn()`; only one of them is computed.

    Args:
        pred: `()`, bool.
        true_fn, false_fn: functions without arguments whose results are alike in structure, shapes and dtypes.

    Returns: what the chosen function returns.

    Example:
        >>> ops.cond(True, lambda: 1.0, lambda: 2.0)
        1.0
    """
    if isinstance(pred, bool):
        return true_fn() if pred else false_fn()
    return engine.cond(to(tensor(pred), "bool"), true_fn, false_fn)


def _switch_spec(call: Any, index: Any, branches: Any, *operands: Any) -> Any:
    return infer_spec(branches[0], *operands)


@op("core", tensors="index branches", spec=_switch_spec)
def switch(index: Any, branches: Any, *operands: Any) -> Any:
    """`branches[index](*operands)`, the index brought into range.

    Args:
        index: `()`, integer.
        branches: list[Any] of functions with alike results.
        operands: their arguments.

    Returns: what the chosen function returns.

    Example:
        >>> ops.switch(1, [lambda: 10, lambda: 20])
        20
    """
    last = len(branches) - 1
    if last < 0:
        raise ValueError("switch: expected at least one branch.")
    index = xp.minimum(xp.maximum(to(tensor(index), "int32"), 0), last)

    def choose(i: int) -> Any:
        if i == last:
            return branches[i](*operands)
        return engine.cond(xp.less_equal(index, i), lambda: branches[i](*operands), lambda: choose(i + 1))

    return choose(0)


def _while_spec(call: Any, loop_vars: Any, **config: Any) -> Any:
    """The variables keep their shapes and dtypes."""
    return tree.map_structure(
        lambda x: x if x is None else KerasTensor(ops_shape(x), dtype_name(x if hasattr(x, "dtype") else tensor(x))),
        loop_vars,
    )


@op("core", tensors="loop_vars", spec=_while_spec)
def while_loop(cond: Any, body: Any, loop_vars: Any, maximum_iterations: int | None = None) -> Any:
    """Repeats `loop_vars = body(*loop_vars)` while `cond(*loop_vars)` holds.

    Args:
        cond: function of the variables, gives `()` bool.
        body: function of the variables, gives the new ones, alike in structure, shapes and dtypes.
        loop_vars: list[Any] or tuple of nested tensors, or one tensor.
        maximum_iterations: int, or None for no limit.

    Returns: the last variables, structured like `loop_vars`.

    Example:
        >>> ops.while_loop(lambda i: i < 5, lambda i: (i + 2,), (ops.array(0),))
        (Tensor(6, dtype=int32),)
    """
    is_sequence = isinstance(loop_vars, (tuple, list))
    start = tuple(loop_vars) if is_sequence else (loop_vars,)
    start = tree.map_structure(tensor, start)

    def step(*variables: Any) -> tuple[Any, ...]:
        new = body(*variables)
        new = tuple(new) if isinstance(new, (tuple, list)) else (new,)
        return tree.map_structure(lambda x: tensor(x), new)

    if maximum_iterations is None:
        result = engine.while_loop(lambda *v: to(tensor(cond(*v)), "bool"), step, start)
    else:
        limit = tensor(np.asarray(maximum_iterations, np.int32))
        zero = tensor(np.asarray(0, np.int32))
        result = engine.while_loop(
            lambda count, *v: xp.logical_and(xp.less(count, limit), to(tensor(cond(*v)), "bool")),
            lambda count, *v: (count + 1, *step(*v)),
            (zero, *start),
        )[1:]
    return (
        type(loop_vars)(result)
        if is_sequence and type(loop_vars) in (list, tuple)
        else result
        if is_sequence
        else result[0]
    )


@op("core", tensors="init_val")
def fori_loop(lower: Any, upper: Any, body_fun: Any, init_val: Any) -> Any:
    """Repeats `val = body_fun(i, val)` for i from `lower` to `upper - 1`. Between ints it has a gradient, as `scan`; between
    tensors it is a `while_loop`.

    Args:
        lower, upper: ints or `()` integer tensors.
        body_fun: function of the number and the value.
        init_val: nested tensors.

    Returns: the last value, structured like `init_val`.

    Example:
        >>> ops.fori_loop(0, 3, lambda i, total: total + i, ops.array(0))
        Tensor(3, dtype=int32)
    """
    value = tree.map_structure(tensor, init_val)

    def step(i: Any, value: Any) -> tuple[Any, ...]:
        return i + 1, tree.map_structure(tensor, body_fun(i, value))

    if isinstance(lower, (int, np.integer)) and isinstance(upper, (int, np.integer)):
        if upper <= lower:
            return value
        places = tensor(np.arange(lower, upper, dtype=np.int32))
        return engine.scan(lambda value, i: (step(i, value)[1], None), value, places, length=len(places))[0]
    upper = to(tensor(upper), "int32")
    return engine.while_loop(lambda i, value: xp.less(i, upper), step, (to(tensor(lower), "int32"), value))[1]


@op("core", tensors="f init xs")
def scan(
    f: Any, init: Any, xs: TensorLike = None, length: int | None = None, reverse: bool = False, unroll: Any = 1
) -> Any:
    """Runs `carry, y = f(carry, x)` over the first axis of `xs` and stacks the y.

    Args:
        f: function of the carry and one slice, gives the new carry and a result.
        init: nested tensors, the first carry.
        xs: nested tensors with equally many rows, or None.
        length: int, the number of steps; needed if `xs` is None.
        reverse: whether to run from the last row to the first.
        unroll: accepted for Keras's sake.

    Returns: the last carry, and the results stacked on a new first axis (in the order of the rows).

    Example:
        >>> ops.scan(lambda total, x: (total + x, total), ops.array(0), ops.array([1, 2, 3]))
        (Tensor(6, dtype=int32), Tensor([0, 1, 3], dtype=int32))
    """
    if not callable(f):
        raise TypeError(f"scan: f must be callable; got {f!r}.")
    if not isinstance(unroll, (bool, int)) or (not isinstance(unroll, bool) and unroll < 1):
        raise ValueError(f"scan: unroll must be a positive integer or a boolean; got {unroll!r}.")
    flat = [tensor(x) for x in tree.flatten(xs) if x is not None]
    if not flat and length is None:
        raise ValueError("scan: give xs or length.")
    count = int(length) if length is not None else flat[0].shape[0]
    for x in flat:
        if x.shape[0] != count:
            raise ValueError(f"scan: the first axes must all have size {count}; got shape {tuple(x.shape)}.")
    xs = None if not flat else tree.map_structure(tensor, xs)
    return engine.scan(f, tree.map_structure(tensor, init), xs, length=count, reverse=reverse)


@op("core", tensors="f xs", class_name="Map")
def map(f: Any, xs: TensorLike) -> Any:
    """`f` of every slice along the first axis, stacked.

    Args:
        f: function of one slice (structured like `xs`).
        xs: nested tensors with equally many rows.

    Returns: the results stacked on a new first axis.

    Example:
        >>> ops.map(lambda x: x * 2, ops.array([1, 2]))
        Tensor([2, 4], dtype=int32)
    """
    if not callable(f):
        raise TypeError(f"map: f must be callable; got {f!r}.")
    return scan(lambda carry, x: (carry, f(x)), np.zeros((), np.int32), xs)[1]


@op("core", tensors="f elems")
def associative_scan(f: Any, elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """Running combination of the rows with an associative function, in log₂(n) rounds.

    Args:
        f: associative function of two nested tensors, applied to many rows at once.
        elems: nested tensors with equally many rows on `axis`.
        reverse: whether to run from the last row.
        axis: int.

    Returns: structured and shaped like `elems`: row i combines rows 0 to i.
    """
    if not callable(f):
        raise TypeError(f"associative_scan: f must be callable; got {f!r}.")
    elems = tree.map_structure(tensor, elems)
    sizes = {x.shape[axis] for x in tree.flatten(elems)}
    if len(sizes) != 1:
        raise ValueError(f"associative_scan: elements must have one size on axis {axis}; got {sorted(sizes)}.")
    size = sizes.pop()

    def part(x: Any, start: Any, stop: Any) -> Any:
        return x[(*(slice(None),) * (axis % x.ndim), slice(start, stop))]

    def combine(rows: Any, d: int) -> Any:
        low = tree.map_structure(lambda x: part(x, None, size - d), rows)
        high = tree.map_structure(lambda x: part(x, d, None), rows)
        return tree.map_structure(
            lambda x, new: xp.concatenate([part(x, None, d), tensor(new)], axis=axis), rows, f(low, high)
        )

    if reverse:
        elems = tree.map_structure(lambda x: xp.flip(x, axis), elems)
    # Hillis and Steele: after the round with distance d every row combines the 2d rows that end with it.
    distance = 1
    while distance < size:
        elems = combine(elems, distance)
        distance *= 2
    return tree.map_structure(lambda x: xp.flip(x, axis), elems) if reverse else elems


@op("core", tensors="elements")
def vectorized_map(function: Any, elements: TensorLike) -> Any:
    """`function` of every slice along the first axis, all at once.

    Args:
        function: function of one slice (structured like `elements`).
        elements: nested tensors with equally many rows.

    Returns: the results stacked on a new first axis.

    Example:
        >>> ops.vectorized_map(lambda x: ops.sum(x), ops.ones((2, 3)))
        Tensor([3., 3.], dtype=float32)
    """
    return engine.vectorized_map(function, tree.map_structure(tensor, elements))


@public("ops.vectorize", "ops.numpy.vectorize")
def vectorize(pyfunc: Any, *, excluded: Any = None, signature: Any = None) -> Callable[..., Any]:
    """A function that applies `pyfunc` along leading axes, which broadcast.

    Args:
        pyfunc: function of tensors.
        excluded: numbers of positional arguments that are passed on whole.
        signature: core axes such as `"(n),(n)->()"`; None: `pyfunc` takes and gives scalars.
    """
    if not callable(pyfunc):
        raise TypeError(f"vectorize: pyfunc must be callable; got {pyfunc!r}.")
    excluded = frozenset(excluded or ())
    cores = (
        None if signature is None else [_core_rank(s) for s in signature.split("->")[0].replace(" ", "").split("),")]
    )

    def vectorized(*args: Any) -> Any:
        mapped = [i for i in range(len(args)) if i not in excluded]
        values = [tensor(args[i]) for i in mapped]
        ranks = cores or [0] * len(values)
        loop = np.broadcast_shapes(*(v.shape[: v.ndim - r] for v, r in zip(values, ranks)))
        flat = tuple(
            xp.reshape(xp.broadcast_to(v, (*loop, *v.shape[v.ndim - r :])), (-1, *v.shape[v.ndim - r :]))
            for v, r in zip(values, ranks)
        )

        def one(rows: Any) -> Any:
            full = list(args)
            for i, row in zip(mapped, rows):
                full[i] = row
            return pyfunc(*full)

        result = engine.vectorized_map(one, flat)
        return tree.map_structure(lambda x: xp.reshape(x, (*loop, *x.shape[1:])), result)

    return vectorized


def _core_rank(text: str) -> int:
    names = text.strip("()")
    return len(names.split(",")) if names else 0


@public("ops.custom_gradient")
def custom_gradient(f: Any) -> Callable[..., Any]:
    """Gives a function a gradient of its own.

    Args:
        f: function that returns `(result, grad)`, where `grad(*args, upstream)` gives the gradients of its arguments.

    Returns: function that returns the result alone.
    """
    return engine.custom_gradient(f)


@public("ops.jvp", "ops.linalg.jvp")
def jvp(fun: Any, primals: Any, tangents: Any, has_aux: bool = False) -> Any:
    """Value and directional derivative of a function, by differentiating its pull-back.

    Args:
        fun: function of tensors.
        primals: list[Any] or tuple, the point.
        tangents: alike, the direction.
        has_aux: whether `fun` returns `(value, extras)`.

    Returns: the value and the derivative in the direction, then the extras.
    """
    if (
        not isinstance(primals, (list, tuple))
        or not isinstance(tangents, (list, tuple))
        or len(primals) != len(tangents)
    ):
        raise ValueError("jvp: primals and tangents must be lists or tuples of one length.")
    points = tuple(tensor(x) for x in primals)
    direction = tuple(to(tensor(t), dtype_name(x)) for t, x in zip(tangents, points))

    def value_of(*values: Any) -> Any:
        result = fun(*values)
        return result[0] if has_aux else result

    result = fun(*points)
    value = result[0] if has_aux else result
    outputs = [tensor(y) for y in tree.flatten(value)]

    def pulled_back(*weights: Any) -> Any:
        """Σ direction · (gradient of Σ weights · outputs): linear in the weights, its slopes are the derivative."""

        def weighted(*values: Any) -> Any:
            return _total(tree.flatten(value_of(*values)), weights)

        _, gradients = engine.value_and_grad(weighted, argnums=tuple(range(len(points))))(*points)
        return _total(gradients, direction)

    weights = tuple(xp.zeros_like(y) for y in outputs)
    _, slopes = engine.value_and_grad(pulled_back, argnums=tuple(range(len(outputs))))(*weights)
    derivative = tree.pack_sequence_as(value, list(slopes))
    return (value, derivative, result[1]) if has_aux else (value, derivative)


def _total(values: Any, weights: Any) -> Any:
    parts = [xp.sum(v * w) for v, w in zip(values, weights)]
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


make_operation("JVP", jvp, ("fun", "primals", "tangents"), "keras.src.ops.linalg")
