"""Answers of any Keras model: arrays by the names of its inputs."""

from typing import Any

import numpy as np

from lamina import tree
from lamina.models import Model

from ._answerer import Arrays
from ._refused import Refused


class NetworkAnswerer:
    """A model of one or several named inputs."""

    def __init__(self, model: Model):
        self.model = model
        self.inputs = {x.name: x for x in tree.flatten(model.inputs)}

    def read(self, document: Any) -> Arrays:
        if not isinstance(document, dict) or "inputs" not in document:
            raise Refused(422, f'Expected {{"inputs": ...}}: an array, or an object of arrays for {list(self.inputs)}.')
        return self.read_arrays(document["inputs"])

    def read_arrays(self, given: Any) -> Arrays:
        """The rows, of an array for the only input or of arrays by name."""
        if not isinstance(given, dict):
            if len(self.inputs) != 1:
                raise Refused(422, f"The model has the inputs {list(self.inputs)}; give an object of arrays.")
            given = {next(iter(self.inputs)): given}
        if given.keys() != self.inputs.keys():
            raise Refused(422, f"The model has the inputs {list(self.inputs)}; got {list(given)}.")
        arrays = {name: self._array(name, given[name]) for name in self.inputs}
        counts = {name: len(array) for name, array in arrays.items()}
        if len(set(counts.values())) != 1 or 0 in counts.values():
            raise Refused(422, f"The inputs must have equally many rows, at least one; got {counts}.")
        return arrays

    def _array(self, name: str, value: Any) -> np.ndarray:
        expected = self.inputs[name]
        try:
            array = np.asarray(value, dtype=object if expected.dtype == "string" else expected.dtype)
        except (ValueError, TypeError, OverflowError):
            raise Refused(422, f"Input {name!r} is not an array of {expected.dtype} with equally long rows.") from None
        wanted = tuple(expected.shape)
        fits = len(array.shape) == len(wanted) and all(m in (None, n) for m, n in zip(wanted[1:], array.shape[1:]))
        if not fits:
            raise Refused(422, f"Input {name!r} must have the shape {wanted}; got {array.shape}.")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise Refused(422, f"Input {name!r} holds NaN or infinite values.")
        return array

    def answer(self, rows: Arrays) -> list[Any]:
        x = tree.pack_sequence_as(self.model.inputs, [rows[name] for name in self.inputs])
        outputs = self.model.predict(x, batch_size=len(next(iter(rows.values()))), verbose=0)
        return _rows_of(outputs)

    def describe(self) -> dict[str, Any]:
        arrays = {
            name: {"type": "array", "description": f"{x.dtype} {tuple(x.shape)}"} for name, x in self.inputs.items()
        }
        either: dict[str, Any] = {"type": "object", "properties": arrays, "required": list(arrays)}
        if len(arrays) == 1:
            either = {"oneOf": [next(iter(arrays.values())), either]}
        example = {name: np.zeros([1 if n is None else n for n in x.shape]).tolist() for name, x in self.inputs.items()}
        request = {"type": "object", "required": ["inputs"], "properties": {"inputs": either}}
        return {
            "request": request,
            "answer": {"description": "the outputs for the row"},
            "example": {"inputs": example},
        }


def _rows_of(outputs: Any) -> list[Any]:
    """Arrays of rows, in a structure, as one structure of numbers for each row."""
    if isinstance(outputs, dict):
        return [dict(zip(outputs, row)) for row in zip(*map(_rows_of, outputs.values()))]
    if isinstance(outputs, (list, tuple)):
        return [list(row) for row in zip(*map(_rows_of, outputs))]
    return np.asarray(outputs).tolist()
