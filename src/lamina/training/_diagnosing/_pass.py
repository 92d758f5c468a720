"""One pass forward and backward over a few rows, by which nothing of the model changes."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from lamina import ops, tree
from lamina.diagnosis._case import Call
from lamina.diagnosis._network import Network, kind, path_of
from lamina.engines import engine
from lamina.layers import Layer
from lamina.variables import StateScope

from ._called_through import called_through

MOST_ROWS = 256
_FEWEST_ROWS = 8
_FREE = 1e8  # multiplications that a pass may always take: some hundredths of a second,
_FREE_ROWS = 64  # if these are so many rows at most, or a fiftieth of the epoch
_SHARE = 0.005  # of the rows of an epoch that a pass may take
NOTHING = np.zeros((0, 1))  # outputs that are not known
_PASSING_DATA = ("Flatten", "Reshape", "Permute", "Dropout", "Identity")


def has_call(model: Any) -> bool:
    """Whether the model is called as a whole; a step of its own may call its parts alone."""
    return type(model).call is not Layer.call


def affordable_rows(network: Network, samples: int) -> int:
    """How many rows a pass may take to be small beside an epoch of `samples`."""
    free = min(_FREE / (4 * max(sum(map(_work, network.layers)), 1)), max(_FREE_ROWS, samples // 50))
    return int(np.clip(max(free, _SHARE * samples), _FEWEST_ROWS, MOST_ROWS))


def _work(layer: Any) -> int:
    """Multiplications a row, by the weights and how often they are used."""
    size = sum(int(np.prod(w.shape)) for w in layer.weights)
    if kind(layer) == "Embedding" or not size:
        return 0
    nodes = getattr(layer, "_inbound_nodes", None)
    shapes = [x.shape for x in nodes[0].input_tensors] if nodes else []
    return size * max([_positions(shape) for shape in shapes], default=16)


def _positions(shape: Any) -> int:
    return int(np.prod([n or 16 for n in shape[1:-1]]))


def some_rows(count: int, most: int = MOST_ROWS) -> np.ndarray:
    """Places spread over the data, which may be sorted."""
    rows = min(count, most)
    return np.arange(rows) * count // rows


def telling_rows(x: Any, count: int, most: int = MOST_ROWS) -> np.ndarray:
    """The same, and among them one that holds NaN or infinity, if x has such: a network may be made to take them."""
    rows = some_rows(count, most)
    for array in tree.flatten(x):
        if (
            isinstance(array, np.ndarray)
            and array.dtype.kind == "f"
            and not np.isfinite(np.sum(array, dtype="float64"))
        ):
            bad = np.flatnonzero(~np.isfinite(array.reshape(count, -1)).all(axis=1))
            return np.union1d(rows, bad[:1]) if len(bad) else rows
    return rows


def take(part: Any, rows: Any) -> Any:
    """The rows of each array, as NumPy arrays."""
    return tree.map_structure(lambda a: None if a is None else np.asarray(a[rows]), part)


@dataclass
class Look:
    """What a pass over some rows showed.

    Attributes: `calls` of the layers that hold no others; `outputs`, and the `truth` that belongs to them; `gradients`, triples
    of layer path, weight and gradient; `total_loss`, and `penalty`, the part of it that regularizers added; `error`, what the
    model raised, after which the rest stays empty.
    """

    calls: list[Call] = field(default_factory=list)
    outputs: list[np.ndarray] = field(default_factory=list)
    truth: Any = None
    gradients: list[tuple[str, Any, np.ndarray]] = field(default_factory=list)
    total_loss: float | None = None
    penalty: float = 0.0
    error: Exception | None = None


def look_at(network: Network, batch: tuple[Any, Any, Any], gradient_rows: int, is_default: bool) -> Look:
    """One pass forward over the batch, and with the built-in step one backward over some of its rows.

    Nothing is known of a model that is not called as a whole.
    """
    model, look = network.model, Look(truth=batch[1])
    if not has_call(model):
        return look
    try:
        with (
            np.errstate(all="ignore"),
            called_through(network.layers, partial(_noting, calls=look.calls)),
            StateScope(),
        ):
            outputs = model._forward(model._host_inputs(batch[0]), training=False)
    except Exception as error:
        look.error = error
        return look
    look.outputs = [np.asarray(engine.numpy(o)) for o in tree.flatten(outputs)]
    if is_default:
        size = len(tree.flatten(batch[0])[0])
        _look_back(model, take(batch, slice(None, None, -(-size // gradient_rows))), look)
    return look


def _noting(layer: Any, call: Any, calls: list[Call]) -> Any:
    def noted(*args: Any, **kwargs: Any) -> Any:
        try:
            outputs = call(*args, **kwargs)
        except Exception:
            if args and ops.is_tensor(args[0]) and not engine.is_traced(args[0]):
                calls.append(Call(layer, path_of(layer), np.asarray(engine.numpy(args[0])), NOTHING))
            raise
        if args and all(ops.is_tensor(t) and not engine.is_traced(t) for t in (args[0], outputs)):
            values = np.asarray(engine.numpy(args[0])), np.asarray(engine.numpy(outputs))
            if all(v.dtype.kind in "fiu" and v.size for v in values):
                calls.append(Call(layer, path_of(layer), *values))
        return outputs

    return noted


def given_calls(network: Network, x: Any) -> list[Call]:
    """What the first layers are given where that is the data itself: known without a pass. Their outputs stay empty."""
    inputs = {id(t._keras_history.operation): a for t, a in zip(_inputs(network), tree.flatten(x))}
    found = []
    embeddings = [layer for layer in network.layers if kind(layer) == "Embedding" and id(layer) in network.sources]
    for layer in (*network.feeding_data(), *embeddings):
        before = network.sources[id(layer)]
        while len(before) == 1 and kind(before[0]) in _PASSING_DATA:
            before = network.sources[id(before[0])]
        if len(before) == 1 and id(before[0]) in inputs:
            found.append(Call(layer, path_of(layer), np.asarray(inputs[id(before[0])]), NOTHING))
    return found


def _inputs(network: Network) -> list[Any]:
    return tree.flatten(network.graph.inputs) if network.graph is not None else []


def _activity(call: Call) -> float:
    """What the activity regularizer of a layer adds to the loss."""
    value = call.layer.activity_regularizer(engine.tensor(call.outputs)) if call.outputs.size else None
    return 0.0 if value is None else float(engine.numpy(value)) / len(call.outputs)


def _look_back(model: Any, batch: tuple[Any, Any, Any], look: Look) -> None:
    """The gradient of each trained weight; none where the loss does not take the batch: what is wrong then is told by other
    rules, or by `fit`."""
    variables = model.trainable_variables
    if not variables:
        return
    x, y, sample_weight = batch

    def loss_of(values: list[Any]) -> Any:
        with StateScope(zip(variables, values)):
            y_pred = model._forward(model._host_inputs(x), training=True)
            return model.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=True)

    try:
        with np.errstate(all="ignore"):
            total, found = engine.value_and_grad(loss_of)([v.__tensor__() for v in variables])
    except (ValueError, TypeError):
        return
    look.total_loss = float(engine.numpy(total))
    look.penalty = sum(float(engine.numpy(v.regularizer(v))) for v in variables if v.regularizer is not None)
    look.penalty += sum(
        _activity(call) for call in look.calls if getattr(call.layer, "activity_regularizer", None) is not None
    )
    look.gradients = [
        (v.path.rpartition("/")[0], v, np.zeros(v.shape) if g is None else np.asarray(engine.numpy(g)))
        for v, g in zip(variables, found)
    ]
