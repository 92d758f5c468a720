"""What programs of Keras 1 and 2 ask of a layer: the tensors and shapes of its calls, and the lists behind its weights."""

import functools
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from lamina import tree
from lamina._deprecation import warn_once
from lamina.variables import Variable

from ._mask import get_mask
from ._state import Held


class OwnList(list):
    """Weights or metrics of a layer. What is appended belongs to the layer from then on."""

    def __init__(self, things: Iterable[Any], layer: Any):
        super().__init__(things)
        self._layer = layer

    def append(self, thing: Any) -> None:
        self.extend([thing])

    def extend(self, things: Iterable[Any]) -> None:
        for thing in things:
            self._layer._track("", thing)
            super().append(thing)

    def __iadd__(self, things: Iterable[Any]) -> "OwnList":  # type: ignore[misc, override]
        self.extend(things)
        return self


class readable:
    """A property that a subclass may set to something else: Keras 3 leaves these names to its users."""

    def __init__(self, get: Callable[..., Any]):
        self._get = get
        self.__doc__ = get.__doc__

    def __get__(self, layer: Any, owner: Any = None) -> Any:
        return self if layer is None else self._get(layer)


class OldAttributes(Held):
    """`input_shape`, `get_output_at` and their kin, of the calls on KerasTensors that a layer has had."""

    def _of_call(self: Any, attribute: str, index: int) -> Any:
        nodes = self._inbound_nodes
        if not -len(nodes) <= index < len(nodes):
            raise ValueError(
                f"{self._owner}: there is no call {index}; it has been called {len(nodes)} time(s) on KerasTensors."
            )
        flat = list(getattr(nodes[index], attribute))
        return flat[0] if len(flat) == 1 else flat

    def get_input_at(self, node_index: int) -> Any:
        """The KerasTensor (or list of them) that the layer was called on for the `node_index`-th time, from 0."""
        return self._of_call("input_tensors", node_index)

    def get_output_at(self, node_index: int) -> Any:
        """The KerasTensor (or list of them) that the layer gave the `node_index`-th time, from 0."""
        return self._of_call("output_tensors", node_index)

    def get_input_shape_at(self, node_index: int) -> Any:
        """The shape, or shapes, of `get_input_at`."""
        return tree.map_structure(lambda x: x.shape, self.get_input_at(node_index))

    def get_output_shape_at(self, node_index: int) -> Any:
        """The shape, or shapes, of `get_output_at`."""
        return tree.map_structure(lambda x: x.shape, self.get_output_at(node_index))

    def get_input_mask_at(self, node_index: int) -> Any:
        """The mask on `get_input_at`, None where there is none."""
        return tree.map_structure(get_mask, self.get_input_at(node_index))

    def get_output_mask_at(self, node_index: int) -> Any:
        """The mask on `get_output_at`, None where there is none."""
        return tree.map_structure(get_mask, self.get_output_at(node_index))

    def _shape_of_calls(self: Any, at: Any, what: str) -> Any:
        shapes = [at(i) for i in range(len(self._inbound_nodes))]
        if any(shape != shapes[0] for shape in shapes):
            raise AttributeError(
                f"{self._owner} has been called on tensors of different shapes: {shapes}. Write get_{what}_shape_at(i)."
            )
        return shapes[0]

    @readable
    def input_shape(self: Any) -> Any:
        """The shape, or shapes, of the input, the batch included (None where any size will do).

        Raises AttributeError if the layer was never called, or on tensors of different shapes.
        """
        if self._inbound_nodes:
            return self._shape_of_calls(self.get_input_shape_at, "input")
        shapes = self._build_shapes_dict or {}
        if not shapes:
            raise AttributeError(f"{self._owner} has not been called yet, so it has no input_shape.")
        found = list(shapes.values())
        return found[0] if len(found) == 1 else found

    @readable
    def output_shape(self: Any) -> Any:
        """The shape, or shapes, of the output. Raises AttributeError as `input_shape` does."""
        if self._inbound_nodes:
            return self._shape_of_calls(self.get_output_shape_at, "output")
        if not self._build_shapes_dict:
            raise AttributeError(f"{self._owner} has not been called yet, so it has no output_shape.")
        return self.compute_output_shape(*self._build_shapes_dict.values())

    input_mask: Any = readable(lambda self: self.get_input_mask_at(0))
    output_mask: Any = readable(lambda self: self.get_output_mask_at(0))
    inbound_nodes: Any = readable(lambda self: self._inbound_nodes)
    outbound_nodes: Any = readable(lambda self: self._outbound_nodes)

    @property
    def _trainable_weights(self: Any) -> OwnList:
        """The layer's own weights that are trained, not those of layers inside."""
        return OwnList((v for v in self._own_variables if self._is_own_trainable(v)), self)

    @_trainable_weights.setter
    def _trainable_weights(self, weights: Any) -> None:
        self._set_own_weights(weights, True)

    @property
    def _non_trainable_weights(self: Any) -> OwnList:
        """The layer's own weights that are not trained."""
        return OwnList((v for v in self._own_variables if not self._is_own_trainable(v)), self)

    @_non_trainable_weights.setter
    def _non_trainable_weights(self, weights: Any) -> None:
        self._set_own_weights(weights, False)

    trainable_weights: Any = Held.trainable_weights.setter(lambda self, weights: self._set_own_weights(weights, True))
    non_trainable_weights: Any = Held.non_trainable_weights.setter(
        lambda self, weights: self._set_own_weights(weights, False)
    )

    def _set_own_weights(self: Any, weights: Any, trainable: bool) -> None:
        """`self.trainable_weights = [...]` in `build`, as Keras 1 had it: these are the ones, and no others."""
        weights = list(weights)
        for weight in weights:
            if not isinstance(weight, Variable):
                raise TypeError(f"{self._owner}: expected a list of Variables as its weights; got {weight!r}.")
            self._track("", weight)
            weight.trainable = trainable
        kept = {id(weight) for weight in weights}
        for weight in self._own_variables:
            if id(weight) not in kept and self._is_own_trainable(weight) is trainable:
                weight.trainable = not trainable

    @property
    def _metrics(self: Any) -> OwnList:
        """The layer's own metrics, not those of layers inside."""
        return OwnList(self._own_metrics, self)

    def add_metric(self: Any, value: Any, name: str | None = None, **options: Any) -> NoReturn:
        """Raises NotImplementedError that says what to write in its place."""
        name = name or "size"
        raise NotImplementedError(
            f"{self._owner}.add_metric: a method of TensorFlow 2.0 to 2.15 that Keras 3 does not have. Hold a metric: "
            f"self.{name} = keras.metrics.Mean(name={name!r}) in __init__(), self.{name}.update_state(value) in call(); its "
            f"mean over the epoch stands in history under {name!r}. For a value in the middle of a functional model, call "
            "such a layer on it; for one of outputs and targets, use compile(metrics=[...])."
        )

    def add_variable(self: Any, shape: Any, initializer: Any = None, *args: Any, **kwargs: Any) -> Variable:
        """`add_weight`, by its older name."""
        return self.add_weight(shape, initializer, *args, **kwargs)

    def add_update(self: Any, updates: Any, inputs: Any = None) -> None:
        """Accepted, with a note: variables are assigned to in `call`, at once."""
        warn_once("layer.add_update", "add_update() is of Keras 1 and 2: assign to the variable in call() instead.")


def takes_old_order(add_weight: Any) -> Any:
    """Lets `add_weight` be called as in Keras 2: `add_weight("name", shape, dtype, initializer, ...)`."""
    order = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")

    @functools.wraps(add_weight)
    def reordered(self: Any, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], str):
            kwargs = {**dict(zip(order, args)), **kwargs}
            args = ()
        return add_weight(self, *args, **kwargs)

    return reordered
