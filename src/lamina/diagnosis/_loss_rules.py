"""Rules on the parts of what is minimised: the losses of the outputs and what layers add, and their sizes."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ._case import Case
from ._rule import PASS, Rule, Seen, seen


def over_regularised(case: Case) -> Iterator[Seen]:
    total, penalty = case.total_loss, case.penalty
    if total is not None and np.isfinite(total) and penalty > 0.9 * total and penalty > 1e-3:
        yield seen(
            None, f"The penalties of the regularizers are {penalty:.4g} of a loss of {total:.4g}: the weights are drawn to 0, "
            "whatever the data says.", "a factor such as l2(1e-4).", penalty=penalty, total=total,
        )  # fmt: skip
        return
    own = _loss_of_outputs(case) if case.is_default else None
    if own is not None and total is not None and np.isfinite(total) and total - penalty > 100 * own > 0:
        yield seen(
            None, f"What layers add to the loss is {total - own - penalty:.4g} of {total:.4g}, that of the outputs {own:.4g}: "
            "these are hardly learned.", "a smaller factor in add_loss.", added=total - own - penalty, total=total,
        )  # fmt: skip


def _loss_of_outputs(case: Case) -> float | None:
    """The losses of all outputs, weighted; None where they are not known, samples have weights, or nobody adds to them."""
    if not any(map(_adds, case.network.model._flatten_layers())):
        return None
    losses = [
        h.weight * h.judge(h.truth, h.predictions)
        for h in case.heads
        if h.judge is not None and h.predictions is not None and h.truth is not None and not h.weighted
    ]
    if not losses or len(losses) < len(case.heads):
        return None
    return float(sum(losses)) if all(np.isfinite(losses)) and min(losses) >= 0 else None


def _adds(layer: Any) -> bool:
    """Whether the class of a layer or model, one of the user's own, calls `add_loss`. Noise alone may make the loss of a pass of
    training another."""
    own = [c for c in type(layer).__mro__ if not c.__module__.startswith("lamina") and c is not object]
    codes = [getattr(method, "__code__", None) for c in own for method in vars(c).values()]
    return any("add_loss" in code.co_names for code in codes if code is not None)


def output_loss_scale(case: Case) -> Iterator[Seen]:
    small, large = case.loss_range()
    sizes = {name: abs(value) for name, value in case.losses.items()}
    if case.has_losses_apart():
        yield seen(
            None, f"The loss of {large!r} is {sizes[large]:.3g}, that of {small!r} {sizes[small]:.3g}: the second is "
            "not learned.",
            "targets scaled to deviation 1, or loss_weights that bring both to one size.",
            large=sizes[large], small=sizes[small],
        )  # fmt: skip


def _net(more: str) -> str:
    return f"""rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = x[:, :1] - x[:, 1:2]
lamina.utils.set_random_seed(0)
hidden = layers.Dense(16, activation="relu"{more})
model = lamina.Sequential([lamina.Input((8,)), hidden, layers.Dense(1)])
model.compile(optimizer="adam", loss="mse")"""


_TWO = """rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = {{"near": x[:, :1], "far": {} * x[:, 1:2]}}
inputs = lamina.Input((8,))
hidden = layers.Dense(16, activation="relu")(inputs)
model = lamina.Model(inputs, {{name: layers.Dense(1, name=name)(hidden) for name in ("near", "far")}})
model.compile(optimizer="adam", loss="mae")"""

RULES = (
    Rule(
        "over-regularised", PASS, "warning", "the penalties of regularizers are more than 90 % of the loss, or what "
        "layers add to it 99 %", over_regularised,
        "TheDeepChecker", _net(", kernel_regularizer=lamina.regularizers.L2(10.0)"),
        _net(", kernel_regularizer=lamina.regularizers.L2(1e-4)"),
    ),
    Rule(
        "output-loss-scale", PASS, "warning", "the losses of two outputs, times their weights, are apart by more than 1000",
        output_loss_scale, "practice with several outputs", _TWO.format("50000"), _TWO.format("2"),
    ),
)  # fmt: skip
