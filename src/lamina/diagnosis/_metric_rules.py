"""Rules on metrics: do they read the outputs as the loss does?"""

from collections.abc import Iterator
from typing import Any

from ._case import Case
from ._examples import ROWS, net
from ._head import BINARY, Head
from ._network import is_of_library
from ._rule import COMPILED, Rule, Seen, seen

# What metrics that cut at a probability of 1/2, or rank by probabilities, do where nothing else is said.
_HALF: dict[str, Any] = {"threshold": 0.5}
_RANKS: dict[str, Any] = {"from_logits": False}
_DEFAULTS = {
    "binaryaccuracy": _HALF, "precision": _HALF, "recall": _HALF, "auc": _RANKS,
    "topkcategoricalaccuracy": {"k": 5}, "sparsetopkcategoricalaccuracy": {"k": 5},
}  # fmt: skip
_COUNTS = ("precision", "recall", "truepositives", "falsepositives", "truenegatives", "falsenegatives")
_CROSSENTROPIES = ("binarycrossentropy", "categoricalcrossentropy", "sparsecategoricalcrossentropy")


def metric_mismatch(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        for metric, measure in zip(head.metrics, head.measures or head.metrics):
            found = _misread(metric, head) or _misread_by_options(metric, measure, head)
            if found:
                yield seen(
                    head.layer, f"The metric {metric} {found[0]}.", f"metrics=[{found[1]}]", metric=metric, units=head.units
                )  # fmt: skip
                break


def _misread(metric: str, head: Head) -> tuple[str, str] | None:
    name = metric.replace("_", "").lower()
    several = (head.units or 0) > 1
    labels = head.y is not None and several and (head.y.ndim == 1 or head.y.shape[-1] == 1)
    if name == "binaryaccuracy" and head.activation == "softmax" and (head.units or 0) > 2:
        return f"judges each of {head.units} softmax units by itself, and is high whatever is answered", '"accuracy"'
    if metric == "Accuracy" and head.activation in ("softmax", "sigmoid"):
        return "asks whether outputs and targets are equal, which probabilities never are", '"accuracy"'
    if name == "categoricalaccuracy" and head.units == 1:
        return "compares the largest of several units, and there is one: it is always 1", '"binary_accuracy"'
    if name == "categoricalaccuracy" and labels:
        return "takes one-hot rows, but the targets are class numbers", '"sparse_categorical_accuracy"'
    if name == "sparsecategoricalaccuracy" and several and head.has_distributions():
        return "takes class numbers, but the targets are one-hot rows", '"categorical_accuracy"'
    if name == "sparsecategoricalaccuracy" and head.units == 1:
        return "compares the largest of several units, and there is one", '"binary_accuracy"'
    return None


def _misread_by_options(metric: str, measure: Any, head: Head) -> tuple[str, str] | None:
    """What a metric's arguments, given or not, make of the outputs."""
    name = metric.replace("_", "").lower()
    options = _DEFAULTS.get(name, {}) if isinstance(measure, str) else {}
    if is_of_library(measure) and hasattr(measure, "get_config"):  # one of the user's may read outputs in its own way
        options = measure.get_config()
    k, units = options.get("k"), head.units or 0
    if "topk" in name and isinstance(k, int) and 1 < units <= k:
        return (
            f"asks whether the label is among the {k} largest of {units} outputs, which it always is",
            f"{metric}(k=2)",
        )
    given = "logits" if head.activation == "linear" and head.from_logits else head.activation
    ranks = options.get("from_logits")
    if ranks is False and given == "logits" and name in ("auc", *_CROSSENTROPIES):
        return "takes probabilities, but the outputs are logits", f"{metric}(from_logits=True)"
    if ranks is True and given in ("sigmoid", "softmax") and name in ("auc", *_CROSSENTROPIES):
        return f"applies a sigmoid or softmax once more to what {given} gave", f"{metric}(from_logits=False)"
    cut = _cut(name, options) if head.loss == BINARY else None
    if cut is not None and given == "logits" and 0 < cut < 1:
        argument = "thresholds" if name in _COUNTS else "threshold"
        return f"cuts at {cut:g}, but the outputs are logits, whose 0 is the probability 1/2", f"{metric}({argument}=0)"
    if cut is not None and given == "sigmoid" and not 0 < cut < 1:
        of_all = "below" if cut >= 1 else "above"
        return f"cuts at {cut:g}, which all probabilities are {of_all}", metric
    return None


def _cut(name: str, options: dict[str, Any]) -> float | None:
    """Where a metric on two classes parts them; None if at several places, or at none."""
    if name in _COUNTS:
        cut = options.get("thresholds", options.get("threshold"))
        cut = 0.5 if cut is None and options.get("top_k") is None else cut
    else:
        cut = options.get("threshold") if name in ("binaryaccuracy", "binaryiou") else None
    return float(cut) if isinstance(cut, (int, float)) else None


_FOUR = 'layers.Dense(4, activation="softmax")', '"categorical_crossentropy"', ROWS

RULES = (
    Rule(
        "metric-mismatch", COMPILED, "warning", "a metric that reads the outputs otherwise than they are meant: an accuracy of "
        "other labels, one that takes probabilities where the loss takes logits, or asks for the k largest of k",
        metric_mismatch, "SO 41327601; SO 61233425",
        net(*_FOUR, ', metrics=["binary_accuracy"]'), net(*_FOUR, ', metrics=["accuracy"]'),
        ("outputs-swapped",),
    ),
)  # fmt: skip
