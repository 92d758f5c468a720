"""A model as boxes and arrows, before anything is said about where they stand."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from lamina import tree


@dataclass(frozen=True)
class Shown:
    """What a picture of a model tells of each layer."""

    shapes: bool = False
    dtype: bool = False
    names: bool = False
    activations: bool = False
    trainable: bool = False
    nested: bool = False


@dataclass
class Box:
    """A layer: its title and lines of cells. With `inside`, a model that is drawn with its own layers."""

    title: str
    lines: list[list[str]] = field(default_factory=list)
    inside: "Picture | None" = None


@dataclass
class Picture:
    """Boxes, and arrows as pairs of their places in the list."""

    boxes: list[Box]
    arrows: list[tuple[int, int]]


def picture_of(model: Any, shown: Shown) -> Picture:
    """The boxes of a functional model with its arrows, of a Sequential in a row; of any other model a single box."""
    operations, sources = _graph(model)
    places = {id(operation): i for i, operation in enumerate(operations)}
    arrows = [(places[id(source)], places[id(target)]) for source, target in sources if id(source) in places]
    return Picture([_box(operation, shown) for operation in operations], list(dict.fromkeys(arrows)))


def _graph(model: Any) -> tuple[list[Any], list[tuple[Any, Any]]]:
    if hasattr(model, "_operations"):
        used = model._node_ids
        pairs = [
            (tensor._keras_history.operation, operation)
            for operation in model._operations
            for node in operation._inbound_nodes
            if id(node) in used
            for tensor in node.input_tensors
        ]
        return list(model._operations), pairs
    if _is_chain(model):
        layers = model.layers
        return layers, list(itertools.pairwise(layers))
    return [model], []


def _is_chain(model: Any) -> bool:
    return type(model).__name__ == "Sequential" or hasattr(model, "pop")


def _box(operation: Any, shown: Shown) -> Box:
    kind = type(operation).__name__
    title = f"{operation.name} ({kind})" if shown.names else kind
    is_model = hasattr(operation, "summary") and (hasattr(operation, "_operations") or _is_chain(operation))
    inside = picture_of(operation, shown) if shown.nested and is_model else None
    return Box(title, [] if inside else _lines(operation, shown), inside)


def _lines(operation: Any, shown: Shown) -> list[list[str]]:
    lines = []
    activation = getattr(operation, "activation", None)
    if shown.activations and activation is not None:
        lines.append([f"Activation: {getattr(activation, '__name__', None) or type(activation).__name__}"])
    if shown.shapes:
        before, after = _specs(operation, "input"), _specs(operation, "output")
        cells = [f"Output shape: {_text(after, _shape)}"]
        lines.append([f"Input shape: {_text(before, _shape)}", *cells] if before is not None else cells)
    last = []
    if shown.dtype:
        last.append(f"Output dtype: {_text(_specs(operation, 'output'), _dtype)}")
    if shown.trainable and getattr(operation, "weights", None):
        last.append(f"Trainable: {'yes' if operation.trainable else 'no'}")
    return [*lines, last] if last else lines


def _specs(operation: Any, side: str) -> Any:
    """What goes into the first call of an operation, or comes out; None where it was never called on symbols."""
    if not operation._inbound_nodes:
        return None
    node = operation._inbound_nodes[0]
    if side == "output":
        return node.outputs
    return node.input_tensors[0] if len(node.input_tensors) == 1 else (node.input_tensors or None)


def _shape(x: Any) -> str:
    return str(tuple(x.shape))


def _dtype(x: Any) -> str:
    return str(x.dtype)


def _text(specs: Any, describe: Any) -> str:
    return "?" if specs is None else ", ".join(describe(x) for x in tree.flatten(specs) if x is not None)
