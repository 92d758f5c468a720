"""`trace`: the first value of a step that is not finite: in which layer and operation, forward or backward, and why."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from lamina import ops, tree
from lamina._names import NAMES
from lamina.diagnosis._network import Network, path_of
from lamina.engines import engine
from lamina.variables import StateScope

from ._called_through import called_through

_FIXES = {
    "data": "np.nan_to_num(...), or leave out these rows.",
    "step size": "a learning rate 10 times smaller, and clipnorm=1.0 in the optimizer.",
    "logarithm of zero": "ops.log(ops.maximum(x, 1e-7)).",
    "logarithm of a negative number": "ops.softplus or ops.exp of what must be positive, before the logarithm.",
    "root at zero": "ops.sqrt(x + 1e-7): its slope at 0 is infinite.",
    "division by zero": "ops.divide(x, ops.maximum(y, 1e-7)).",
    "root of a negative number": "ops.sqrt(ops.maximum(x, 0)).",
    "range of float16": 'values below 65504: scale x, or dtype="float32" in this layer.',
    "overflow": "smaller values: scaled inputs, smaller weights, clipnorm=1.0.",
    "unknown": "look at what is computed there.",
}
_LOGARITHMS = ("log", "log2", "log10", "log1p", "xlogy")
_DIVISIONS = ("divide", "true_divide", "reciprocal", "rsqrt", "floor_divide", "mod")
_OPERATORS = {"__truediv__": "divide", "__pow__": "power"}  # of tensors
_ROOTS = ("sqrt", "norm", "power", "std")


@dataclass(frozen=True)
class Origin:
    """Where the first value came from that is not finite.

    Attributes: `layer`, its path, "loss" for the loss, None for the data; `operation`, the name in `lamina.ops`, None if unknown;
    `direction`, "forward" or "gradient"; `rows` of the data, as `fit` was given it; `cause`.
    """

    layer: str | None
    operation: str | None
    direction: str
    cause: str
    rows: list[int] = field(default_factory=list)

    @property
    def fix(self) -> str:
        return _FIXES[self.cause]

    def evidence(self) -> dict[str, Any]:
        """The attributes by name, without the layer."""
        return {name: value for name, value in asdict(self).items() if name != "layer"}

    def __str__(self) -> str:
        where = f"in {self.layer}" if self.layer else "in the data"
        what = f", by ops.{self.operation}" if self.operation else ""
        rows = (
            f", of rows {', '.join(map(str, self.rows[:5]))}{', ...' if len(self.rows) > 5 else ''}"
            if self.rows
            else ""
        )
        return f"The first value that is not finite is {where}{what} ({self.direction}){rows}; cause: {self.cause}."


@dataclass
class _Operation:
    """A call of a function of `lamina.ops` on values at hand."""

    name: str
    inputs: list[np.ndarray]
    output: np.ndarray | None

    def breaks(self) -> bool:
        """Whether it makes something that is not finite of finite values."""
        return self.output is not None and not _finite(self.output) and all(map(_finite, self.inputs))

    def cause(self) -> str:
        first, last = self.inputs[0], self.inputs[-1]
        if self.name in _LOGARITHMS and np.any((least := last + (self.name == "log1p")) <= 0):
            return "logarithm of a negative number" if np.any(least < 0) else "logarithm of zero"
        if self.name in _DIVISIONS and np.any(last == 0):
            return "division by zero"
        if self.name in _ROOTS and np.any(first < 0):
            return "root of a negative number"
        return "overflow"


def trace(model: Any, batch: tuple[Any, Any, Any], places: np.ndarray, grew: bool) -> Origin | None:
    """Where the first value of a step on the batch comes from that is not finite; None if all are finite.

    Args:
        batch: x, y and sample_weight, arrays; `places`, which rows of the data they are.
        grew: whether the weights have grown out of all proportion.
    """
    with np.errstate(all="ignore"):
        return _forward(model, batch, places, grew) or _backward(model, batch, grew)


def _forward(model: Any, batch: tuple[Any, Any, Any], places: np.ndarray, grew: bool) -> Origin | None:
    x, y, sample_weight = batch
    broken: list[tuple[Any, list[_Operation], Any, bool]] = []
    with _operations() as seen, _layers(Network(model).layers, seen, broken), StateScope():
        y_pred = model._forward(model._host_inputs(_tensors(x)), training=True)
        start = len(seen)
        if not broken:
            loss = model.compute_loss(
                x=_tensors(x), y=_tensors(y), y_pred=y_pred, sample_weight=_tensors(sample_weight), training=True
            )
    if broken:
        layer, own, outputs, is_given = broken[0]
        rows = _rows(outputs, places)
        if not is_given and layer.compute_dtype == "float16" and all(map(_finite, _floats(x))):
            return Origin(path_of(layer), None, "forward", "range of float16", rows)
        if not is_given:
            return Origin(None, None, "forward", "data", rows)
        if any(not _finite(w.numpy()) for w in layer.weights):
            return Origin(path_of(layer), None, "forward", "step size", rows)
        return _of_operation(path_of(layer), own, grew, rows)
    if _finite(engine.numpy(loss)):
        return None
    bad = [i for part in (y, sample_weight) for a in tree.flatten(part) if a is not None for i in _rows(a, places)]
    if bad:
        return Origin(None, None, "forward", "data", sorted(set(bad)))
    return _of_operation("loss", seen[start:], grew, [])


def _of_operation(layer: str, seen: list[_Operation], grew: bool, rows: list[int]) -> Origin:
    found = next((operation for operation in seen if operation.breaks()), None)
    cause = "unknown" if found is None else found.cause()
    if grew and cause in ("overflow", "unknown"):
        cause = "step size"
    return Origin(layer, found.name if found else None, "forward", cause, rows)


def _backward(model: Any, batch: tuple[Any, Any, Any], grew: bool) -> Origin | None:
    """The layer nearest to the loss whose gradient is not finite, and an operation of it that has no slope."""
    variables = model.trainable_variables
    x, y, sample_weight = batch

    def loss_of(values: list[Any]) -> Any:
        with StateScope(zip(variables, values)):
            y_pred = model._forward(model._host_inputs(x), training=True)
            return model.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=True)

    _, gradients = engine.value_and_grad(loss_of)([v.__tensor__() for v in variables])
    bad = [v for v, g in zip(variables, gradients) if g is not None and not _finite(engine.numpy(g))]
    if not bad:
        return Origin(None, None, "gradient", "step size") if grew else None
    marks: list[tuple[str, int]] = []
    with _operations() as seen, _marked(Network(model).layers, seen, marks), StateScope():
        y_pred = model._forward(model._host_inputs(_tensors(x)), training=True)
        marks.append(("loss", len(seen)))
        model.compute_loss(x=_tensors(x), y=_tensors(y), y_pred=y_pred, sample_weight=_tensors(sample_weight))
    for name, operations in reversed(_by_layer(marks, seen)):
        for operation in reversed(operations):
            if (cause := _without_slope(operation)) is not None:
                return Origin(name, operation.name, "gradient", cause)
    return Origin(bad[-1].path.rpartition("/")[0], None, "gradient", "step size" if grew else "overflow")


def _by_layer(marks: list[tuple[str, int]], seen: list[_Operation]) -> list[tuple[str, list[_Operation]]]:
    ends = [start for _, start in marks[1:]] + [len(seen)]
    return [(name, seen[start:end]) for (name, start), end in zip(marks, ends)]


def _without_slope(operation: _Operation) -> str | None:
    """Why the slope of an operation is infinite where it was called."""
    first, last = (operation.inputs[0], operation.inputs[-1]) if operation.inputs else (np.ones(1), np.ones(1))
    if operation.name in ("sqrt", "std") and np.any(first == 0):
        return "root at zero"
    if operation.name == "norm" and operation.output is not None and np.any(operation.output == 0):
        return "root at zero"
    if operation.name == "power" and np.any(first == 0) and np.any(last < 1):
        return "root at zero"
    if operation.name in _LOGARITHMS and np.any(last == (-1 if operation.name == "log1p" else 0)):
        return "logarithm of zero"
    if operation.name in _DIVISIONS and np.any(last == 0):
        return "division by zero"
    return None


# --- what is noted ----------------------------------------------------------------------------------------------------


@contextmanager
def _operations() -> Iterator[list[_Operation]]:
    """While it lasts, calls of `lamina.ops` on values at hand are noted, inner ones before outer ones."""
    seen: list[_Operation] = []
    before = dict(vars(ops))
    names = [name for name in NAMES["ops"] if name.islower() and not name.startswith(("convert", "is_", "shape"))]
    functions = {name: getattr(ops, name) for name in names}
    for name, function in functions.items():
        if callable(function) and not isinstance(function, type):
            setattr(ops, name, _noting(name, function, seen))
    tensor = type(engine.tensor(np.ones(1, "float32")))
    own = {name: tensor.__dict__.get(name) for name in _OPERATORS if hasattr(tensor, name)}
    try:
        for name in own:
            setattr(tensor, name, _noting(_OPERATORS[name], getattr(tensor, name), seen))
        yield seen
    finally:
        for name, function in own.items():
            if function is not None:
                setattr(tensor, name, function)
            elif name in tensor.__dict__:
                delattr(tensor, name)
        for name, function in functions.items():
            setattr(ops, name, before.get(name, function))


def _noting(name: str, function: Any, seen: list[_Operation]) -> Any:
    def noted(*args: Any, **kwargs: Any) -> Any:
        output = function(*args, **kwargs)
        inputs = [_array(a) for a in (*args, *kwargs.values())]
        seen.append(_Operation(name, [a for a in inputs if a is not None], _array(output)))
        return output

    return noted


def _layers(layers: list[Any], seen: list[_Operation], broken: list[Any]) -> Any:
    """Notes the first layer that gives what is not finite: with its operations, its outputs, and whether its inputs were."""

    def wrap(layer: Any, call: Any) -> Any:
        def noted(*args: Any, **kwargs: Any) -> Any:
            start = len(seen)
            outputs = call(*args, **kwargs)
            values = [a for a in map(_array, tree.flatten(outputs)) if a is not None]
            if not broken and not all(map(_finite, values)):
                given = [a for a in map(_array, tree.flatten(args)) if a is not None]
                broken.append((layer, seen[start:], values[0], all(map(_finite, given))))
            return outputs

        return noted

    return called_through(layers, wrap)


def _marked(layers: list[Any], seen: list[_Operation], marks: list[tuple[str, int]]) -> Any:
    """Notes where the operations of each layer begin."""

    def wrap(layer: Any, call: Any) -> Any:
        def noted(*args: Any, **kwargs: Any) -> Any:
            marks.append((path_of(layer), len(seen)))
            return call(*args, **kwargs)

        return noted

    return called_through(layers, wrap)


def _tensors(part: Any) -> Any:
    return tree.map_structure(lambda a: None if a is None else engine.tensor(a), part)


def _array(value: Any) -> np.ndarray | None:
    """The numbers of a tensor at hand; None for anything else."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return np.asarray(value)
    if not isinstance(value, np.ndarray) and (not ops.is_tensor(value) or engine.is_traced(value)):
        return None
    found = np.asarray(engine.numpy(value))
    return found if found.dtype.kind in "fiu" else None


def _finite(values: Any) -> bool:
    return bool(np.isfinite(np.asarray(values)).all())


def _floats(part: Any) -> list[np.ndarray]:
    return [a for a in tree.flatten(part) if isinstance(a, np.ndarray) and a.dtype.kind == "f"]


def _rows(values: Any, places: np.ndarray) -> list[int]:
    """Which rows of the data hold what is not finite."""
    array = np.asarray(values)
    if array.dtype.kind != "f" or array.ndim == 0 or len(array) != len(places):
        return []
    return [int(p) for p in places[~np.isfinite(array).reshape(len(array), -1).all(axis=1)]]
