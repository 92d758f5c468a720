"""Products of matrices, contractions, convolutions and pooling: loops that add up."""

import math
from typing import Any

from ._loops import offset, spread_strides, strides_of
from ._moving import zeros
from ._rule import Rule
from ._types import TYPES


def _matmul(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    (a, b), shape = (v.shape for v in call.inputs), call.outputs[0].shape
    lead, (rows, columns), inner = shape[:-2], shape[-2:], a[-1]
    left, right = ([s * v[-2] * v[-1] for s in spread_strides(v[:-2], lead)] for v in (a, b))
    own = strides_of(shape)
    zeros(w, outs[0], math.prod(shape))
    with w.loops(lead) as i, w.loops([rows]) as (r,), w.loops([inner]) as (k,), w.loops([columns]) as (c,):
        x = f"{ins[0]}[{offset([*i, r, k], [*left, inner, 1])}]"
        y = f"{ins[1]}[{offset([*i, k, c], [*right, columns, 1])}]"
        w.add(f"{outs[0]}[{offset([*i, r, c], own)}] += {x} * {y};")


def _einsum(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    terms, output = call.params["subscripts"].split("->")
    labels = terms.split(",")
    sizes: dict[str, int] = {}
    for term, v in zip(labels, call.inputs):
        for label, n in zip(term, v.shape):
            sizes[label] = max(n, sizes.get(label, 1))
    order = [*output, *(label for label in sizes if label not in output)]
    zeros(w, outs[0], math.prod(call.outputs[0].shape))
    with w.loops([sizes[label] for label in order]) as indices:
        at = dict(zip(order, indices))
        factors = []
        for term, v, name in zip(labels, call.inputs, ins):
            strides = [0 if n == 1 else s for n, s in zip(v.shape, strides_of(v.shape))]
            factors.append(f"{name}[{offset([at[label] for label in term], strides)}]")
        place = offset([at[label] for label in output], strides_of(call.outputs[0].shape))
        w.add(f"{outs[0]}[{place}] += {' * '.join(factors)};")


def _conv(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    """Each position of the output, each place of the window that lies in the input, each channel, each filter."""
    _convolution(w, call.params, call.inputs[0].shape, call.inputs[1].shape, call.outputs[0].shape, ins, outs, False)


def _conv_transpose(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    """The same loops, from what was the output to what was the input."""
    _convolution(w, call.params, call.outputs[0].shape, call.inputs[1].shape, call.inputs[0].shape, ins, outs, True)


def _convolution(
    w: Any, p: Any, x: Any, kernel: Any, y: Any, ins: list[str], outs: list[str], transposed: bool
) -> None:  # fmt: skip
    channels, filters, groups = kernel[-2], kernel[-1] // p["groups"], p["groups"]
    zeros(w, outs[0], math.prod(x if transposed else y))
    source, taps = strides_of(x), strides_of(kernel)
    with w.loops(y[:-1]) as at, w.loops(kernel[:-2]) as k:
        test, places = _inside(at[1:], k, x[1:-1], p["strides"], p["padding"], p["dilation"])
        with w.braces(test), w.loops([groups, channels, filters]) as (g, c, f):
            left = offset([at[0], *places, g, c], [*source[:-1], channels, 1])
            tap = offset([*k, c, g, f], [*taps[:-1], filters, 1])
            right = offset([*at, g, f], [*strides_of(y)[:-1], filters, 1])
            to, from_ = (left, right) if transposed else (right, left)
            w.add(f"{outs[0]}[{to}] += {ins[0]}[{from_}] * {ins[1]}[{tap}];")


def _inside(at: Any, k: Any, sizes: Any, strides: Any, padding: Any, dilation: Any) -> tuple[str, list[str]]:
    """Where in the input a place of the window lies, and the condition that it is in it."""
    places, tests = [], []
    for i, j, n, s, (before, after), d in zip(at, k, sizes, strides, padding, dilation):
        place = offset([i, j], [s, d], -before)
        place = f"({place})" if " " in place else place
        places.append(place)
        if before or after:
            tests.append(f"{place} >= 0 && {place} < {n}")
    return (f"if ({' && '.join(tests)})" if tests else ""), places


def _pool(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    x, y, p = call.inputs[0].shape, call.outputs[0].shape, call.params
    kind, is_max = call.inputs[0].dtype, call.name == "max_pool"
    start = ("-INFINITY" if kind.kind == "f" else f"INT{kind.itemsize * 8}_MIN") if is_max else "0"
    own = strides_of(x)
    with w.loops(y) as at, w.braces():
        w.add(f"{TYPES[kind.name]} total = {start};")
        with w.loops(p["window"]) as k:
            test, places = _inside(at[1:-1], k, x[1:-1], p["strides"], p["padding"], [1] * len(p["window"]))
            value = f"{ins[0]}[{offset([at[0], *places, at[-1]], own)}]"
            with w.braces(test):
                w.add(
                    f"if ({value} > total || {value} != {value}) total = {value};" if is_max else f"total += {value};"
                )
        w.add(f"{outs[0]}[{offset(at, strides_of(y))}] = total;")


PRODUCTS: dict[str, Rule] = {
    "matmul": _matmul, "einsum": _einsum, "conv": _conv, "conv_input_grad": _conv_transpose, "max_pool": _pool,
    "window_sum": _pool,
}  # fmt: skip
