"""relu and its gradient, which at zero is zero: half a tie of `maximum` would not give that."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._graph import Node, Spec, Var
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


def _read_after_dropout(node: Node, emit: Callable[..., Any]) -> Var | None:
    """relu_grad(g·m, y) -> relu_grad(g·m, y·m), where m is a mask of zeros and numbers from 1 on: y·m is there from the way
    forth, and is kept for the way back of the next layer, so that y need not be kept too."""
    g, y = node.inputs
    if (
        g.node is None
        or g.node.primitive.name != "multiply"
        or (y.node is not None and y.node.primitive.name == "multiply")
    ):
        return None
    mask = next((v for v in g.node.inputs if v.shape == y.shape and _is_mask(v)), None)
    return None if mask is None else emit(node.primitive, [g, emit(g.node.primitive, [y, mask])])


def _is_mask(var: Var) -> bool:
    """Whether the value is made of truth values, times constants from 1 on at most."""
    node = var.node
    if node is not None and node.primitive.name == "multiply":
        factors = [v for v in node.inputs if not (v.is_constant and v.value.size == 1 and v.value.item() >= 1)]
        return len(factors) == 1 and _is_mask(factors[0])
    return node is not None and node.primitive.name == "cast" and node.inputs[0].dtype == BOOL


def _bind_relu_grad(inputs: Any, outputs: Any, work: Any) -> Callable[[], None]:
    (g, y), (out,), (positive,) = inputs, outputs, work

    def run() -> None:
        np.greater(y, 0, out=positive)
        np.multiply(g, positive, out=out)

    return run


relu_grad = elementwise(
    "relu_grad", _relu_grad, SAME, lambda g, t, a, y: relu_grad(g, y), lambda g, t, a, y: None,
    cheap=True, rewrites=(_read_after_dropout,), bound=Bound(bind=_bind_relu_grad, workspace=lambda g, y: (Spec(y.shape, BOOL),)),
    scalar=lambda f, g, y: f.multiply(g, f.cast(f.compare("greater", y, f.like(0, y)), g.dtype)),
)  # fmt: skip
