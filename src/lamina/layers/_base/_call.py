"""One call of a layer: which argument is what, and what calls around it have decided (training or not)."""

import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lamina import ops, tree
from lamina._weak_cache import weakly_cached
from lamina.ops._symbolic import KerasTensor

# Sizes that stand for unknown ones while a composite layer is traced for its output spec.
_UNKNOWN = (83, 89)


class _Context(threading.local):
    def __init__(self) -> None:
        self.depth = 0
        self.training: bool | None = None
        self.symbolic_losses: list[Any] | None = None  # where losses of KerasTensors go, if anywhere
        self.in_spec = 0  # how many spec traces are at work
        self.open_axes = (False, False)  # whether they know of unknown sizes on middle axes, and on the last


context = _Context()


@contextmanager
def training_mode(training: bool | None) -> Iterator[None]:
    """Calls inside train or do not, as `training` says; None leaves that as it is."""
    outer = context.training
    context.training = outer if training is None else training
    try:
        yield
    finally:
        context.training = outer


class Signature:
    """What `call` takes: the names of its arguments and whether they include training and mask."""

    def __init__(self, function: Callable[..., Any]):
        self.signature = inspect.signature(function)
        parameters = self.signature.parameters
        kinds = inspect.Parameter
        self.names = [n for n, p in parameters.items() if p.kind not in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)]
        self.has_keywords = any(p.kind is kinds.VAR_KEYWORD for p in parameters.values())
        self.catches_all = not self.names and any(p.kind is kinds.VAR_POSITIONAL for p in parameters.values())
        self.has_training = "training" in parameters
        self.training_default = None
        if self.has_training and parameters["training"].default is not kinds.empty:
            self.training_default = parameters["training"].default
        self.first = self.names[0] if self.names else next(iter(parameters), None)

    def accepts(self, name: str) -> bool:
        return name in self.names


@weakly_cached
def signature_of(function: Callable[..., Any]) -> Signature:
    return Signature(function)


def signature_for(layer: Any) -> Signature:
    """What the layer's `call` takes. One that hands on `*args, **kwargs` takes what the `call` that it overrides takes."""
    signature = signature_of(function_of(layer.call))
    if not (signature.catches_all and signature.has_keywords):
        return signature
    calls = (signature_of(_unbound(c.__dict__["call"])) for c in type(layer).__mro__ if "call" in c.__dict__)
    return next((found for found in calls if not found.catches_all), signature)


def is_tensor_like(x: Any) -> bool:
    return isinstance(x, KerasTensor) or ops.is_tensor(x) or hasattr(x, "__tensor__")


class Arguments:
    """The arguments of one call, by name. `tensors` holds those in which a tensor stands, in order."""

    def __init__(self, signature: Signature, args: tuple[Any, ...], kwargs: dict[str, Any], owner: str):
        try:
            bound = signature.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{owner}: call() takes {signature.signature}; {error}.") from None
        self.given = args, kwargs
        self.by_name: dict[str, Any] = {}
        for name, value in bound.arguments.items():
            kind = signature.signature.parameters[name].kind
            if kind is inspect.Parameter.VAR_KEYWORD:
                self.by_name.update(value)
            elif kind is inspect.Parameter.VAR_POSITIONAL:
                self.by_name.update((f"{name}_{i}", x) for i, x in enumerate(value))
            else:
                self.by_name[name] = value
        self.tensors = {n: v for n, v in self.by_name.items() if any(is_tensor_like(x) for x in tree.flatten(v))}
        self.first = next(iter(self.by_name.values()), None)

    def shapes(self, with_masks: bool = False) -> dict[str, Any]:
        """The shapes of the tensors, by argument name; masks take part in building only where they are asked for."""
        return {n: shape_of(v) for n, v in self.tensors.items() if with_masks or not n.endswith("mask")}


def shape_of(structure: Any) -> Any:
    """The shapes of a nested structure of tensors. In a spec trace the stand-in for an unknown size is None again."""

    def one(x: Any) -> Any:
        if not hasattr(x, "shape"):
            return None
        shape = tuple(x.shape)
        if context.in_spec and shape and not isinstance(x, KerasTensor):
            return tuple(None if n in _UNKNOWN and _may_be_unknown(i, len(shape)) else n for i, n in enumerate(shape))
        return shape

    return tree.map_structure(one, structure)


def _may_be_unknown(axis: int, rank: int) -> bool:
    """Whether a size may be a stand-in: that of the batch always, others only if an input has such an unknown size.

    Else a layer of 83 features would lose them.
    """
    middle, last = context.open_axes
    return axis == 0 or (last if axis == rank - 1 else middle)


@contextmanager
def spec_trace(*structure: Any) -> Iterator[None]:
    """A trace for the output spec of KerasTensors."""
    shapes = [x.shape for x in tree.flatten(structure) if isinstance(x, KerasTensor)]
    outer = context.open_axes
    found = any(None in shape[1:-1] for shape in shapes), any(None in shape[1:][-1:] for shape in shapes)
    context.open_axes = (outer[0] or found[0] or found[1], outer[1] or found[1])
    context.in_spec += 1
    try:
        yield
    finally:
        context.in_spec -= 1
        context.open_axes = outer


def as_shapes(structure: Any) -> Any:
    """Shapes as read from JSON, where tuples became lists: each innermost list of sizes is a tuple again."""
    if isinstance(structure, dict):
        return {k: as_shapes(v) for k, v in structure.items()}
    if isinstance(structure, (list, tuple)):
        if all(s is None or isinstance(s, int) for s in structure):
            return tuple(structure)
        return [as_shapes(s) for s in structure]
    return structure


def is_shape(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(s is None or isinstance(s, int) for s in value)


def map_shapes(function: Callable[..., Any], shapes: Any) -> Any:
    """Applies `function` to every shape of a nested structure of shapes."""
    if shapes is None:
        return None
    if is_shape(shapes):
        return function(tuple(shapes))
    if isinstance(shapes, dict):
        return {k: map_shapes(function, v) for k, v in shapes.items()}
    return type(shapes)(map_shapes(function, s) for s in shapes)


def function_of(method: Any) -> Callable[..., Any]:
    """What a signature is looked up for: bound methods are made anew at each access, so the cache holds functions."""
    function = getattr(method, "__func__", None)
    return method if function is None else _unbound(function)


@weakly_cached
def _unbound(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function with the signature of `function` without `self`."""
    signature = inspect.signature(function)

    def bare(*args: Any, **kwargs: Any) -> None: ...

    bare.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])  # type: ignore[attr-defined]
    return bare
