"""Curves for the API pages, as inline SVG in the colours of the page: activations, and learning rates over the steps."""

import pathlib
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "src"))
from lamina import activations, layers
from lamina._markup._axes import Axes, range_of
from lamina._markup._html import element
from lamina.optimizers import schedules

X = np.linspace(-4, 4, 161, dtype="float32")
# Functions of one number; softmax and its like weigh many against each other.
ACTIVATIONS = (
    "celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh", "leaky_relu", "linear",
    "log_sigmoid", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "soft_shrink", "softplus", "softsign", "sparse_plus",
    "sparse_sigmoid", "squareplus", "step", "tanh", "tanh_shrink", "threshold",
)  # fmt: skip
NEEDED = {"threshold": (1.0, 0.0)}  # arguments without a default
LAYERS = {"ReLU": {}, "LeakyReLU": {}, "ELU": {}}
SCHEDULES = {
    "CosineDecay": (0.1, 1000),
    "CosineDecayRestarts": (0.1, 300),
    "ExponentialDecay": (0.1, 300, 0.5),
    "InverseTimeDecay": (0.1, 300, 1.0),
    "PiecewiseConstantDecay": ([300, 600], [0.1, 0.05, 0.01]),
    "PolynomialDecay": (0.1, 1000, 0.01),
}


def curves_of(namespace: str) -> dict[str, str]:
    """Of each object of the namespace that has one: the curve, as HTML."""
    if namespace == "activations":
        return {name: _of_function(getattr(activations, name), name) for name in ACTIVATIONS}
    if namespace == "optimizers.schedules":
        return {name: _of_schedule(name, given) for name, given in SCHEDULES.items()}
    return {}


def curve_of_layer(name: str) -> str:
    """The curve of a layer that is a function of one number; nothing of others."""
    return _of_function(getattr(layers, name)(**LAYERS[name]), name) if name in LAYERS else ""


def _of_function(function: Callable[..., Any], name: str) -> str:
    given = NEEDED.get(name, ())
    written = ", ".join(["x", *(f"{value:g}" for value in given)])
    return _drawn(X, np.asarray(function(X, *given)), "x", f"{name}({written})", f"{name} from -4 to 4")


def _of_schedule(name: str, given: tuple[Any, ...]) -> str:
    steps = np.arange(0, 1001, 5)
    rates = np.array([float(getattr(schedules, name)(*given)(step)) for step in steps])
    shown = ", ".join(map(repr, given))
    return _drawn(steps, rates, "step", "learning rate", f"{name}({shown}) over 1000 steps", f"{name}({shown})")


def _drawn(x: np.ndarray, y: np.ndarray, x_label: str, y_label: str, title: str, below: str = "") -> str:
    axes = Axes((float(x[0]), float(x[-1])), range_of(y, zero=True), x_label, y_label, title)
    axes.line(x, y, "s0")
    caption = element("p", element("code", below)) if below else None
    return f"\n{element('div', axes.render(), caption, class_='curve')}\n"
