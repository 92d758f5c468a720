"""`explain`: a pass forward over one input, and backward, written down."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from lamina import layers, ops, tree
from lamina._checks import check_positive_int
from lamina.diagnosis._network import Network
from lamina.engines import engine
from lamina.training._diagnosing._called_through import called_through
from lamina.variables import StateScope
from lamina.viewing._explanation import BACKWARD, FORWARD, Explanation, Line, Section

from ._call import Arithmetic, Maker, Passed
from ._cells import Gru, Lstm, Simple
from ._loss import loss_section
from ._product import convolution, dense
from ._writing import section

_MAKERS: dict[type, Maker] = {
    layers.Dense: dense, layers.Conv1D: convolution, layers.Conv2D: convolution, layers.Conv3D: convolution,
    layers.SimpleRNN: Simple, layers.LSTM: Lstm, layers.GRU: Gru,
}  # fmt: skip


def explain(model: Any, x: Any, y: Any, most: int | None) -> Explanation:
    """What `Model.explain` gives."""
    if most is not None:
        check_positive_int(most, "most", "explain")
    if y is not None and not model.compiled:
        raise ValueError("explain: gradients need a loss; call model.compile(loss=...) first, or leave out y.")
    x, y = _batch_of_one(x, model), _batch_of_target(y, model)
    if not model.built:
        model(x)
    network = Network(model)
    calls, outputs = _forward(model, network, x)
    written = [_arithmetic(call) for call in calls]
    sections = [part for call, one in zip(calls, written) for part in _told_forward(call, one, most)]
    answer = tree.map_structure(lambda o: np.asarray(ops.convert_to_numpy(o)), outputs)
    if y is None:
        return Explanation(sections, answer)
    loss, gradients, of_outputs = _backward(model, network, x, y, calls)
    sections.append(loss_section(model, y, answer, loss, of_outputs[-1] if of_outputs else np.zeros(0)))
    told: set[int] = set()
    for call, one, gradient in reversed(list(zip(calls, written, of_outputs))):
        sections += _told_backward(call, one, gradient, gradients, told, most)
    return Explanation(sections, answer, loss)


def _batch_of_one(x: Any, model: Any) -> Any:
    """Arrays with a batch axis of one row, added where it is missing."""
    specs = tree.flatten(getattr(model, "inputs", None) or [])
    arrays = _arrays(x, len(specs))
    flat = tree.flatten(arrays)
    ranks = [len(spec.shape) for spec in specs] if len(specs) == len(flat) else [None] * len(flat)
    rows = [a[None] if rank is not None and a.ndim == rank - 1 else a for a, rank in zip(flat, ranks)]
    for array, rank in zip(rows, ranks):
        if array.ndim == 0 or len(array) != 1 or rank not in (None, array.ndim):
            wanted = [tuple(spec.shape) for spec in specs]
            raise ValueError(
                f"explain: x must be one input{f' of shape {wanted}' if wanted else ''}, with a batch axis of 1 or without it; "
                f"got shape {array.shape}. Explain one row at a time: model.explain(x[0])."
            )
    return tree.pack_sequence_as(arrays, rows)


def _batch_of_target(y: Any, model: Any) -> Any:
    if y is None:
        return None
    arrays = _arrays(y, len(tree.flatten(getattr(model, "outputs", None) or [])))
    return tree.map_structure(lambda a: a if a.ndim and len(a) == 1 else a[None], arrays)


def _arrays(value: Any, count: int) -> Any:
    """An array, or where a model has several inputs or outputs, an array for each; a list of numbers is one array else."""
    is_several = isinstance(value, (dict, tuple)) or (isinstance(value, list) and count > 1 and len(value) == count)
    if not is_several:
        return np.asarray(value)
    return {k: np.asarray(v) for k, v in value.items()} if isinstance(value, dict) else [np.asarray(v) for v in value]


def _forward(model: Any, network: Network, x: Any) -> tuple[list[Passed], Any]:
    calls: list[Passed] = []

    def noting(layer: Any, call: Callable[..., Any]) -> Any:
        def noted(*args: Any, **kwargs: Any) -> Any:
            outputs = call(*args, **kwargs)
            first = tree.flatten(args)[0]
            calls.append(Passed(layer, _row(first), _row(tree.flatten(outputs)[0])))
            return outputs

        return noted

    with called_through(network.layers, noting), StateScope():
        return calls, model._forward(model._host_inputs(x), training=False)


def _row(tensor: Any) -> np.ndarray:
    array = np.asarray(ops.convert_to_numpy(tensor))
    return array[0].astype("float64") if array.dtype.kind in "fiub" else array[0]


def _backward(
    model: Any, network: Network, x: Any, y: Any, calls: list[Passed]
) -> tuple[float, dict[int, np.ndarray], list[np.ndarray]]:
    """The loss, the gradients of weights by their ids, and those of the outputs of the calls.

    To each output a zero is added, by which the loss is differentiated.
    """
    weights = model.trainable_variables
    zeros = [ops.zeros((1, *call.outputs.shape), dtype=call.layer.compute_dtype) for call in calls]

    def adding(added: Iterator[Any], layer: Any, call: Callable[..., Any]) -> Any:
        def summed(*args: Any, **kwargs: Any) -> Any:
            first, *others = tree.flatten(outputs := call(*args, **kwargs))
            return tree.pack_sequence_as(outputs, [ops.add(first, next(added)), *others])

        return summed

    def loss_of(values: list[Any]) -> Any:
        own, added = values[: len(weights)], iter(values[len(weights) :])
        with StateScope(zip(weights, own)), called_through(network.layers, partial(adding, added)):
            y_pred = model._forward(model._host_inputs(x), training=False)
            return model.compute_loss(x=x, y=y, y_pred=y_pred, training=False)

    loss, found = engine.value_and_grad(loss_of)([*(w.__tensor__() for w in weights), *zeros])
    arrays = [
        np.asarray(ops.convert_to_numpy(z if g is None else g), "float64") for g, z in zip(found, [*weights, *zeros])
    ]
    arrays = [np.zeros_like(a) if g is None else a for a, g in zip(arrays, found)]
    of_weights = {id(w): a for w, a in zip(weights, arrays)}
    return float(ops.convert_to_numpy(loss)), of_weights, [a[0] for a in arrays[len(weights) :]]


def _arithmetic(call: Passed) -> Arithmetic | None:
    """The computation done once more; None where it is not known, or gives something else (a mask, weights of few bits)."""
    maker = _MAKERS.get(type(call.layer))
    if maker is None or getattr(call.layer, "lora_enabled", False):  # its kernel is no weight of its own then
        return None
    try:
        found = maker(call)
    except NotImplementedError:
        return None
    size = found.outputs.size
    is_same = size == call.outputs.size and np.allclose(found.outputs.ravel(), call.outputs.ravel(), 1e-3, 1e-4)
    return found if is_same else None


def _told_forward(call: Passed, one: Arithmetic | None, most: int | None) -> list[Section]:
    if one is not None:
        return one.forward(most)
    title = f"{type(call.layer).__name__}: {call.inputs.shape} into {call.outputs.shape}"
    return [section(FORWARD, call.layer, title, _values("output", call.outputs), call.outputs.size, most)]


def _values(name: str, values: np.ndarray) -> Iterator[Line]:
    if values.dtype.kind == "f":
        yield from (
            Line(f"{name}{list(place)}" if place else name, "", float(values[place]))
            for place in np.ndindex(values.shape)
        )


def _told_backward(
    call: Passed, one: Arithmetic | None, gradient: np.ndarray, gradients: dict[int, np.ndarray], told: set[int],
    most: int | None,
) -> list[Section]:  # fmt: skip
    if one is not None:
        return [*one.backward(gradient, most), *_penalties(call.layer, gradients, told, most)]
    parts = []
    for weight in call.layer.trainable_weights:
        if id(weight) in gradients and id(weight) not in told:
            told.add(id(weight))
            values, title = gradients[id(weight)], f"gradient of the {weight.name}, by the tape"
            parts.append(section(BACKWARD, call.layer, title, _values(weight.name, values), values.size, most))
    return parts


def _penalties(layer: Any, gradients: dict[int, np.ndarray], told: set[int], most: int | None) -> list[Section]:
    """What regularizers add to the gradients, for each weight once."""
    parts = []
    for weight in layer.trainable_weights:
        if weight.regularizer is not None and id(weight) not in told:
            told.add(id(weight))
            _, found = engine.value_and_grad(weight.regularizer)(weight.__tensor__())
            values = np.asarray(ops.convert_to_numpy(found), "float64")
            title = f"gradient of the penalty on the {weight.name}, added to the one above"
            parts.append(section(BACKWARD, layer, title, _values(weight.name, values), values.size, most))
    return parts
