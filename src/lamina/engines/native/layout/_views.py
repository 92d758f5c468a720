"""Which values are views of others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .._graph import Graph, Node, Var


@dataclass(frozen=True)
class Views:
    """What is known of the arrays before any has memory.

    of: the views, each with the value that it is a view of.
    arrays: an array of the layout of each value, over no memory.
    """

    of: Mapping[Var, Var]
    arrays: Mapping[Var, np.ndarray]

    def array(self, var: Var) -> np.ndarray:
        return var.value if var.is_constant else self.arrays[var]

    def is_view(self, node: Node) -> bool:
        """Whether the call costs nothing. What could be a view is a copy where memory has another order."""
        return node.primitive.view is not None and node.outputs[0] in self.of

    def is_straight(self, var: Var) -> bool:
        """Whether the value lies in one piece, in order."""
        return self.array(var).flags.c_contiguous


def find_views(graph: Graph, strides: Sequence[tuple[int, ...]]) -> Views:
    """The views of a program whose inputs have these strides."""
    of: dict[Var, Var] = {}
    arrays = {v: _empty(v.shape, v.dtype, s) for v, s in zip(graph.inputs, strides, strict=True)}
    for node in graph.nodes:
        view = None
        if node.primitive.view is not None:
            x = node.inputs[0]
            view = node.primitive.view(x.value if x.is_constant else arrays[x], **node.params)
            if view is not None:
                of[node.outputs[0]], arrays[node.outputs[0]] = x, view
        if view is None:
            arrays.update((v, _empty(v.shape, v.dtype, contiguous_strides(v.shape, v.dtype))) for v in node.outputs)
    return Views(of, arrays)


def contiguous_strides(shape: tuple[int, ...], dtype: np.dtype) -> tuple[int, ...]:
    """Bytes from entry to entry along each axis of a C-contiguous array."""
    strides, step = [], dtype.itemsize
    for n in reversed(shape):
        strides.append(step)
        step *= max(n, 1)
    return tuple(reversed(strides))


def _empty(shape: tuple[int, ...], dtype: np.dtype, strides: tuple[int, ...]) -> np.ndarray:
    """An array of that layout over no memory, for asking what a view would look like."""
    # As plain bytes: NumPy's interface of arrays does not know the names of float8 and its like.
    return np.lib.stride_tricks.as_strided(np.zeros(1, f"V{dtype.itemsize}"), shape, strides).view(dtype)
