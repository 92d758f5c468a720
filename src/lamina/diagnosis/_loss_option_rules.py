"""Rules on built-in losses whose arguments, or nature, leave out what is to be learned."""

from collections.abc import Iterator

import numpy as np

from ._case import Case
from ._examples import ROWS, net
from ._network import kind
from ._rule import COMPILED, DATA, Rule, Seen, seen

_OF_SIZE = {
    "mae", "mse", "mape", "msle", "meanabsoluteerror", "meansquarederror", "rootmeansquarederror", "r2score",
    "meanabsolutepercentageerror", "meansquaredlogarithmicerror",
}  # fmt: skip
_FEW = 4  # units: vectors with more may be embeddings, whose directions are meant


def label_smoothing(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        smoothing = head.options.get("label_smoothing") or 0.0
        if head.is_crossentropy and smoothing > 0.6:
            classes = 2 if head.units == 1 else head.units or 2
            right, wrong = 1 - smoothing + smoothing / classes, smoothing / classes
            yield seen(
                head.layer, f"label_smoothing={smoothing:g} asks for {right:.2f} where the class is right and {wrong:.2f} where "
                "it is wrong: the labels hardly tell anything. It is the share that is taken away from the labels.",
                f"label_smoothing={round(1 - smoothing, 3) if smoothing > 0.8 else 0.1:g}.", label_smoothing=float(smoothing),
            )  # fmt: skip


def huber_delta(case: Case) -> Iterator[Seen]:
    optimizer = getattr(case.optimizer, "inner_optimizer", case.optimizer)
    for head in case.heads:
        y, delta = head.finite_y(), head.options.get("delta")
        if head.loss != "huber" or y is None or not isinstance(delta, (int, float)) or delta <= 0:
            continue
        spread = float(y.std())
        # The steps of most optimizers are as long whatever the slope, down to their epsilon: it is then a mean absolute error.
        is_slow = kind(optimizer) == "SGD" or delta < 1e-5
        if delta < 1e-3 * spread and is_slow:
            yield seen(
                head.layer, f"Huber(delta={delta:g}) has no slope beyond {delta:g}, but the targets have a standard deviation of "
                f"{spread:.3g}: the steps are that much too short.", "Huber(delta=1.0) on scaled targets, or loss=\"mae\".",
                delta=float(delta), spread=spread,
            )  # fmt: skip


def cosine_of_amounts(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        y = head.finite_y()
        if head.loss != "cosine_similarity" or y is None or y.ndim != 2 or y.shape[1] != head.units or y.shape[1] < 2:
            continue
        of_size = [metric for metric in head.metrics if metric.replace("_", "").lower() in _OF_SIZE]
        sizes = np.linalg.norm(y, axis=1)
        if of_size or (y.shape[1] <= _FEW and _varies(sizes)):
            varied = f"that of the targets goes from {sizes.min():.3g} to {sizes.max():.3g}"
            why = f"the metric {of_size[0]} asks for it" if of_size else varied
            yield seen(
                head.layer, f"cosine_similarity looks at the direction of the {head.units} outputs, not at their size, but "
                f"{why}.",
                'loss="mse".', smallest=float(sizes.min()), largest=float(sizes.max()),
            )  # fmt: skip


def _varies(sizes: np.ndarray) -> bool:
    """Whether sizes are not all about the same."""
    return bool(sizes.std() > 0.3 * sizes.mean())


_SOFTMAX = 'layers.Dense(4, activation="softmax")'
_SMOOTHED = "lamina.losses.CategoricalCrossentropy(label_smoothing={})"
_HUBER = net("layers.Dense(1)", "lamina.losses.Huber(delta={})", "x[:, :1]").replace('"adam"', '"sgd"')

RULES = (
    Rule(
        "label-smoothing", COMPILED, "warning", "label_smoothing above 0.6", label_smoothing, "definition of the losses",
        net(_SOFTMAX, _SMOOTHED.format(0.9), ROWS), net(_SOFTMAX, _SMOOTHED.format(0.1), ROWS),
    ),
    Rule(
        "huber-delta", DATA, "warning", "Huber with a delta below a thousandth of the targets' deviation, with SGD, or below "
        "0.00001", huber_delta, "definition of the losses", _HUBER.format("1e-4"), _HUBER.format("0.5"),
    ),
    Rule(
        "cosine-of-amounts", DATA, "warning", "a cosine similarity as loss of 2 to 4 outputs whose targets differ in size, or "
        "with a metric of size", cosine_of_amounts, "definition of the losses",
        net("layers.Dense(2)", '"cosine_similarity"', "x[:, :2]"),
        net("layers.Dense(2)", '"cosine_similarity"', "x[:, :2] / np.linalg.norm(x[:, :2], axis=1, keepdims=True)"),
    ),
)  # fmt: skip
