"""Softmax and its logarithm along an axis, without overflow."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._cut import along_another_axis
from .._graph import Spec
from .._primitive import Bound, Primitive


def _along(x: Any, axis: int) -> Spec:
    """Room for one number for each line along the axis."""
    return Spec(tuple(1 if i == axis % len(x.shape) else n for i, n in enumerate(x.shape)), x.dtype)


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


softmax = Primitive(
    "softmax",
    forward=_softmax,
    shape=lambda x, axis: Spec(x.shape, x.dtype),
    vjp=(lambda g, y, x, axis: y * (g - np.sum(g * y, axis, keepdims=True)),),
    cut=along_another_axis,
    inplace=(0,),
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


log_softmax = Primitive(
    "log_softmax",
    forward=_log_softmax,
    shape=lambda x, axis: Spec(x.shape, x.dtype),
    vjp=(lambda g, y, x, axis: g - np.exp(y) * np.sum(g, axis, keepdims=True),),
    cut=along_another_axis,
    inplace=(0,),
    bound=Bound(bind=_bind_log_softmax, workspace=lambda x, axis: (_along(x, axis), Spec(x.shape, x.dtype))),
)
