"""The outputs of a compiled model, as the rules see them."""

from typing import Any

import numpy as np

from lamina import tree
from lamina.diagnosis._case import Call
from lamina.diagnosis._head import Head
from lamina.diagnosis._network import Network, activation_of, kind, path_of
from lamina.engines import engine

from .._compile_loss import as_loss
from ._pass import Look


def heads_of(
    network: Network, shapes: list[tuple[Any, ...]], y: Any = None, weighted: bool = False, look: Look | None = None
) -> list[Head]:
    """The outputs of a model with what `compile` was told of them.

    Args:
        shapes: of the outputs.
        y: the targets as given to `fit`; `weighted`, whether samples have weights.
        look: the pass over some rows.
    """
    model, count = network.model, len(shapes)
    predictions = look.outputs if look is not None and len(look.outputs) == count else [None] * count
    ends = (
        network.ends() if network.graph is not None else [_end_of(p, look.calls if look else []) for p in predictions]
    )
    if len(ends) != count:
        ends = [(None, None)] * count
    names = getattr(model, "output_names", None) or [str(i) for i in range(count)]
    given = [_for_output(model.loss, i, names, count) for i in range(count)]
    losses = [as_loss(loss, "loss") if loss is not None else None for loss in given]
    measures = [_measures(model, i, names, count) for i in range(count)]
    targets, truth = (_targets(part, names, count) for part in (y, look.truth if look else None))
    return [
        Head(
            path_of(ends[i][0]) if ends[i][0] is not None else None, ends[i][1],
            shapes[i][-1] if len(shapes[i]) > 1 else 1, *_loss(losses[i]),
            targets[i] if len(targets) == count else None, predictions[i],
            truth[i] if len(truth) == count else None, tuple(map(_metric_name, measures[i])), weighted, tuple(shapes[i]),
            losses[i] is not None, _judge(losses[i]), _weight(model, i, names, count), measures[i],
        )
        for i in range(count)
    ]  # fmt: skip


def _targets(y: Any, names: list[str], count: int) -> list[Any]:
    if isinstance(y, dict):
        return [_for_output(y, i, names, count) for i in range(count)]
    return tree.flatten(y) if y is not None else []


def _end_of(output: Any, calls: list[Call]) -> tuple[Any, str | None]:
    """The layer of a model without a graph that gave an output, and its last activation, told by the values."""
    activation, found = None, None
    for call in reversed(calls):
        if output is None or not _is_same(call.outputs, output):
            continue
        own = activation_of(call.layer)
        activation = own if activation in (None, "linear") else activation
        found, output = call.layer, call.inputs
        if kind(call.layer) not in ("Activation", "Softmax", "ReLU", "Flatten", "Reshape", "Dropout"):
            break
    return found, activation


def _is_same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.size == b.size and bool(np.array_equal(a.reshape(-1), b.reshape(-1)))


def _weight(model: Any, place: int, names: list[str], count: int) -> float:
    given = _for_output((model._compiled.config or {}).get("loss_weights"), place, names, count)
    return float(given) if isinstance(given, (int, float)) else 1.0


def _judge(loss: Any) -> Any:
    """A loss as a function of two arrays that gives a number."""

    def judged(y_true: np.ndarray, y_pred: np.ndarray) -> float:
        try:
            return float(np.mean(engine.numpy(loss(engine.tensor(y_true), engine.tensor(y_pred)))))
        except Exception:  # it may be made for other shapes
            return float("nan")

    return None if loss is None else judged


def _for_output(given: Any, place: int, names: list[str], count: int) -> Any:
    """What an argument of `compile` holds for an output: given once, as a list, or by name."""
    if isinstance(given, dict):
        return given.get(
            names[place], list(given.values())[place] if not set(given) & set(names) and len(given) == count else None
        )
    if isinstance(given, (list, tuple)):
        return given[place] if place < len(given) else None
    return given


def _loss(loss: Any) -> tuple[str | None, dict[str, Any]]:
    """The name of a built-in loss and its arguments; None for another."""
    function = getattr(loss, "fn", None)
    if not str(getattr(function, "__module__", None)).startswith("lamina.losses"):
        return None, {}
    # A focal loss takes what the crossentropy takes whose terms it weighs.
    return function.__name__.replace("_focal_", "_"), dict(loss._fn_kwargs)


def _measures(model: Any, place: int, names: list[str], count: int) -> tuple[Any, ...]:
    """The metrics of an output, as they were given."""
    config = model._compiled.config or {}
    given = [config.get("metrics"), config.get("weighted_metrics")]
    own = [_for_output(g, place, names, count) if count > 1 else g for g in given if g is not None]
    return tuple(tree.flatten(own))


def _metric_name(metric: Any) -> str:
    if isinstance(metric, str):
        return metric
    return metric.__name__ if hasattr(metric, "__name__") else type(metric).__name__
