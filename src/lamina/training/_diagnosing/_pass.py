"""One pass forward and backward over a few rows, by which nothing of the model changes."""

import itertools
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lamina import ops, tree
from lamina.diagnosis._case import Call
from lamina.diagnosis._network import AFFINE, Network, kind, path_of
from lamina.engines import engine
from lamina.layers import Layer
from lamina.variables import StateScope

from .._checks import is_surely_finite
from ._called_through import called_through

MOST_ROWS = 256
_FEWEST_ROWS = 8
_FREE = 5e7  # multiplications that a pass may always take: about a hundredth of a second,
_FREE_ROWS = 64  # if these are so many rows at most, or a fiftieth of the epoch
_SHARE = 0.005  # of the rows of an epoch that a pass may take
NOTHING = np.zeros((0, 1))  # outputs that are not known
NotedCall = tuple[Any, Any, Any]  # a layer, its first input, and its output: None if it raised
_ALIKE = (
    *AFFINE, "InputLayer", "Flatten", "Reshape", "Permute", "Activation", "ReLU", "Softmax", "Embedding", "Rescaling",
    "Normalization", "Add", "Concatenate", "LayerNormalization",
)  # fmt: skip
_PASSING_DATA = ("Flatten", "Reshape", "Permute", "Dropout", "Identity")


def has_call(model: Any) -> bool:
    """Whether the model is called as a whole; a step of its own may call its parts alone."""
    return type(model).call is not Layer.call


def is_alike_in_training(network: Network) -> bool:
    """Whether all layers are known to compute the same while the network is trained."""
    return all(kind(layer) in _ALIKE or "Pooling" in kind(layer) for layer in network.layers)


def affordable_rows(network: Network, samples: int) -> int:
    """How many rows a pass may take to be small beside an epoch of `samples`."""
    work = sum(_work(layer, network.weights[id(layer)]) for layer in network.layers)
    free = min(_FREE / (4 * max(work, 1)), max(_FREE_ROWS, samples // 50))
    return int(min(max(free, _SHARE * samples, _FEWEST_ROWS), MOST_ROWS))


def _work(layer: Any, weights: list[Any]) -> int:
    """Multiplications a row, by the weights and how often they are used."""
    size = sum(math.prod(w.shape) for w in weights)
    if kind(layer) == "Embedding" or not size:
        return 0
    nodes = getattr(layer, "_inbound_nodes", None)
    shapes = [x.shape for x in nodes[0].input_tensors] if nodes else []
    return size * max([_positions(shape) for shape in shapes], default=16)


def _positions(shape: Any) -> int:
    return math.prod(n or 16 for n in shape[1:-1])


def some_rows(count: int, most: int = MOST_ROWS) -> np.ndarray:
    """Places spread over the data, which may be sorted."""
    rows = min(count, most)
    return np.arange(rows) * count // rows


def fixed_batch(network: Network) -> int | None:
    """How many rows a graph takes at once, if that is fixed; None if it is not."""
    sizes = [x.shape[0] for x in _inputs(network) if x.shape]
    return next((size for size in sizes if size is not None), None)


def telling_rows(x: Any, count: int, most: int = MOST_ROWS) -> np.ndarray:
    """The same, and among them one that holds NaN or infinity, if x has such: a network may be made to take them."""
    return np.union1d(some_rows(count, most), bad_rows(x, count))


def bad_rows(part: Any, count: int) -> np.ndarray:
    """The places of rows that hold NaN or infinity, of each array the first; none if all are finite."""
    found: set[int] = set()
    for array in tree.flatten(part):
        if isinstance(array, np.ndarray) and array.dtype.kind == "f" and not is_surely_finite(array):
            bad = ~np.isfinite(array.reshape(count, -1)).all(axis=1)
            found.update(np.flatnonzero(bad)[:1].tolist())
    return np.array(sorted(found), int)


def take(part: Any, rows: Any) -> Any:
    """The rows of each array, as NumPy arrays."""
    return tree.map_structure(lambda a: None if a is None else np.asarray(a[rows]), part)


@dataclass
class Look:
    """What a pass over some rows showed.

    Attributes: `calls` of the layers that hold no others; `outputs`, and the `truth` that belongs to them; `gradients`, triples
    of layer path, weight and gradient; `chain`, the layers, if each was called once, on what the one before gave, and the last
    gave the only output; `batch`, the rows, and their `places` in the data, None for unknown; `total_loss`, and `penalty`, the
    part of it that regularizers added; `error`, what the model raised, after which the rest stays empty.
    """

    calls: list[Call] = field(default_factory=list)
    outputs: list[np.ndarray] = field(default_factory=list)
    truth: Any = None
    gradients: list[tuple[str, Any, np.ndarray]] = field(default_factory=list)
    chain: list[Any] = field(default_factory=list)
    batch: Any = None
    places: np.ndarray | None = None
    total_loss: float | None = None
    penalty: float = 0.0
    error: Exception | None = None


def look_at(network: Network, batch: tuple[Any, Any, Any], gradient_rows: int, is_default: bool) -> Look:
    """One pass forward over the batch, and with the built-in step one backward over some of its rows.

    Nothing is known of a model that is not called as a whole.
    """
    model, look = network.model, Look(truth=batch[1], batch=batch)
    if not has_call(model):
        return look
    noted: list[NotedCall] = []
    try:
        with np.errstate(all="ignore"), noting(network.layers, noted), StateScope():
            outputs = model._forward(model._host_inputs(batch[0]), training=False)
    except Exception as error:
        look.error = error
    look.calls = calls_of(noted)
    if look.error is not None:
        return look
    look.chain = chain_of(noted, outputs)
    look.outputs = [np.asarray(engine.numpy(o)) for o in tree.flatten(outputs)]
    if is_default and model.trainable_variables:
        size = len(tree.flatten(batch[0])[0])
        _differentiate(model, take(batch, slice(None, None, -(-size // gradient_rows))), look)
        look.penalty += activity_of(look.calls)
    return look


def look_once(network: Network, batch: tuple[Any, Any, Any]) -> Look:
    """One pass over the batch, forward and backward at once, as a step of training makes it."""
    look = Look(truth=batch[1], batch=batch)
    noted: list[NotedCall] = []
    with noting(network.layers, noted):
        outputs, look.error = _differentiate(network.model, batch, look)
    look.outputs = [np.asarray(engine.numpy(o)) for o in tree.flatten(outputs)] if look.error is None else []
    look.chain = chain_of(noted, outputs)
    look.calls = calls_of(noted)
    look.penalty += activity_of(look.calls)
    return look


def noting(layers: list[Any], noted: list[NotedCall]) -> Any:
    """While it lasts, the calls of the layers are noted."""

    def wrap(layer: Any, call: Any) -> Any:
        def calling(*args: Any, **kwargs: Any) -> Any:
            outputs = None
            try:
                outputs = call(*args, **kwargs)
                return outputs
            finally:
                noted.append((layer, args[0] if args else None, outputs))

        return calling

    return called_through(layers, wrap)


def chain_of(noted: list[NotedCall], outputs: Any) -> list[Any]:
    """The layers of a model that calls them one after the other and does nothing with what they give but hand it on; empty if
    there may be more."""
    layers = [layer for layer, *_ in noted]
    ends = [] if outputs is None else tree.flatten(outputs)
    if not layers or len({id(layer) for layer in layers}) < len(layers):
        return []
    if len(ends) != 1 or ends[0] is not noted[-1][2]:
        return []
    is_straight = all(after[1] is before[2] for before, after in itertools.pairwise(noted))
    return layers if is_straight else []


def calls_of(noted: list[NotedCall]) -> list[Call]:
    """The calls whose values are numbers, and known."""
    found = []
    for layer, given, outputs in noted:
        given = _telling(given)
        values = [NOTHING if x is None else _values(x) for x in (given, outputs)]
        if given is not None and all(v is not None and v.dtype.kind in "fiu" for v in values):
            if values[0].size and (outputs is None or values[1].size):
                found.append(Call(layer, path_of(layer), *values))
    return found


def _telling(given: Any) -> Any:
    """Of several inputs the first that is not finite, or else the first."""
    if not isinstance(given, (list, tuple, dict)):
        return given
    arrays = [(x, _values(x)) for x in tree.flatten(given)]
    bad = [x for x, a in arrays if a is not None and a.dtype.kind == "f" and not np.isfinite(a).all()]
    return bad[0] if bad else next((x for x, a in arrays if a is not None), None)


def _values(x: Any) -> Any:
    """The values of a tensor; None for what is none, and for one that is only known inside a program."""
    try:
        return np.asarray(engine.numpy(x)) if ops.is_tensor(x) else None
    except TypeError:
        return None


def given_calls(network: Network, x: Any) -> list[Call]:
    """What the first layers are given where that is the data itself: known without a pass. Their outputs stay empty."""
    inputs = {id(t._keras_history.operation): a for t, a in zip(_inputs(network), _in_order(network, x))}
    found = []
    embeddings = [layer for layer in network.layers if kind(layer) == "Embedding" and id(layer) in network.sources]
    for layer in (*network.feeding_data(), *embeddings):
        before = network.sources[id(layer)]
        while len(before) == 1 and kind(before[0]) in _PASSING_DATA:
            before = network.sources[id(before[0])]
        if len(before) == 1 and id(before[0]) in inputs:
            found.append(Call(layer, path_of(layer), np.asarray(inputs[id(before[0])]), NOTHING))
    return found


def _in_order(network: Network, x: Any) -> list[Any]:
    """The arrays of x in the order of the inputs: a dict names them, in whatever order."""
    if network.graph is None:
        return []
    try:
        return network.graph._in_order(x)  # type: ignore[no-any-return]
    except (ValueError, TypeError):  # the step itself will say what is wrong
        return []


def _inputs(network: Network) -> list[Any]:
    return tree.flatten(network.graph.inputs) if network.graph is not None else []


def activity_of(calls: list[Call]) -> float:
    """What the activity regularizers of layers add to the loss."""
    return sum(_activity(call) for call in calls if getattr(call.layer, "activity_regularizer", None) is not None)


def _activity(call: Call) -> float:
    value = call.layer.activity_regularizer(engine.tensor(call.outputs)) if call.outputs.size else None
    return 0.0 if value is None else float(engine.numpy(value)) / len(call.outputs)


def path_of_weight(variable: Any) -> str:
    """The path of the layer that a weight belongs to."""
    return variable.path.rpartition("/")[0]  # type: ignore[no-any-return]


def penalty_of(variables: list[Any]) -> float:
    """What the regularizers of weights add to the loss."""
    return sum(float(np.sum(engine.numpy(v.regularizer(v)))) for v in variables if v.regularizer is not None)


def _differentiate(model: Any, batch: tuple[Any, Any, Any], look: Look) -> tuple[Any, Exception | None]:
    """The gradient of each trained weight; none where the loss does not take the batch: what is wrong then is told by other
    rules, or by `fit`. Returns the outputs, and what the model raised instead."""
    variables = model.trainable_variables
    x, y, sample_weight = batch
    outputs: list[Any] = []

    def loss_of(values: list[Any]) -> Any:
        with StateScope(zip(variables, values)):
            outputs.append(model._forward(model._host_inputs(x), training=True))
            return model.compute_loss(x=x, y=y, y_pred=outputs[0], sample_weight=sample_weight, training=True)

    try:
        with np.errstate(all="ignore"):
            total, found = engine.value_and_grad(loss_of)([v.__tensor__() for v in variables])
    except Exception as error:
        if not outputs:
            return None, error
        if not isinstance(error, (ValueError, TypeError)):
            raise
        return outputs[0], None
    look.total_loss = float(engine.numpy(total))
    look.penalty = penalty_of(variables)
    look.gradients = [
        (path_of_weight(v), v, np.zeros(v.shape) if g is None else np.asarray(engine.numpy(g)))
        for v, g in zip(variables, found)
    ]
    return outputs[0], None
