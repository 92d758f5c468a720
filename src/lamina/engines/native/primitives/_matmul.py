"""Products of matrices, and the products that are made of them."""

import math
from typing import Any

import numpy as np

from .._cut import SUM, Cut, Known, Split, aligned
from .._dispatch import UFUNCS, implements
from .._emit import Emit
from .._graph import Node, Spec
from .._operands import as_operands, to_array
from .._primitive import Bound, Cost, Primitive
from .._products import SMALL, bind_product, pieces
from ._axes import axes_of
from ._elementwise import broadcast_shapes

# --- matmul: matrices on the last two axes, the leading axes broadcast ------------------------------------------------


def _matmul_shape(a: Any, b: Any) -> Spec:
    if a.shape[-1] != b.shape[-2]:
        raise ValueError(
            f"matmul: shapes {a.shape} and {b.shape} do not fit: {a.shape[-1]} columns, {b.shape[-2]} rows."
        )
    return Spec(broadcast_shapes(a.shape[:-2], b.shape[:-2]) + (a.shape[-2], b.shape[-1]), a.dtype)


def t(x: Any) -> Any:
    """The matrices transposed."""
    return np.swapaxes(x, -1, -2)


def _b_gradient(g: Any, y: Any, a: Any, b: Any) -> Any:
    if len(b.shape) == 2 and len(a.shape) > 2:
        # One product over all leading axes instead of a sum of many.
        return matmul(t(np.reshape(a, (-1, a.shape[-1]))), np.reshape(g, (-1, g.shape[-1])))
    return matmul(t(a), g)


def _cut_matmul(node: Node, known: Known, batch: int) -> Cut | None:
    (a, b), (left, right) = node.inputs, known
    rows, columns = len(a.shape) - 2, len(b.shape) - 1
    out = len(node.outputs[0].shape)
    if (left is not None and left.axis == rows + 1) or (right is not None and right.axis == columns - 1):
        per = next(k.per for k in known if k is not None)
        return Cut([Split(rows + 1, per), Split(columns - 1, per)], [SUM])
    if left is not None and left.axis == rows and right is None:
        return Cut([left, None], [Split(out - 2, left.per)])
    if right is not None and right.axis == columns and left is None:
        return Cut([None, right], [Split(out - 1, right.per)])
    return aligned(node, known, batch, free=2)


def _emit(f: Any, inputs: Any, outputs: Any, share: Any = None) -> None:
    if share is None:
        f.product(*inputs, *outputs)
    else:
        f.product_pieces(*inputs, *outputs, *share)


def _goes_in_pieces(node: Node) -> bool:
    a, b = node.inputs
    return len(a.shape) == len(b.shape) == 2 and a.shape[0] * a.shape[1] * b.shape[1] > SMALL


matmul = Primitive(
    "matmul",
    forward=lambda a, b, out=None: np.matmul(a, b, out=out),
    shape=_matmul_shape,
    vjp=(lambda g, y, a, b: matmul(g, t(b)), _b_gradient),
    cut=_cut_matmul,
    cost=Cost(
        multiplications=lambda a, b: math.prod(_matmul_shape(a, b).shape) * a.shape[-1],
        shared_out=lambda a, b: pieces(a, b) > 1,
    ),
    source=lambda node, ins, outs: f"np.matmul({ins[0]}, {ins[1]}, {outs[0]})",
    emit=Emit(
        loops=_emit,
        pieces=lambda kind, inputs, outputs: pieces(inputs[0], inputs[1], kind.shared),
        can=lambda kind, inputs, outputs: kind.can_multiply(*inputs, *outputs),
    ),
    bound=Bound(
        bind=lambda inputs, outputs, work: bind_product(*inputs, *outputs), takes_views=True, worth=_goes_in_pieces
    ),
)


def _over_all_rows(a: Any, b: Any) -> Any:
    """A stack of matrices times one: one product, where NumPy makes one for each matrix (with a `b` that lies transposed, as in
    gradients, up to five times slower)."""
    *lead, rows, inner = a.shape
    y = matmul(np.reshape(a, (math.prod(lead) * rows, inner)), b)
    return np.reshape(y, (*lead, rows, b.shape[1]))


def np_matmul(a: Any, b: Any) -> Any:
    a, b = as_operands(a, b)
    if not a.shape or not b.shape:
        raise ValueError(f"matmul: both operands need at least one axis; got shapes {a.shape} and {b.shape}.")
    row, column = len(a.shape) == 1, len(b.shape) == 1
    a = np.expand_dims(a, 0) if row else a
    b = np.expand_dims(b, 1) if column else b
    y = _over_all_rows(a, b) if len(a.shape) > 2 == len(b.shape) else matmul(a, b)
    y = np.squeeze(y, -1) if column else y
    return np.squeeze(y, -1 if column else -2) if row else y


UFUNCS[np.matmul] = np_matmul
UFUNCS[np.vecdot] = lambda a, b: np.sum(to_array(a) * b, axis=-1)


@implements(np.tensordot)
def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    a, b = as_operands(a, b)
    if isinstance(axes, (int, np.integer)):
        left: Any = range(len(a.shape) - axes, len(a.shape))
        right: Any = range(axes)
    else:
        left, right = ([i] if isinstance(i, (int, np.integer)) else list(i) for i in axes)
    left, right = list(axes_of(left, len(a.shape))), list(axes_of(right, len(b.shape)))
    if [a.shape[i] for i in left] != [b.shape[i] for i in right]:
        raise ValueError(f"tensordot: axes {left} of {a.shape} do not match axes {right} of {b.shape}.")
    keep_a = [i for i in range(len(a.shape)) if i not in left]
    keep_b = [i for i in range(len(b.shape)) if i not in right]
    inner = int(np.prod([a.shape[i] for i in left], dtype=int))
    flat_a = np.reshape(
        np.transpose(a, keep_a + left),
        (-1, inner) if inner else (int(np.prod([a.shape[i] for i in keep_a], dtype=int)), 0),
    )
    flat_b = np.reshape(
        np.transpose(b, right + keep_b),
        (inner, -1) if inner else (0, int(np.prod([b.shape[i] for i in keep_b], dtype=int))),
    )
    return np.reshape(matmul(flat_a, flat_b), [a.shape[i] for i in keep_a] + [b.shape[i] for i in keep_b])


@implements(np.dot)
def _dot(a: Any, b: Any, out: None = None) -> Any:
    a, b = to_array(a), to_array(b)
    if not a.shape or not b.shape:
        return a * b
    return np.tensordot(a, b, axes=((-1,), (-2 if len(b.shape) > 1 else -1,)))


implements(np.inner)(lambda a, b: np.tensordot(a, b, ((-1,), (-1,))) if a.shape and b.shape else a * b)
implements(np.vdot)(lambda a, b: np.sum(np.reshape(a, -1) * np.reshape(b, -1)))
implements(np.outer)(lambda a, b, out=None: np.expand_dims(np.reshape(a, -1), 1) * np.reshape(to_array(b), -1))


@implements(np.kron)
def _kron(a: Any, b: Any) -> Any:
    a, b = to_array(a), to_array(b)
    ndim = max(len(a.shape), len(b.shape))
    a = np.reshape(a, (1,) * (ndim - len(a.shape)) + a.shape)
    b = np.reshape(b, (1,) * (ndim - len(b.shape)) + b.shape)
    product = np.expand_dims(a, tuple(range(1, 2 * ndim, 2))) * np.expand_dims(b, tuple(range(0, 2 * ndim, 2)))
    return np.reshape(product, [m * n for m, n in zip(a.shape, b.shape)])


@implements(np.cross)
def _cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    axisa, axisb, axisc = (axis, axis, axis) if axis is not None else (axisa, axisb, axisc)
    a, b = np.moveaxis(to_array(a), axisa, -1), np.moveaxis(to_array(b), axisb, -1)
    a0, a1, a2 = a[..., 0], a[..., 1], (a[..., 2] if a.shape[-1] == 3 else 0)
    b0, b1, b2 = b[..., 0], b[..., 1], (b[..., 2] if b.shape[-1] == 3 else 0)
    if a.shape[-1] == b.shape[-1] == 2:
        return a0 * b1 - a1 * b0
    return np.moveaxis(np.stack([a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0], -1), -1, axisc)
