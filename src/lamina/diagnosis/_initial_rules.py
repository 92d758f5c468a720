"""Rules on the weights at the start, and on which of them are trained."""

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from lamina.engines import engine

from ._case import Case
from ._network import AFFINE, activation_of, is_of_library, kind, path_of, values_of
from ._rule import START, Rule, Seen, seen

_WEIGHT = re.compile("_?(w|kernel|weights?|weight_matrix|b|bias)[0-9]*", re.IGNORECASE)
_MOST_GROWTH = 2.0  # of the state of a recurrent layer, a step, where its activation has no bounds
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")


def constant_init(case: Case) -> Iterator[Seen]:
    """A layer whose units start alike, in a network of several: they stay alike."""
    trained = [layer for layer in case.network.layers if kind(layer) in (*AFFINE, *_RECURRENT) and layer.built]
    if len(trained) < 2:
        return
    # A branch that starts at 0 and is added to another (a residual block) is meant.
    pairs = case.network.pairs() if case.network.graph is not None else [(x, None) for x in trained if _bends(x)]
    leading = {id(layer) for layer, _ in pairs}
    for layer in trained[:-1]:  # a last layer may start at 0: its units have different targets
        cell = _cell(layer)
        kernel, units = getattr(cell, "kernel", None), getattr(cell, "units", None) or getattr(cell, "filters", 0)
        if id(layer) not in leading or id(layer) not in case.network.trained or units == 1 or kernel is None:
            continue
        kernel = values_of(kernel)
        if kernel.size > 1 and kernel.flat[0] == kernel.flat[-1] and np.ptp(kernel) == 0:
            alike = "compute the same, and go on doing so" if cell is layer else "are given the same sum of the inputs"
            yield seen(
                path_of(layer), f"All {kernel.size} weights of {layer.name} are {kernel.flat[0]:g}: its {units} units {alike}.",
                'kernel_initializer="glorot_uniform" (the default).',
                value=float(kernel.flat[0]),
            )  # fmt: skip
            return


def _cell(layer: Any) -> Any:
    """What holds the kernel of a layer."""
    return getattr(getattr(layer, "forward_layer", layer), "cell", layer)


def _bends(layer: object) -> bool:
    return activation_of(layer) not in ("linear", None)


def poor_init(case: Case) -> Iterator[Seen]:
    trained = [
        layer
        for layer in case.network.layers
        if kind(layer) in AFFINE and layer.built and id(layer) in case.network.trained
    ]
    for layer in trained:
        fan_in = math.prod(layer.kernel.shape[:-1])
        if math.prod(layer.kernel.shape) < 64:
            continue
        kernel = values_of(layer.kernel)
        size, expected = float(np.sqrt(np.mean(np.square(kernel)))), float(np.sqrt(1 / max(fan_in, 1)))
        is_last = layer is trained[-1]  # may begin small
        is_poor = size > 10 * expected or (0 < size < 0.01 * expected and not is_last)
        if is_poor and np.ptp(kernel) > 0:  # those that are all equal have a rule of their own
            yield seen(
                path_of(layer), f"The weights of {layer.name} are {size:.3g} in size (the root of their mean square); for "
                f"{fan_in} inputs {expected:.2g} keeps values in scale.",
                'kernel_initializer="glorot_uniform" (the default).', size=size, expected=expected,
            )  # fmt: skip
            return
    yield from _poor_states(case)


def _poor_states(case: Case) -> Iterator[Seen]:
    """Recurrent layers whose state grows from step to step."""
    for layer in case.network.layers:
        cell = _cell(layer)
        kernel = getattr(cell, "recurrent_kernel", None)
        if kernel is None or not layer.built or id(layer) not in case.network.trained or len(kernel.shape) != 2:
            continue
        growth = float(np.sqrt(np.mean(np.square(values_of(kernel))) * kernel.shape[0]))
        limit = 10.0 if activation_of(cell) in ("tanh", "sigmoid", "hard_sigmoid", "softsign") else _MOST_GROWTH
        if growth > limit:
            yield seen(
                path_of(layer), f"The recurrent weights of {layer.name} make its state about {growth:.3g} times as large with "
                "each step.", 'recurrent_initializer="orthogonal" (the default).', growth=growth,
            )  # fmt: skip
            return


def no_trainable_weights(case: Case) -> Iterator[Seen]:
    model = case.network.model
    if case.network.trained or not case.is_default or case.optimizer is None:
        return
    if model.weights and not model.trainable_weights:  # it may have some beside its layers
        yield seen(
            None, f"None of the {len(model.weights)} weights is trainable: fit changes nothing.",
            "model.trainable = True, or layer.trainable = True for those to train.", weights=len(model.weights),
        )  # fmt: skip


def untracked_weights(case: Case) -> Iterator[Seen]:
    for layer in case.network.model._flatten_layers():
        if is_of_library(layer) or getattr(layer, "weights", None) or not layer.built:
            continue
        for name, value in vars(layer).items():
            is_array = isinstance(value, np.ndarray) or engine.is_tensor(value)
            if is_array and _WEIGHT.fullmatch(name) and "float" in str(value.dtype) and math.prod(value.shape) > 1:
                shape = tuple(value.shape)
                yield seen(
                    path_of(layer), f"{layer.name} has an array {name} of shape {shape} and no weights: the array is not "
                    "trained, nor saved.", f"self.{name} = self.add_weight(shape={shape}, name={name!r}) in build.",
                    name=name, shape=list(shape),
                )  # fmt: skip
                return


def _net(arguments: str = "", more: str = "") -> str:
    return f"""rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = x[:, :1] - x[:, 1:2]
model = lamina.Sequential([
    lamina.Input((8,)), layers.Dense(16, activation="relu"{arguments}), layers.Dense(1, kernel_initializer="zeros"),
])
{more}
model.compile(optimizer="adam", loss="mse")"""


_OWN = """class Own(layers.Layer):
    def build(self, s):
        {}
    def call(self, x):
        return lamina.ops.matmul(x, self.kernel)

rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = x[:, :1] - x[:, 1:2]
model = lamina.Sequential([lamina.Input((8,)), Own(), layers.ReLU(), layers.Dense(1)])
model.compile(optimizer="adam", loss="mse")"""

RULES = (
    Rule(
        "constant-init", START, "error", "a hidden kernel whose values are all equal, of recurrent layers too", constant_init,
        "NeuraLint; TheDeepChecker", _net(', kernel_initializer="zeros"'), _net(),
    ),
    Rule(
        "poor-init", START, "warning", "a kernel more than 10 times as large as keeps values in scale, or less than a "
        "hundredth, or recurrent weights that double an unbounded state with each step", poor_init,
        "SageMaker Debugger; TheDeepChecker",
        _net(', kernel_initializer=lamina.initializers.RandomNormal(stddev=10.0)'), _net(),
    ),
    Rule(
        "untracked-weights", START, "warning", "a layer of one's own without weights that holds an array named as one is: w, "
        "kernel, weights, bias", untracked_weights, "Keras guide on making new layers",
        _OWN.format("self.kernel = np.random.default_rng(0).normal(size=(s[-1], 4)).astype('float32')"),
        _OWN.format("self.kernel = self.add_weight(shape=(s[-1], 4), name='kernel')"),
    ),
    Rule(
        "no-trainable-weights", START, "error", "a model with weights, none of them trainable", no_trainable_weights,
        "NeuraLint", _net(more="model.trainable = False"), _net(),
    ),
)  # fmt: skip
