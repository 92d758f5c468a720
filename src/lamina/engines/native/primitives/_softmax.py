"""Softmax and its logarithm along an axis, without overflow."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._cut import along_another_axis
from .._emit import Emit
from .._graph import Spec
from .._primitive import Bound, Primitive
from ._parts import flat, is_in_one_piece

_NARROW = 32  # entries


def _along(x: Any, axis: int) -> Spec:
    """Room for one number for each line along the axis."""
    return Spec(tuple(1 if i == axis % len(x.shape) else n for i, n in enumerate(x.shape)), x.dtype)


def _rows(f: Any, x: Any, axis: int, row: Callable[..., None]) -> None:
    """row(places, size) for each line along the axis, `places` making an index of a place in it."""
    axis %= len(x.shape)
    with f.loops([1 if k == axis else n for k, n in enumerate(x.shape)], independent=False) as i:
        row(lambda j: (*i[:axis], *j, *i[axis + 1 :]), [x.shape[axis]])


def _largest(f: Any, x: Any, places: Callable[..., Any], size: list[int]) -> Any:
    return f.fold(f.maximum, f.number(-np.inf, x.dtype), size, lambda j: f.load(x, places(j)))


def _is_narrow(x: Any, out: Any, axis: int) -> bool:
    """Whether the lines are too short for the processor's vectors, and follow each other: exponentials are then taken of all in
    one loop."""
    is_last = axis % len(x.shape) == len(x.shape) - 1
    return is_last and x.shape[-1] < _NARROW and is_in_one_piece(out)


def _less(f: Any, x: Any, out: Any, places: Callable[..., Any], size: list[int]) -> None:
    """Of a line: out = x less its largest entry."""
    largest = _largest(f, x, places, size)
    with f.loops(size) as j:
        f.store(f.subtract(f.load(x, places(j)), largest), out, places(j))


def _apply(f: Any, function: Callable[[Any], Any], x: Any, out: Any) -> None:
    """out = function(x), of arrays that lie in one piece, in one loop."""
    x, out = flat(x), flat(out)
    with f.loops(x.shape) as i:
        f.store(function(f.load(x, i)), out, i)


# --- softmax ----------------------------------------------------------------------------------------------------------


def _softmax(x: np.ndarray, axis: int, out: np.ndarray | None = None) -> np.ndarray:
    # The largest entry is subtracted first, so that no exponential overflows.
    out = np.subtract(x, np.maximum.reduce(x, axis, keepdims=True), out=out)
    np.exp(out, out=out)
    return np.divide(out, np.add.reduce(out, axis, keepdims=True), out=out)


def _bind_softmax(inputs: Any, outputs: Any, work: Any, axis: int) -> Callable[[], None]:
    (x,), (out,), (line,) = inputs, outputs, work

    def run() -> None:
        np.maximum.reduce(x, axis, None, line, True)
        np.subtract(x, line, out)
        np.exp(out, out)
        np.add.reduce(out, axis, None, line, True)
        np.divide(out, line, out)

    return run


def _emit_softmax(f: Any, inputs: Any, outputs: Any, axis: int) -> None:
    (x,), (out,) = inputs, outputs

    def share(places: Any, size: Any, power: Callable[..., Any]) -> None:
        total = f.fold(f.add_in_any_order, f.number(0, x.dtype), size, power)
        with f.loops(size) as j:
            f.store(f.divide(f.load(out, places(j)), total), out, places(j))

    def row(places: Any, size: Any) -> None:
        largest = _largest(f, x, places, size)

        def power(j: Any) -> Any:
            value = f.exp(f.subtract(f.load(x, places(j)), largest))
            f.store(value, out, places(j))
            return value

        share(places, size, power)

    if not _is_narrow(x, out, axis):
        _rows(f, x, axis, row)
        return
    _rows(f, x, axis, lambda places, size: _less(f, x, out, places, size))
    _apply(f, f.exp, out, out)
    _rows(f, x, axis, lambda places, size: share(places, size, lambda j: f.load(out, places(j))))


softmax = Primitive(
    "softmax",
    forward=_softmax,
    shape=lambda x, axis: Spec(x.shape, x.dtype),
    vjp=(lambda g, y, x, axis: y * (g - np.sum(g * y, axis, keepdims=True)),),
    cut=along_another_axis,
    inplace=(0,),
    emit=Emit(loops=_emit_softmax),
    bound=Bound(bind=_bind_softmax, workspace=lambda x, axis: (_along(x, axis),)),
)

# --- its logarithm ----------------------------------------------------------------------------------------------------


def _log_softmax(x: np.ndarray, axis: int, out: np.ndarray | None = None) -> np.ndarray:
    out = np.subtract(x, np.maximum.reduce(x, axis, keepdims=True), out=out)
    return np.subtract(out, np.log(np.add.reduce(np.exp(out), axis, keepdims=True)), out=out)


def _bind_log_softmax(inputs: Any, outputs: Any, work: Any, axis: int) -> Callable[[], None]:
    (x,), (out,), (line, powers) = inputs, outputs, work

    def run() -> None:
        np.maximum.reduce(x, axis, None, line, True)
        np.subtract(x, line, out)
        np.exp(out, powers)
        np.add.reduce(powers, axis, None, line, True)
        np.log(line, line)
        np.subtract(out, line, out)

    return run


def _emit_log_softmax(f: Any, inputs: Any, outputs: Any, axis: int, work: Any) -> None:
    (x,), (out,), (line, powers) = inputs, outputs, work

    def row(places: Any, size: Any) -> None:
        largest = _largest(f, x, places, size)

        def less(j: Any) -> Any:
            return f.subtract(f.load(x, places(j)), largest)

        total = f.log(f.fold(f.add_in_any_order, f.number(0, x.dtype), size, lambda j: f.exp(less(j))))
        with f.loops(size) as j:
            f.store(f.subtract(less(j), total), out, places(j))

    if not _is_narrow(x, out, axis):
        _rows(f, x, axis, row)
        return
    _rows(f, x, axis, lambda places, size: _less(f, x, out, places, size))
    _apply(f, f.exp, out, powers)
    f.reduce(f.add_in_any_order, f.number(0, x.dtype), powers, line, [len(x.shape) - 1])
    _apply(f, f.log, line, line)
    with f.loops(out.shape, independent=False) as i:
        f.store(f.subtract(f.load(out, i), f.load(line, (*i[:-1], f.index(0)))), out, i)


log_softmax = Primitive(
    "log_softmax",
    forward=_log_softmax,
    shape=lambda x, axis: Spec(x.shape, x.dtype),
    vjp=(lambda g, y, x, axis: g - np.exp(y) * np.sum(g, axis, keepdims=True),),
    cut=along_another_axis,
    inplace=(0,),
    emit=Emit(loops=_emit_log_softmax, takes_work=True),
    bound=Bound(bind=_bind_log_softmax, workspace=lambda x, axis: (_along(x, axis), Spec(x.shape, x.dtype))),
)
