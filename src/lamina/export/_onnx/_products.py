"""Products of matrices, convolutions and pooling. ONNX has the channels before the spatial axes."""

import math
from typing import Any

from .._dim import Dim, Size
from .._errors import ExportError, at
from ._rule import Rule


def _first(rank: int) -> list[int]:
    """The axes that bring the channels of (batch, *spatial, channels) to the front."""
    return [0, rank - 1, *range(1, rank - 1)]


def _last(rank: int) -> list[int]:
    return [0, *range(2, rank), 1]


def _pads(padding: Any) -> list[int]:
    return [*(a for a, _ in padding), *(b for _, b in padding)]


def _conv(b: Any, call: Any, ins: list[str]) -> str:
    rank, p = len(call.inputs[0].shape), call.params
    kernel = b.transpose(ins[1], [rank - 1, rank - 2, *range(rank - 2)])
    result = b.node(
        "Conv", [b.transpose(ins[0], _first(rank)), kernel], pads=_pads(p["padding"]), strides=list(p["strides"]),
        dilations=list(p["dilation"]), group=p["groups"], kernel_shape=list(call.inputs[1].shape[:-2]),
    )  # fmt: skip
    return b.transpose(result, _last(rank))


def _conv_transpose(b: Any, call: Any, ins: list[str]) -> str:
    """All that the windows cover, then room behind it where that falls short, then what the padding took."""
    rank, p, window = len(call.inputs[0].shape), call.params, call.inputs[1].shape[:-2]
    kernel = b.transpose(ins[1], [rank - 1, rank - 2, *range(rank - 2)])
    result = b.node(
        "ConvTranspose", [b.transpose(ins[0], _first(rank)), kernel], strides=list(p["strides"]),
        dilations=list(p["dilation"]), group=p["groups"], kernel_shape=list(window),
    )  # fmt: skip
    sizes = zip(call.inputs[0].shape[1:-1], p["spatial"], window, p["strides"], p["padding"], p["dilation"])
    lacking = [_apart(call, n, size, s, a + c - d * (k - 1) - 1 + s) for size, n, k, s, (a, c), d in sizes]
    lacking = [max(0, n) for n in lacking]
    if any(lacking):
        result = b.node("Pad", [result, b.ints([0] * (rank + 2) + lacking)])
    starts = [a for a, _ in p["padding"]]
    if any(starts) or any(c for _, c in p["padding"]):
        ends = b.vector([_more(n, a) for n, a in zip(p["spatial"], starts)])
        result = b.node("Slice", [result, b.ints(starts), ends, b.ints(range(2, rank))])
    return b.transpose(result, _last(rank))


def _apart(call: Any, n: Size, size: Size, times: int, more: int) -> int:
    """n - times * size + more, which must be the same for all sizes."""
    found = {_at(n, k) - times * _at(size, k) + more for k in (20, 50)}
    if len(found) != 1:
        raise ExportError(
            f"{at(call.place)}: a transposed convolution of an open size cannot be written as a node of ONNX."
        )
    return found.pop()


def _at(size: Size, k: int) -> int:
    if isinstance(size, int):
        return size
    return size.at({symbol: k for symbols, _ in size.terms for symbol in symbols})


def _more(size: Size, k: int) -> Size:
    if isinstance(size, int) or not k:
        return size + k if isinstance(size, int) else size
    constant = dict(size.terms).get((), 0) + k
    return Dim((*(t for t in size.terms if t[0]), *([((), constant)] if constant else [])))


def _max_pool(b: Any, call: Any, ins: list[str]) -> str:
    return _pooled(b, call, ins[0], "MaxPool")


def _window_sum(b: Any, call: Any, ins: list[str]) -> str:
    """The mean of the window, the padding counted in, times its places."""
    mean = _pooled(b, call, ins[0], "AveragePool", count_include_pad=1)
    return b.node("Mul", [mean, b.constant(math.prod(call.params["window"]), call.inputs[0].dtype)])


def _pooled(b: Any, call: Any, x: str, op: str, **more: Any) -> str:
    rank, p = len(call.inputs[0].shape), call.params
    result = b.node(
        op, [b.transpose(x, _first(rank))], kernel_shape=list(p["window"]), strides=list(p["strides"]),
        pads=_pads(p["padding"]), **more,
    )  # fmt: skip
    return b.transpose(result, _last(rank))


PRODUCTS: dict[str, Rule] = {
    "matmul": lambda b, call, ins: b.node("MatMul", ins),
    "einsum": lambda b, call, ins: b.node("Einsum", ins, equation=call.params["subscripts"]),
    "conv": _conv, "conv_input_grad": _conv_transpose, "max_pool": _max_pool, "window_sum": _window_sum,
}  # fmt: skip
