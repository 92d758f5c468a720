"""Losses and metrics of the user's that refer to KerasTensors of the model: `lambda y, p: mean(weight_map * (y - p)**2)`.

Keras 1 and 2 allowed them. Such a function is called on placeholders, which gives a graph from them and the model's tensors
to the result; the graph is run on the values that the tensors had in this call of the model.
"""

import functools
import types
from collections.abc import Callable, Iterator
from typing import Any

from lamina import losses, metrics, ops, tree
from lamina.losses._function_loss import LossFunctionWrapper
from lamina.ops._symbolic import KerasTensor, run_nodes, sort_nodes

_LONG = 1000  # a list this long is data


def symbolic_tensors(function: Any) -> list[KerasTensor]:
    """The KerasTensors that a function of the user's refers to: in its closure, defaults and globals, those of functions
    that it refers to, and the attributes of a callable object."""
    found: dict[int, KerasTensor] = {}
    seen: set[int] = set()
    stack = [function]
    while stack:
        thing = stack.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, KerasTensor):
            found[id(thing)] = thing
        else:
            stack.extend(_parts(thing))
    return list(found.values())


def _parts(thing: Any) -> Iterator[Any]:
    if isinstance(thing, (list, tuple)):
        yield from thing if len(thing) < _LONG else ()
    elif isinstance(thing, dict):
        yield from thing.values()
    elif isinstance(thing, functools.partial):
        yield from (thing.func, thing.args, thing.keywords)
    elif isinstance(thing, types.MethodType):
        yield from (thing.__func__, *getattr(thing.__self__, "__dict__", {}).values())
    elif isinstance(thing, types.FunctionType):
        if thing.__module__ is not None and thing.__module__.partition(".")[0] == "lamina":
            return
        yield from (thing.__defaults__ or ())
        yield from (thing.__kwdefaults__ or {}).values()
        for cell in thing.__closure__ or ():
            try:
                yield cell.cell_contents
            except ValueError:  # not filled yet
                continue
        yield from (thing.__globals__[name] for name in _names(thing.__code__) if name in thing.__globals__)


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


class WithTensors:
    """A function `(y_true, y_pred)` that refers to KerasTensors, made one of values.

    Args:
        function: the user's.
        tensors: the KerasTensors that it refers to.
        value_of: gives the values of those tensors by id, as they were in the last call of the model.
    """

    def __init__(
        self, function: Callable[..., Any], tensors: list[KerasTensor], value_of: Callable[[], dict[int, Any]]
    ):
        self.function = function
        self.tensors = tensors
        self.value_of = value_of
        self.__name__ = getattr(function, "__name__", None) or type(function).__name__
        self.__module__ = getattr(function, "__module__", None) or ""

    def __call__(self, y_true: Any, y_pred: Any) -> Any:
        own = [_placeholder(x) for x in (y_true, y_pred)]
        result = self.function(*own)
        if not isinstance(result, KerasTensor):
            raise TypeError(f"The loss {self.__name__!r} must give a tensor; got {result!r}.")
        values = {**self.value_of(), id(own[0]): y_true, id(own[1]): y_pred}
        run_nodes(sort_nodes([*own, *self.tensors], [result]), values)
        return values[id(result)]


def _placeholder(x: Any) -> KerasTensor:
    return KerasTensor((None, *x.shape[1:]) if len(x.shape) else (), ops.standardize_dtype(x.dtype))


def bind_tensors(model: Any, *given: Any) -> list[Any]:
    """Arguments of `compile` with each such function made one of values, which the model keeps at every call.

    Raises ValueError if the model is not functional or the tensors are not its own.
    """
    watched: dict[int, KerasTensor] = {}

    def bind(thing: Any) -> Any:
        function = thing.call if isinstance(thing, losses.Loss) else thing
        if isinstance(thing, (str, metrics.Metric)) or not callable(function):
            return thing
        tensors = symbolic_tensors(function)
        if not tensors:
            return thing
        watched.update((id(x), x) for x in tensors)
        bound = WithTensors(function, tensors, lambda: model._compiled.watched)
        if function is thing:
            return bound
        return LossFunctionWrapper(bound, reduction=thing.reduction, name=thing.name)

    bound = [tree.map_structure(bind, x) for x in given]
    if watched and not hasattr(model, "watch"):
        raise ValueError(
            f"compile: a loss or metric refers to {next(iter(watched.values()))!r}. Only a functional model can have that "
            "computed for it: make it by Model(inputs, outputs) from the same tensors, or write the term in a train_step()."
        )
    if hasattr(model, "watch") and (watched or model._watched):
        model.watch(list(watched.values()))
    return bound
