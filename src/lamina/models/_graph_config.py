"""Graphs of layers to configs and back, in Keras 3's format (and, reading, in Keras 2's)."""

from collections.abc import Callable
from typing import Any

from lamina import tree
from lamina.layers import InputLayer, Layer
from lamina.layers import deserialize as deserialize_layer
from lamina.layers._base._call import signature_of
from lamina.ops._op import operations
from lamina.ops._symbolic import KerasTensor, Node
from lamina.ops._symbolic._operation import check_name
from lamina.variables import add_resolver, deserialize_keras_object, serialize_keras_object

# Second names of operations, which Keras keeps as classes of their own.
_SAME = {"Abs": "Absolute", "Conj": "Conjugate", "TrueDivide": "Divide"}
_OPERATION_MODULES = ("keras.src.ops.", "keras.src.activations.", "lamina.ops")


def _operation_class(module: str, class_name: str) -> Any:
    """The operation that a file calls `keras.src.ops.numpy`, `Add`."""
    return operations().get(_SAME.get(class_name, class_name)) if module.startswith(_OPERATION_MODULES) else None


add_resolver(_operation_class)


def tensor_address(x: KerasTensor, node_ids: set[int]) -> list[Any]:
    """Where a tensor comes from: name of the operation, index of its call within the model, index of the output."""
    operation, node_index, tensor_index = x._keras_history
    earlier = sum(1 for node in operation._inbound_nodes[:node_index] if id(node) in node_ids)
    return [operation.name, earlier, tensor_index]


def end_address(x: KerasTensor, node_ids: set[int], is_graph: Callable[[Any], bool]) -> list[Any]:
    """The address of an input or output of the model. Keras counts one call more there for models of graph kind."""
    name, node_index, tensor_index = tensor_address(x, node_ids)
    return [name, node_index + is_graph(x._keras_history.operation), tensor_index]


def node_config(node: Node, node_ids: set[int]) -> dict[str, Any]:
    """One call of an operation: its arguments, tensors by address."""

    def one(x: Any) -> Any:
        if not isinstance(x, KerasTensor):
            return serialize_keras_object(x)
        return {
            "class_name": "__keras_tensor__",
            "config": {"shape": x.shape, "dtype": x.dtype, "keras_history": tensor_address(x, node_ids)},
        }

    return {"args": tree.map_structure(one, list(node.args)), "kwargs": tree.map_structure(one, node.kwargs)}


class _NotYet(Exception):
    """A call needs a tensor, given by operation and call, that has not been made yet."""


class _Builder:
    """Makes the operations of a config and calls them, as soon as what they need is there."""

    def __init__(self, config: dict[str, Any], custom_objects: Any):
        self.custom_objects = custom_objects
        self.operations: dict[str, Any] = {}
        self.outputs: dict[tuple[str, int], list[Any]] = {}
        self.waiting: list[tuple[str, int, Any]] = []
        for entry in config["layers"]:
            self._add(entry)
        self._call_all()

    def _add(self, entry: dict[str, Any]) -> None:
        name = entry.get("name") or entry["config"]["name"]
        data = {k: v for k, v in entry.items() if k not in ("name", "inbound_nodes")}
        if "module" in data:
            operation = deserialize_keras_object(data, custom_objects=self.custom_objects)
        else:
            operation = deserialize_layer(data, custom_objects=self.custom_objects)
        if not hasattr(operation, "_inbound_nodes"):
            raise ValueError(f"The config of {name!r} does not describe a layer or operation: {operation!r}.")
        check_name(name, type(operation).__name__)
        operation.name = name
        self.operations[name] = operation
        if isinstance(operation, InputLayer):
            self.outputs[name, 0] = operation._inbound_nodes[0].output_tensors
        for index, node in enumerate(entry.get("inbound_nodes") or ()):
            self.waiting.append((name, index, node))

    def _call_all(self) -> None:
        waiting: dict[tuple[Any, Any], list[tuple[str, int, Any]]] = {}  # output that is needed -> calls that need it
        ready = self.waiting[::-1]
        while ready:
            name, index, node = ready.pop()
            try:
                args, kwargs = self._arguments(node)
            except _NotYet as missing:
                waiting.setdefault(missing.args[0], []).append((name, index, node))
                continue
            operation = self.operations[name]
            _forget_default_training(operation, kwargs)
            self.outputs[name, index] = tree.flatten(operation(*args, **kwargs))
            ready += reversed(waiting.pop((name, index), []))
        if waiting:
            names = ", ".join(sorted({name for calls in waiting.values() for name, _, _ in calls}))
            raise ValueError(f"The graph in the config has no start or a cycle: cannot call {names}.")

    def _arguments(self, node: Any) -> tuple[list[Any], dict[str, Any]]:
        if isinstance(node, dict):
            return (
                [self._value(arg) for arg in node["args"]],
                {key: self._value(value) for key, value in node["kwargs"].items()},
            )
        # Keras 2: [[layer, node_index, tensor_index, kwargs], ...]
        entries = node if isinstance(node[0], list) else [node]
        tensors = [self.tensor(entry[:3]) for entry in entries]
        kwargs = {k: self._value(v) for k, v in (entries[0][3] if len(entries[0]) > 3 else {}).items()}
        return [tensors[0] if len(tensors) == 1 else tensors], kwargs

    def _value(self, value: Any) -> Any:
        if isinstance(value, dict):
            if value.get("class_name") == "__keras_tensor__":
                address = value["config"].get("keras_history")
                return self.tensor(address) if address is not None else deserialize_keras_object(value)
            if "class_name" in value:
                return deserialize_keras_object(value, custom_objects=self.custom_objects)
            return {key: self._value(v) for key, v in value.items()}
        if isinstance(value, list):
            return [self._value(v) for v in value]
        return value

    def tensor(self, address: Any) -> KerasTensor:
        name, node_index, tensor_index = address[:3]
        if name not in self.operations:
            raise ValueError(f"The graph in the config refers to a layer {name!r} that it does not contain.")
        found = self.outputs.get((name, node_index))
        if found is None:
            raise _NotYet((name, node_index))
        return found[tensor_index]

    def ends(self, structure: Any, is_graph: Callable[[Any], bool]) -> Any:
        """The tensors at the addresses of a nested structure of inputs or outputs."""
        if isinstance(structure, dict):
            return {key: self.ends(value, is_graph) for key, value in structure.items()}
        if len(structure) in (3, 4) and isinstance(structure[0], str):
            name, node_index, tensor_index = structure[:3]
            extra = is_graph(self.operations.get(name)) and (name, node_index - 1) in self.outputs
            return self.tensor([name, node_index - extra, tensor_index])
        return [self.ends(value, is_graph) for value in structure]


def _forget_default_training(operation: Any, kwargs: dict[str, Any]) -> None:
    """Keras writes `training` into every call, chosen or not; what is the default need not have been chosen."""
    if isinstance(operation, Layer) and "training" in kwargs:
        default = signature_of(type(operation).call).training_default
        if kwargs["training"] is None or kwargs["training"] == default:
            del kwargs["training"]


def graph_from_config(config: dict[str, Any], custom_objects: Any, is_graph: Callable[[Any], bool]) -> tuple[Any, ...]:
    """The inputs, outputs and added losses of the graph that the config describes. Raises ValueError if it is
    malformed, TypeError if what it holds cannot be made or called so."""
    try:
        builder = _Builder(config, custom_objects)
        losses = [builder.tensor(address) for address in config.get("added_losses", ())]
        return builder.ends(config["input_layers"], is_graph), builder.ends(config["output_layers"], is_graph), losses
    except TypeError as error:
        raise TypeError(f"The graph cannot be made from its config: {error}") from error
    except (KeyError, IndexError, AttributeError, _NotYet) as error:
        raise ValueError(f"The config of the model's graph is malformed: {type(error).__name__} {error}.") from error
