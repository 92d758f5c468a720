"""Rules on several outputs whose losses or targets stand in the wrong order."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ._case import Case
from ._examples import TWO_HEADS
from ._head import BINARY, CATEGORICAL, SPARSE, Head, is_whole
from ._rule import DATA, Rule, Seen, seen

_MOST = 4  # outputs whose orders are all tried
_ENDS = {
    "sigmoid": (0.0, 1.0), "hard_sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "relu": (0.0, np.inf), "softplus": (0.0, np.inf),
}  # fmt: skip


def outputs_swapped(case: Case) -> Iterator[Seen]:
    heads = case.heads
    if not 2 <= len(heads) <= _MOST or not all(h.is_crossentropy or h.is_regression for h in heads):
        return
    if any(head.finite_y() is None or head.activation is None for head in heads) or all(map(_fits, heads)):
        return
    for what, exchange in (("targets", _with_targets), ("losses", _with_losses)):
        orders = [order for order in itertools.permutations(heads) if all(map(_fits, map(exchange, heads, order)))]
        if len(orders) != 1:
            continue
        names = [(head.layer or str(i)).rpartition("/")[2] for i, head in enumerate(heads)]
        moved = [name for name, head, other in zip(names, heads, orders[0]) if head is not other]
        right = dict(zip(names, (other.loss for other in orders[0])))
        yield seen(
            None, f"The {what} of {' and '.join(moved)} do not fit these outputs, but fit all where they are exchanged: they "
            "stand in another order than the outputs.",
            f"loss={right}." if what == "losses" else f"y in the order of the outputs, {', '.join(names)}, or by their names: "
            f"y={{{', '.join(f'{name!r}: ...' for name in names)}}}.", exchanged=moved,
        )  # fmt: skip
        return


def _with_targets(head: Head, other: Head) -> Head:
    return head if head is other else replace(head, y=other.y)


def _with_losses(head: Head, other: Head) -> Head:
    return head if head is other else replace(head, loss=other.loss, options=other.options)


def _fits(head: Head) -> bool:
    """Whether an output can be what its loss takes, and the targets too."""
    y, activation = head.finite_y(), head.activation
    if y is None or not head.units:
        return False
    width = y.shape[-1] if y.ndim > 1 else 1
    if head.is_regression:
        low, high = _ENDS.get(str(activation), (-np.inf, np.inf))
        is_label = activation in ("sigmoid", "hard_sigmoid") and is_whole(y)
        is_in_range = bool(y.min() >= low - 1e-3 and y.max() <= high + 1e-3)
        return width == head.units and activation != "softmax" and is_in_range and not is_label
    if activation != ("linear" if head.from_logits else head.fitting):
        return False
    if head.loss == BINARY:
        return width == head.units and y.min() >= 0 and y.max() <= 1
    if head.loss == CATEGORICAL:
        return width == head.units and head.has_distributions()
    return head.loss == SPARSE and width == 1 and is_whole(y) and 0 <= y.min() <= y.max() < head.units


RULES = (
    Rule(
        "outputs-swapped", DATA, "error", "two or more outputs, of which one does not fit its loss and targets, and a single "
        "exchange of the targets, or of the losses, after which all fit", outputs_swapped, "practice with several outputs",
        TWO_HEADS.format(targets="[yes, price]"), TWO_HEADS.format(targets="[price, yes]"),
    ),
)  # fmt: skip
