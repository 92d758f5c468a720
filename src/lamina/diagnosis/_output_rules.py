"""Rules on the last activation and the targets: can the one give the other, and does the loss fit both?"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ._case import Case
from ._examples import LINEAR, ONE_OF_TWO, SIGMOID, net
from ._head import BINARY, CATEGORICAL, SPARSE, Head, are_pictures, distinct, is_whole
from ._rule import COMPILED, DATA, Rule, Seen, seen

_RANGES = {
    "sigmoid": (0, 1),
    "hard_sigmoid": (0, 1),
    "softmax": (0, 1),
    "tanh": (-1, 1),
    "softsign": (-1, 1),
    "relu6": (0, 6),
}
_POSITIVE = ("relu", "softplus", "exponential")
_NEVER_BELOW_0 = ("sigmoid", "hard_sigmoid", "softmax", "relu", "relu6", "softplus")
# Losses that take a logarithm of the outputs, with the activation that fits.
_POSITIVE_ONLY = {"poisson": "exponential", "kl_divergence": "softmax", "mean_squared_logarithmic_error": "softplus"}
_NO_SHARES = ("sigmoid", "hard_sigmoid", "relu", "relu6", "softplus")
# Targets that these losses cannot take.
_TARGETS_FROM_0 = ("poisson", "kl_divergence", "mean_squared_logarithmic_error")


def softmax_with_regression_loss(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.activation != "softmax" or not head.is_regression or (head.units or 0) < 2:
            continue
        y = head.finite_y()
        if y is None or (head.has_distributions() and not is_whole(y)):
            continue  # distributions may be fitted by squares
        labels = head.has_distributions() or (head.are_class_numbers() and len(distinct(y)[0]) <= 20)
        fix = (
            f'loss="{SPARSE if head.are_class_numbers() else CATEGORICAL}"'
            if labels
            else f'Dense({head.units}, activation="linear")'
        )
        yield seen(
            head.layer, f"softmax over {head.units} units with {head.loss}, and targets that are "
            f"{'classes' if labels else 'no probabilities'}.", fix, units=head.units, loss=head.loss,
        )  # fmt: skip


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
    outputs = head.shown()
    if head.activation is not None or outputs is None or outputs.size < 32:
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
        if y is None or not head.is_regression or not is_whole(y) or len(distinct(y)[0]) > 20:
            continue
        if len(y) < 8 and head.loss != "mean_absolute_error":  # the squares learn an exclusive or, the sizes its median
            continue
        accuracy = any("acc" in metric.lower() for metric in head.metrics)
        binary = (
            set(distinct(y)[0]) == {0.0, 1.0} and head.activation in ("sigmoid", "hard_sigmoid") and y.size == len(y)
        )
        if (accuracy and (head.units == 1 or head.has_distributions()) and head.activation != "softmax") or binary:
            loss = BINARY if head.units == 1 else CATEGORICAL
            fix = f'loss="{loss}" with activation="{replace(head, loss=loss).fitting}" in the last layer.'
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
        elif head.loss == "kl_divergence" and head.activation in _NO_SHARES and (head.units or 0) > 1:
            yield seen(
                head.layer, f"kl_divergence takes probabilities that sum to 1, and falls as any output of {head.activation} "
                "grows.", 'activation="softmax" in the last layer.', activation=head.activation,
            )  # fmt: skip


RULES = (
    Rule(
        "softmax-with-regression-loss", DATA, "warning", "softmax output, regression loss, targets that are one-hot or do not "
        "sum to 1", softmax_with_regression_loss, "SO 38648195",
        net('layers.Dense(4, activation="softmax")', '"mse"', "x[:, :4]"), LINEAR,
        ("outputs-swapped",),
    ),
    Rule(
        "output-range", DATA, "error", "more than 1 % of the targets of a regression are outside the last activation's range",
        output_range, "DeepDiagnosis; SO 48221692", net('layers.Dense(1, activation="sigmoid")', '"mse"', "3 * x[:, :1]"),
        net('layers.Dense(1, activation="sigmoid")', '"mse"', "1 / (1 + np.exp(-x[:, :1]))"),
        ("outputs-swapped",),
    ),
    Rule(
        "relu-output-negative-targets", DATA, "error", "relu, softplus or exponential output of a regression, and more than 1 % "
        "of the targets below 0", relu_output_negative_targets, "SO 48251943",
        net('layers.Dense(1, activation="relu")', '"mse"', "x[:, :1]"), LINEAR,
        ("outputs-swapped",),
    ),
    Rule(
        "regression-loss-for-classification", DATA, "warning", "a regression loss with at most 20 whole numbers as targets, and "
        "an accuracy metric or a single sigmoid unit", regression_loss_for_classification, "SO 31556268; SO 45442843",
        net('layers.Dense(1, activation="sigmoid")', '"mse"', ONE_OF_TWO), SIGMOID,
        ("output-range", "relu-output-negative-targets", "outputs-swapped"),
    ),
    Rule(
        "accuracy-for-regression", DATA, "warning", "an accuracy metric with a regression loss, and targets that are no whole "
        "numbers", accuracy_for_regression, "SO 51181393",
        net("layers.Dense(1)", '"mse"', "x[:, :1]", ', metrics=["accuracy"]'), LINEAR,
        ("output-range", "relu-output-negative-targets", "softmax-with-regression-loss", "unscaled-target", "outputs-swapped"),
    ),
    Rule(
        "loss-needs-positive", COMPILED, "error", "poisson, kl_divergence or mean_squared_logarithmic_error with a linear or "
        "tanh output, or kl_divergence with several of relu, softplus or sigmoid", loss_needs_positive,
        "definition of the losses", net("layers.Dense(1)", '"poisson"', "rng.poisson(3.0, (256, 1))"),
        net('layers.Dense(1, activation="exponential")', '"poisson"', "rng.poisson(3.0, (256, 1))"),
    ),
    Rule(
        "targets-of-loss", DATA, "error", "more than 1 % of the targets below 0 with poisson, kl_divergence or "
        "mean_squared_logarithmic_error, or 0 with mean_absolute_percentage_error", targets_of_loss, "definition of the losses",
        net('layers.Dense(1)', '"mape"', "np.maximum(x[:, :1], 0)"), net("layers.Dense(1)", '"mape"', "3 + np.abs(x[:, :1])"),
        ("loss-needs-positive",),
    ),
    Rule(
        "hinge-activation", COMPILED, "warning", "hinge or squared_hinge with a sigmoid, softmax, relu or softplus output",
        hinge_activation, "definition of the losses",
        net('layers.Dense(1, activation="sigmoid")', '"hinge"', ONE_OF_TWO),
        net('layers.Dense(1, activation="tanh")', '"hinge"', ONE_OF_TWO),
    ),
)  # fmt: skip
