"""Rules on the last activation and the loss: do they fit each other, and the targets?"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ._case import Case
from ._head import BINARY, CATEGORICAL, SPARSE, Head, are_pictures, distinct, is_whole, last_layer
from ._network import activation_of, kind, path_of
from ._rule import COMPILED, DATA, PASS, Rule, Seen, seen

# Activations whose values may be probabilities; "linear" has a rule of its own, and of None nothing is known.
_BOUNDED = ("sigmoid", "hard_sigmoid", "softmax", "softmax over another axis", "sparsemax", "linear", None)
_RANGES = {
    "sigmoid": (0, 1),
    "hard_sigmoid": (0, 1),
    "softmax": (0, 1),
    "tanh": (-1, 1),
    "softsign": (-1, 1),
    "relu6": (0, 6),
}
_POSITIVE = ("relu", "softplus", "exponential")


def _fitting(head: Head) -> str:
    return "sigmoid" if head.loss == BINARY else "softmax"


def softmax_single_unit(case: Case) -> Iterator[Seen]:
    places = [head.layer for head in case.heads if head.activation == "softmax" and head.units == 1]
    written = {head.layer: last_layer(case, head, 1, "sigmoid") for head in case.heads}
    units = [layer for layer in case.network.layers if getattr(layer, "units", None) == 1]
    places += [path_of(layer) for layer in units if kind(layer) == "Dense" and activation_of(layer) == "softmax"]
    for place in dict.fromkeys(places):
        yield seen(
            place,
            "softmax over 1 unit is 1 whatever the input: the output is constant and nothing is learned.",
            written.get(place, 'Dense(1, activation="sigmoid")')
            + ' with loss="binary_crossentropy", or one unit for each class.',
            units=1,
        )
    for head in case.heads if not places else ():
        if head.activation is None and head.units == 1 and _is_always_1(head):
            yield seen(
                head.layer, f"All {len(head.predictions)} outputs are exactly 1, as those of a softmax over 1 unit are, whatever "  # type: ignore[arg-type]
                "the input.", 'sigmoid with loss="binary_crossentropy", or one unit for each class.', units=1,
            )  # fmt: skip


def _is_always_1(head: Head) -> bool:
    outputs = head.predictions
    return outputs is not None and len(outputs) >= 8 and outputs.dtype.kind == "f" and bool(np.all(outputs == 1))


def sigmoid_with_categorical_crossentropy(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if (
            head.activation in ("sigmoid", "hard_sigmoid")
            and head.loss in (CATEGORICAL, SPARSE)
            and not head.from_logits
        ):
            several = head.y is not None and head.loss == CATEGORICAL and not head.has_distributions()
            fix = (
                'loss="binary_crossentropy"'
                if several or head.units == 1
                else f'Dense({head.units}, activation="softmax")'
            )
            yield seen(
                head.layer, f"{head.units} {head.activation} unit(s) with {head.loss}, which expects probabilities that sum "
                "to 1.", fix,
                units=head.units, loss=head.loss,
            )  # fmt: skip


def softmax_with_binary_crossentropy(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.activation != "softmax" or head.loss != BINARY or head.from_logits or (head.units or 0) < 3:
            continue
        if head.y is None or head.has_distributions() or _are_labels(head):
            yield seen(
                head.layer, f"softmax over {head.units} classes with {BINARY}, which judges each unit by itself.",
                f'loss="{SPARSE if _are_labels(head) else CATEGORICAL}"', units=head.units,
            )  # fmt: skip
        else:
            yield seen(
                head.layer, f"softmax over {head.units} units with {BINARY}, but the targets' rows do not sum to 1.",
                f'Dense({head.units}, activation="sigmoid"), for several labels at once.', units=head.units,
            )  # fmt: skip


def _are_labels(head: Head) -> bool:
    """Whether the targets are numbers of the classes that the units stand for."""
    y = head.labels() if not head.has_distributions() else None
    return y is not None and y.min() >= 0 and y.max() < (head.units or 0)


def softmax_with_regression_loss(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.activation != "softmax" or not head.is_regression or (head.units or 0) < 2:
            continue
        y = head.finite_y()
        if y is None or (head.has_distributions() and not is_whole(y)):
            continue  # distributions may be fitted by squares
        labels = head.has_distributions() or (_are_labels(head) and len(distinct(y)[0]) <= 20)
        fix = (
            f'loss="{SPARSE if _are_labels(head) else CATEGORICAL}"'
            if labels
            else f'Dense({head.units}, activation="linear")'
        )
        yield seen(
            head.layer, f"softmax over {head.units} units with {head.loss}, and targets that are "
            f"{'classes' if labels else 'no probabilities'}.", fix, units=head.units, loss=head.loss,
        )  # fmt: skip


def output_activation_for_crossentropy(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.activation not in _BOUNDED and head.is_crossentropy and not head.from_logits:
            yield seen(
                head.layer, f"The last activation is {head.activation}, but {head.loss} takes probabilities.",
                f'activation="{_fitting(head)}" in the last layer.', activation=head.activation, loss=head.loss,
            )  # fmt: skip


def missing_from_logits(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.activation == "linear" and head.is_crossentropy and not head.from_logits:
            yield seen(
                head.layer, f"The last layer has no activation, but {head.loss} takes probabilities unless told otherwise.",
                f'activation="{_fitting(head)}" in the last layer, or the loss with from_logits=True.', loss=head.loss,
            )  # fmt: skip


def probabilities_out_of_range(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.activation is not None or not head.is_crossentropy or head.from_logits or head.predictions is None:
            continue
        low, high = float(head.predictions.min()), float(head.predictions.max())
        if low < -1e-3 or high > 1 + 1e-3:
            yield seen(
                head.layer, f"The outputs lie between {low:.3g} and {high:.3g}, but {head.loss} takes probabilities.",
                f"{_fitting(head)} at the end, or the loss with from_logits=True.", low=low, high=high,
            )  # fmt: skip


def from_logits_with_activation(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.activation is None and head.loss in (CATEGORICAL, SPARSE) and head.from_logits and _gives_shares(head):
            yield seen(
                head.layer, f"{head.loss} with from_logits=True applies softmax to outputs that are in [0, 1] and sum to 1 "
                "already.", "from_logits=False, or no softmax at the end.", activation="softmax",
            )  # fmt: skip
        if head.loss is None and head.activation in ("softmax", "sigmoid") and _takes_logits(head):
            yield seen(
                head.layer, f"The loss applies {head.activation} once more to what {head.activation} gave.",
                "from_logits=False in the loss, or no activation in the last layer.", activation=head.activation,
            )  # fmt: skip
        if head.activation in ("softmax", "sigmoid") and head.is_crossentropy and head.from_logits:
            yield seen(
                head.layer, f"{head.loss} with from_logits=True applies {_fitting(head)} to what {head.activation} gave.",
                "from_logits=False, or no activation in the last layer.", activation=head.activation,
            )  # fmt: skip


def _gives_shares(head: Head) -> bool:
    """Whether the outputs are seen to be probabilities over several units."""
    outputs = head.predictions
    if outputs is None or outputs.ndim < 2 or outputs.shape[-1] < 2 or len(outputs) < 8 or outputs.dtype.kind != "f":
        return False
    return bool(outputs.min() >= 0 and np.all(np.abs(outputs.sum(axis=-1) - 1) < 1e-3))


def _takes_logits(head: Head) -> bool:
    """Whether a loss of one's own, for outputs that are right and sure, is the crossentropy of a softmax or sigmoid of them."""
    y, outputs = head.truth, head.predictions
    if (
        head.judge is None
        or y is None
        or outputs is None
        or outputs.ndim != 2
        or y.dtype.kind not in "biuf"
        or not is_whole(y)
    ):
        return False
    units = outputs.shape[-1]
    if head.activation == "sigmoid":
        if y.size != outputs.size or y.min() < 0 or y.max() > 1:
            return False
        sure, of_1, of_0 = y.reshape(outputs.shape), np.log1p(np.exp(-1)), np.log(2)
        expected = float(np.mean(np.where(sure == 1, of_1, of_0)))
    else:
        is_one_hot = y.shape == outputs.shape and bool(np.all(y.sum(axis=-1) == 1)) and y.min() == 0
        if not is_one_hot and (y.size != len(outputs) or y.min() < 0 or y.max() >= units):
            return False
        sure = y if is_one_hot else np.eye(units)[y.astype(int).reshape(-1)]
        expected = float(np.log(1 + (units - 1) / np.e))
    return units > (head.activation == "softmax") and abs(head.judge(y, sure.astype("float32")) - expected) < 1e-3


def softmax_over_samples(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        outputs = head.predictions
        if (
            head.activation not in (None, "softmax over another axis")
            or outputs is None
            or outputs.ndim != 2
            or outputs.dtype.kind != "f"
        ):
            continue
        if len(outputs) < 8 or not outputs.size or outputs.min() < 0 or outputs.max() > 1 or np.ptp(outputs) < 1e-6:
            continue
        sums = outputs.sum(axis=0)  # of several batches one after the other, each of which makes 1
        if (
            np.all(np.abs(sums - np.round(sums[0])) < 1e-3 * max(sums[0], 1))
            and 1 <= np.round(sums[0]) <= len(outputs) / 4
        ):
            if not np.all(np.abs(outputs.sum(axis=-1) - 1) < 1e-2):
                yield seen(
                    head.layer, "The outputs of a unit sum to 1 over the samples of a batch, not over the units: what is "
                    "said of a sample depends on the others.", "axis=-1 in the softmax.", sum=float(sums[0]),
                )  # fmt: skip


def double_output_activation(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        before = _softmax_before(case, head)
        if before is not None:
            yield seen(
                before, "softmax of what softmax gave: the outputs are squeezed together.",
                f"leave out one of the two: that of {before.rpartition('/')[2]}, or the one behind it.", first="softmax",
                second="softmax",
            )  # fmt: skip
    for before, after in case.network.pairs():
        first, second = activation_of(before), activation_of(after)
        if first in ("softmax", "sigmoid") and second in ("softmax", "sigmoid") and not getattr(after, "weights", None):
            yield seen(
                path_of(after), f"{second} of what {first} gave: the outputs are squeezed together.",
                f"leave out the layer {after.name}, or the activation of {before.name}.", first=first, second=second,
            )  # fmt: skip


def _softmax_before(case: Case, head: Head) -> str | None:
    """The layer that gives probabilities of which another softmax gives the outputs, as the values show."""
    outputs = head.predictions
    if head.activation is not None or not _gives_shares(head) or outputs is None:
        return None
    for call in reversed(case.calls):
        given = call.outputs
        if given.shape != outputs.shape or given.dtype.kind != "f" or not np.all(np.abs(given.sum(axis=-1) - 1) < 1e-3):
            continue
        again = np.exp(given)
        again /= again.sum(axis=-1, keepdims=True)
        if given.min() >= 0 and np.ptp(given) > 1e-2 and np.allclose(again, outputs, atol=1e-5):
            return call.path
    return None


def output_range(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        y = head.finite_y()
        if y is None or not head.is_regression or head.activation not in (*_RANGES, *_POSITIVE):
            continue
        if head.activation == "softmax" or _misses_negative(head, y):
            continue  # said by softmax-with-regression-loss, relu-output-negative-targets
        low, high = _RANGES.get(str(head.activation), (0, np.inf))
        outside = float(np.mean((y < low - 1e-3) | (y > high + 1e-3)))
        if outside > 0.01:
            yield seen(
                head.layer, f"{head.activation} gives values in [{low}, {high}], but {outside:.0%} of the targets, which lie "
                f"between {y.min():.4g} and {y.max():.4g}, are outside.", _into_range(head, y),
                outside=outside, low=float(y.min()), high=float(y.max()),
            )  # fmt: skip


def _into_range(head: Head, y: np.ndarray) -> str:
    if are_pictures(y):
        scale = {"tanh": "y = y / 127.5 - 1", "softsign": "y = y / 127.5 - 1"}.get(str(head.activation), "y = y / 255")
        return f"{scale}: pictures in the range of {head.activation}."
    return 'activation="linear" in the last layer.'


def _misses_negative(head: Head, y: np.ndarray) -> bool:
    return (head.activation in _POSITIVE or _is_cut(head)) and float(np.mean(y < -1e-3)) > 0.01


def _is_cut(head: Head) -> bool:
    """Whether outputs of which the activation is not known are seen to be cut off at 0, as by a relu."""
    outputs = head.predictions
    if head.activation is not None or outputs is None or outputs.size < 32 or outputs.dtype.kind != "f":
        return False
    return bool(outputs.min() == 0 and np.mean(outputs > 0) > 0.05)


def relu_output_negative_targets(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        y = head.finite_y()
        if y is not None and head.is_regression and _misses_negative(head, y):
            yield seen(
                head.layer, f"{head.activation or 'The last step'} gives nothing below 0, but {np.mean(y < 0):.0%} of the "
                f"targets are, down to {y.min():.4g}.", 'activation="linear" in the last layer.',
                below=float(np.mean(y < 0)), low=float(y.min()),
            )  # fmt: skip


def regression_loss_for_classification(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        y = head.finite_y()
        if y is None or not head.is_regression or not is_whole(y) or len(distinct(y)[0]) > 20 or len(y) < 8:
            continue
        accuracy = any("acc" in metric.lower() for metric in head.metrics)
        binary = (
            set(distinct(y)[0]) == {0.0, 1.0} and head.activation in ("sigmoid", "hard_sigmoid") and y.size == len(y)
        )
        if (accuracy and (head.units == 1 or head.has_distributions()) and head.activation != "softmax") or binary:
            loss = BINARY if head.units == 1 else CATEGORICAL
            fix = f'loss="{loss}" with activation="{_fitting(replace(head, loss=loss))}" in the last layer.'
            if head.units == 1 and len(distinct(y)[0]) > 2 and y.min() >= 0:
                fix = f'Dense({int(y.max()) + 1}, activation="softmax") with loss="{SPARSE}".'
            yield seen(
                head.layer, f"{head.loss} on targets that are {len(distinct(y)[0])} classes: gradients fade where the output is "
                "far off.", fix, classes=len(distinct(y)[0]),
            )  # fmt: skip


def accuracy_for_regression(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        y = head.finite_y()
        accuracy = [metric for metric in head.metrics if "acc" in metric.lower()]
        if y is not None and accuracy and head.is_regression and not is_whole(y) and not head.has_distributions():
            yield seen(
                head.layer, f"The metric {accuracy[0]!r} counts exact matches, but the targets are no whole numbers.",
                'metrics=["mae"]', metric=accuracy[0],
            )  # fmt: skip


# Losses that take a logarithm of the outputs, with the activation that fits.
_POSITIVE_ONLY = {"poisson": "exponential", "kl_divergence": "softmax", "mean_squared_logarithmic_error": "softplus"}


# Targets that these losses cannot take.
_TARGETS_FROM_0 = ("poisson", "kl_divergence", "mean_squared_logarithmic_error")


def targets_of_loss(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        y = head.finite_y()
        if y is None:
            continue
        below, zeros = float(np.mean(y < 0)), float(np.mean(np.abs(y) < 1e-6))
        if head.loss in _TARGETS_FROM_0 and below > 0.01:
            yield seen(
                head.layer, f"{head.loss} takes targets of 0 and more, but {below:.0%} are less, down to {y.min():.4g}.",
                'loss="mse" with activation="linear" in the last layer.', below=below, low=float(y.min()),
            )  # fmt: skip
        if head.loss == "mean_absolute_percentage_error" and zeros > 0.01:
            yield seen(
                head.layer, f"{head.loss} divides by the targets, of which {zeros:.0%} are 0: these alone make the loss.",
                'loss="mae"', zeros=zeros,
            )  # fmt: skip


_NEVER_BELOW_0 = ("sigmoid", "hard_sigmoid", "softmax", "relu", "relu6", "softplus")


def hinge_activation(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.loss in ("hinge", "squared_hinge") and head.activation in _NEVER_BELOW_0:
            yield seen(
                head.layer, f"{head.loss} takes outputs from -1 to 1 and beyond, but {head.activation} gives none below 0.",
                'activation="tanh" in the last layer, or "linear".', activation=head.activation, loss=head.loss,
            )  # fmt: skip


def loss_needs_positive(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.loss in _POSITIVE_ONLY and head.activation in ("linear", "tanh"):
            last = _POSITIVE_ONLY[head.loss]
            yield seen(
                head.layer, f"{head.loss} takes the logarithm of outputs that {head.activation} lets be negative.",
                f'activation="{last}" in the last layer.', activation=head.activation,
            )  # fmt: skip


def _net(last: str, loss: str, y: str, more: str = "") -> str:
    """A small program whose last layer, loss and targets are told; the data is scaled."""
    return f"""rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = {y}
model = lamina.Sequential([lamina.Input((8,)), layers.Dense(16, activation="relu"), {last}])
model.compile(optimizer="adam", loss={loss}{more})"""


_ONE_OF_TWO, _ONE_OF_FOUR = "(x[:, 0] > 0).astype(int)", "(x[:, 0] > 0) + 2 * (x[:, 1] > 0)"
_ROWS = f"np.eye(4)[{_ONE_OF_FOUR}]"
_SIGMOID = _net('layers.Dense(1, activation="sigmoid")', '"binary_crossentropy"', _ONE_OF_TWO)
_SOFTMAX = _net('layers.Dense(4, activation="softmax")', '"categorical_crossentropy"', _ROWS)
_LOGITS = _net("layers.Dense(4)", "lamina.losses.SparseCategoricalCrossentropy(from_logits=True)", _ONE_OF_FOUR)
_LABELS = _net('layers.Dense(3, activation="sigmoid")', '"binary_crossentropy"', "(x[:, :3] > 0).astype(int)")
_LINEAR = _net("layers.Dense(1)", '"mse"', "x[:, :1]")

RULES = (
    Rule(
        "softmax-single-unit", COMPILED, "error", "softmax over an axis of size 1", softmax_single_unit, "SO 31880720",
        _net('layers.Dense(1, activation="softmax")', '"binary_crossentropy"', _ONE_OF_TWO), _SIGMOID,
    ),
    Rule(
        "sigmoid-with-categorical-crossentropy", COMPILED, "error",
        "sigmoid output with a categorical crossentropy that takes probabilities", sigmoid_with_categorical_crossentropy,
        "SO 51930566", _net('layers.Dense(4, activation="sigmoid")', '"categorical_crossentropy"', _ROWS), _SOFTMAX,
    ),
    Rule(
        "softmax-with-binary-crossentropy", COMPILED, "warning", "softmax over more than 2 units with binary crossentropy",
        softmax_with_binary_crossentropy, "SO 44322611",
        _net('layers.Dense(4, activation="softmax")', '"binary_crossentropy"', _ROWS), _LABELS,
    ),
    Rule(
        "softmax-with-regression-loss", DATA, "warning", "softmax output, regression loss, targets that are one-hot or do not "
        "sum to 1", softmax_with_regression_loss, "SO 38648195",
        _net('layers.Dense(4, activation="softmax")', '"mse"', "x[:, :4]"), _LINEAR,
    ),
    Rule(
        "output-activation-for-crossentropy", COMPILED, "error", "relu, tanh or the like as output of a crossentropy that takes "
        "probabilities", output_activation_for_crossentropy, "NeuraLint; DeepDiagnosis",
        _net('layers.Dense(1, activation="relu")', '"binary_crossentropy"', _ONE_OF_TWO), _SIGMOID,
    ),
    Rule(
        "missing-from-logits", COMPILED, "error", "an output without activation, and a crossentropy that takes probabilities",
        missing_from_logits, "NeuraLint; UMLAUT", _net("layers.Dense(4)", '"sparse_categorical_crossentropy"', _ONE_OF_FOUR),
        _LOGITS,
    ),
    Rule(
        "probabilities-out-of-range", PASS, "error", "the outputs of a model whose last activation is not known leave [0, 1], "
        "and the crossentropy takes probabilities", probabilities_out_of_range, "UMLAUT",
        _net("layers.Lambda(lambda t: t[:, :4] * 3)", '"sparse_categorical_crossentropy"', _ONE_OF_FOUR),
        _net("layers.Lambda(lambda t: lamina.ops.softmax(t[:, :4]))", '"sparse_categorical_crossentropy"', _ONE_OF_FOUR),
    ),
    Rule(
        "from-logits-with-activation", COMPILED, "error", "from_logits=True and a softmax or sigmoid output",
        from_logits_with_activation, "TheDeepChecker",
        _net('layers.Dense(4, activation="softmax")', "lamina.losses.SparseCategoricalCrossentropy(from_logits=True)",
             _ONE_OF_FOUR), _LOGITS,
    ),
    Rule(
        "softmax-over-samples", PASS, "error", "outputs that sum to 1 over the samples of a batch, not over the units",
        softmax_over_samples, "SO 43710635",
        _net("layers.Dense(4), layers.Lambda(lambda t: lamina.ops.exp(t) / lamina.ops.sum(lamina.ops.exp(t), 0))",
             '"sparse_categorical_crossentropy"', _ONE_OF_FOUR),
        _net("layers.Dense(4), layers.Lambda(lambda t: lamina.ops.exp(t) / lamina.ops.sum(lamina.ops.exp(t), 1, keepdims=True))",
             '"sparse_categorical_crossentropy"', _ONE_OF_FOUR),
    ),
    Rule(
        "double-output-activation", COMPILED, "warning", "softmax or sigmoid of a softmax or sigmoid", double_output_activation,
        "NeuraLint", _net('layers.Dense(4, activation="softmax"), layers.Softmax()', '"categorical_crossentropy"', _ROWS),
        _net("layers.Dense(4), layers.Softmax()", '"categorical_crossentropy"', _ROWS),
    ),
    Rule(
        "output-range", DATA, "error", "more than 1 % of the targets of a regression are outside the last activation's range",
        output_range, "DeepDiagnosis; SO 48221692", _net('layers.Dense(1, activation="sigmoid")', '"mse"', "3 * x[:, :1]"),
        _net('layers.Dense(1, activation="sigmoid")', '"mse"', "1 / (1 + np.exp(-x[:, :1]))"),
    ),
    Rule(
        "relu-output-negative-targets", DATA, "error", "relu, softplus or exponential output of a regression, and more than 1 % "
        "of the targets below 0", relu_output_negative_targets, "SO 48251943",
        _net('layers.Dense(1, activation="relu")', '"mse"', "x[:, :1]"), _LINEAR,
    ),
    Rule(
        "regression-loss-for-classification", DATA, "warning", "a regression loss with at most 20 whole numbers as targets, and "
        "an accuracy metric or a single sigmoid unit", regression_loss_for_classification, "SO 31556268; SO 45442843",
        _net('layers.Dense(1, activation="sigmoid")', '"mse"', _ONE_OF_TWO), _SIGMOID,
        ("output-range", "relu-output-negative-targets"),
    ),
    Rule(
        "accuracy-for-regression", DATA, "warning", "an accuracy metric with a regression loss, and targets that are no whole "
        "numbers", accuracy_for_regression, "SO 51181393",
        _net("layers.Dense(1)", '"mse"', "x[:, :1]", ', metrics=["accuracy"]'), _LINEAR,
        ("output-range", "relu-output-negative-targets", "softmax-with-regression-loss", "unscaled-target"),
    ),
    Rule(
        "loss-needs-positive", COMPILED, "error", "poisson, kl_divergence or mean_squared_logarithmic_error with a linear or "
        "tanh output", loss_needs_positive,
        "definition of the losses", _net("layers.Dense(1)", '"poisson"', "rng.poisson(3.0, (256, 1))"),
        _net('layers.Dense(1, activation="exponential")', '"poisson"', "rng.poisson(3.0, (256, 1))"),
    ),
    Rule(
        "targets-of-loss", DATA, "error", "more than 1 % of the targets below 0 with poisson, kl_divergence or "
        "mean_squared_logarithmic_error, or 0 with mean_absolute_percentage_error", targets_of_loss, "definition of the losses",
        _net('layers.Dense(1)', '"mape"', "np.maximum(x[:, :1], 0)"), _net("layers.Dense(1)", '"mape"', "3 + np.abs(x[:, :1])"),
        ("loss-needs-positive",),
    ),
    Rule(
        "hinge-activation", COMPILED, "warning", "hinge or squared_hinge with a sigmoid, softmax, relu or softplus output",
        hinge_activation, "definition of the losses",
        _net('layers.Dense(1, activation="sigmoid")', '"hinge"', _ONE_OF_TWO),
        _net('layers.Dense(1, activation="tanh")', '"hinge"', _ONE_OF_TWO),
    ),
)  # fmt: skip
