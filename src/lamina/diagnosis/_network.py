"""`Network`: a model as the rules see it: its layers, and which feeds which where that is known."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from lamina.engines import engine
from lamina.variables import Variable

from ._flat import Flat, flat_of, graph_of, of_chain
from ._told_by_values import told_by_values

# Layers through which the values of a unit go unchanged, or are only averaged.
PASSING = {
    "Flatten", "Reshape", "Permute", "Identity", "Dropout", "RepeatVector", "AveragePooling1D", "AveragePooling2D",
    "AveragePooling3D", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D", "Cropping1D",
    "Cropping2D", "Cropping3D", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "Squeeze", "ExpandDims",
}  # fmt: skip
_ACTIVATION_LAYERS = {
    "ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "PReLU": "prelu", "Softmax": "softmax",
}  # fmt: skip
# The same of `lamina.ops`. Not of exp: that of a log_softmax is a softmax.
_ACTIVATIONS = {
    "Relu": "relu", "Relu6": "relu6", "LeakyRelu": "leaky_relu", "Elu": "elu", "Selu": "selu", "Gelu": "gelu", "Silu": "silu",
    "Sigmoid": "sigmoid", "HardSigmoid": "hard_sigmoid", "Tanh": "tanh", "Softplus": "softplus", "Softsign": "softsign",
    "Softmax": "softmax", "LogSoftmax": "log_softmax",
}  # fmt: skip
_WRAPPERS = ("Bidirectional", "TimeDistributed")
AFFINE = ("Dense", "Conv1D", "Conv2D", "Conv3D")


def kind(layer: Any) -> str:
    """The name of a layer's class."""
    return type(layer).__name__


def activation_of(layer: Any) -> str | None:
    """The name of a layer's activation, "linear" for an affine layer without; None for one that is not known to have any."""
    if kind(layer) == "Softmax" and not _is_over_units(layer):
        return "softmax over another axis"
    if kind(layer) == "ReLU" and layer.negative_slope:
        return "leaky_relu"
    if _is_activation(layer):
        return _ACTIVATION_LAYERS.get(kind(layer)) or _ACTIVATIONS[kind(layer)]
    function = getattr(layer, "function" if kind(layer) == "Lambda" else "activation", None)
    if function is None or not callable(function):
        return None
    if kind(function) in _ACTIVATION_LAYERS:
        return _ACTIVATION_LAYERS[kind(function)]
    name, module = getattr(function, "__name__", None), getattr(function, "__module__", None) or ""
    is_ours = (module.startswith("lamina.activations") and kind(layer) != "Lambda") or (
        module.startswith("lamina.ops") and name in _ACTIVATIONS.values()
    )
    return name if is_ours else told_by_values(function)


def is_of_library(thing: Any) -> bool:
    """Whether the class of a layer or metric is one of lamina's own."""
    return type(thing).__module__.partition(".")[0] == "lamina"


def _is_activation(operation: Any) -> bool:
    """Whether a layer or an operation is nothing but an activation."""
    return kind(operation) in _ACTIVATION_LAYERS or (kind(operation) in _ACTIVATIONS and is_operation(operation))


def is_operation(operation: Any) -> bool:
    """Whether a part of a graph is a call of a function of `lamina.ops`, not a layer."""
    return not hasattr(type(operation), "weights")


def axis_of(softmax: Any) -> Any:
    """The axis of a softmax, layer or operation."""
    return softmax.arguments.get("axis", -1) if is_operation(softmax) else softmax.axis


def _is_over_units(softmax: Any) -> bool:
    """Whether the axis of a softmax is the last."""
    nodes, axis = getattr(softmax, "_inbound_nodes", None), axis_of(softmax)
    return axis == -1 or bool(nodes and axis == len(nodes[0].input_tensors[0].shape) - 1)


def values_of(weight: Any) -> np.ndarray:
    """The numbers of a weight: a variable, or a tensor that is computed of several, as a kernel with LoRA."""
    return np.asarray(engine.numpy(weight.__tensor__() if isinstance(weight, Variable) else weight))


def path_of(layer: Any) -> str:
    """The path of a layer in its model, as `layer.path` gives it."""
    return getattr(layer, "path", None) or layer.name


class Network:
    """The layers of a model and, if it is a graph, their connections.

    Args:
        model: a built model.
    """

    def __init__(self, model: Any):
        self.model = model
        self._chain: list[Any] = []
        self._pairs: dict[Any, list[tuple[Any, Any]]] = {}

    @cached_property
    def graph(self) -> Any:
        """The functional model that holds the graph; None for a subclassed model."""
        return graph_of(self.model)

    @cached_property
    def layers(self) -> list[Any]:
        """The layers that hold no others, each once. Recurrent layers and wrappers count as one with what they hold."""
        return list({id(layer): layer for layer in _leaves(self.model)}.values())

    @cached_property
    def weights(self) -> dict[int, list[Any]]:
        """The weights of each layer, by its id."""
        return {id(layer): layer.weights for layer in self.layers}

    @cached_property
    def trained(self) -> set[int]:
        """The ids of the layers that have trainable weights."""
        return {key for key, weights in self.weights.items() if any(w.trainable for w in weights)}

    @cached_property
    def _flat(self) -> Flat:
        return of_chain(self._chain) if self.graph is None else flat_of(self.graph)

    def take_chain(self, layers: list[Any]) -> None:
        """Of a model without a graph: the layers that it was seen to call, each on what the one before gave."""
        self._chain = layers

    @property
    def operations(self) -> list[Any]:
        """The operations of the graph in its order, those of a model within it in its place."""
        return self._flat.operations

    @property
    def sources(self) -> dict[int, list[Any]]:
        """The operations that feed each operation, by its id."""
        return self._flat.sources

    @property
    def last(self) -> list[Any]:
        """For each output of the graph, the operation that gives it."""
        return self._flat.last

    @cached_property
    def users(self) -> dict[int, list[Any]]:
        """The operations that each operation feeds, by its id."""
        found: dict[int, list[Any]] = {key: [] for key in self.sources}
        for operation in self.operations:
            for source in self.sources[id(operation)]:
                found[id(source)].append(operation)
        return found

    def is_within(self, operation: Any) -> bool:
        """Whether an operation is part of a model within the graph."""
        return id(operation) in self._flat.inner

    def gives_out(self, operation: Any) -> bool:
        """Whether an operation gives an output of a model within the graph: values of their own, not only of a hidden layer."""
        return id(operation) in self._flat.inner_ends

    def pairs(self, also: tuple[str, ...] = ()) -> list[tuple[Any, Any]]:
        """Each operation of the graph with one that it alone feeds, looking through layers that pass values on, and through
        those of the kinds in `also`."""
        if also not in self._pairs:
            self._pairs[also] = self._find_pairs(also)
        return self._pairs[also]

    def _find_pairs(self, also: tuple[str, ...]) -> list[tuple[Any, Any]]:
        found = []
        for operation in self.operations:
            after = self.only_user(operation)
            while after is not None and (passes(after) or kind(after) in also):
                after = self.only_user(after)
            if after is not None:
                found.append((operation, after))
        return found

    def only_user(self, operation: Any) -> Any:
        """The operation that alone is fed by one, and by nothing else; None if there is no such."""
        users = self.users[id(operation)]
        return users[0] if len(users) == 1 and len(self.sources[id(users[0])]) == 1 else None

    def chain(self, operation: Any) -> list[Any]:
        """The operations that follow one after the other on an operation, up to where their values part or meet others but by
        being joined."""
        found: list[Any] = []
        users = self.users.get(id(operation), [])
        while len(users) == 1 and (len(self.sources[id(users[0])]) == 1 or kind(users[0]) == "Concatenate"):
            found.append(users[0])
            users = self.users[id(users[0])]
        return found

    def is_passed_by_all(self, operation: Any) -> bool:
        """Whether each way from the inputs to the outputs leads through an operation."""
        reached = {id(o) for o in self.operations if not self.sources[id(o)] and o is not operation}
        for each in self.operations:
            if each is not operation and any(id(s) in reached for s in self.sources[id(each)]):
                reached.add(id(each))
        return not any(id(end) in reached for end in self.last)

    def owner(self, layer: Any) -> Any:
        """The layer whose activation a layer is: what feeds it, if that has a kernel; or else the layer itself."""
        before = self.sources.get(id(layer), [])
        is_activation = kind(layer) == "Activation" or _is_activation(layer)
        return before[0] if is_activation and len(before) == 1 and has_kernel(before[0]) else layer

    def ends(self) -> list[tuple[Any, str | None]]:
        """For each output of the graph, the layer that gives it and its last activation."""
        return [self._end(operation) for operation in self.last]

    def _end(self, operation: Any) -> tuple[Any, str | None]:
        """The first layer on the way back that is more than a change of shape or an activation."""
        activation = None
        while True:
            own = activation_of(operation)
            activation = own if activation in (None, "linear") else activation
            is_step = kind(operation) in PASSING or kind(operation) == "Activation" or _is_activation(operation)
            before = self.sources.get(id(operation), [])
            if not is_step or len(before) != 1 or not before[0]._inbound_nodes:
                return operation, activation
            if own not in (None, "linear") and activation_of(before[0]) is None:
                return operation, activation
            operation = before[0]

    def feeding_data(self) -> list[Any]:
        """The layers with a kernel that no other layer with weights feeds."""
        return self._feeding_data

    @cached_property
    def _feeding_data(self) -> list[Any]:
        behind: set[int] = set()  # operations that weights lead to; the operations come in order of the graph
        found = []
        for operation in self.operations:
            before = self.sources[id(operation)]
            if any(id(s) in behind or _changes_data(s) for s in before):
                behind.add(id(operation))
            elif has_kernel(operation):
                found.append(operation)
        return found


def _leaves(layer: Any) -> Iterator[Any]:
    for each in layer._flatten_layers(include_self=False, recursive=False):
        is_one = hasattr(each, "cell") or kind(each) in _WRAPPERS or not each._flatten_layers(include_self=False)
        yield from [each] if is_one else _leaves(each)


def _changes_data(operation: Any) -> bool:
    """Whether what leaves a layer is no longer the data, perhaps scaled. A frozen network has its scale from its training."""
    return bool(getattr(operation, "weights", None)) and kind(operation) != "Normalization"


def passes(operation: Any) -> bool:
    """Whether an operation hands on the values of units as they are, or averages them."""
    return kind(operation) in PASSING or (kind(operation) == "Activation" and activation_of(operation) == "linear")


def within(layer: Any) -> Any:
    """The layer that a TimeDistributed calls at each step, or else the layer itself."""
    return layer.layer if kind(layer) == "TimeDistributed" else layer


def has_kernel(layer: Any) -> bool:
    """Whether a layer multiplies what it is given with a kernel."""
    if kind(layer) in _WRAPPERS:
        return has_kernel(getattr(layer, "layer", None) or layer.forward_layer)
    owner = getattr(layer, "cell", layer)
    return any(getattr(owner, name, None) is not None for name in ("kernel", "depthwise_kernel"))
