"""Rules on the weights of samples, classes and outputs in the loss."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ._case import Case
from ._examples import ONE_OF_TWO, net
from ._head import distinct
from ._network import kind
from ._rule import COMPILED, DATA, START, Rule, Seen, seen

_LIGHT = 1e-3  # of all the weight: what classes that many samples are of then hardly add
_MOST_CLASSES = 100
_SLOWEST, _FASTEST = 1e-5, 1.0  # steps of SGD that still learn


def zero_sample_weight(case: Case) -> Iterator[Seen]:
    for array in case.sample_weight.values():
        if array.size and not np.any(array):
            yield seen(
                None, f"All {array.size} sample weights are 0: there is nothing to learn.", "weights above 0.", sum=0.0
            )
            return
        if array.size and array.dtype.kind in "if" and array.flat[0] < 0 and np.all(array == array.flat[0]):
            yield seen(  # of several, below 0 and above, they may be what is gained by an action
                None, f"All {array.size} sample weights are {array.flat[0]:.4g}: the loss is turned around, and learning makes "
                "it worse.", "weights of 0 and more.", sum=float(array.sum()),
            )  # fmt: skip
            return
    classes = _class_weights(case)
    if classes is None:
        return
    labels, counts, weights = classes
    for label, count, weight in zip(labels, counts, weights):
        if count > 1 and not weight:
            yield seen(
                case.heads[0].layer, f"All {count} samples of class {label:g} have weight 0: it is never learned.",
                "a weight above 0 for each class.", label=float(label), count=int(count),
            )  # fmt: skip
            return


def _class_weights(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """The classes of the only output, how many samples each has, and its weight; None where weights are not by class: they may
    be what is gained by an action."""
    arrays = list(case.sample_weight.values())
    if len(arrays) != 1 or len(case.heads) != 1 or arrays[0].ndim != 1 or not case.heads[0].is_crossentropy:
        return None
    y, given = case.heads[0].labels(), arrays[0].astype("float64")
    if y is None or len(y) != len(given) or not np.isfinite(given).all() or np.all(given == given[0]):
        return None
    labels, counts = distinct(y)
    if not 2 <= len(labels) <= _MOST_CLASSES:
        return None
    weights = given[[int(np.argmax(y == label)) for label in labels]]
    return (labels, counts, weights) if np.array_equal(weights[np.searchsorted(labels, y)], given) else None


def class_weight_keys(case: Case) -> Iterator[Seen]:
    given = case.setting.class_weight
    if not isinstance(given, dict) or len(case.heads) != 1 or case.setting.is_stream:
        return
    y = case.heads[0].labels()
    if y is None or not case.heads[0].is_crossentropy or not given:
        return
    known = set(y.tolist())
    unused = sorted(float(key) for key in given if float(key) not in known)
    without = sorted(known - {float(key) for key in given})
    if unused and without:
        yield seen(
            case.heads[0].layer, f"class_weight has no weight for class {without[0]:g}, which stays at 1, but one for "
            f"{unused[0]:g}, of which there is no sample.", f"class_weight with the keys {sorted(int(c) for c in known)}.",
            without=without, unused=unused,
        )  # fmt: skip


def one_sided_weights(case: Case) -> Iterator[Seen]:
    classes = _class_weights(case)
    if classes is None:
        return
    labels, counts, weights = classes
    shares, heaviest = counts * weights / np.sum(counts * weights), int(np.argmax(weights))
    others = np.arange(len(labels)) != heaviest
    if weights.min() > 0 and shares[others].sum() < _LIGHT and counts[others].sum() > 0.01 * counts.sum():
        least = weights[others].max()
        yield seen(
            case.heads[0].layer, f"A sample of class {labels[heaviest]:g} has the weight {weights[heaviest]:.4g}, one of the "
            f"others at most {least:.4g}: of all the weight {shares[heaviest]:.3%} is on that class, and the others, "
            f"{counts[others].sum() / counts.sum():.0%} of the samples, are not learned.", 'class_weight="balanced"',
            label=float(labels[heaviest]), heaviest=float(weights[heaviest]), others=float(least),
        )  # fmt: skip
    elif _is_inverted(counts, weights):
        most, fewest = int(np.argmax(counts)), int(np.argmin(counts))
        yield seen(
            case.heads[0].layer, f"Class {labels[most]:g} has {counts[most]} samples and the weight {weights[most]:.4g}, class "
            f"{labels[fewest]:g} {counts[fewest]} and {weights[fewest]:.4g}: the weights grow as the classes do, and the rare "
            "one is not found.", f"class_weight={_balanced(labels, counts)}, or \"balanced\".",
            counts=[int(n) for n in counts], weights=[float(w) for w in weights],
        )  # fmt: skip


def _is_inverted(counts: np.ndarray, weights: np.ndarray) -> bool:
    """Whether weights are about in proportion to the numbers of samples, which differ: what balances them is the inverse."""
    if weights.min() <= 0 or counts.max() < 3 * counts.min() or counts.min() < 5 or weights.max() < 2 * weights.min():
        return False
    sizes, given = np.log(counts) - np.log(counts).mean(), np.log(weights) - np.log(weights).mean()
    slope = float(np.sum(sizes * given) / np.sum(sizes * sizes))
    return 0.8 < slope < 1.25 and float(np.abs(given - slope * sizes).max()) < 0.3


def _balanced(labels: np.ndarray, counts: np.ndarray) -> dict[int, float]:
    return {int(label): round(float(counts.sum() / (len(labels) * n)), 3) for label, n in zip(labels, counts)}


def weights_and_rate(case: Case) -> Iterator[Seen]:
    optimizer = getattr(case.optimizer, "inner_optimizer", case.optimizer)
    rate = _rate(optimizer)
    clips = any(getattr(optimizer, name, None) is not None for name in ("clipnorm", "global_clipnorm", "clipvalue"))
    if kind(optimizer) != "SGD" or rate is None or rate <= 0 or clips or case.setting.sets_rate:
        return  # the steps of others are as long whatever the loss is multiplied with
    for what, size, values in _mean_weights(case):
        # A loss is the mean over the values of an output: of many each has that much less of the weight.
        if (size > 100 and rate * size > _FASTEST * values) or (0 < size < 0.01 and rate * size < _SLOWEST <= rate):
            yield seen(
                None, f"{what} {size:.4g}: with SGD the learning rate of {rate:g} acts as {rate * size:.3g}, "
                f"{'beyond what converges' if size > 1 else 'and hardly anything changes'}.",
                "weights whose mean is 1: w = w / np.mean(w).", mean=size, learning_rate=rate,
            )  # fmt: skip
            return


def _rate(optimizer: Any) -> float | None:
    """The learning rate; None for a schedule."""
    rate: Any = getattr(optimizer, "_learning_rate", None)
    return float(rate.numpy()) if hasattr(rate, "numpy") else None


def _mean_weights(case: Case) -> Iterator[tuple[str, float, int]]:
    """Weights of the loss, how they are called, and how many values a sample has in the output that they belong to."""
    widths = [math.prod(n or 1 for n in head.shape[1:]) for head in case.heads]
    for array in case.sample_weight.values():
        if array.size and array.dtype.kind in "iuf" and np.isfinite(array).all():
            yield "The weights of the samples are on average", float(np.abs(array).mean()), max(widths)
    largest = max(((abs(h.weight), width) for h, width in zip(case.heads, widths) if h.has_loss), default=None)
    if largest is not None:
        yield "The largest of the loss_weights is", *largest


def mixed_sample_weights(case: Case) -> Iterator[Seen]:
    arrays = list(case.sample_weight.values())
    if len(arrays) != 1 or len(case.heads) != 1 or not case.heads[0].is_regression or arrays[0].dtype.kind not in "if":
        return
    below = float(np.mean(arrays[0] < 0)) if arrays[0].size else 0.0
    if below > 0.01 and np.any(arrays[0] > 0):
        yield seen(
            case.heads[0].layer, f"{below:.0%} of the sample weights are negative, down to {arrays[0].min():.4g}: for "
            f"these samples {case.heads[0].loss} falls without end as the outputs depart from the targets.",
            "sample_weight of 0 and more: np.maximum(w, 0), or np.abs(w).", below=below, low=float(arrays[0].min()),
        )  # fmt: skip


def zero_loss_weight(case: Case) -> Iterator[Seen]:
    if len(case.heads) < 2 or case.network.graph is None or _has_trained(case):
        return
    ends = [layer for layer, _ in case.network.ends()]
    for head, end in zip(case.heads, ends) if len(ends) == len(case.heads) else ():
        is_its_own = sum(end is other for other in ends) == 1 and not case.network.users.get(id(end))
        if head.has_loss and head.weight == 0 and is_its_own and id(end) in case.network.trained:
            yield seen(
                head.layer, f"The output of {end.name} has a loss, but the weight 0 in loss_weights: {end.name} stays as it "
                "was drawn.", "a weight above 0 in loss_weights, or trainable=False for the layer, and no loss for the output.",
                weight=0.0,
            )  # fmt: skip


def _has_trained(case: Case) -> bool:
    iterations: Any = getattr(case.optimizer, "iterations", None)
    return iterations is not None and int(iterations.numpy()) > 0


_SIGMOID = 'layers.Dense(1, activation="sigmoid")'
_CLASSES = net(_SIGMOID, '"binary_crossentropy"', ONE_OF_TWO)
_WEIGHTED = _CLASSES + "\noptions = dict(sample_weight={})"
_RARE = net(_SIGMOID, '"binary_crossentropy"', "(x[:, 0] > 1).astype(int)") + "\noptions = dict(class_weight={})"
_LINE = net("layers.Dense(1)", '"mse"', "x[:, :1]") + "\noptions = dict(sample_weight=rng.random(256) {})"
_SGD = _LINE.replace('"adam"', "lamina.optimizers.SGD(0.05)")
_TWO = """rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = [x[:, :1], x[:, 1:2]]
inputs = lamina.Input((8,))
hidden = layers.Dense(16, activation="relu")(inputs)
model = lamina.Model(inputs, [layers.Dense(1)(hidden), layers.Dense(1)(hidden)])
model.compile(optimizer="adam", loss=["mse", "mse"], loss_weights=[1.0, {}])"""

RULES = (
    Rule(
        "zero-sample-weight", DATA, "error", "weights that are all 0 or all one number below 0, or 0 for a whole class",
        zero_sample_weight,
        "definition", _WEIGHTED.format("(y == 1).astype(float)"), _WEIGHTED.format("1.0 + (y == 1)"),
    ),
    Rule(
        "class-weight-keys", DATA, "warning", "class_weight for classes that no label is of, and none for others",
        class_weight_keys, "Keras documentation of class_weight",
        _CLASSES + "\noptions = dict(class_weight={1: 1.0, 2: 3.0})",
        _CLASSES + "\noptions = dict(class_weight={0: 1.0, 1: 3.0})",
    ),
    Rule(
        "one-sided-weights", DATA, "warning", "weights of classes that put 99.9 % of all the weight on one class, or that grow "
        "with the numbers of samples where they should balance them", one_sided_weights, "definition",
        _RARE.format("{0: 5.0, 1: 1.0}"), _RARE.format("{0: 1.0, 1: 5.0}"),
    ),
    Rule(
        "weights-and-rate", START, "warning", "sample weights or loss_weights above 100 on average, or below 0.01, that take the "
        "step of SGD beyond 1 or below 0.00001", weights_and_rate, "definition", _SGD.format("* 10_000"), _SGD.format("+ 0.5"),
        ("learning-rate-high", "learning-rate-low", "one-sided-weights"),
    ),
    Rule(
        "mixed-sample-weights", DATA, "warning", "more than 1 % of the sample weights below 0, not all, with a regression loss",
        mixed_sample_weights, "definition", _LINE.format("- 0.5"), _LINE.format("+ 0.5"),
    ),
    Rule(
        "zero-loss-weight", COMPILED, "warning", "an output with a loss of weight 0, by a layer of its own that is to be trained",
        zero_loss_weight, "practice with several outputs", _TWO.format("0.0"), _TWO.format("0.1"),
    ),
)  # fmt: skip
