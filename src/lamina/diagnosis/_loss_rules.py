"""Rules on what is minimised: its sign, its parts and their weights, and whether the metrics measure the same."""

import itertools
from collections.abc import Iterator

import numpy as np

from ._case import Case
from ._head import Head, is_whole
from ._network import is_of_library
from ._rule import COMPILED, DATA, PASS, Rule, Seen, seen

_SCALES = (0.1, 0.3, 0.9)


def loss_sign(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.loss is not None or head.judge is None or head.predictions is None or head.truth is None:
            continue
        truth = _as_rows(head) if _has_labels(head) else head.truth.astype("float32")
        if truth.size != head.predictions.size or truth.dtype.kind != "f" or not np.isfinite(truth).all():
            continue
        truth = truth.reshape(head.predictions.shape)
        if _cancels(head, truth):
            yield seen(
                head.layer, "Errors in the two directions cancel in the loss: it is 0 where the outputs are the targets, "
                "and less on one side the farther they are.", "the square of the difference, or ops.abs of it, before the mean.",
            )  # fmt: skip
            continue
        for guesses in _worse_and_worse(truth, head):
            values = [head.judge(head.truth if _has_labels(head) else truth, guess) for guess in guesses]
            falls = all(np.isfinite(values)) and all(b < a - 1e-6 * abs(a) for a, b in itertools.pairwise(values))
            if not falls:
                break
        else:
            yield seen(
                head.layer, f"The loss is {values[0]:.4g} where the outputs are the targets, and less, {values[-1]:.4g}, where "
                "they are far off: minimising it unlearns.", "the loss with the other sign.",
                right=float(values[0]), wrong=float(values[-1]),
            )  # fmt: skip


def _cancels(head: Head, truth: np.ndarray) -> bool:
    """Whether a loss is the mean of differences that have a sign."""
    assert head.judge is not None
    step = float(truth.std())
    if not step:
        return False
    at, over, under, far = (head.judge(truth, truth + share * step) for share in (0.0, 1.0, -1.0, 2.0))
    least = 1e-3 * abs(over)
    if abs(head.judge(truth + step, truth) + over) > least:  # the outputs may be the loss themselves
        return False
    return 0 < abs(over) < np.inf and abs(at) < least and abs(over + under) < least and abs(far - 2 * over) < 2 * least


def _has_labels(head: Head) -> bool:
    """Whether the targets are numbers of classes, and the outputs their probabilities."""
    truth, shape = head.truth, np.shape(head.predictions)
    if (
        truth is None
        or head.activation != "softmax"
        or truth.size * shape[-1] != np.prod(shape)
        or truth.dtype.kind not in "biuf"
    ):
        return False
    return is_whole(truth) and truth.min() >= 0 and truth.max() < shape[-1]


def _as_rows(head: Head) -> np.ndarray:
    assert head.truth is not None and head.predictions is not None
    return np.eye(head.predictions.shape[-1], dtype="float32")[head.truth.astype(int).reshape(-1)]


def _worse_and_worse(truth: np.ndarray, head: Head) -> Iterator[list[np.ndarray]]:
    """Series of guesses that begin with the truth and depart from it."""
    if head.activation in ("sigmoid", "softmax") and truth.min() >= 0 and truth.max() <= 1:
        good = 0.9 * truth + 0.05
        yield [good + share * (1 - 2 * good) for share in (0.0, *_SCALES)]
        return
    spread = float(truth.std()) or 1.0
    noise = np.random.default_rng(0).normal(size=truth.shape).astype("float32") * spread
    for sign in (1, -1):
        yield [truth, *(truth + sign * share * noise for share in _SCALES)]
        yield [truth, *(truth + sign * share * spread for share in _SCALES)]


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
    """The losses of all outputs, weighted; None where they are not known, or samples have weights."""
    if all(map(is_of_library, case.network.layers)):
        return None
    losses = [
        h.weight * h.judge(h.truth, h.predictions)
        for h in case.heads
        if h.judge is not None and h.predictions is not None and h.truth is not None and not h.weighted
    ]
    if not losses or len(losses) < len(case.heads):
        return None
    return float(sum(losses)) if all(np.isfinite(losses)) and min(losses) >= 0 else None


def zero_sample_weight(case: Case) -> Iterator[Seen]:
    weights = list(case.sample_weight.values())
    for array in weights:
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
    if len(weights) != 1 or len(case.heads) != 1 or weights[0].ndim != 1:
        return
    y = case.heads[0].labels()
    if y is None or len(y) != len(weights[0]) or not case.heads[0].is_crossentropy:
        return
    by_class = {label: weights[0][y == label] for label in sorted(set(y.tolist()))}
    if any(np.ptp(of_class) for of_class in by_class.values()):
        return  # they belong to the samples, as what is gained by an action
    for label, of_class in by_class.items():
        if len(of_class) > 1 and not np.any(of_class):
            yield seen(
                case.heads[0].layer, f"All {len(of_class)} samples of class {label:g} have weight 0: it is never learned.",
                "a weight above 0 for each class.", label=label, count=len(of_class),
            )  # fmt: skip
            return


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


def metric_mismatch(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        for metric in head.metrics:
            found = _misread(metric, head)
            if found:
                yield seen(
                    head.layer, f"The metric {metric} {found[0]}.", f"metrics=[{found[1]!r}]", metric=metric, units=head.units
                )  # fmt: skip
                break


def _misread(metric: str, head: Head) -> tuple[str, str] | None:
    name = metric.replace("_", "").lower()
    several = (head.units or 0) > 1
    labels = head.y is not None and several and (head.y.ndim == 1 or head.y.shape[-1] == 1)
    if name == "binaryaccuracy" and head.activation == "softmax" and (head.units or 0) > 2:
        return f"judges each of {head.units} softmax units by itself, and is high whatever is answered", "accuracy"
    if metric == "Accuracy" and head.activation in ("softmax", "sigmoid"):
        return "asks whether outputs and targets are equal, which probabilities never are", "accuracy"
    if name == "categoricalaccuracy" and head.units == 1:
        return "compares the largest of several units, and there is one: it is always 1", "binary_accuracy"
    if name == "categoricalaccuracy" and labels:
        return "takes one-hot rows, but the targets are class numbers", "sparse_categorical_accuracy"
    if name == "sparsecategoricalaccuracy" and several and head.has_distributions():
        return "takes class numbers, but the targets are one-hot rows", "categorical_accuracy"
    if name == "sparsecategoricalaccuracy" and head.units == 1:
        return "compares the largest of several units, and there is one", "binary_accuracy"
    return None


def _net(more: str = "", loss: str = '"mse"', last: str = "layers.Dense(1)", y: str = "x[:, :1] - x[:, 1:2]") -> str:
    return f"""rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = {y}
lamina.utils.set_random_seed(0)
hidden = layers.Dense(16, activation="relu"{more})
model = lamina.Sequential([lamina.Input((8,)), hidden, {last}])
model.compile(optimizer="adam", loss={loss})"""


_TWO = """rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = {{"near": x[:, :1], "far": {} * x[:, 1:2]}}
inputs = lamina.Input((8,))
hidden = layers.Dense(16, activation="relu")(inputs)
model = lamina.Model(inputs, {{name: layers.Dense(1, name=name)(hidden) for name in ("near", "far")}})
model.compile(optimizer="adam", loss="mae")"""
_CLASSES = dict(
    loss='"binary_crossentropy"', last='layers.Dense(1, activation="sigmoid")', y="(x[:, 0] > 0).astype(int)"
)
_WEIGHTED = _net(**_CLASSES) + "\noptions = dict(sample_weight={})"
_FOUR = dict(last='layers.Dense(4, activation="softmax")', y="np.eye(4)[(x[:, 0] > 0) + 2 * (x[:, 1] > 0)]")

RULES = (
    Rule(
        "loss-sign", PASS, "error", "a loss of one's own that is less the farther the outputs are from the targets, be it on one "
        "side alone", loss_sign,
        "TheDeepChecker", _net(loss="lambda t, p: -lamina.ops.mean(lamina.ops.square(t - p), axis=-1)"),
        _net(loss="lambda t, p: lamina.ops.mean(lamina.ops.square(t - p), axis=-1)"),
    ),
    Rule(
        "over-regularised", PASS, "warning", "the penalties of regularizers are more than 90 % of the loss, or what "
        "layers add to it 99 %", over_regularised,
        "TheDeepChecker", _net(", kernel_regularizer=lamina.regularizers.L2(10.0)"),
        _net(", kernel_regularizer=lamina.regularizers.L2(1e-4)"),
    ),
    Rule(
        "zero-sample-weight", DATA, "error", "weights that are all 0 or all one number below 0, or 0 for a whole class",
        zero_sample_weight,
        "definition", _WEIGHTED.format("(y == 1).astype(float)"), _WEIGHTED.format("1.0 + (y == 1)"),
    ),
    Rule(
        "class-weight-keys", DATA, "warning", "class_weight for classes that no label is of, and none for others",
        class_weight_keys, "Keras documentation of class_weight",
        _net(**_CLASSES) + "\noptions = dict(class_weight={1: 1.0, 2: 3.0})",
        _net(**_CLASSES) + "\noptions = dict(class_weight={0: 1.0, 1: 3.0})",
    ),
    Rule(
        "output-loss-scale", PASS, "warning", "the losses of two outputs, times their weights, are apart by more than 1000",
        output_loss_scale, "practice with several outputs", _TWO.format("50000"), _TWO.format("2"),
    ),
    Rule(
        "metric-mismatch", COMPILED, "warning", "an accuracy that reads the outputs otherwise than they are meant",
        metric_mismatch, "SO 41327601",
        _net(**_FOUR, loss='"categorical_crossentropy", metrics=["binary_accuracy"]'),
        _net(**_FOUR, loss='"categorical_crossentropy", metrics=["accuracy"]'),
    ),
)  # fmt: skip
