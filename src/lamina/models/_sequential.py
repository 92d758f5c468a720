"""A chain of layers."""

from typing import Any

import numpy as np

from lamina import ops, tree
from lamina._public import public
from lamina.layers import InputLayer, Layer
from lamina.layers._base._call import as_shapes, is_shape, training_mode
from lamina.ops._symbolic import KerasTensor
from lamina.variables import deserialize_keras_object, serialize_keras_object

from ._model import Functional, Model


@public("Sequential", "models.Sequential")
class Sequential(Model):
    """Layers one after the other, each with one input and one output.

    Args:
        layers: list[Any] of layers; more can be added with `add`. With an `Input` first, or `input_shape=` on the first
            layer, the weights are made at once; otherwise at the first call.
        trainable: whether the weights are trained.
        name: string without "/".

    Example:
        >>> model = Sequential([Input((4,)), layers.Dense(2)])
        >>> model.output_shape
        (None, 2)
    """

    def __init__(self, layers: Any = None, trainable: bool = True, name: str | None = None, **kwargs: Any):
        super().__init__(trainable=trainable, name=name, **kwargs)
        self._functional: Functional | None = None
        self._chain: list[Layer] = []
        self._first_dtype: Any = None
        if layers is not None:
            for layer in layers if isinstance(layers, (list, tuple)) else [layers]:
                self.add(layer, rebuild=False)
            self._maybe_rebuild()

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Puts a layer at the end of the chain.

        Raises ValueError if it is no layer, has the name of another one, or does not fit the output before it.
        """
        if isinstance(layer, KerasTensor) and layer._keras_history is not None:
            layer = layer._keras_history.operation
        if not isinstance(layer, Layer):
            hint = " Did you mean an instance, with ()?" if isinstance(layer, type) else ""
            raise ValueError(
                f"{self._owner}.add: expected a layer; got {layer!r} of type {type(layer).__name__}.{hint}"
            )
        if any(layer.name == other.name for other in self._chain):
            raise ValueError(
                f"{self._owner}.add: there is a layer {layer.name!r} already. Names must be unique in a model: pass name= "
                "to one of them."
            )
        if isinstance(layer, InputLayer) and self._chain:
            raise ValueError(f"{self._owner}.add: an InputLayer can only come first; there are {self.layers} already.")
        before = list(self._chain)
        if not self._chain and not isinstance(layer, InputLayer):
            shape = _starting_shape(layer)
            if shape is not None:
                self._chain.append(InputLayer(batch_shape=shape, dtype=_starting_dtype(layer)))
        self._chain.append(layer)
        if rebuild:
            try:
                self._maybe_rebuild()
            except Exception:
                self._chain[:] = before
                self._maybe_rebuild()
                raise
        else:
            self._reset()

    def pop(self, rebuild: bool = True) -> Layer:
        """Removes the last layer and returns it. Raises ValueError if there is none."""
        if not self.layers:
            raise ValueError(f"{self._owner}.pop: there is no layer.")
        layer = self._chain.pop()
        self._reset()
        if rebuild:
            self._maybe_rebuild()
        return layer

    def _reset(self) -> None:
        object.__setattr__(self, "_functional", None)
        object.__setattr__(self, "_locked", False)
        self.built = False

    def _maybe_rebuild(self) -> None:
        self._reset()
        if len(self._chain) > 1 and isinstance(self._chain[0], InputLayer):
            self.build(self._chain[0].batch_shape)

    def build(self, input_shape: Any = None) -> None:
        """Joins the layers for inputs of that shape, making their weights."""
        if self._functional is not None:
            return
        if not self._chain:
            raise ValueError(f"{self._owner} has no layers. Add some with add().")
        if isinstance(self._chain[0], InputLayer):
            start = self._chain[0]
        else:
            if input_shape is None:
                raise ValueError(f"{self._owner}.build: give the shape of the input, or start with Input(shape=...).")
            shapes = as_shapes(input_shape)
            if not is_shape(shapes):
                return  # several inputs: each layer is built by its call
            start = InputLayer(batch_shape=shapes, dtype=self._first_dtype or self.compute_dtype)
            self._chain.insert(0, start)
        x = inputs = start.output
        for layer in self._chain[1:]:
            x = self._join(layer, x)
        functional = Functional(inputs, x, name=self.name)
        object.__setattr__(self, "_functional", functional)

    def _join(self, layer: Layer, x: Any) -> Any:
        try:
            return layer(x)
        except ValueError as error:
            # Layers' own messages name the layer and the shapes; what is missing is which layer comes before it.
            if isinstance(x, KerasTensor) and x._keras_history is not None:
                before = x._keras_history.operation.name
                error.add_note(f'In {self._owner}: layer "{layer.name}" follows "{before}", whose output is {x.shape}.')
            raise

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        if self._functional is None and not tree.is_nested(inputs) and hasattr(inputs, "dtype"):
            dtype = ops.standardize_dtype(inputs.dtype)
            self._first_dtype = None if ops.is_float_dtype(dtype) else dtype
        return super().__call__(inputs, *args, **kwargs)

    def _maybe_build(self, arguments: Any) -> None:
        shapes = arguments.shapes()
        shape = next(iter(shapes.values()), None)
        if shape is None and isinstance(arguments.first, np.ndarray):
            shape = arguments.first.shape
        if is_shape(shape):
            self.build((None, *shape[1:]))

    def _host_inputs(self, x: Any) -> Any:
        if self._functional is None and self._chain and self._chain[0].is_host_layer:
            self._first_dtype = "string"
            self.build((None, *np.shape(x)[1:]))
        return x if self._functional is None else self._functional._host_inputs(x)

    def _convert_arguments(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        # The first layer casts what it is given; strings reach it as they are.
        return args, kwargs

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if self._functional is not None:
            return self._functional.call(inputs, training=training, mask=mask)
        with training_mode(training):
            for layer in self._chain:
                if not isinstance(layer, InputLayer):
                    inputs = layer(inputs)
        return inputs

    def compute_output_spec(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        if self._functional is not None:
            return self._functional.compute_output_spec(inputs)
        for layer in self._chain:
            inputs = layer.compute_output_spec(inputs)
        return inputs

    def _output_specs(self, x: Any) -> Any:
        if self._functional is not None and type(self).call is Sequential.call:
            return self._functional._output_specs(x)
        return super()._output_specs(x)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the output for inputs of this shape."""
        if self._functional is not None:
            return self._functional.compute_output_shape(input_shape)
        shape = input_shape
        for layer in self.layers:
            shape = layer.compute_output_shape(shape)
        return shape

    @property
    def layers(self) -> list[Layer]:
        """The layers of the chain, without the InputLayer."""
        chain = self._chain
        return list(chain[1:] if chain and isinstance(chain[0], InputLayer) else chain)

    @property
    def _layers(self) -> list[Layer]:
        chain = list(self.__dict__.get("_chain", ()))
        ids = {id(layer) for layer in chain} | {id(self.__dict__.get("_functional"))}
        return chain + [layer for layer in super()._layers if id(layer) not in ids]

    def _graph(self, what: str) -> Functional:
        if self._functional is None:
            raise AttributeError(
                f"{self._owner} has no {what} yet: it is not built. Start it with Input(shape=...) or call it on data."
            )
        return self._functional

    @property
    def inputs(self) -> Any:
        return self._graph("inputs").inputs

    @property
    def outputs(self) -> Any:
        return self._graph("outputs").outputs

    @property
    def input(self) -> Any:
        return self._graph("input").input

    @property
    def output(self) -> Any:
        return self._graph("output").output

    @property
    def input_shape(self) -> Any:
        return self._graph("input_shape").input_shape

    @property
    def output_shape(self) -> Any:
        return self._graph("output_shape").output_shape

    @property
    def input_names(self) -> Any:
        return self._graph("input_names").input_names

    @property
    def output_names(self) -> Any:
        return self._graph("output_names").output_names

    @property
    def input_dtype(self) -> str:
        return self._chain[0].dtype if self._has_start() else self.compute_dtype

    def _has_start(self) -> bool:
        return bool(self._chain) and isinstance(self._chain[0], InputLayer)

    def get_build_config(self) -> dict[str, Any] | None:
        return {"input_shape": self._chain[0].batch_shape} if self._functional is not None else None

    def get_config(self) -> dict[str, Any]:
        config = {"name": self.name, **self._general_config()}
        config["layers"] = [serialize_keras_object(layer) for layer in self._chain]
        if self._functional is not None:
            config["build_input_shape"] = self._chain[0].batch_shape
        return config

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> "Sequential":
        if isinstance(config, list):  # Keras 1
            config = {"layers": config}
        config = dict(config)
        layers, shape = config.pop("layers"), config.pop("build_input_shape", None)
        trainable = config.pop("trainable", True)
        if isinstance(config.get("dtype"), dict):
            config["dtype"] = deserialize_keras_object(config["dtype"])
        model = cls(**config)
        from_files = [deserialize_keras_object(entry, custom_objects=custom_objects) for entry in layers]
        for layer in from_files:
            model.add(layer, rebuild=False)
        model._maybe_rebuild()
        if model._functional is None and shape is not None and model._chain:
            shape = as_shapes(shape)
            if is_shape(shape):
                model.build(shape)
                model._mark_built()
        if not trainable:
            model.trainable = False
        return model


def _starting_shape(layer: Layer) -> Any:
    """The input shape that a first layer was told, or that a first model has."""
    if layer._input_shape_arg is not None:
        return layer._input_shape_arg
    if isinstance(layer, (Functional, Sequential)) and layer.built and len(layer.inputs) == 1:
        return layer.inputs[0].shape
    return None


def _starting_dtype(layer: Layer) -> Any:
    if isinstance(layer, (Functional, Sequential)):
        return layer.inputs[0].dtype
    return "string" if layer.is_host_layer else None
