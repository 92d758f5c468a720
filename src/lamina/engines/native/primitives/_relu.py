"""relu and its gradient, which at zero is zero: half a tie of `maximum` would not give that."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._graph import Spec
from .._primitive import Bound
from ._constant_rows import constant_row
from ._elementwise import BOOL, SAME, elementwise

ROW = 4096


def _bind_relu(inputs: Any, outputs: Any, work: Any) -> Callable[[], None]:
    """NumPy's maximum of two arrays is several times faster than that of an array and a number."""
    (x,), (out,) = inputs, outputs
    x, out = x.reshape(-1), out.reshape(-1)
    rows, zeros = x.size // ROW * ROW, constant_row(0, ROW, x.dtype)
    main, target = x[:rows].reshape(-1, ROW), out[:rows].reshape(-1, ROW)
    rest, rest_target, few = x[rows:], out[rows:], zeros[: x.size - rows]

    def run() -> None:
        np.maximum(main, zeros, out=target)
        np.maximum(rest, few, out=rest_target)

    return run


relu = elementwise(
    "relu", lambda x, out=None: np.maximum(x, x.dtype.type(0), out=out), SAME, lambda g, y, x: relu_grad(g, y),
    cheap=True,
    source=lambda node, ins, outs: f"np.maximum({ins[0]}, 0, out={outs[0]})",
    bound=Bound(bind=_bind_relu, worth=lambda node: math.prod(node.outputs[0].shape) >= ROW),
    scalar=lambda f, x: f.maximum(x, f.like(0, x)),
)  # fmt: skip


def _relu_grad(g: np.ndarray, y: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    return np.multiply(g, np.greater(y, 0), out=out)


def _bind_relu_grad(inputs: Any, outputs: Any, work: Any) -> Callable[[], None]:
    (g, y), (out,), (positive,) = inputs, outputs, work

    def run() -> None:
        np.greater(y, 0, out=positive)
        np.multiply(g, positive, out=out)

    return run


relu_grad = elementwise(
    "relu_grad", _relu_grad, SAME, lambda g, t, a, y: relu_grad(g, y), lambda g, t, a, y: None,
    cheap=True, bound=Bound(bind=_bind_relu_grad, workspace=lambda g, y: (Spec(y.shape, BOOL),)),
    scalar=lambda f, g, y: f.multiply(g, f.cast(f.compare("greater", y, f.like(0, y)), g.dtype)),
)  # fmt: skip
