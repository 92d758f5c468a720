"""Rules on what a network cannot give, by constraints of its weights or the lack of some, and its targets ask for."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ._case import Case
from ._examples import LINEAR, net
from ._head import Head
from ._network import activation_of, kind, path_of, values_of
from ._rule import DATA, START, Rule, Seen, seen

_SHRINKS = 10.0  # EEGNet bounds norms that begin at 1.3 by 0.25
_RISING = (
    "linear",
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "sigmoid",
    "tanh",
    "softplus",
    "softsign",
    "hard_sigmoid",
    "relu6",
)
_THROUGH_0 = ("linear", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "tanh", "softsign", "relu6")
_PLAIN = ("Dense", "InputLayer", "Activation", "ReLU", "LeakyReLU", "ELU", "Dropout", "Flatten", "Reshape", "Identity")


def tight_constraint(case: Case) -> Iterator[Seen]:
    for layer in case.network.layers:
        for weight in case.network.weights[id(layer)] if id(layer) in case.network.trained else ():
            constraint: Any = getattr(weight, "constraint", None)
            if kind(constraint) not in ("MaxNorm", "MinMaxNorm") or len(weight.shape) < 2:
                continue
            before, after = (float(np.linalg.norm(values_of(w))) for w in (weight, constraint(weight)))
            if after < before / _SHRINKS:
                yield seen(
                    path_of(layer), f"{kind(constraint)} with max_value={constraint.max_value:g} makes the {weight.name} of "
                    f"{layer.name} {before / max(after, 1e-30):.3g} times smaller with the first step: its outputs hardly depend "
                    "on its inputs.", f"max_value=3 in the constraint of {layer.name}.", before=before, after=after,
                )  # fmt: skip
                return


def rising_only(case: Case) -> Iterator[Seen]:
    found = _table_and_target(case) if _all(case, "NonNeg", _RISING) else None
    if found is None:
        return
    x, y, head = found
    spreads = x.std(axis=0)
    covariances = (x - x.mean(axis=0)).T @ (y - y.mean()) / len(y)
    with np.errstate(all="ignore"):
        falls = np.where(spreads > 0, covariances / (spreads * y.std()), 0.0)
    column = int(np.argmin(falls))
    if len(y) >= 50 and falls[column] < -0.3:
        yield seen(
            head.layer, "All kernels are kept at 0 and above by NonNeg, so that the output can only rise with each column of x, "
            f"but the targets fall as column {column} rises (correlation {falls[column]:.2f}).",
            f"no kernel_constraint, or -x[:, {column}] for that column, if the output is to be monotone.", column=column,
            correlation=float(falls[column]),
        )  # fmt: skip


def missing_bias(case: Case) -> Iterator[Seen]:
    if any(len(w.shape) < 2 for w in case.network.model.weights) or not _all(case, None, _THROUGH_0):
        return
    found = _table_and_target(case)
    if found is None or not found[2].is_regression:
        return
    x, y, head = found
    mean, spread = float(y.mean()), float(y.std())
    is_centred = bool(np.all(np.abs(x.mean(axis=0)) <= 0.3 * x.std(axis=0)))  # none may stand for a bias
    if (
        is_centred
        and abs(mean) > 3 * max(spread, 1e-12)
        and not any(len(w.shape) < 2 for w in case.network.model.weights)
    ):
        yield seen(
            head.layer, f"The targets have mean {mean:.4g} and standard deviation {spread:.4g}, but no layer has a bias: where x "
            "is 0, as it is on average, the output is 0.", "use_bias=True (the default) in the last layer.", mean=mean,
            spread=spread,
        )  # fmt: skip


def _table_and_target(case: Case) -> tuple[np.ndarray, np.ndarray, Head] | None:
    """The only input, columns of numbers, and the only target, one number for each row, with its output; None for others."""
    given = list(case.x.values())
    if len(given) != 1 or len(case.heads) != 1 or given[0].ndim != 2 or given[0].dtype.kind not in "iuf":
        return None
    head = case.heads[0]
    y = head.finite_y()
    if (
        y is None
        or y.size != len(y)
        or len(given[0]) != len(y)
        or head.units != 1
        or head.activation is None
        or not len(y)
    ):
        return None
    x = given[0].astype("float64")
    return (x, y.reshape(-1), head) if np.isfinite(x).all() and y.std() > 0 else None


def _all(case: Case, constraint: str | None, activations: tuple[str, ...]) -> bool:
    """Whether a network is made of Dense layers, all with that constraint on the kernel, and activations of these kinds."""
    layers = case.network.layers
    dense = [layer for layer in layers if kind(layer) == "Dense"]
    if not dense or any(kind(layer) not in _PLAIN for layer in layers) or len(case.network.operations) > len(layers):
        return False
    if constraint is not None and any(kind(layer.kernel_constraint) != constraint for layer in dense):
        return False
    found = [
        activation_of(layer) for layer in layers if kind(layer) in ("Dense", "Activation", "ReLU", "LeakyReLU", "ELU")
    ]
    return all(name in activations for name in found)


_BOUND = 'layers.Dense(8, "relu", kernel_constraint=lamina.constraints.MaxNorm({})), layers.Dense(1)'
_RISES = """rng = np.random.default_rng(0)
x = rng.normal(size=(256, 3)).astype("float32")
y = x[:, 0] {} x[:, 1]
hidden = layers.Dense(8, activation="relu", kernel_constraint="non_neg")
model = lamina.Sequential([lamina.Input((3,)), hidden, layers.Dense(1, kernel_constraint="non_neg")])
model.compile(optimizer="adam", loss="mse")"""
_NO_BIAS = """rng = np.random.default_rng(0)
x = rng.normal(size=(256, 3)).astype("float32")
y = x[:, 0] + {}
model = lamina.Sequential([
    lamina.Input((3,)), layers.Dense(8, activation="tanh", use_bias=False), layers.Dense(1, use_bias=False),
])
model.compile(optimizer="adam", loss="mse")"""

RULES = (
    Rule(
        "tight-constraint", START, "warning", "MaxNorm or MinMaxNorm that makes a kernel less than a tenth of what it is with "
        "the first step", tight_constraint, "definition of the constraints", net(_BOUND.format("0.001"), '"mse"', "x[:, :1]"),
        net(_BOUND.format("1.0"), '"mse"', "x[:, :1]"),
    ),
    Rule(
        "rising-only", DATA, "warning", "NonNeg on all kernels of a chain of Dense layers, and a column with which the targets "
        "fall: a correlation below -0.3", rising_only, "definition of the constraints", _RISES.format("-"), _RISES.format("+"),
    ),
    Rule(
        "missing-bias", DATA, "warning", "a regression by Dense layers without any bias, centred inputs, and targets whose mean "
        "is beyond three times their deviation", missing_bias, "definition of the layers", _NO_BIAS.format("9"), LINEAR,
        ("unscaled-target",),
    ),
)  # fmt: skip
