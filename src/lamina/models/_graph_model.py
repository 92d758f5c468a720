"""A model that is a graph of layers between KerasTensors."""

import inspect
from typing import Any

import numpy as np

from lamina import ops, tree
from lamina._deprecation import warn_once
from lamina.engines import engine
from lamina.layers import InputLayer, InputSpec, Layer
from lamina.layers._base._call import as_shapes, map_shapes, training_mode
from lamina.layers._base._mask import get_mask, set_mask
from lamina.ops._dtypes import numpy_dtype
from lamina.ops._symbolic import Function, KerasTensor, Node, node_of, run_nodes
from lamina.training import Trainer
from lamina.training._host_outputs import HOST_OUTPUTS
from lamina.variables import serialize_keras_object

from ._graph import order_operations
from ._graph_config import end_address, node_config, tensor_address
from ._graph_losses import GraphLosses
from ._host_part import host_part


def is_functional_call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether the arguments are `(inputs, outputs)` of a functional model."""
    return len(args) >= 2 or (len(args) == 1 and "outputs" in kwargs) or ("inputs" in kwargs and "outputs" in kwargs)


def new_spelling(kwargs: dict[str, Any]) -> dict[str, Any]:
    """`input=` and `output=` of Keras 1 as `inputs=` and `outputs=`."""
    kwargs = dict(kwargs)
    for old in ("input", "output"):
        if old in kwargs:
            warn_once(f"Model.{old}", f"Model: the argument {old}= is called {old}s= now.")
            kwargs[f"{old}s"] = kwargs.pop(old)
    return kwargs


class GraphModel(Function, GraphLosses):
    """The part of a functional model that knows its graph: the layers that lead from inputs to outputs."""

    def __init__(self, inputs: Any = None, outputs: Any = None, name: str | None = None, **kwargs: Any):
        trainable = kwargs.pop("trainable", None)
        kwargs = new_spelling(kwargs)
        inputs, outputs = kwargs.pop("inputs", inputs), kwargs.pop("outputs", outputs)
        if not self.__dict__.get("_initialized"):
            Trainer.__init__(self)
            Layer.__init__(self, name=name, **kwargs)
        elif kwargs:
            raise ValueError(f"Model: unknown argument(s) {sorted(kwargs)}.")
        check_ends(inputs, outputs)
        if not all(_is_input(x) for x in tree.flatten(inputs)):
            inputs, outputs = _restart(inputs, outputs)
        self._set_graph(inputs, outputs)
        self._forget_losses()
        self._set_operations([])
        self.supports_masking = True
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self._mark_built()
        object.__setattr__(self, "_locked", False)
        if trainable is not None and not trainable:
            self.trainable = False

    def _set_operations(self, further: list[Node]) -> None:
        """The operations in Keras's order, after them those of the further nodes."""
        self._operations, self._node_ids = order_operations(self._inputs, self._outputs)
        known = {id(operation) for operation in self._operations}
        for node in further:
            self._node_ids.add(id(node))
            if id(node.operation) not in known:
                known.add(id(node.operation))
                self._operations.append(node.operation)
        self._check_unique_names()

    def _check_unique_names(self) -> None:
        seen: dict[str, Any] = {}
        for operation in self._operations:
            other = seen.setdefault(operation.name, operation)
            if other is not operation:
                raise ValueError(
                    f"Model {self.name!r}: two layers are called {operation.name!r} ({type(other).__name__} and "
                    f"{type(operation).__name__}). Names must be unique in a model: pass name= to one of them."
                )

    @property
    def _layers(self) -> list[Layer]:
        graph = [operation for operation in self.__dict__.get("_operations", ()) if isinstance(operation, Layer)]
        ids = {id(layer) for layer in graph}
        return graph + [layer for layer in super()._layers if id(layer) not in ids]

    inputs = property(lambda self: self._inputs)
    outputs = property(lambda self: self._outputs)
    input = property(lambda self: self._inputs_struct)
    output = property(lambda self: self._outputs_struct)
    input_shape = property(lambda self: _shapes(self._inputs_struct))
    output_shape = property(lambda self: _shapes(self._outputs_struct))
    input_names = property(lambda self: [name_of(x) for x in self._inputs])
    output_names = property(lambda self: [x._keras_history.operation.name for x in self._outputs])

    @property
    def input_spec(self) -> Any:
        """What each input must look like; batch sizes are free."""
        if self.__dict__.get("_input_spec") is not None:
            return self._input_spec
        return tree.map_structure(
            lambda x: InputSpec(shape=(None, *x.shape[1:]), name=name_of(x), optional=_is_optional(x)),
            self._inputs_struct,
        )

    @input_spec.setter
    def input_spec(self, value: Any) -> None:
        self._input_spec = value

    def build(self, input_shape: Any) -> None:
        """Nothing to do: the graph is built as it is drawn."""

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Nothing to do: the graph is built as it is drawn."""

    def get_build_config(self) -> dict[str, Any] | None:
        return {"input_shape": None}

    def _host_inputs(self, x: Any) -> Any:
        """What the trainer gives the compiled step in place of `x`, if there are layers that read strings."""
        part = host_part(self)
        return x if part is None else tree.map_structure(engine.numpy, part.run(x))

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if isinstance(inputs, dict) and HOST_OUTPUTS in inputs:
            with training_mode(training):
                values = host_part(self).finish(inputs[HOST_OUTPUTS])
                self._collect_losses(values)
            return single(self._outputs_in(values))
        values = self._standardize(inputs)
        if mask is not None:
            masks = tree.flatten(mask) if tree.is_nested(mask) else [mask]
            values = [x if m is None else set_mask(x, m) for x, m in zip(values, masks)]
        found = {id(x): value for x, value in zip(self._inputs, values)}
        with training_mode(training):
            run_nodes(self._nodes, found)
            self._collect_losses(found)
        return single(self._outputs_in(found))

    def compute_output_spec(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        values = tree.pack_sequence_as(self._inputs_struct, self._standardize(inputs))
        return single(self.run(values, lambda operation, args, kwargs: operation.compute_output_spec(*args, **kwargs)))

    def _output_specs(self, x: Any) -> Any:
        """By the rules of the layers, which is sooner told than by a trace."""
        own = type(self).call is GraphModel.call and host_part(self) is None
        if own and all(isinstance(s, engine.Spec) and np.dtype(s.dtype).kind not in "USO" for s in tree.flatten(x)):
            given = tree.map_structure(lambda s: KerasTensor(s.shape, ops.standardize_dtype(s.dtype)), x)
            found = tree.flatten(self.compute_output_spec(given))
            if not any(size is None for y in found for size in y.shape):
                specs = [engine.Spec(y.shape, numpy_dtype(y.dtype)) for y in found]
                return single(tree.pack_sequence_as(self._outputs_struct, specs))
        return super()._output_specs(x)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shapes of the outputs for inputs of these shapes."""
        specs = tree.flatten(map_shapes(lambda shape: KerasTensor(shape), as_shapes(input_shape)))
        specs = [KerasTensor(s.shape, x.dtype) for s, x in zip(specs, self._inputs)]
        outputs = self.compute_output_spec(tree.pack_sequence_as(self._inputs_struct, specs))
        return tree.map_structure(lambda x: x.shape, outputs)

    def _standardize(self, inputs: Any) -> list[Any]:
        """The values in the order of the inputs, as tensors of the inputs' dtypes and ranks."""
        values = self._in_order(inputs)
        return [self._fit(value, x) for value, x in zip(values, self._inputs)]

    def _in_order(self, inputs: Any) -> list[Any]:
        if isinstance(inputs, dict):
            keys = sorted(self._inputs_struct) if isinstance(self._inputs_struct, dict) else self.input_names
            flat_dict = not isinstance(self._inputs_struct, dict) or all(
                not tree.is_nested(v) for v in self._inputs_struct.values()
            )
            if flat_dict:
                if isinstance(self._inputs_struct, dict):
                    keys = tree.flatten({key: key for key in self._inputs_struct})
                missing = [k for k, x in zip(keys, self._inputs) if k not in inputs and not _is_optional(x)]
                if missing and set(self.input_names) <= set(inputs):
                    keys, missing = self.input_names, []
                if missing:
                    raise ValueError(
                        f"{self._owner}: no data for the input(s) {missing}; got the keys {sorted(inputs)}."
                    )
                return [inputs.get(k) for k in keys]
        values = tree.flatten(inputs)
        if len(values) != len(self._inputs):
            raise ValueError(
                f"{self._owner} has {len(self._inputs)} input(s) ({', '.join(self.input_names)}); got {len(values)}."
            )
        return values

    def _fit(self, value: Any, x: KerasTensor) -> Any:
        if value is None:
            if not _is_optional(x):
                raise ValueError(f"{self._owner}: the input {name_of(x)!r} must not be None.")
            return None
        if x.dtype == "string":  # strings are no tensors: they stay as they are, as a column if need be
            value = value if hasattr(value, "shape") else np.asarray(value)
            is_flat = len(value.shape) == len(x.shape) - 1 and x.shape[-1] == 1
            return value[..., None] if is_flat else value
        if not isinstance(value, KerasTensor):
            mask = get_mask(value)
            value = ops.convert_to_tensor(value, dtype=x.dtype)
            value = value if mask is None else set_mask(value, mask)
        shape, wanted = tuple(value.shape), x.shape
        if len(shape) == len(wanted) + 1 and shape[-1] == 1:
            value = ops.squeeze(value, axis=-1)
        elif len(shape) == len(wanted) - 1 and wanted[-1] == 1:
            value = ops.expand_dims(value, axis=-1)
        shape = tuple(value.shape)
        bad = len(shape) != len(wanted)
        axis = next((i for i, (a, b) in enumerate(zip(shape, wanted)) if i and None not in (a, b) and a != b), None)
        if bad or axis is not None:
            where = f"{len(wanted)} axes" if bad else f"{wanted[axis]} on axis {axis}"
            raise ValueError(
                f"{self._owner} expected its input {name_of(x)!r} to have shape {wanted}, {where}; got shape {shape}."
            )
        return value

    def get_config(self) -> dict[str, Any]:
        if not takes_graph(type(self)):
            return super().get_config()
        layers = []
        for operation in self._operations:
            entry = serialize_keras_object(operation)
            entry["name"] = operation.name
            entry["inbound_nodes"] = [
                node_config(node, self._node_ids)
                for node in operation._inbound_nodes
                if id(node) in self._node_ids and not node.is_input
            ]
            layers.append(entry)
        config = {
            "name": self.name,
            "trainable": self.trainable,
            "layers": layers,
            "input_layers": tree.map_structure(lambda x: end_address(x, self._node_ids, is_graph), self._inputs_struct),
            "output_layers": tree.map_structure(
                lambda x: end_address(x, self._node_ids, is_graph), self._outputs_struct
            ),
        }
        if self._added_losses:
            # Keras has nothing of the kind, and reads such a file without them.
            config["added_losses"] = [tensor_address(x, self._node_ids) for x in self._added_losses]
        return config


def takes_graph(cls: type) -> bool:
    """Whether `cls(inputs, outputs, name=...)` makes such a model."""
    names = list(inspect.signature(cls.__init__).parameters)[1:]
    return names[:2] == ["inputs", "outputs"]


def single(outputs: Any) -> Any:
    """As Keras has it: a list or tuple of one output is that output."""
    return outputs[0] if isinstance(outputs, (list, tuple)) and len(outputs) == 1 else outputs


def _shapes(structure: Any) -> Any:
    flat = [x.shape for x in tree.flatten(structure)]
    return flat[0] if len(flat) == 1 else tree.pack_sequence_as(structure, flat)


def check_ends(inputs: Any, outputs: Any) -> None:
    for what, structure in (("inputs", inputs), ("outputs", outputs)):
        flat = tree.flatten(structure)
        for x in flat:
            if not isinstance(x, KerasTensor):
                raise ValueError(
                    f"Model: {what} must be KerasTensors, made by Input() and by calling layers; got {x!r} of type "
                    f"{type(x).__name__}."
                )
        if what == "inputs" and len({id(x) for x in flat}) != len(flat):
            raise ValueError("Model: an input is given twice.")
        if not flat:
            raise ValueError(f"Model: {what} is empty.")


def name_of(x: KerasTensor) -> str:
    history = x._keras_history
    return history.operation.name if history is not None and isinstance(history.operation, InputLayer) else x.name


def _is_optional(x: KerasTensor) -> bool:
    history = x._keras_history
    return history is not None and getattr(history.operation, "optional", False)


def is_graph(operation: Any) -> bool:
    return isinstance(operation, GraphModel)


def _is_input(x: KerasTensor) -> bool:
    node = node_of(x)
    return node is not None and node.is_input


def _restart(inputs: Any, outputs: Any) -> tuple[Any, Any]:
    """A graph that starts in the middle of another gets inputs of its own; its layers are shared."""
    graph = Function(inputs, outputs)
    fresh = [x if _is_input(x) else InputLayer(batch_shape=x.shape, dtype=x.dtype).output for x in tree.flatten(inputs)]
    fresh_struct = tree.pack_sequence_as(inputs, fresh)
    return fresh_struct, graph.run(fresh_struct)
