"""Rules on targets: are they what the loss takes?"""

from collections.abc import Iterator

import numpy as np

from ._case import Case
from ._head import BINARY, CATEGORICAL, SPARSE, Head, are_pictures, distinct, is_whole, last_layer
from ._network import has_kernel, path_of
from ._rule import DATA, Rule, Seen, seen


def label_encoding(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        if head.y is not None and head.y.dtype.kind in "USO" and head.is_crossentropy:
            yield seen(
                head.layer, f"The targets are texts, for instance {str(head.y.flat[0])!r}, but {head.loss} takes numbers.",
                "y = np.unique(y, return_inverse=True)[1]: the classes counted from 0"
                + (f', and loss="{SPARSE}".' if head.loss == CATEGORICAL else "."), dtype=str(head.y.dtype),
            )  # fmt: skip
        y = head.finite_y()
        if y is None or not head.units or head.units < 2 or not is_whole(y):
            continue
        width = y.shape[-1] if y.ndim > 1 else 1
        if head.loss == CATEGORICAL and width == 1 and len(distinct(y)[0]) > 1:
            yield seen(
                head.layer, f"The targets are whole numbers of shape {y.shape}, but {CATEGORICAL} takes rows of {head.units} "
                "probabilities.", f'loss="{SPARSE}", or y = lamina.utils.to_categorical(y).', shape=list(y.shape),
            )  # fmt: skip
        if head.loss == SPARSE and width == head.units and head.has_distributions():
            yield seen(
                head.layer, f"The targets are one-hot rows of shape {y.shape}, but {SPARSE} takes class numbers.",
                f'loss="{CATEGORICAL}", or y = y.argmax(axis=-1).', shape=list(y.shape),
            )  # fmt: skip


def labels_not_integer(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        y = head.finite_y()
        if y is not None and head.loss == SPARSE and not is_whole(y):
            yield seen(
                head.layer, f"{SPARSE} takes class numbers, but {np.mean(y != np.round(y)):.0%} of the targets have fractions.",
                _whole_again(y, head.units), fractions=float(np.mean(y != np.round(y))),
            )  # fmt: skip


def _whole_again(y: np.ndarray, units: int | None) -> str:
    labels = y * 255
    if units and np.abs(labels - np.round(labels)).max() < 1e-3 and y.min() >= 0 and labels.max() < units:
        return "y = np.round(255 * y): the labels were scaled, as images are."
    if units and len(distinct(y)[0]) <= min(units, len(y) // 8):
        return _counted(y)
    return 'Dense(1, activation="linear") with loss="mse" for a regression; whole numbers for classes.'


def _counted(y: np.ndarray) -> str:
    again = f".reshape({y.shape})" if y.ndim > 1 else ""
    return f"y = np.unique(y, return_inverse=True)[1]{again}: the classes counted from 0."


def label_out_of_range(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        y = head.finite_y()
        if y is None or head.loss != SPARSE or not head.units or not is_whole(y) or head.has_distributions():
            continue
        ignored = head.options.get("ignore_class")
        kept = y if ignored is None else y[y != ignored]
        held_out = [
            a for name, a in case.validation.items() if name.startswith("y") and a.dtype.kind in "biuf" and a.size
        ]
        later = held_out[0] if len(held_out) == len(case.heads) == 1 else kept
        if kept.size and kept.min() >= 0 and kept.max() < head.units <= later.max() and is_whole(later):
            yield seen(
                head.layer, f"The labels of the validation data go from {later.min():g} to {later.max():g}, those of "
                f"training from {kept.min():g} to {kept.max():g}; {head.units} units stand for 0 to {head.units - 1}.",
                "validation_data whose labels are counted as those of y are.", low=int(later.min()), high=int(later.max()),
                units=head.units,
            )  # fmt: skip
        if kept.size and (kept.min() < 0 or kept.max() >= head.units):
            low, high = int(kept.min()), int(kept.max())
            values = distinct(kept)[0]
            fix = (
                "y = y - 1"
                if low == 1 and high == head.units
                else f"loss=lamina.losses.SparseCategoricalCrossentropy(ignore_class={low}), if {low} stands for no class."
                if ignored is None and _is_filling(values, y, head.units)
                else _counted(y)
                if len(values) <= head.units
                else f"{_counted(y).partition(':')[0]}, and {last_layer(case, head, len(values))}."
                if low < 0
                else f"{last_layer(case, head, high + 1)} as last layer, or labels from 0."
            )
            yield seen(
                head.layer, f"The labels go from {low} to {high}, but {head.units} units stand for 0 to {head.units - 1}.", fix,
                low=low, high=high, units=head.units,
            )  # fmt: skip


def _is_filling(values: np.ndarray, y: np.ndarray, units: int) -> bool:
    """Whether one value, below 0, fills up sequences of labels that are right, or stands beside all the classes."""
    is_one = values[0] < 0 and np.all(values[1:] >= 0) and values[-1] < units
    return bool(is_one and ((y.ndim > 1 and y.shape[-1] > 1) or len(values) == units + 1))


def binary_label_values(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        y = head.finite_y()
        if y is None or head.loss != BINARY or (y.min() >= 0 and y.max() <= 1) or not is_whole(y):
            continue
        classes = len(distinct(y)[0])
        if 2 < classes <= 100 and head.units == 1:
            count = "y = np.unique(y, return_inverse=True)[1], and " if y.min() < 0 or y.max() >= 2 * classes else ""
            units = classes if count else int(y.max()) + 1
            fix = f'{count}{last_layer(case, head, units, "softmax")} with loss="{SPARSE}".'
        elif set(distinct(y)[0]) == {-1.0, 1.0}:
            fix = "y = (y + 1) / 2"
        elif classes == 2:
            fix = f"y = (y == {y.max():g}).astype(int)"
        elif _are_of_units(head, y, classes):
            fix = f'{last_layer(case, head, head.units or classes, "softmax")} with loss="{SPARSE}".'
        elif are_pictures(y):
            fix = "y = y / 255: pictures in [0, 1]."
        else:
            fix = 'activation="linear" with loss="mse" for a regression; targets in [0, 1] for labels.'
        yield seen(
            head.layer, f"{BINARY} takes targets in [0, 1], but they go from {y.min():.4g} to {y.max():.4g}.", fix,
            low=float(y.min()), high=float(y.max()), distinct=classes,
        )  # fmt: skip


def _are_of_units(head: Head, y: np.ndarray, classes: int) -> bool:
    """Whether there is one number for each sample, and a unit for each number."""
    return y.size == len(y) and y.min() == 0 and int(y.max()) < (head.units or 0) <= 2 * classes


def crossentropy_continuous_targets(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        y = head.finite_y()
        if y is not None and head.loss == BINARY and not is_whole(y) and (y.min() < 0 or y.max() > 1):
            yield seen(
                head.layer, f"{BINARY} takes targets in [0, 1]; these have fractions and go from {y.min():.4g} to {y.max():.4g}.",
                "y = y / 255: pictures in [0, 1]." if are_pictures(y)
                else 'activation="linear" with loss="mse", for a regression.', low=float(y.min()), high=float(y.max()),
            )  # fmt: skip
        if y is None or head.loss != CATEGORICAL or y.ndim < 2 or y.shape[-1] != head.units or head.units == 1:
            continue
        axis = head.options.get("axis", -1)
        sums = y.sum(axis=axis if -y.ndim <= axis < y.ndim else -1)
        # Rows of zeros are left out by intent, unless they are all that there is of a class.
        is_lost = y.ndim == 2 and np.any(sums == 0) and not np.all(np.any(y, axis=0))
        off = float(np.mean((np.abs(sums - 1) > 1e-3) & (is_lost | (sums != 0))))
        if off > 0 or y.min() < 0:
            yield seen(
                head.layer, f"{CATEGORICAL} takes rows that sum to 1; {off:.0%} of the targets' rows do not.",
                "look at how the rows were made: those of zeros may be of the classes that no row is of." if is_lost
                else 'activation="linear" with loss="mse", for a regression.' if not is_whole(y) or y.min() < 0 or y.max() > 1
                else f'activation="sigmoid" with loss="{BINARY}", for several labels at once.', share=off,
            )  # fmt: skip


def single_class_labels(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        y = head.finite_y()
        if y is None or not (head.is_crossentropy or head.is_regression) or len(y) < 32:
            continue
        is_residual = head.is_regression and case.network.graph is None and not np.any(y)  # of an equation, say
        if np.all(y == y[:1]) and not (_is_partly_frozen(case) or is_residual or _needs_no_more(case, head)):
            of = " of the first batch" if case.setting.is_stream else ""
            yield seen(
                head.layer, f"All {len(y)} targets{of} are the same: there is nothing to tell apart.",
                "mix the samples before they are put into batches: order = np.random.permutation(len(x)), x = x[order], "
                "y = y[order]; or look at how y was read, if all batches are so." if case.setting.is_stream
                else "look at how y was read or selected.", count=len(y),
            )  # fmt: skip


def _needs_no_more(case: Case, head: Head) -> bool:
    """Whether an output is learned from though the targets are all the same: it compares what two branches give, and the place
    of the right one is always the same; or it has no bias with which to give a constant, and the targets are its centre."""
    last = next((layer for layer in case.network.layers if path_of(layer) == head.layer), None)
    if last is None or not has_kernel(last):
        return (head.units or 1) > 1 and head.loss in (CATEGORICAL, SPARSE) and not getattr(last, "weights", None)
    return head.is_regression and not getattr(last, "use_bias", True)


def _is_partly_frozen(case: Case) -> bool:
    return any(weights and key not in case.network.trained for key, weights in case.network.weights.items())


def class_imbalance(case: Case) -> Iterator[Seen]:
    for head in case.heads:
        y = head.finite_y()
        if y is None or not head.is_crossentropy or head.weighted or not head.metrics:
            continue
        if not all("acc" in metric.lower() for metric in head.metrics):
            continue
        labels = y.argmax(axis=-1) if head.has_distributions() else y
        if not is_whole(labels) or (labels.ndim > 1 and labels.shape[-1] > 1):
            continue
        _, counts = distinct(labels)
        if 2 <= len(counts) <= 20 and counts.max() > 10 * counts.min() and len(labels) >= 100:
            yield seen(
                head.layer, f"The largest class has {counts.max()} targets, the smallest {counts.min()}; accuracy hides it "
                "when the small class is never found.", 'class_weight="balanced", and a metric such as AUC.',
                largest=int(counts.max()), smallest=int(counts.min()),
            )  # fmt: skip


def _net(last: str, loss: str, y: str, more: str = "") -> str:
    return f"""rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
labels = (x[:, 0] > 0) + 2 * (x[:, 1] > 0)
y = {y}
model = lamina.Sequential([lamina.Input((8,)), layers.Dense(16, activation="relu"), {last}])
model.compile(optimizer="adam", loss={loss}{more})"""


_FOUR, _ONE = 'layers.Dense(4, activation="softmax")', 'layers.Dense(1, activation="sigmoid")'
_SPARSE, _BINARY = f'"{SPARSE}"', f'"{BINARY}"'
_RARE = "(x[:, 0] > 2.2).astype(int)"

RULES = (
    Rule(
        "label-encoding", DATA, "error", "class numbers with categorical crossentropy, or one-hot rows with the sparse one",
        label_encoding, "SO 59325381; SO 39810655", _net(_FOUR, f'"{CATEGORICAL}"', "labels"), _net(_FOUR, _SPARSE, "labels"),
        ("outputs-swapped",),
    ),
    Rule(
        "labels-not-integer", DATA, "error", "sparse categorical crossentropy, and targets with fractions", labels_not_integer,
        "SO 59325381", _net(_FOUR, _SPARSE, "labels + 0.25"), _net(_FOUR, _SPARSE, 'labels.astype("float32")'),
        ("outputs-swapped",),
    ),
    Rule(
        "label-out-of-range", DATA, "error", "sparse categorical crossentropy, and a label below 0 or beyond the units",
        label_out_of_range, "keras issue 11786", _net(_FOUR, _SPARSE, "labels + 1"), _net(_FOUR, _SPARSE, "labels"),
        ("softmax-single-unit", "sigmoid-with-categorical-crossentropy", "outputs-swapped"),
    ),
    Rule(
        "binary-label-values", DATA, "error", "binary crossentropy, and whole numbers outside [0, 1]", binary_label_values,
        "SO 50079585; SO 59282996", _net(_ONE, _BINARY, "labels"), _net(_ONE, _BINARY, "labels % 2"),
        ("softmax-with-binary-crossentropy", "outputs-swapped"),
    ),
    Rule(
        "crossentropy-continuous-targets", DATA, "error", "categorical crossentropy, and rows that do not sum to 1, or binary "
        "crossentropy and fractions outside [0, 1]",
        crossentropy_continuous_targets, "SO 46642627", _net(_FOUR, f'"{CATEGORICAL}"', "np.abs(x[:, :4])"),
        _net(_FOUR, f'"{CATEGORICAL}"', "0.9 * np.eye(4)[labels] + 0.025"),
        ("sigmoid-with-categorical-crossentropy", "outputs-swapped"),
    ),
    Rule(
        "single-class-labels", DATA, "warning", "32 or more targets, all the same, and no layer frozen", single_class_labels,
        "SageMaker Debugger", _net(_ONE, _BINARY, "0 * labels"), _net(_ONE, _BINARY, "labels % 2"),
    ),
    Rule(
        "class-imbalance", DATA, "warning", "a class more than 10 times another, accuracy the only metric, and no weights",
        class_imbalance, "SageMaker Debugger", _net(_ONE, _BINARY, _RARE, ', metrics=["accuracy"]'),
        _net(_ONE, _BINARY, "labels % 2", ', metrics=["accuracy"]'),
        ("validation-split-sorted", "outputs-swapped"),
    ),
)  # fmt: skip
