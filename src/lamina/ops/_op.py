"""`@op`: a function on tensors that also joins KerasTensors, by recording an operation."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np

from lamina._lazy import load_namespace
from lamina._public import public
from lamina._telling import explained, named, numbers_of, refuse_texts
from lamina.engines import engine

from ._axes import refuse_axis
from ._dtypes import standardize_dtype
from ._symbolic import KerasTensor, Operation, any_symbolic, infer_op_spec, infer_spec

F = TypeVar("F", bound=Callable[..., Any])

# Class name -> operation, as files name them ("Add", "Mean"). Filled as the modules of ops are loaded.
_OPERATIONS: dict[str, type["FunctionOperation"]] = {}


def operations() -> dict[str, type["FunctionOperation"]]:
    """All operations by the names that files call them by."""
    for namespace in ("ops", "ops.image"):
        load_namespace(namespace)
    return _OPERATIONS


class FunctionOperation(Operation):
    """An op as a node of a symbolic graph: the function, and its arguments that are not tensors.

    A subclass is made for every op (`Add`, `Mean`, ...); `arguments` are what its config holds.
    """

    function: Callable[..., Any]
    tensors: tuple[str, ...] = ()
    variadic: bool = False
    family: str = "numpy"
    spec: Callable[..., Any] | None = None

    def __init__(self, name: str | None = None, **arguments: Any):
        super().__init__(name=name)
        self.arguments = arguments

    def call(self, *args: Any, **kwargs: Any) -> Any:
        given = {**self.arguments, **kwargs}
        function = type(self).function
        if self.variadic:
            leading = [given.pop(p) for p in self.tensors]
            return function(*leading, *args, **given)
        return function(**dict(zip(self.tensors, args)), **given)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        rule = type(self).spec
        if rule is not None:
            return rule(self.call, *args, **self.arguments, **kwargs)
        return infer_op_spec(self.call, args, kwargs, self.arguments)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, **self.arguments}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "FunctionOperation":
        return cls(**config)

    def __reduce__(self) -> tuple[Any, ...]:
        # The classes are made by `op`, so a pickle finds them by their name in the table.
        return _empty_operation, (type(self).__name__,), self.__dict__


def _empty_operation(class_name: str) -> FunctionOperation:
    operation = operations().get(class_name)
    if operation is None:
        raise AttributeError(f"This pickle holds the operation {class_name!r}, which lamina.ops does not have.")
    return operation.__new__(operation)


def op(
    *families: str,
    tensors: str | None = None,
    class_name: str | None = None,
    aliases: tuple[str, ...] = (),
    spec: Callable[..., Any] | None = None,
    variadic: bool = False,
    keras_module: str | None = None,
    adds_axis: bool = False,
) -> Callable[[F], F]:
    """Makes a public op of a function written on tensors.

    Args:
        families: the namespaces under `ops` it is listed in ("numpy", "nn", "linalg", "image"); "core" and "math" have
            none.
        tensors: names of the arguments that are call arguments of the operation in a graph; the rest are its config. By
            default those without a default value.
        class_name: the operation's class as files name it, CamelCase of the function's name by default.
        aliases: further names.
        spec: `(call, *tensors, **config) -> KerasTensor(s)` where tracing without data is not enough.
        keras_module: where Keras has the class, if not in the module of the first family.
        variadic: whether the tensors are the function's `*args`; `tensors` then names leading config arguments.
        adds_axis: whether `axis` is the place of an axis that the result has and the tensor has not.
    """

    def decorate(function: F) -> F:
        signature, numbers = inspect.signature(function), numbers_of(function)
        if tensors is None:
            names = tuple(
                n for n, p in signature.parameters.items() if p.default is p.empty and p.kind != p.VAR_KEYWORD
            )
        else:
            names = tuple(tensors.split())
        camel = class_name or "".join(word.capitalize() for word in function.__name__.split("_"))

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            try:
                if kwargs:
                    refuse_texts(kwargs, numbers, function.__name__)
                if any_symbolic(args, kwargs):
                    return _join(operation, signature, args, kwargs)
                # As IEEE 754 and Keras have it: 1/0 is infinite, without a word.
                with np.errstate(all="ignore"):
                    result = function(*args, **kwargs)
            except Exception as error:
                # Looked at where something went wrong only: every engine has words and kinds of its own for it.
                if isinstance(error, (ValueError, IndexError)):
                    refuse_axis(function.__name__, signature.bind(*args, **kwargs).arguments, names, adds_axis)
                found = explained(error, f"ops.{function.__name__}", lambda: named(function, args, kwargs))
                if found is error:
                    raise
                raise found from error
            kind = type(result)
            if kind is np.ndarray or kind in (tuple, list) or isinstance(result, np.generic):
                result = as_tensors(result)
            return of_its_own(result, (*args, *kwargs.values()) if kwargs else args)

        operation = make_operation(
            camel, wrapper, names, keras_module or f"keras.src.ops.{families[0]}", spec, variadic
        )
        wrapper.operation = operation  # type: ignore[attr-defined]
        paths = []
        for name in (function.__name__.rstrip("_"), *aliases):
            if families[0] != "image":  # those stand in ops.image only
                paths.append(f"ops.{name}")
            paths.extend(f"ops.{f}.{name}" for f in families if f in ("numpy", "nn", "linalg", "image"))
        return cast(F, public(*paths)(wrapper))

    return decorate


def make_operation(
    class_name: str,
    function: Callable[..., Any],
    tensors: tuple[str, ...],
    keras_module: str,
    spec: Callable[..., Any] | None = None,
    variadic: bool = False,
) -> type[FunctionOperation]:
    """Enters the operation of a function under the name that files have for it; arguments as for `op`."""
    attributes = {
        "function": staticmethod(function),
        "tensors": tensors,
        "variadic": variadic,
        "family": keras_module.rpartition(".")[2],
        "_keras_module": keras_module,
        "spec": None if spec is None else staticmethod(spec),
        "__doc__": function.__doc__,
    }
    _OPERATIONS[class_name] = type(class_name, (FunctionOperation,), attributes)
    return _OPERATIONS[class_name]


def as_tensors(result: Any) -> Any:
    """Plain arrays of a result as the engine's tensors."""
    if isinstance(result, (tuple, list)):
        items = [as_tensors(r) for r in result]
        return type(result)(*items) if hasattr(result, "_fields") else type(result)(items)
    if type(result) is np.ndarray or isinstance(result, np.generic):
        return engine.tensor(result)
    return result


def of_its_own(result: Any, args: tuple[Any, ...]) -> Any:
    """The result, copied where it lies in the memory of a Variable or an array of the user's, which may change."""
    if not engine.MUTABLE:
        return result
    lenders = []
    for x in args:
        if type(x) is np.ndarray:
            lenders.append(x)
        elif hasattr(x, "__tensor__"):
            lenders.append(x.__tensor__())
    if not lenders:
        return result
    if isinstance(result, (tuple, list)):
        items = [engine.apart(r, lenders) for r in result]
        return type(result)(*items) if hasattr(result, "_fields") else type(result)(items)
    return engine.apart(result, lenders)


def _join(operation: type[FunctionOperation], signature: inspect.Signature, args: Any, kwargs: Any) -> Any:
    """Records the call in the symbolic graph: tensors as call arguments, the rest as the operation's config."""
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    call_args: list[Any] = []
    call_kwargs: dict[str, Any] = {}
    config: dict[str, Any] = {}
    for name, parameter in signature.parameters.items():
        value = bound.arguments[name]
        if parameter.kind is parameter.VAR_POSITIONAL:
            call_args.extend(value)
        elif parameter.kind is parameter.VAR_KEYWORD:
            call_kwargs.update(value)
        elif name in operation.tensors and not operation.variadic:
            call_args.append(value)
        elif any_symbolic(value):
            call_kwargs[name] = value
        else:
            config[name] = value
    return operation(**config)(*call_args, **call_kwargs)


def merge_shapes(*shapes: tuple[Any, ...]) -> tuple[Any, ...]:
    """The broadcast of shapes that may hold None. An unknown size gives way to a known one above 1.

    Raises ValueError that shows the shapes if they do not broadcast.
    """
    out: list[Any] = []
    rank = max((len(s) for s in shapes), default=0)
    for sizes in zip(*((1,) * (rank - len(s)) + tuple(s) for s in shapes)):
        known = {s for s in sizes if s not in (None, 1)}
        if len(known) > 1:
            raise ValueError(
                f"shapes {', '.join(map(str, shapes))} do not broadcast: sizes {sorted(known)} meet on one axis."
            )
        out.append(known.pop() if known else None if None in sizes else 1)
    return tuple(out)


def elementwise_spec(call: Callable[..., Any], *args: Any, **config: Any) -> KerasTensor:
    """The rule for elementwise ops: shapes broadcast, the dtype is what scalars of the same dtypes give."""
    shapes = [x.shape if hasattr(x, "shape") else np.shape(x) for x in args]
    try:
        shape = merge_shapes(*shapes)
    except ValueError as error:
        owner = getattr(getattr(call, "__self__", None), "name", "elementwise op")
        raise ValueError(f"{owner}: {error}") from None

    def scalar(x: Any) -> Any:
        if isinstance(x, KerasTensor):
            return KerasTensor((), x.dtype)
        if hasattr(x, "shape"):
            return KerasTensor((), standardize_dtype(x.dtype))
        return x if np.ndim(x) == 0 else np.asarray(x).flat[0].item()

    return KerasTensor(shape, infer_spec(call, *map(scalar, args)).dtype)
