from typing import Any, Unpack

from lamina import ops, tree
from lamina._public import public
from lamina._typing import TensorLike
from lamina.variables import deserialize_keras_object, serialize_keras_object

from .._base._arguments import LayerArguments
from .._base._call import function_of, signature_of
from .._base._layer import Layer


@public("layers.StackedRNNCells")
class StackedRNNCells(Layer):
    """Several cells as one: at each step the output of a cell is the input of the next.

    Args:
        cells: list[Any] of cells.

    Input `(batch, features)` of one step and the states of all cells; output `(batch, units)` of the last cell.

    Example:
        >>> RNN(StackedRNNCells([LSTMCell(4), GRUCell(3)]))(ops.ones((2, 5, 2))).shape
        (2, 3)
    """

    def __init__(self, cells: Any, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        for cell in cells:
            for needed in ("call", "state_size"):
                if not hasattr(cell, needed):
                    raise ValueError(f"{self._owner}: a cell must have {needed}; {cell!r} has none.")
        self.cells: Any = list(cells)

    @property
    def state_size(self) -> Any:
        """The state sizes of the cells, a list."""
        return [c.state_size for c in self.cells]

    @property
    def output_size(self) -> Any:
        """The size of the last cell's output."""
        return _output_size(self.cells[-1])

    def get_initial_state(self, batch_size: Any = None) -> Any:
        """The first states of all cells, a list."""
        states = []
        for cell in self.cells:
            if hasattr(cell, "get_initial_state"):
                states.append(cell.get_initial_state(batch_size=batch_size))
            else:
                states.append(
                    tree.map_structure(
                        lambda size: ops.zeros((batch_size, size), dtype=self.compute_dtype), cell.state_size
                    )
                )
        return states

    def build(self, input_shape: Any) -> None:
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell.build(input_shape)
            input_shape = (input_shape[0], _output_size(cell))

    def call(self, inputs: TensorLike, states: TensorLike, training: bool | None = False) -> Any:
        new_states = []
        for cell, before in zip(self.cells, states):
            takes_training = isinstance(cell, Layer) and signature_of(function_of(cell.call)).has_training
            run = cell if callable(cell) else cell.call
            inputs, after = run(
                inputs,
                list(before) if tree.is_nested(before) else [before],
                **({"training": training} if takes_training else {}),
            )
            new_states.append(tree.pack_sequence_as(before, tree.flatten(after)))
        return inputs, new_states

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "cells": [serialize_keras_object(cell) for cell in self.cells]}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        config = dict(config)
        config["cells"] = [deserialize_keras_object(c, custom_objects=custom_objects) for c in config["cells"]]
        return super().from_config(config)


def _output_size(cell: Any) -> int:
    size = getattr(cell, "output_size", None)
    return tree.flatten(cell.state_size)[0] if size is None else size
