"""Rules on the order of the samples."""

from collections.abc import Iterator

import numpy as np

from ._case import Case
from ._head import Head, distinct
from ._network import path_of
from ._rule import DATA, START, Rule, Seen, seen

_FEWEST = 64  # samples from which an order can be seen
_FEWEST_HELD_OUT = 16  # of which chance does not make one class
_MOST_CLASSES = 100


def unshuffled_data(case: Case) -> Iterator[Seen]:
    if case.setting.shuffle or case.setting.is_stream:
        return
    if any(getattr(layer, "stateful", False) for layer in case.network.layers):
        return  # it lives by the order
    for head in case.heads:
        y = head.labels() if head.is_crossentropy else None
        if y is None or len(y) < _FEWEST:
            continue
        classes, changes = len(distinct(y)[0]), int(np.sum(y[1:] != y[:-1]))
        if 2 <= classes <= _MOST_CLASSES and changes < 3 * classes and len(y) > 10 * changes:
            yield seen(
                head.layer, f"The labels of {len(y)} samples change {changes} times in their order, and shuffle=False: whole "
                "batches are of one class.", "shuffle=True (the default).", changes=changes, classes=classes,
            )  # fmt: skip


def stateful_shuffle(case: Case) -> Iterator[Seen]:
    if not case.setting.shuffle or case.setting.is_stream:
        return
    for layer in case.network.layers:
        if getattr(layer, "stateful", False) and id(layer) in case.network.trained:
            yield seen(
                path_of(layer), f"{layer.name} goes on with the states that the samples of the batch before left, but "
                "shuffle=True (the default) puts others in their places.",
                "shuffle=False in fit, with batches that follow each other.",
            )  # fmt: skip
            return


def validation_split_sorted(case: Case) -> Iterator[Seen]:
    if not case.setting.is_split or len(case.heads) != 1:
        return
    head = case.heads[0]
    held_out = [array for name, array in case.validation.items() if name.startswith("y")]
    y = head.labels() if head.is_crossentropy else None
    if y is None or len(held_out) != 1 or len(held_out[0]) < 10:
        return
    tail = _labels(head, held_out[0])
    known, counts = distinct(y)
    later, many = distinct(tail)
    if len(known) > _MOST_CLASSES:
        return
    new = [c for c, n in zip(later, many) if c not in known and n >= 3]
    usual = counts * len(tail) / len(y)
    gone = [c for c, n in zip(known, usual) if c not in later and n >= 10]
    if new or gone:
        what = (
            f"class {new[0]:g} is not in the training part"
            if new
            else f"class {gone[0]:g} is not in the validation part"
        )
        yield seen(
            head.layer, f"validation_split takes the last {len(tail)} samples, which are not mixed: {what}.",
            "order = np.random.permutation(len(x)); x, y = x[order], y[order], before fit.",
            new=[float(c) for c in new], missing=[float(c) for c in gone],
        )  # fmt: skip


def validation_single_class(case: Case) -> Iterator[Seen]:
    if case.setting.is_split or len(case.heads) != 1:
        return  # of the tail of sorted data there is a rule
    head = case.heads[0]
    held_out = [array for name, array in case.validation.items() if name.startswith("y")]
    y = head.labels() if head.is_crossentropy else None
    if y is None or len(held_out) != 1 or len(held_out[0]) < _FEWEST_HELD_OUT:
        return
    later = distinct(_labels(head, held_out[0]))[0]
    counts = distinct(y)[1]
    if len(later) == 1 and len(counts) > 1 and np.sort(counts)[-2] >= 0.1 * len(y):
        yield seen(
            head.layer, f"All {len(held_out[0])} targets of the validation data are {later[0]:g}, and those of the training data "
            f"are of {len(counts)} classes: the validation tells nothing of the others.",
            "validation_data with all classes, or validation_split=0.2 of mixed samples.", label=float(later[0]),
        )  # fmt: skip


def _labels(head: Head, y: np.ndarray) -> np.ndarray:
    """The classes of targets like those of an output."""
    return (y.argmax(axis=-1) if head.has_distributions() else y.reshape(-1)).astype("float64")


def _net(y: str, options: str) -> str:
    return f"""rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = {y}
model = lamina.Sequential([lamina.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(4, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
options = dict({options})"""


_STATEFUL = """rng = np.random.default_rng(0)
x = rng.normal(size=(64, 5, 2)).astype("float32")
y = x[:, -1, :1]
model = lamina.Sequential([lamina.Input(batch_shape=(16, 5, 2)), layers.LSTM(8, stateful=True), layers.Dense(1)])
model.compile(optimizer="adam", loss="mse")
options = dict(batch_size=16, shuffle={})"""
_SORTED, _MIXED = "np.arange(256) // 64", "np.arange(256) % 4"

RULES = (
    Rule(
        "unshuffled-data", DATA, "warning", "shuffle=False, and labels that hardly change along the samples", unshuffled_data,
        "SO 55776436", _net(_SORTED, "shuffle=False"), _net(_MIXED, "shuffle=False"),
    ),
    Rule(
        "stateful-shuffle", START, "warning", "a stateful recurrent layer, and shuffle=True", stateful_shuffle,
        "Keras documentation of stateful", _STATEFUL.format("True"), _STATEFUL.format("False"),
    ),
    Rule(
        "validation-split-sorted", DATA, "warning", "a class is in one part of validation_split only", validation_split_sorted,
        "Keras documentation of validation_split", _net(_SORTED, "validation_split=0.25"), _net(_MIXED, "validation_split=0.25"),
    ),
    Rule(
        "validation-single-class", DATA, "warning", "16 or more validation samples of one class, and training samples of several",
        validation_single_class, "practice",
        _net(_MIXED, "validation_data=(x[:32] + 1, np.zeros(32, int))"),
        _net(_MIXED, "validation_data=(x[:32] + 1, np.arange(32) % 4)"),
    ),
)  # fmt: skip
