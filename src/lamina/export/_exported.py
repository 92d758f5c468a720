"""What is written: a function of tensors with its program, its ends and names, and a way to see what it gives."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lamina import tree
from lamina.engines import engine

from ._model_ends import model_ends
from ._model_function import model_function
from ._program import Program
from ._table import TablePart
from ._tracing import Ends, trace_program


@dataclass
class Exported:
    """One function to export.

    Attributes:
        name: of the model. function: of traced tensors, nested as `ends.structure`. call: the same on arrays.
        ends: what it takes. variables: what it reads. titles: for the path of each layer its class.
        named_outputs: names of the outputs of a functional model. table: what it expects of a table.
        difference: the largest that a check of what was written has found; None without one.
    """

    name: str
    function: Callable[[Any], Any]
    call: Callable[[Any], Any]
    ends: Ends
    variables: list[Any]
    titles: dict[str, str]
    named_outputs: list[str] | None = None
    table: TablePart | None = None
    difference: float | None = None

    @cached_property
    def _traced(self) -> tuple[Program, Any]:
        return trace_program(self.function, self.ends, self.variables)

    @property
    def program(self) -> Program:
        """The program with open sizes. Raises ExportError where there is none."""
        return self._traced[0]

    @property
    def structure(self) -> Any:
        """None for one output, the keys of a dict of outputs, else "list"."""
        result = self._traced[1]
        if isinstance(result, dict) and not any(tree.is_nested(v) for v in result.values()):
            return sorted(result) if list(result) != sorted(result) else list(result)
        return "list" if tree.is_nested(result) else None

    @property
    def output_names(self) -> list[str]:
        """A name for each output: a dict's key, or that of the layer that gives it."""
        count = len(self.program.outputs)
        if isinstance(self.structure, list):
            return self.structure
        names = self.named_outputs or []
        if len(names) != count or len(set(names)) != count or set(names) & set(self.ends.names):
            names = [f"output_{i}" for i in range(count)] if count > 1 else ["output"]
        return names

    def arrays(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """What the function itself gives for these inputs, flat."""
        given = tree.pack_sequence_as(self.ends.structure, inputs)
        return [np.asarray(engine.numpy(x)) for x in tree.flatten(self.call(given))]


def exported_model(model: Any, input_signature: Any = None) -> Exported:
    """A model's call outside training. Raises ExportError for a model that has not been built."""
    ends = model_ends(model, input_signature)
    layers = [layer for layer in model._flatten_layers() if getattr(layer, "path", None)]
    return Exported(
        model.name,
        model_function(model),
        lambda inputs: model(inputs, training=False),
        ends,
        list({id(v): v for v in model.variables}.values()),
        {layer.path: f"{layer.path}: {type(layer).__name__}" for layer in layers},
        getattr(getattr(model, "_functional", None) or model, "output_names", None),
    )
