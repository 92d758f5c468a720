"""Where `fit` and the others get their batches from: what the user gave, checked, as ArrayData or StreamData."""

from typing import Any

import numpy as np

from lamina import tree
from lamina._deprecation import warn_once
from lamina._telling import describe
from lamina.engines import engine
from lamina.variables import host_generator

from . import _checks
from ._data import ArrayData, PyDataset, StreamData, as_arrays, is_frame, is_table, split, unpack_x_y_sample_weight
from ._indices import check_indices
from ._stepping import Stepping

_STEPS = ("train", "test", "predict")


def make_source(
    model: Any, x: Any, y: Any, sample_weight: Any, batch_size: int | None, shuffle: Any, class_weight: Any, where: str
) -> Any:
    """ArrayData or StreamData of the arguments of the method `where`.

    Raises ValueError or TypeError for data that does not fit together.
    """
    if is_stream(x):
        if y is not None or sample_weight is not None:
            raise ValueError(f"{where}: when x gives batches, they carry y and sample_weight; do not give them too.")
        if batch_size is not None and where in ("fit", "evaluate", "predict"):
            warn_once(f"{where}.batch_size", f"{where}: batch_size has no effect, as x gives batches.", UserWarning)
        source = StreamData(x, shuffle, run_seed(shuffle), _weighing(class_weight), _checking(model, where))
        if source.num_batches == 0:
            raise ValueError(f"{where}: x gives no batch at all; it is empty.")
        return source
    if x is None or (isinstance(x, (dict, list, tuple)) and not x):
        raise ValueError(f"{where}: x is missing; got {x!r}.")
    x, y, sample_weight = as_arrays(x, "x"), as_arrays(y, "y"), as_arrays(sample_weight, "sample_weight")
    _checks.check_lengths(x, y, sample_weight, where)
    if where != "fit" and "predict" not in where:  # the diagnosis looks at data to fit; of predictions the outputs tell
        _checks.warn_not_finite(x, y, sample_weight, where)
    if class_weight is not None:
        sample_weight = _checks.class_weights_to_sample_weights(y, class_weight, sample_weight)
    x = model._host_inputs(x)
    _checks.check_numbers(x, y, where)
    check_indices(model, x, where)
    size = len(tree.flatten(x)[0])
    batch_size = size if where.endswith("_on_batch") else min(batch_size or 32, size)
    return ArrayData(x, y, sample_weight, batch_size, shuffle, run_seed(shuffle))


def _checking(model: Any, where: str) -> Any:
    """Looks at each batch: whether there are inputs, and whether Embeddings have vectors for their indices.

    Raises ValueError that says what a batch may be, unless the model has a step of its own.
    """
    own_step = any(getattr(type(model), f"{kind}_step") is not getattr(Stepping, f"{kind}_step") for kind in _STEPS)

    def check(batch: Any) -> None:
        x = batch[0] if isinstance(batch, tuple) and batch else batch
        if own_step:
            return
        if x is None or (isinstance(x, (tuple, list)) and not x):
            raise ValueError(
                f"{where}: x gave a batch without inputs, {describe(batch)}; a batch is x, (x, y) or (x, y, sample_weight)."
            )
        too_many = isinstance(x, tuple) and len(batch) == 1 and len(x) > 3
        if too_many and _inputs_of(model) not in (0, len(x)):
            raise ValueError(
                f"{where}: x gave a batch that is a tuple of {len(x)}; a batch is x, (x, y) or (x, y, sample_weight)."
            )
        check_indices(model, x, where)

    return check


def _inputs_of(model: Any) -> int:
    """How many inputs a model has, 0 if one cannot tell."""
    return len(tree.flatten(getattr(model, "inputs", None) or []))


def _weighing(class_weight: Any) -> Any:
    """Puts sample weights by class into a batch; None for no weights. Raises ValueError for what needs all labels."""
    if class_weight is None:
        return None
    if isinstance(class_weight, str):
        raise ValueError(
            f"fit: class_weight={class_weight!r} counts all labels, which batches do not show beforehand. Give a dict from "
            "class index to weight."
        )

    def weigh(batch: Any) -> Any:
        x, y, sample_weight = unpack_x_y_sample_weight(batch)
        return x, y, _checks.class_weights_to_sample_weights(y, class_weight, sample_weight)

    return weigh


def with_validation(
    model: Any, source: Any, data: Any, fraction: float, batch_size: int | None, training_batch_size: int | None
) -> tuple[Any, Any]:
    """The sources of training and of validation: of `data` if there is some, else of the last fraction, else None."""
    if data is not None:
        return source, validation_source(model, data, batch_size or training_batch_size)
    return hold_out(source, fraction, batch_size) if fraction else (source, None)


def validation_source(model: Any, data: Any, batch_size: int | None) -> Any:
    """The source of `validation_data`: (x, y), (x, y, sample_weight), or batches."""
    parts = unpack_x_y_sample_weight(data) if isinstance(data, (tuple, list)) else (data, None, None)
    return make_source(model, *parts, batch_size, False, None, "validation_data")


def hold_out(source: Any, fraction: float, batch_size: int | None) -> tuple[ArrayData, ArrayData]:
    """The source without, and one of, the last fraction of its samples. Raises ValueError for batches."""
    if not isinstance(source, ArrayData):
        raise ValueError("fit: validation_split works on arrays; give validation_data for batches.")
    first, last = map(unpack_x_y_sample_weight, split(source.data, fraction))
    kept = ArrayData(*first, source.batch_size, source.shuffle, source.seed)
    return kept, ArrayData(*last, batch_size or source.batch_size)


def is_stream(x: Any) -> bool:
    if isinstance(x, PyDataset):
        return True
    if (
        isinstance(x, (np.ndarray, dict))
        or engine.is_tensor(x)
        or is_frame(x)
        or is_table(x)
        or hasattr(x, "__array__")
    ):
        return False
    if isinstance(x, (list, tuple)):
        return False
    if isinstance(x, (str, bytes)) or not hasattr(x, "__iter__"):
        raise TypeError(
            f"x: expected arrays, a data frame, a PyDataset or an iterable of batches; got {type(x).__name__}."
        )
    return True


def run_seed(shuffle: Any) -> int:
    return int(host_generator().integers(0, 2**63)) if shuffle else 0
