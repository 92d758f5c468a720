"""`Model`: a layer that can be trained, saved and looked at."""

import inspect
import json
from typing import Any, Self

from lamina import saving
from lamina._lazy import lazy_module
from lamina._public import public
from lamina.layers import Layer
from lamina.layers._base._call import as_shapes, map_shapes
from lamina.ops._symbolic import KerasTensor
from lamina.training import Trainer
from lamina.variables import add_resolver, deserialize_keras_object, serialize_keras_object
from lamina.viewing import print_summary

from ._graph_config import graph_from_config
from ._graph_model import GraphModel, is_functional_call, is_graph, new_spelling, takes_graph
from ._memory import made_up_memory
from ._old_methods import OldMethods
from ._quantizable import QuantizableModel
from ._state_tree import StateTree

_formats = lazy_module("lamina.export._formats")
_explaining: Any = lazy_module("lamina.models._explaining._explain")
_plots = lazy_module("lamina.plot._network")
_cards = lazy_module("lamina.viewing._cards")


@public("Model", "models.Model")
class Model(Trainer, StateTree, OldMethods, QuantizableModel):
    """Layers joined to a whole, with `compile`, `fit`, `evaluate`, `predict`, `save` and `summary`.

    There are three ways to make one: `Model(inputs, outputs)` from KerasTensors (functional), `Sequential([...])` for a
    chain of layers, and a subclass that makes layers in `__init__` and calls them in `call`.

    Args:
        inputs: nested structure of KerasTensors, from `Input` or anywhere in a graph of layers.
        outputs: nested structure of KerasTensors that depend on them.
        name: string without "/".

    Example:
        >>> inputs = Input((3,))
        >>> model = Model(inputs, layers.Dense(1)(inputs))
        >>> model.count_params()
        4
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        if cls is Model and is_functional_call(args, new_spelling(kwargs)):
            return Layer.__new__(Functional, *args, **kwargs)
        return Layer.__new__(cls, *args, **kwargs)

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs = new_spelling(kwargs)
        if is_functional_call(args, kwargs):
            _become_functional(type(self))
            Functional.__init__(self, *args, **kwargs)
            return
        if args:
            raise TypeError(
                f"{type(self).__name__}: expected inputs and outputs, or keyword arguments only; got {args!r}. A subclass "
                "with its own arguments calls super().__init__(**kwargs)."
            )
        Trainer.__init__(self)
        Layer.__init__(self, **kwargs)
        self.supports_masking = True

    @property
    def layers(self) -> list[Layer]:
        """The layers directly inside."""
        return list(self._flatten_layers(include_self=False, recursive=False))

    @layers.setter
    def layers(self, _: Any) -> None:
        raise AttributeError("Model.layers is read-only: call the attribute something else.")

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of that name, or at that place. Raises ValueError that lists the layers if there is none."""
        if (name is None) == (index is None):
            raise ValueError(f"{self._owner}.get_layer: give either a name or an index.")
        layers = self.layers
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ValueError(f"{self._owner}.get_layer: index {index} is outside its {len(layers)} layers.")
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        raise ValueError(
            f"{self._owner}.get_layer: no layer {name!r}; there are {', '.join(repr(l.name) for l in layers)}."
        )

    def build(self, input_shape: Any) -> None:
        """Makes the weights by tracing `call` on inputs of these shapes (a shape, or a list or dict of them)."""
        if self.built:
            return
        shapes = as_shapes(input_shape)
        object.__setattr__(self, "_build_shapes_dict", {"input_shape": shapes})
        if type(self).call is Layer.call:
            raise NotImplementedError(f"{self._owner}: define call(), or make the model from inputs and outputs.")
        specs = map_shapes(lambda shape: KerasTensor(shape, self.compute_dtype), shapes)
        try:
            self._traced_spec(specs)
        except TypeError as error:
            error.add_note(
                f"{self._owner} could not be built from shapes alone. Call it on a batch of real data instead of build()."
            )
            raise

    def _maybe_build(self, arguments: Any) -> None:
        if type(self).build is not Model.build:
            super()._maybe_build(arguments)
            return
        # The layers inside are built by their own first call.
        object.__setattr__(self, "_build_shapes_dict", self._shapes_by_name(arguments.shapes()))

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Builds the model with the shapes of `get_build_config`, if that can be done without data."""
        if not config or self.built:
            return
        shapes = config.get("input_shape") or config.get("shapes_dict")
        if shapes is None:
            return
        super().build_from_config(config)

    def _repr_html_(self) -> str:
        return _cards.model_card(self)

    def plot(self, shapes: bool = False, ax: Any = None) -> Any:
        """Draws the layers and how they are joined, as `lamina.plot.network` does (extra `plot`); gives the axes."""
        return _plots.network(self, shapes, ax)

    def summary(
        self,
        line_length: int | None = None,
        positions: list[float] | None = None,
        print_fn: Any = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Any = None,
        memory: bool | int = False,
    ) -> None:
        """Prints a table of the layers, their output shapes and numbers of weights.

        Args:
            line_length: width of the table.
            positions: relative or absolute ends of its columns.
            print_fn: function that takes the text, in place of printing.
            expand_nested: whether the layers of models inside are shown.
            show_trainable: whether a column tells what is trained.
            layer_range: pair of names (or patterns) of the first and last layer to show.
            memory: whether the memory of a training step is measured and shown, for a batch of 32 (True) or so many; the
                model must be compiled.
        """
        print_summary(
            self,
            line_length=line_length,
            positions=positions,
            print_fn=print_fn,
            expand_nested=expand_nested,
            show_trainable=show_trainable,
            layer_range=layer_range,
            memory=made_up_memory(self, 32 if memory is True else memory) if memory else None,
            batch_size=32 if memory is True else memory,
        )

    def save(self, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any) -> None:
        """Writes the whole model to a `.keras` file: architecture, weights, and how it was compiled."""
        saving.save_model(self, filepath, overwrite=overwrite, zipped=zipped, **kwargs)

    def save_weights(self, filepath: Any, overwrite: bool = True, max_shard_size: Any = None, **kwargs: Any) -> None:
        """Writes the weights to a `.weights.h5` file."""
        saving.save_weights(self, filepath, overwrite=overwrite, max_shard_size=max_shard_size, **kwargs)

    def load_weights(self, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> None:
        """Takes the weights from a `.weights.h5`, `.keras` or old `.h5` file.

        Args:
            skip_mismatch: whether layers whose weights do not fit are left out, with a warning.
        """
        saving.load_weights(self, filepath, skip_mismatch=skip_mismatch, **kwargs)

    def explain(self, x: Any, y: Any = None, most: int | None = 8) -> Any:
        """The whole computation for one input: each neuron's sum and activation, and back from the loss each weight's gradient.

        Written out number by number are Dense layers, Conv1D to Conv3D (each window; one group, channels last), and SimpleRNN,
        LSTM and GRU step by step; of other layers, of masked steps and of weights of few bits the outputs are shown, and the
        gradients by the tape. Computed as `predict` computes, without dropout. No weight is changed.

        Args:
            x: one input, with a batch axis of 1 or without it; for several inputs a dict or list of arrays.
            y: its target; then the gradients are shown too, of the loss that the model was compiled with.
            most: numbers that are shown of each part of a layer; None for all.
        Returns: an Explanation: `print` it, see it in a notebook, or take its `rows` (dicts of direction, layer, what, formula,
            value) into a table; `outputs` and `loss` are its last numbers.
        Raises ValueError for more than one input, and with `y` for a model that is not compiled.

        Example:
            >>> model = lamina.Sequential([lamina.Input((1,)), lamina.layers.Dense(1)])
            >>> model.set_weights([np.array([[2.5]]), np.array([90.0])])
            >>> print(model.explain([5.0]))
            forward: dense, Dense: 1 numbers into 1
              unit 1: output = 2.5 · 5 + 90 = 102.5
        """
        return _explaining.explain(self, x, y, most)

    def export(
        self, filepath: Any, format: str = "tf_saved_model", verbose: bool | None = None, input_signature: Any = None,
        **kwargs: Any,
    ) -> list[str]:  # fmt: skip
        """Writes what the model predicts to files that run without lamina; see `export.export_model`.

        Args:
            format: "numpy", "onnx", "c", "jax", "torch" or "tf_saved_model".
            input_signature: shapes and dtypes of the inputs, where they are to be others than those it was built with.
        """
        return _formats.export_model(self, filepath, format, verbose, input_signature, **kwargs)

    def to_json(self, **kwargs: Any) -> str:
        """The architecture as JSON, for `models.model_from_json`. `kwargs` go to `json.dumps`."""
        return json.dumps(serialize_keras_object(self), **kwargs)

    def get_config(self) -> dict[str, Any]:
        """The arguments from which `from_config` makes a like model."""
        if type(self).get_config is Model.get_config:
            config = {"name": self.name, **self._general_config()}
            own = _own_arguments(self)
            return {**config, **own}
        return super().get_config()

    def _general_config(self) -> dict[str, Any]:
        config = Layer.get_config(self)
        return {key: config[key] for key in ("trainable", "dtype")}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """A model made from what `get_config` returned."""
        if {"layers", "input_layers", "output_layers"} <= set(config):
            return _functional_from_config(cls, config, custom_objects)
        parameters = inspect.signature(cls.__init__).parameters
        if not any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
            config = {k: v for k, v in config.items() if k in parameters}
        return super().from_config(config)


class Functional(GraphModel, Model):
    """What `Model(inputs, outputs)` makes."""

    _keras_module = "keras.src.models.functional"


# Keras has no public name for it; old files say keras.Functional or keras.engine.functional.
add_resolver(lambda module, name: Functional if name == "Functional" else None)


def _functional_from_config(cls: type, config: dict[str, Any], custom_objects: Any = None) -> Any:
    """The model that the config of a graph describes."""
    inputs, outputs, losses = graph_from_config(config, custom_objects, is_graph)
    takes_ends = cls.__init__ is Model.__init__ or takes_graph(cls)
    cls = Functional if cls is Model or not takes_ends else cls
    model = cls(inputs, outputs, name=config.get("name"))
    if losses:
        model.add_loss(losses)
    if not config.get("trainable", True):
        model.trainable = False
    return model


def _become_functional(cls: type) -> None:
    """Makes a subclass of Model that calls `super().__init__(inputs, outputs)` a functional model."""
    if issubclass(cls, Functional):
        return
    cls.__bases__ = tuple(Functional if base is Model else base for base in cls.__bases__)
    for base in cls.__bases__:
        if issubclass(base, Model) and not issubclass(base, Functional) and base is not Model:
            _become_functional(base)


def _own_arguments(model: Model) -> dict[str, Any]:
    """The arguments that the subclass's own `__init__` was given."""
    if type(model).__init__ is Model.__init__:
        return {}
    return model._arguments_of_init()


@public("models.model_from_json")
def model_from_json(json_string: str, custom_objects: Any = None) -> Model:
    """The model that `to_json` described, with fresh weights.

    Args:
        json_string: the text.
        custom_objects: dict[str, Any] from name to class or function of your own.
    Example:
        >>> model = Sequential([Input((2,)), layers.Dense(3)])
        >>> models.model_from_json(model.to_json()).output_shape
        (None, 3)
    """
    try:
        config = json.loads(json_string)
    except json.JSONDecodeError as error:
        raise ValueError(f"model_from_json: this is not JSON: {error}.") from None
    return deserialize_keras_object(config, custom_objects=custom_objects)
