"""Weights of PyTorch, by a mapping of names: kernels there have the outputs first, here last."""

from typing import Any

import numpy as np

from ._errors import ModelFileError
from ._flat_weights import Table

_KERNELS = ("kernel", "recurrent_kernel")


def take_mapped(model: Any, table: Table, mapping: Any, path: str) -> None:
    """Sets every weight of a model from the tensor (or the sum of several) that the mapping names for it.

    Args:
        model: the model, built.
        table: the tensors of a `state_dict`, by name.
        mapping: dict from the path of a weight below the model ("dense/kernel") to a name or a list of names, or a function
            that gives it.
        path: of the file, for messages.
    Raises ValueError for a weight without a name, ModelFileError for a tensor that is missing or has another shape. Nothing is
    set if anything is wrong.
    """
    places = [v.path.removeprefix(f"{model.name}/") for v in model.weights]
    names = {place: mapping(place) if callable(mapping) else mapping.get(place) for place in places}
    without = [place for place, name in names.items() if name is None]
    if without:
        raise ValueError(f"load_weights: mapping names no tensor for {without}; the file holds {sorted(table)}.")
    values = [_value(v, place, names[place], table, path) for v, place in zip(model.weights, places)]
    for variable, value in zip(model.weights, values):
        variable.assign(value)


def _value(variable: Any, place: str, names: Any, table: Table, path: str) -> np.ndarray:
    total: Any = 0
    for name in [names] if isinstance(names, str) else names:
        if name not in table:
            raise ModelFileError(path, name, f"missing; {place!r} is to be read from it. There are {sorted(table)}.")
        total = total + _turned(variable, table[name])
    if tuple(total.shape) != tuple(variable.shape):
        raise ModelFileError(
            path, str(names), f"gives the shape {tuple(total.shape)}; {place!r} has {tuple(variable.shape)}."
        )
    return total


def _turned(variable: Any, tensor: np.ndarray) -> np.ndarray:
    """A kernel `(outputs, inputs, ...)` as `(..., inputs, outputs)`; everything else as it is."""
    if variable.name not in _KERNELS or tensor.ndim < 2:
        return tensor
    return np.transpose(tensor, (*range(2, tensor.ndim), 1, 0))
