"""Rules on the order of layers."""

import itertools
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from ._case import Case
from ._head import Head
from ._network import AFFINE, activation_of, has_kernel, kind, path_of
from ._rule import COMPILED, START, Rule, Seen, seen

_MAXIMA = (
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
)


def softmax_hidden(case: Case) -> Iterator[Seen]:
    if case.network.graph is None:
        yield from _softmax_between(case)
    for before, after in case.network.pairs(also=_MAXIMA):
        is_mixture = activation_of(after) == "softmax" and not getattr(after, "use_bias", True)  # of distributions
        if activation_of(before) == "softmax" and kind(after) in (*AFFINE, "BatchNormalization") and not is_mixture:
            place = case.network.owner(before)
            yield seen(
                path_of(place), f"softmax in {place.name}, a hidden layer: its units crowd each other out, and what reaches "
                f"{after.name} sums to 1.", 'activation="relu" there.', next=after.name,
            )  # fmt: skip


def _softmax_between(case: Case) -> Iterator[Seen]:
    """Of a model without a graph: a Dense layer that is given, as no layer gave it, what sums to 1."""
    for before, after in itertools.pairwise(case.calls):
        given, made = after.inputs, before.outputs
        if kind(after.layer) != "Dense" or given.shape != made.shape or given.ndim != 2 or len(given) < 8:
            continue
        if given.shape[-1] < 3 or given.dtype.kind != "f" or not np.all(np.abs(given.sum(axis=-1) - 1) < 1e-3):
            continue
        shares = np.exp(made - made.max(axis=-1, keepdims=True))
        if np.allclose(shares / shares.sum(axis=-1, keepdims=True), given, atol=1e-5):
            yield seen(
                before.path, f"softmax of what {before.layer.name} gives, within the network: its units crowd each other out, "
                f"and what reaches {after.layer.name} sums to 1.", "relu there.", next=after.layer.name,
            )  # fmt: skip


_NORMALISING = ("LayerNormalization", "RMSNormalization", "UnitNormalization")


def normalisation_of_one(case: Case) -> Iterator[Seen]:
    shapes = {id(call.layer): call.inputs.shape for call in case.calls}
    for layer in case.network.layers:
        if kind(layer) not in _NORMALISING:
            continue
        nodes = layer._inbound_nodes if case.network.graph is not None else []
        shape = tuple(nodes[0].input_tensors[0].shape) if nodes else shapes.get(id(layer))
        if not shape:
            continue
        axes = [layer.axis] if isinstance(layer.axis, int) else list(layer.axis)
        if all(-len(shape) <= axis < len(shape) and shape[axis] == 1 for axis in axes):
            yield seen(
                path_of(layer), f"{layer.name} normalises over an axis of 1 value: what it gives hardly depends on what it is "
                "given.", f"leave out {layer.name}, or put it before the layer of 1 unit.", shape=list(shape),
            )  # fmt: skip
    for head in case.heads:
        if head.loss == "cosine_similarity" and head.units == 1 and head.options.get("axis", -1) == -1:
            yield seen(
                head.layer, "cosine_similarity of 1 unit looks at the sign of the output alone, and gives no slope.",
                'loss="mse", for a regression.', units=1,
            )  # fmt: skip


def dropout_rate(case: Case) -> Iterator[Seen]:
    for layer in case.network.layers:
        for argument, rate in _rates(layer):
            share = f"{round(1 - rate, 3):g}"
            what = "its inputs" if argument != "recurrent_dropout" else "its state"
            yield seen(
                path_of(layer), f"{layer.name} drops {rate:.0%} of {what}: was the share that is kept meant?",
                f"{kind(layer)}({share})" if argument == "rate" else f"{argument}={share} in {layer.name}.", rate=rate,
            )  # fmt: skip
            return


def _rates(layer: Any) -> Iterator[tuple[str, float]]:
    """The arguments by which a layer drops 70 % or more, with their values."""
    owner = getattr(getattr(layer, "forward_layer", layer), "cell", layer)
    names = ("rate",) if "Dropout" in kind(layer) else ("dropout", "recurrent_dropout")
    for name in names:
        rate = getattr(owner, name, None)
        if isinstance(rate, (int, float)) and rate >= 0.7:
            yield name, float(rate)


def _before_activation(case: Case, last: Any) -> Any:
    """The Dropout between a last layer and its activation, if that is how the network ends; changes of shape are no end."""
    before = case.network.sources[id(last)]
    while kind(last) in ("Identity", "Flatten", "Reshape", "Squeeze") and len(before) == 1:
        last, before = before[0], case.network.sources[id(before[0])]
    is_between = (
        activation_of(last) in ("softmax", "sigmoid") and not getattr(last, "weights", None) and len(before) == 1
    )
    is_behind = (
        is_between and kind(before[0]) == "Dropout" and any(map(has_kernel, case.network.sources[id(before[0])]))
    )
    return before[0] if is_behind else last


def dropout_after_output(case: Case) -> Iterator[Seen]:
    for last in map(partial(_before_activation, case), case.network.last):
        if kind(last) == "Dropout" and last.rate > 0:
            yield seen(
                path_of(last), f"{last.name} stands behind the output: while training, {last.rate:.0%} of the answers are 0.",
                "leave it out, or put it before the last Dense.", rate=float(last.rate),
            )  # fmt: skip


def batchnorm_after_output(case: Case) -> Iterator[Seen]:
    heads = case.heads if len(case.heads) == len(case.network.last) else [None] * len(case.network.last)
    for last, head in zip(case.network.last, heads):
        if kind(last) != "BatchNormalization":
            continue
        if any(activation_of(s) in ("softmax", "sigmoid") for s in case.network.sources[id(last)]):
            yield seen(
                path_of(last), f"{last.name} stands behind the output's activation: what it gives are no probabilities.",
                "put it before the last layer.",
            )  # fmt: skip
        elif head is not None and head.is_regression and (head.units == 1 or _is_beyond(last, head)):
            yield seen(
                path_of(last), f"{last.name} stands behind the output of a regression: while training, what is said of a sample "
                f"depends on the others of its batch{_centred(last)}.",
                "leave it out, or put it before the last layer.", center=bool(last.center), scale=bool(last.scale),
            )  # fmt: skip


def _centred(last: Any) -> str:
    """What a BatchNormalization that learns no mean or deviation gives."""
    kept = [what for what, learns in (("mean 0", last.center), ("deviation 1", last.scale)) if not learns]
    return f", and all outputs together have {' and '.join(kept)}" if kept else ""


def _is_beyond(last: Any, head: Head) -> bool:
    """Whether targets have another mean or deviation than a BatchNormalization that does not learn them gives."""
    y = head.finite_y()
    if y is None or y.ndim < 2 or y.shape[-1] != head.units:
        return False
    columns = y.reshape(-1, y.shape[-1])
    mean, spread = float(np.abs(columns.mean(axis=0)).max()), columns.std(axis=0)
    is_off = bool(spread.max() > 3 or spread.min() < 1 / 3)
    return (mean > 1 and not last.center) or (is_off and not last.scale)


def dropout_before_batchnorm(case: Case) -> Iterator[Seen]:
    for layer in case.network.operations:
        before = case.network.sources[id(layer)]
        if (
            kind(layer) == "BatchNormalization"
            and len(before) == 1
            and kind(before[0]) == "Dropout"
            and before[0].rate > 0
        ):
            yield seen(
                path_of(before[0]), f"{before[0].name} stands before {layer.name}, whose variance it changes while training "
                "and not after.", f"{before[0].name} behind {layer.name} and its activation.", rate=float(before[0].rate),
            )  # fmt: skip
            return


def batchnorm_batch_size(case: Case) -> Iterator[Seen]:
    if case.setting.batch_size != 1:
        return
    for layer in case.network.layers:
        nodes = getattr(layer, "_inbound_nodes", None)
        if kind(layer) != "BatchNormalization" or not layer.trainable or not nodes:
            continue
        shape = nodes[0].input_tensors[0].shape
        if len(shape) == 2 or all(n == 1 for n in shape[1:-1]):
            yield seen(
                path_of(layer), f"{layer.name} has 1 value for each channel of a batch: normalised, it is always 0.",
                "batch_size=32, or LayerNormalization.", batch_size=1,
            )  # fmt: skip
            return


def _net(*hidden: str) -> str:
    return f"""rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = (x[:, 0] * x[:, 1] > 0).astype(int)
model = lamina.Sequential([lamina.Input((8,)), {", ".join(hidden)}])
model.compile(optimizer="adam", loss="binary_crossentropy")"""


_RELU, _LAST = 'layers.Dense(16, activation="relu")', 'layers.Dense(1, activation="sigmoid")'

RULES = (
    Rule(
        "softmax-hidden", COMPILED, "warning", "softmax of a hidden layer into Dense, convolution or BatchNormalization",
        softmax_hidden, "DeepFD", _net('layers.Dense(16, activation="softmax")', _LAST), _net(_RELU, _LAST),
        ("double-output-activation", "batchnorm-after-output"),
    ),
    Rule(
        "normalisation-of-one", COMPILED, "error", "a normalisation over axes of size 1, or a cosine similarity of 1 unit",
        normalisation_of_one, "definition of the layers", _net(_RELU, _LAST, "layers.LayerNormalization()"),
        _net(_RELU, "layers.LayerNormalization()", _LAST),
    ),
    Rule(
        "dropout-rate", COMPILED, "warning", "a dropout layer, recurrent layer or attention that drops 0.7 or more", dropout_rate,
        "UMLAUT; SO 44184091",
        _net(_RELU, "layers.Dropout(0.8)", _LAST), _net(_RELU, "layers.Dropout(0.5)", _LAST),
    ),
    Rule(
        "dropout-after-output", COMPILED, "error", "Dropout behind the output", dropout_after_output, "UMLAUT",
        _net(_RELU, _LAST, "layers.Dropout(0.3)"), _net(_RELU, "layers.Dropout(0.3)", _LAST), ("dropout-rate",),
    ),
    Rule(
        "batchnorm-after-output", COMPILED, "error", "BatchNormalization behind the activation of the output, or behind a "
        "regression of one unit, or of several whose mean or deviation it cannot give",
        batchnorm_after_output, "UMLAUT", _net(_RELU, _LAST, "layers.BatchNormalization()"),
        _net(_RELU, "layers.BatchNormalization()", _LAST),
    ),
    Rule(
        "dropout-before-batchnorm", COMPILED, "warning", "Dropout directly before BatchNormalization", dropout_before_batchnorm,
        "NeuraLint; Li et al. 2018, arXiv 1801.05134", _net(_RELU, "layers.Dropout(0.3), layers.BatchNormalization()", _LAST),
        _net(_RELU, "layers.BatchNormalization(), layers.Dropout(0.3)", _LAST),
    ),
    Rule(
        "batchnorm-batch-size", START, "error", "BatchNormalization without spatial axes, and batches of one",
        batchnorm_batch_size, "DeepFD", _net(_RELU, "layers.BatchNormalization()", _LAST) + "\noptions = dict(batch_size=1)",
        _net(_RELU, "layers.BatchNormalization()", _LAST) + "\noptions = dict(batch_size=32)",
    ),
)  # fmt: skip
