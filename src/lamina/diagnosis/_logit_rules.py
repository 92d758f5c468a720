"""Rules on logits: what softmax or sigmoid is taken of at the end."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ._case import Case
from ._examples import ONE_OF_FOUR, ROWS, net
from ._head import Head
from ._network import activation_of, kind, path_of
from ._rule import COMPILED, PASS, Rule, Seen, seen

_CUTS = ("relu", "relu6")
_KEEPING = ("Identity", "Flatten", "Reshape", "Squeeze", "Dropout")  # no pooling: sums of what is cut are logits too
_LARGE = 100.0  # logits, in size: a similarity over a temperature of 1/100 has less


def cut_logits(case: Case) -> Iterator[Seen]:
    for head, last in zip(case.heads, case.network.last):
        last = _before_shapes(case, last)
        second = activation_of(last)
        if second in ("softmax", "sigmoid") and not getattr(last, "weights", None):
            last = _before_shapes(case, *case.network.sources[id(last)][:1])
        elif not (head.is_crossentropy and head.from_logits):
            continue
        if last is None or activation_of(last) not in _CUTS or not head.is_crossentropy:
            continue
        place, second = case.network.owner(last), second if second in ("softmax", "sigmoid") else head.fitting
        if getattr(place, "units", None) != head.units:
            continue  # not those of the outputs
        what = "no probability can be below 1/2" if second == "sigmoid" else "what is cut off there is not learned from"
        yield seen(
            path_of(place), f"{activation_of(last)} of {place.name} cuts the logits off at 0 before {second} is taken of them: "
            f"{what}.", f'activation="linear" in {place.name}.', first=activation_of(last), second=second,
        )  # fmt: skip


def _before_shapes(case: Case, operation: Any = None) -> Any:
    """The operation that gives the values which an operation hands on as they are."""
    while kind(operation) in _KEEPING and len(case.network.sources[id(operation)]) == 1:
        operation = case.network.sources[id(operation)][0]
    return operation


def large_logits(case: Case) -> Iterator[Seen]:
    if case.optimizer is not None and int(case.optimizer.iterations.numpy()):
        return  # they have been learned
    ends = case.network.last if len(case.network.last) == len(case.heads) else [None] * len(case.heads)
    for head, last in zip(case.heads, ends):
        logits = _logits(case, head, last) if head.is_crossentropy else None
        if logits is None or not np.isfinite(logits).all():
            continue
        centred = logits - logits.mean(axis=-1, keepdims=True) if head.fitting == "softmax" else logits
        size = float(np.sqrt(np.mean(np.square(centred, dtype="float64"))))
        if size > _LARGE:
            scaling = [s for s in case.network.sources.get(id(last), []) if kind(s) in ("Rescaling", "Lambda")]
            yield seen(
                path_of(scaling[0]) if scaling else head.layer, f"The logits have a size of {size:.3g} (the root of their mean "
                f"square) before the first step: {head.fitting} of them is 0 or 1, whatever the labels.",
                f"leave out {scaling[0].name}." if scaling else "logits around 1: scaled inputs, the default initializers.",
                size=size,
            )  # fmt: skip


def _logits(case: Case, head: Head, last: Any) -> np.ndarray | None:
    """What softmax or sigmoid is taken of at an output, where it is seen."""
    if head.from_logits:
        return head.shown(axes=2) if head.activation in ("linear", None) else None
    if last is None or activation_of(last) != head.fitting or getattr(last, "weights", None):
        return None
    given = [call.inputs for call in case.calls if call.layer is last]
    return given[0] if len(given) == 1 and given[0].ndim > 1 and given[0].size and given[0].dtype.kind == "f" else None


_SCALED = net(
    "layers.Dense(4), layers.Rescaling({}), layers.Softmax()", '"sparse_categorical_crossentropy"', ONE_OF_FOUR
)

RULES = (
    Rule(
        "cut-logits", COMPILED, "error", "relu directly before the softmax or sigmoid of the output, or as output of a "
        "crossentropy from logits", cut_logits, "practice with classifiers",
        net('layers.Dense(4, activation="relu"), layers.Softmax()', '"categorical_crossentropy"', ROWS),
        net("layers.Dense(4), layers.Softmax()", '"categorical_crossentropy"', ROWS),
    ),
    Rule(
        "large-logits", PASS, "warning", "logits above 100 in size before the first step, the inputs being scaled", large_logits,
        "practice with classifiers", _SCALED.format("1000.0"), _SCALED.format("10.0"),
        ("unnormalised-input", "dead-relu", "exploding-gradient", "saturated-activation", "over-regularised"),
    ),
)  # fmt: skip
