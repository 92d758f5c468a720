"""What `fit` and the others check before anything runs."""

from typing import Any

import numpy as np

from lamina import tree
from lamina._checks import check_fraction, check_positive_int
from lamina._deprecation import warn_at_user
from lamina.engines import engine


def check_run(
    batch_size: Any = None, epochs: Any = None, initial_epoch: Any = None, steps: Any = None, where: str = "fit"
) -> None:
    """Raises ValueError for counts that are no positive ints."""
    steps_name = "steps_per_epoch" if where == "fit" else "steps"
    for name, value in (("batch_size", batch_size), ("epochs", epochs), (steps_name, steps)):
        if value is not None:
            check_positive_int(value, name, where)
    if where == "fit" and (epochs is None or initial_epoch is None):
        raise ValueError(f"fit: epochs and initial_epoch must be integers; got {epochs!r} and {initial_epoch!r}.")
    if initial_epoch is not None and (not isinstance(initial_epoch, (int, np.integer)) or initial_epoch < 0):
        raise ValueError(f"{where}: initial_epoch must be zero or a positive integer; got {initial_epoch!r}.")


def check_validation(steps: Any, batch_size: Any, frequency: Any) -> None:
    """Raises ValueError for counts that are no positive ints, and for a frequency that is neither that nor epochs."""
    for name, value in (("validation_steps", steps), ("validation_batch_size", batch_size)):
        if value is not None:
            check_positive_int(value, name, "fit")
    if isinstance(frequency, (list, tuple, set, range)):
        if not all(isinstance(epoch, (int, np.integer)) for epoch in frequency):
            raise ValueError(f"fit: validation_freq must hold numbers of epochs; got {frequency!r}.")
        return
    check_positive_int(frequency, "validation_freq", "fit")


def check_split(value: Any) -> None:
    if value is not None:
        check_fraction(value, "validation_split", "fit", closed=False)


def check_lengths(x: Any, y: Any, sample_weight: Any, where: str) -> None:
    """Raises ValueError for empty data, data without a batch axis, and arrays of different length, naming them."""
    named = [(f"x{p}", a) for p, a in _named(x)] + [(f"y{p}", a) for p, a in _named(y)]
    named += [(f"sample_weight{p}", a) for p, a in _named(sample_weight)]
    for name, array in named:
        if array.ndim == 0:
            raise ValueError(f"{where}: {name} must have a batch axis; got a single number.")
    lengths = {name: len(a) for name, a in named}
    if len(set(lengths.values())) > 1:
        raise ValueError(
            f"{where}: all arrays must have the same number of samples; got "
            + ", ".join(f"{name}: {n}" for name, n in lengths.items())
            + "."
        )
    if not lengths:
        raise ValueError(f"{where}: x is missing.")
    if 0 in lengths.values():
        raise ValueError(f"{where}: the data is empty (shape of {named[0][0]}: {named[0][1].shape}).")


def _named(structure: Any, path: str = "") -> list[tuple[str, np.ndarray]]:
    if structure is None:
        return []
    if isinstance(structure, dict):
        return [item for k, v in structure.items() for item in _named(v, f"{path}[{k!r}]")]
    if isinstance(structure, (list, tuple)):
        return [item for i, v in enumerate(structure) for item in _named(v, f"{path}[{i}]")]
    return [(path, structure)]


def check_numbers(x: Any, y: Any, where: str) -> None:
    """Raises TypeError for arrays of strings that no layer of the model turns into numbers."""
    for prefix, part in (("x", x), ("y", y)):
        for path, array in _named(part):
            if array.dtype.kind in "USO":
                raise TypeError(
                    f"{where}: {prefix}{path} holds strings ({array.dtype}), for instance {array.ravel()[0]!r}. "
                    + (
                        "Encode them as numbers."
                        if prefix == "y"
                        else "Put a StringLookup layer in front, or encode them."
                    )
                )


def warn_not_finite(x: Any, y: Any, sample_weight: Any, where: str, follows: str = "the loss will become NaN") -> None:
    """One warning that names the arrays with NaN or infinite values, and what follows from them."""
    bad = []
    for prefix, part in (("x", x), ("y", y), ("sample_weight", sample_weight)):
        for path, array in _named(part):
            if isinstance(array, np.ndarray) and array.dtype.kind == "f" and not is_surely_finite(array):
                count = int(np.count_nonzero(~np.isfinite(array)))
                if count:
                    bad.append(f"{prefix}{path} ({count} of {array.size})")
    if bad:
        said = f"{where}: NaN or infinite values in {', '.join(bad)}; {follows}."
        warn_at_user(UserWarning(said))


def warn_predictions_not_finite(x: Any, outputs: Any, where: str) -> None:
    """A warning if some of `outputs` and of `x` are not finite. The outputs, mostly the fewer, are looked at first."""
    floats = [a for a in tree.flatten(outputs) if a.dtype.kind == "f"]
    if not all(map(is_surely_finite, floats)):
        warn_not_finite(x, None, None, where, follows="the predictions have such values too")


def is_surely_finite(array: np.ndarray) -> bool:
    """One pass, no copy: neither a sum nor a sum of squares is finite if an element is not. The second is BLAS's, and faster."""
    with np.errstate(over="ignore", invalid="ignore"), engine.quiet():
        if array.flags.c_contiguous and array.dtype in (np.float32, np.float64):
            flat = array.reshape(-1)
            return bool(np.isfinite(np.dot(flat, flat)))
        return bool(np.isfinite(np.sum(array, dtype=np.float64)))


def check_labels(y: Any, classes: int, loss: Any, output: str) -> None:
    """Raises ValueError for labels that the loss has no meaning for: integers outside 0 ... classes-1 of a sparse loss,
    and numbers far outside 0 ... 1 of binary cross-entropy (a little noise on labels is a known trick of training GANs)."""
    if y is not None and y.dtype.kind in "iuf" and y.size and getattr(loss, "name", "") == "binary_crossentropy":
        if y.min() < -0.5 or y.max() > 1.5:
            raise ValueError(
                f"y holds values from {y.min()} to {y.max()} for the output {output!r}; binary cross-entropy takes 0 ... 1. "
                "For labels -1 and 1 use hinge, or (y + 1) / 2."
            )
    is_sparse = getattr(loss, "name", "") == "sparse_categorical_crossentropy" or (
        type(loss).__name__ == "SparseCategoricalCrossentropy"
    )
    if y is None or not is_sparse or y.dtype.kind not in "iuf" or not y.size:
        return
    low, high = y.min(), y.max()
    ignored = getattr(loss, "ignore_class", None)
    if ignored is not None:
        kept = y[y != ignored]
        if not kept.size:
            return
        low, high = kept.min(), kept.max()
    if low < 0 or high >= classes:
        hint = "Labels start at 0." if high == classes else "Give the last layer one unit for each class."
        if low < 0 and high < classes:
            hint = f"If {low} stands for no class: SparseCategoricalCrossentropy(ignore_class={low})."
        raise ValueError(
            f"y holds labels from {low} to {high}, but the output {output!r} has {classes} units, for labels 0 to "
            f"{classes - 1}. {hint}"
        )


def class_weights_to_sample_weights(y: Any, class_weight: Any, sample_weight: Any) -> np.ndarray:
    """Sample weights `(samples,)` from {class: weight}, times those given. Classes not named weigh 1.

    "balanced" ("auto" in Keras 1) is samples / (classes · samples of the class).
    Raises ValueError for a class_weight that is neither, or for several outputs.
    """
    if isinstance(class_weight, dict) and any(isinstance(weight, dict) for weight in class_weight.values()):
        raise ValueError(
            f"fit: class_weight is for models with one output; got one for each of {list(class_weight)}. Give "
            "sample_weight={output: weights}, one weight a sample: np.array([w0, w1, ...])[labels]."
        )
    balanced = isinstance(class_weight, str) and class_weight in ("balanced", "auto")
    if not balanced and (
        not isinstance(class_weight, dict) or not all(isinstance(k, (int, np.integer)) for k in class_weight)
    ):
        raise ValueError(
            f"fit: class_weight must be a dict from class index to weight, or 'balanced'; got {class_weight!r}."
        )
    flat = tree.flatten(y)
    if len(flat) != 1 or flat[0] is None:
        raise ValueError(
            "fit: class_weight works for models with one output and targets y. Give sample_weight, nested like y, one "
            "weight a sample: np.array([w0, w1, ...])[labels]."
        )
    labels = flat[0]
    if labels.ndim > 1 and labels.shape[-1] > 1:
        labels = np.argmax(labels, axis=-1)
    labels = np.asarray(labels).reshape(len(labels), -1).astype(np.int64)
    if labels.shape[1] != 1:
        raise ValueError(f"fit: class_weight needs one label a sample; got y of shape {flat[0].shape}.")
    labels = labels[:, 0]
    weights = np.ones(len(labels), np.float32)
    if balanced:
        classes, counts = np.unique(labels, return_counts=True)
        class_weight = dict(zip(classes.tolist(), len(labels) / (len(classes) * counts)))
    for cls, weight in class_weight.items():
        weights[labels == cls] = weight
    return weights if sample_weight is None else weights * np.asarray(sample_weight, np.float32)
