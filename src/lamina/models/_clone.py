"""Copies of models with fresh weights."""

from collections.abc import Callable
from typing import Any

from lamina import tree
from lamina._public import public
from lamina.layers import Input, InputLayer, Layer
from lamina.ops._symbolic import KerasTensor, run_nodes

from ._model import Functional, Model
from ._sequential import Sequential


@public("models.clone_model")
def clone_model(
    model: Model,
    input_tensors: Any = None,
    clone_function: Callable[..., Any] | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
    **kwargs: Any,
) -> Model:
    """A model of the same architecture with layers of its own, whose weights are fresh; compiled if the model is.

    Args:
        model: Sequential or functional model; others are made anew from their config.
        input_tensors: KerasTensors to start from, in place of new Inputs.
        clone_function: `layer -> layer`, makes the copy of each layer; by default from its config.
        call_function: `(layer, *args, **kwargs) -> output`, calls each copy; only for functional models.
        recursive: whether `clone_function` is also applied to the layers of models inside.
    Example:
        >>> model = Sequential([Input((2,)), layers.Dense(3)])
        >>> models.clone_model(model).output_shape
        (None, 3)
    """
    kwargs.pop("cache", None)
    if kwargs:
        raise ValueError(f"clone_model: unknown argument(s) {sorted(kwargs)}.")
    copy = clone_function or (lambda layer: type(layer).from_config(layer.get_config()))

    def copy_layer(layer: Any) -> Any:
        if recursive and isinstance(layer, (Sequential, Functional)):
            return clone_model(layer, clone_function=clone_function, call_function=None, recursive=True)
        if not isinstance(layer, Layer):
            return type(layer).from_config(layer.get_config())
        return copy(layer)

    if isinstance(model, Sequential):
        if call_function is not None:
            raise ValueError("clone_model: call_function works on functional models only; got a Sequential.")
        return _compiled_like(model, _clone_sequential(model, input_tensors, copy_layer))
    if isinstance(model, Functional):
        return _compiled_like(model, _clone_functional(model, input_tensors, copy_layer, call_function))
    if input_tensors is not None or clone_function is not None or call_function is not None:
        raise ValueError(
            "clone_model: input_tensors, clone_function and call_function work on Sequential and functional models only; "
            f"got {model!r}."
        )
    return type(model).from_config(model.get_config())


def _compiled_like(model: Model, clone: Any) -> Any:
    """The clone, compiled if the model is, with an optimizer, losses and metrics of its own."""
    if model.compiled:
        clone.compile_from_config(model.get_compile_config())
    return clone


def _clone_sequential(model: Sequential, input_tensors: Any, copy_layer: Callable[..., Any]) -> Sequential:
    layers: list[Layer] = [copy_layer(layer) for layer in model.layers]
    if input_tensors is not None:
        tensors = tree.flatten(input_tensors)
        if len(tensors) != 1 or not isinstance(tensors[0], KerasTensor):
            raise ValueError(
                f"clone_model: a Sequential takes one KerasTensor as input_tensors; got {input_tensors!r}."
            )
        start = tensors[0]._keras_history.operation if tensors[0]._keras_history else None
        if not isinstance(start, InputLayer):
            start = InputLayer(batch_shape=tensors[0].shape, dtype=tensors[0].dtype)
        layers.insert(0, start)
    elif model._has_start():
        first = model._chain[0]
        layers.insert(0, InputLayer(batch_shape=first.batch_shape, dtype=first.dtype, name=first.name))
    return Sequential(layers, name=model.name, trainable=model.trainable)


def _is_like(given: Any, inputs: Any) -> bool:
    """Whether tensors are nested like the inputs; one stands for a list of one, a list for a tuple."""
    if isinstance(given, dict) or isinstance(inputs, dict):
        return isinstance(given, dict) and isinstance(inputs, dict) and set(given) == set(inputs)
    return len(tree.flatten(given)) == len(tree.flatten(inputs))


def _clone_functional(
    model: Functional, input_tensors: Any, copy_layer: Callable[..., Any], call: Callable[..., Any] | None
) -> Functional:
    if input_tensors is None:
        fresh = [Input(batch_shape=x.shape, dtype=x.dtype, name=n) for x, n in zip(model.inputs, model.input_names)]
    else:
        fresh = tree.flatten(input_tensors)
        if not all(isinstance(x, KerasTensor) for x in fresh) or not _is_like(input_tensors, model._inputs_struct):
            raise ValueError(
                f"clone_model: input_tensors must be {len(model.inputs)} KerasTensor(s), nested like the "
                f"model's inputs {model._inputs_struct!r}; got {input_tensors!r}."
            )
    inputs = tree.pack_sequence_as(model._inputs_struct, fresh)
    copies: dict[int, Any] = {}

    def run(operation: Any, args: Any, kwargs: Any) -> Any:
        if id(operation) not in copies:
            copies[id(operation)] = copy_layer(operation)
        made = copies[id(operation)]
        return made(*args, **kwargs) if call is None else call(made, *args, **kwargs)

    values = {id(x): value for x, value in zip(model.inputs, fresh)}
    run_nodes(model._nodes, values, run)
    clone = Functional(inputs, model._outputs_in(values), name=model.name)
    model._copy_losses(values, run, clone)
    clone.trainable = model.trainable
    return clone
