"""Rules on axes and sizes: do data, layers and targets mean the same by them?"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ._case import Case
from ._head import BINARY, CATEGORICAL, SPARSE, Head, last_layer
from ._network import AFFINE, axis_of, kind, path_of
from ._rule import COMPILED, DATA, Rule, Seen, seen

_CHANNELS = (1, 3, 4)
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "Bidirectional", "RNN")


def image_axes(case: Case) -> Iterator[Seen]:
    for layer, shape in _conv_inputs(case):
        last = getattr(layer, "data_format", None) != "channels_first"
        first_axis, *_, last_axis = shape
        channels, other = (last_axis, first_axis) if last else (first_axis, last_axis)
        rest = shape[1:] if last else shape[:-1]
        if channels > 4 and other in _CHANNELS and rest[0] == rest[1]:
            order = "(0, 2, 3, 1)" if last else "(0, 3, 1, 2)"
            yield seen(
                path_of(layer), f"{layer.name} is given images of shape {shape} and takes axis {3 if last else 1} for the "
                f"channels: {channels} of them, where {other} would be usual.", f"x = np.transpose(x, {order})",
                shape=list(shape),
            )  # fmt: skip


def _conv_inputs(case: Case) -> Iterator[tuple[Any, tuple[int, ...]]]:
    """The two-dimensional convolutions that are given the data itself, with the shape of an image."""
    first = [call for call in case.calls if call.layer.weights][:1] if case.network.graph is None else []
    for call in (*case.given, *first):
        shape = call.inputs.shape[1:]
        if "Conv2D" in kind(call.layer) and len(shape) == 3:
            yield call.layer, tuple(int(n) for n in shape)


def embedding_index(case: Case) -> Iterator[Seen]:
    told: set[str] = set()
    for call in (*case.given, *case.calls):
        if kind(call.layer) != "Embedding" or call.path in told or not call.inputs.size:
            continue
        low, high = float(call.inputs.min()), float(call.inputs.max())
        fractions = call.inputs.dtype.kind == "f" and bool(np.any(call.inputs != np.round(call.inputs)))
        rows = call.layer.input_dim
        if high < rows and low >= 0 and not fractions:
            continue
        told.add(call.path)
        what = "fractions" if fractions and low >= 0 and high < rows else f"indices from {low:g} to {high:g}"
        is_index = high - low > 2 and low >= 0 and high < rows
        fix = (
            'x = x.astype("int32") for indices of the Embedding.'
            if fractions and is_index
            else "Dense instead of Embedding, for numbers that are no indices."
            if fractions
            else f"Embedding({int(high) + 1}, {call.layer.output_dim})"
            if low >= 0
            else "indices from 0."
        )
        yield seen(
            call.path, f"{call.layer.name} has rows 0 to {rows - 1}, but is given {what}.", fix, low=low, high=high, rows=rows
        )  # fmt: skip


def softmax_axis(case: Case) -> Iterator[Seen]:
    graph = case.network.graph
    for x, layer, head in zip(graph.outputs if graph is not None else (), case.network.last, case.heads):
        axis = axis_of(layer) if kind(layer) == "Softmax" else -1
        rank = len(x.shape)
        wrong = isinstance(axis, int) and axis % rank != rank - 1
        if wrong and (axis % rank == 0 or (head.is_crossentropy and head.options.get("axis", -1) in (-1, rank - 1))):
            yield seen(
                path_of(layer), f"{layer.name} is a softmax over axis {axis} of outputs of shape {tuple(x.shape)}: it compares "
                "samples or places, not classes.", "Softmax(axis=-1)", axis=axis,
            )  # fmt: skip


def spatial_collapse(case: Case) -> Iterator[Seen]:
    for layer in case.network.operations:
        size = getattr(layer, "pool_size", None) if "Pooling" in kind(layer) else getattr(layer, "strides", None)
        nodes = getattr(layer, "_inbound_nodes", None)
        is_spatial = kind(layer).startswith(("MaxPooling", "AveragePooling", "Conv")) and "Transpose" not in kind(layer)
        if not is_spatial or not nodes or not size:
            continue
        shape = nodes[0].input_tensors[0].shape
        map_ = shape[2:] if getattr(layer, "data_format", "") == "channels_first" else shape[1:-1]
        steps = size if isinstance(size, (tuple, list)) else (size,)
        if map_ and all(n == 1 for n in map_) and max(steps) > 1:
            yield seen(
                path_of(layer), f"{layer.name} makes smaller what is one place already: its input has shape {tuple(shape)}.",
                "leave it out, or begin with larger images or fewer poolings.", shape=list(shape),
            )  # fmt: skip
            return


def skipped_places(case: Case) -> Iterator[Seen]:
    for layer in case.network.operations:
        nodes = getattr(layer, "_inbound_nodes", None)
        is_window = kind(layer).startswith(("Conv", "Separable", "Depthwise", "MaxPooling", "AveragePooling"))
        if not is_window or "Transpose" in kind(layer) or not nodes:
            continue
        size = getattr(layer, "pool_size", None) or getattr(layer, "kernel_size", None)
        windows = list(zip(_as_tuple(size), _as_tuple(layer.strides)))
        # A window of 1 picks places by intent, as a shortcut does; beside another way nothing is lost.
        is_only_way = all(len(case.network.users[id(s)]) == 1 for s in case.network.sources[id(layer)])
        if is_only_way and any(1 < width < step for width, step in windows):
            width, step = next((w, s) for w, s in windows if 1 < w < s)
            seen_share = math.prod(min(w / s, 1.0) for w, s in windows)
            yield seen(
                path_of(layer), f"{layer.name} looks at {width} places and goes on by {step}: it sees {seen_share:.0%} of its "
                "input.", f"strides={width} in {layer.name}, or a window of {step}.", window=width, step=step,
            )  # fmt: skip
            return


def _as_tuple(size: Any) -> tuple[int, ...]:
    return tuple(size) if isinstance(size, (tuple, list)) else (size,)


_SAME_WIDTH = ("Activation", "ReLU", "LeakyReLU", "ELU", "PReLU", "BatchNormalization", "LayerNormalization")


def narrow_bottleneck(case: Case) -> Iterator[Seen]:
    units = [head.units for head in case.heads if head.is_crossentropy and head.loss in (CATEGORICAL, SPARSE)]
    if len(case.heads) != 1 or not units or not units[0]:
        return
    least = min(4, math.log2(units[0]))
    for before, after in case.network.pairs(also=_SAME_WIDTH):
        width = getattr(before, "units", None) or getattr(before, "filters", None)
        entering = getattr(before, "kernel", None)
        if kind(before) not in AFFINE or entering is None or not width or width >= least:
            continue
        wider = getattr(after, "units", None) or getattr(after, "filters", None)
        is_only_way = case.network.is_passed_by_all  # unlike the gate of a squeeze and excitation
        if wider and wider > width and entering.shape[-2] > width and is_only_way(before):
            yield seen(
                path_of(before), f"All that reaches the {units[0]} classes goes through the {width} unit(s) of {before.name}.",
                f"{kind(before)}({max(16, int(wider))}, ...)", units=int(width), classes=units[0],
            )  # fmt: skip
            return


_OWN_SHAPES = ("ctc", "circle")  # losses whose targets are labels beside outputs of another shape


def output_target_shape(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.y is None or head.loss in (None, *_OWN_SHAPES) or len(head.shape) < 2:
            continue
        given, wanted = _bare(head.y.shape[1:]), _bare(_expected(head))
        if None in wanted or given == wanted or (head.loss == CATEGORICAL and head.y.shape[-1:] in ((), (1,))):
            continue
        if head.y.ndim == 1 and len(wanted) == 1 and head.loss not in (SPARSE,) and head.units and head.units > 1:
            if head.is_crossentropy and head.loss != BINARY:
                continue  # labels: told by the rules on them
        place, fix = _keeping_axis(case, head, len(given), len(wanted))
        yield seen(
            place, f"The output has shape {_shown(head.shape)}, but the targets have {_shown(head.y.shape)}: {head.loss} "
            "compares them by broadcasting, or not at all.", fix, output=list(head.shape[1:]), targets=list(head.y.shape[1:]),
        )  # fmt: skip


def _expected(head: Head) -> tuple[Any, ...]:
    return head.shape[1:-1] if head.loss == SPARSE else head.shape[1:]


def _bare(shape: tuple[Any, ...]) -> tuple[Any, ...]:
    """Without axes of size 1 at the end, which losses do not mind."""
    while shape and shape[-1] == 1:
        shape = shape[:-1]
    return tuple(shape)


def _shown(shape: tuple[Any, ...]) -> str:
    return f"(batch, {', '.join(map(str, shape[1:]))})" if len(shape) > 1 else "(batch,)"


def _keeping_axis(case: Case, head: Head, given: int, wanted: int) -> tuple[str | None, str]:
    """The layer that keeps an axis too many, and what to write there."""
    if wanted > given:
        for layer in reversed(case.network.layers):
            inner = getattr(layer, "layer", layer)
            if kind(layer) in _RECURRENT and getattr(inner, "return_sequences", False):
                return path_of(layer), f"return_sequences=False in {layer.name}."
        for layer in case.network.layers:
            nodes = getattr(layer, "_inbound_nodes", None)
            if kind(layer) == "Dense" and nodes and len(nodes[0].input_tensors[0].shape) > 2:
                return path_of(layer), f"a Flatten or global pooling layer before {layer.name}."
    labels = head.labels()
    if head.activation == "softmax" and head.is_crossentropy and labels is not None and 0 <= labels.min() <= labels.max() < (
        head.units or 0):  # fmt: skip
        return head.layer, f'loss="{SPARSE}", for the numbers of the classes.'
    last = head.y.shape[-1] if head.y is not None and head.y.ndim > 1 else 1
    return head.layer, f"{last_layer(case, head, last)} as last layer, or targets of the output's shape."


def _net(shape: str, chain: str, loss: str, y: str, x: str = "") -> str:
    return f"""rng = np.random.default_rng(0)
x = {x or f'rng.normal(size=(64, *{shape})).astype("float32")'}
y = {y}
model = lamina.Sequential([lamina.Input({shape}), {chain}])
model.compile(optimizer="adam", loss={loss})"""


_CONV = 'layers.Conv2D(8, 3, activation="relu"), layers.Flatten(), layers.Dense(3, activation="softmax")'
_SPARSE, _LABELS = '"sparse_categorical_crossentropy"', "np.arange(64) % 3"
_TEXT = 'layers.Embedding(20, 8), layers.GlobalAveragePooling1D(), layers.Dense(1, activation="sigmoid")'
_POOLED = 'layers.Conv2D(8, 3, activation="relu"), layers.MaxPooling2D(), layers.MaxPooling2D(3), {}layers.Flatten(), ' \
    'layers.Dense(3, activation="softmax")'  # fmt: skip
_CODE = 'layers.Dense(32, activation="relu"), layers.Dense({}, activation="relu"), layers.Dense(32, activation="relu"), ' \
    'layers.Dense(16, activation="softmax")'  # fmt: skip
_STRIDES = 'layers.Conv2D(8, 2, {}, activation="relu"), layers.Flatten(), layers.Dense(3, activation="softmax")'
_STEPS = "layers.LSTM(8, return_sequences={}), layers.Dense(1)"

RULES = (
    Rule(
        "image-axes", DATA, "error", "a convolution takes an axis of the images wider than 4 for the channels, and another, of "
        "size 1, 3 or 4, seems to be them", image_axes, "NeuraLint; UMLAUT",
        _net("(3, 12, 12)", _CONV, _SPARSE, _LABELS), _net("(12, 12, 3)", _CONV, _SPARSE, _LABELS),
    ),
    Rule(
        "embedding-index", DATA, "error", "an Embedding is given numbers that are no index of its rows", embedding_index,
        "keras issues 9264, 10694, 13989",
        _net("(6,)", _TEXT, '"binary_crossentropy"', "np.arange(64) % 2", "20 * rng.random((64, 6))"),
        _net("(6,)", _TEXT, '"binary_crossentropy"', "np.arange(64) % 2", "rng.integers(0, 20, (64, 6))"),
    ),
    Rule(
        "softmax-axis", COMPILED, "error", "a softmax output over the samples, or over an axis that is not that of the classes",
        softmax_axis, "NeuraLint", _net("(4,)", "layers.Dense(3), layers.Softmax(axis=0)", _SPARSE, _LABELS),
        _net("(4,)", "layers.Dense(3), layers.Softmax(axis=1)", _SPARSE, _LABELS),
    ),
    Rule(
        "spatial-collapse", COMPILED, "warning", "pooling or strides on a map of one place", spatial_collapse, "NeuraLint",
        _net("(8, 8, 1)", _POOLED.format('layers.MaxPooling2D(2, padding="same"), '), _SPARSE, _LABELS),
        _net("(8, 8, 1)", _POOLED.format(""), _SPARSE, _LABELS),
    ),
    Rule(
        "skipped-places", COMPILED, "warning", "a convolution or pooling whose strides are larger than its window, which is more "
        "than one place, where nothing else sees its input", skipped_places, "definition of the layers",
        _net("(12, 12, 1)", _STRIDES.format(4), _SPARSE, _LABELS), _net("(12, 12, 1)", _STRIDES.format(2), _SPARSE, _LABELS),
    ),
    Rule(
        "narrow-bottleneck", COMPILED, "warning", "a hidden layer of fewer units than 4 and than the binary logarithm of the "
        "classes, between wider ones", narrow_bottleneck, "SO 45442843",
        _net("(8,)", _CODE.format(1), _SPARSE, "np.arange(64) % 16"),
        _net("(8,)", _CODE.format(8), _SPARSE, "np.arange(64) % 16"),
    ),
    Rule(
        "output-target-shape", DATA, "error", "outputs and targets of different shapes, but for axes of size 1 at the end",
        output_target_shape, "NeuraLint", _net("(5, 3)", _STEPS.format(True), '"mse"', "x[:, 0, :1]"),
        _net("(5, 3)", _STEPS.format(False), '"mse"', "x[:, 0, :1]"),
        ("label-encoding", "label-out-of-range", "labels-not-integer", "binary-label-values", "softmax-with-regression-loss",
         "softmax-with-binary-crossentropy", "outputs-swapped"),
    ),
)  # fmt: skip
