"""A named tensor that changes: weights, statistics, counters."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import distribution, ops, tree
from lamina._checks import NO_ASSIGNMENT
from lamina._lazy import lazy_module
from lamina._public import public
from lamina.engines import engine
from lamina.ops._dtypes import standardize_dtype
from lamina.ops._symbolic import auto_name

from ._from_file import reading_file
from ._name_scope import current_path
from ._placed import Placed
from ._registry import find_public
from ._scope import local

# How a gradient tape at work learns what is read: on_read(variable, value) -> value to use instead. Taken from the
# engine when the first variable is made.
on_read: Callable[[Any, Any], Any] | None = None

_FLOATS = frozenset(("bfloat16", "float16", "float32", "float64", "float8_e4m3fn", "float8_e5m2"))
_AGGREGATIONS = (None, "none", "mean", "sum", "only_first_replica")
_SYNCHRONIZATIONS = (None, "none", "auto", "on_read", "on_write")

_notebook = lazy_module("lamina._markup._notebook")


@public("Variable")
class Variable(Placed):
    """A tensor with a name, a fixed shape and dtype, and a value that can be assigned.

    Args:
        initializer: array-like initial value, or a callable `(shape, dtype) -> array`, or the name of an initializer.
        shape: tuple[Any, ...] of ints; needed with a callable or a name.
        dtype: name of the dtype; by default that of the array, else the default float dtype.
        trainable: whether optimizers may change it.
        autocast: whether a float variable reads in the compute dtype inside a layer.
        aggregation: how replicas are joined: "none", "mean", "sum" or "only_first_replica".
        synchronization: "none", "auto", "on_read" or "on_write". Both are kept, and have no effect on one device.
        name: string without "/"; by default "variable", "variable_1", ...
        layout: distribution.TensorLayout, how it lies on several devices; by default as the distribution in use says.
    Raises ValueError for a bad name, for a missing shape, for a layout that does not fit the shape, and on assignment of a
        value of another shape.
    Example:
        >>> counter = Variable([1.0, 2.0])
        >>> counter.assign_add([1.0, 1.0]).tolist()
        [2.0, 3.0]
    """

    def __init__(
        self,
        initializer: Any,
        shape: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str | None = "none",
        synchronization: str | None = "auto",
        name: str | None = None,
        layout: Any = None,
    ):
        global on_read
        on_read = on_read or getattr(engine, "on_variable_read", None)
        name = auto_name(type(self).__name__) if name is None else name
        if not isinstance(name, str) or "/" in name:
            raise ValueError(f"Variable: name must be a string without '/'; got {name!r}.")
        if aggregation not in _AGGREGATIONS:
            raise ValueError(f"Variable {name!r}: aggregation must be one of {_AGGREGATIONS}; got {aggregation!r}.")
        if synchronization not in _SYNCHRONIZATIONS:
            raise ValueError(
                f"Variable {name!r}: synchronization must be one of {_SYNCHRONIZATIONS}; got {synchronization!r}."
            )
        self._name = name
        parent = current_path()
        self._path = f"{parent}/{name}" if parent else name
        self._trainable = bool(trainable)
        self._autocast = bool(autocast)
        self._aggregation = aggregation or "none"
        self._synchronization = synchronization or "auto"
        self._overwrite_with_gradient = False
        self._regularizer = None
        self._constraint = None
        self._layout: Any = None
        with engine.eagerly():
            self._store(self._initial_value(initializer, shape, dtype))
            if layout is not None:
                self._take_layout(layout)
            elif distribution.in_use():
                self.lay_out(distribution.current())

    def _initial_value(self, initializer: Any, shape: Any, dtype: Any) -> Any:
        if isinstance(initializer, str):
            initializer = find_public("initializers", initializer, what="initializer")
            initializer = initializer() if isinstance(initializer, type) else initializer
        if callable(initializer) and not hasattr(initializer, "__array__"):
            if shape is None:
                raise ValueError(f"Variable {self._name!r}: shape= is needed with the initializer {initializer!r}.")
            shape = _standardize_shape(shape, self._name)
            dtype = standardize_dtype(dtype)
            if (scope := reading_file()) is not None:
                scope.allocate(self._name, shape, dtype)
            value = ops.convert_to_tensor(initializer(shape, dtype=dtype), dtype=dtype)
        else:
            value = ops.convert_to_tensor(initializer, dtype=dtype)
        if shape is not None and tuple(value.shape) != _standardize_shape(shape, self._name):
            raise ValueError(
                f"Variable {self._name!r}: the initial value has shape {tuple(value.shape)}; "
                f"shape= says {tuple(shape)}."
            )
        return value

    def _store(self, value: Any) -> None:
        """Takes `value` for its own. On an engine with mutable arrays, the array then stays the same for life."""
        if engine.MUTABLE:
            self._bind(engine.new_storage(value))
        else:
            self._keep(engine.tensor(value))
        self._dtype = standardize_dtype(self._value.dtype)
        self._shape = tuple(self._value.shape)

    def _bind(self, array: Any) -> None:
        """Makes `array` the storage; `value` is a view of it."""
        self._value = array
        self._tensor = engine.storage_view(array)

    def rebind(self, array: Any) -> None:
        """Moves the storage into `array` (same shape and dtype), so that many variables can lie in one buffer."""
        if array.shape != self._shape or array.dtype != self._value.dtype:
            raise ValueError(
                f"Variable {self._path!r}: cannot move {self._shape} {self._dtype} into {array.shape} {array.dtype}."
            )
        engine.write(array, self._value)
        self._bind(array)

    @property
    def name(self) -> str:
        return self._name

    @property
    def path(self) -> str:
        return self._path

    @property
    def dtype(self) -> str:
        return self._read_dtype()

    @property
    def shape(self) -> tuple[int, ...]:
        return self._shape

    @property
    def ndim(self) -> int:
        return len(self._shape)

    @property
    def size(self) -> int:
        return math.prod(self._shape)

    @property
    def autocast(self) -> bool:
        return self._autocast

    @property
    def aggregation(self) -> str:
        return self._aggregation

    @property
    def synchronization(self) -> str:
        return self._synchronization

    @property
    def trainable(self) -> bool:
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)

    @property
    def overwrite_with_gradient(self) -> bool:
        """Whether an optimizer stores the gradient itself as the new value (for scales kept as weights)."""
        return self._overwrite_with_gradient

    @overwrite_with_gradient.setter
    def overwrite_with_gradient(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise TypeError(f"Variable {self._path!r}: overwrite_with_gradient must be True or False; got {value!r}.")
        self._overwrite_with_gradient = value

    @property
    def regularizer(self) -> Any:
        return self._regularizer

    @regularizer.setter
    def regularizer(self, value: Any) -> None:
        self._regularizer = _callable_or_none(value, "regularizer", self._path)

    @property
    def constraint(self) -> Any:
        return self._constraint

    @constraint.setter
    def constraint(self, value: Any) -> None:
        self._constraint = _callable_or_none(value, "constraint", self._path)

    def _read_dtype(self) -> str:
        scope = local.autocast
        if scope is not None and self._autocast and scope.dtype is not None and self._dtype in _FLOATS:
            return scope.dtype
        return self._dtype

    @property
    def value(self) -> Any:
        """The current value as a tensor (inside a StateScope, the mapped one). It stays what it is when the variable changes."""
        return self._apart(self.__tensor__())

    def _apart(self, tensor: Any) -> Any:
        """`tensor`, copied if it lies in the storage, which changes with `assign`."""
        return engine.apart(tensor, [self._tensor]) if engine.MUTABLE else tensor

    def __tensor__(self) -> Any:
        """What operations compute with: the value where it lies."""
        value = self._tensor
        if local.scope is not None:
            mapped = local.scope.get(self)
            if mapped is not None:
                value = mapped
        if on_read is not None:
            value = on_read(self, value)
        if local.autocast is not None:
            dtype = self._read_dtype()
            if dtype != self._dtype:
                return ops.cast(value, dtype)
        return value

    def assign(self, value: Any) -> Any:
        """Replaces the value; returns the new tensor. Raises ValueError for another shape."""
        value = ops.convert_to_tensor(value, dtype=self._dtype)
        if tuple(value.shape) != self._shape:
            raise ValueError(
                f"Variable {self._path!r} has shape {self._shape}; cannot assign a value of shape {tuple(value.shape)}."
            )
        if local.scope is not None:
            local.scope.set(self, value)
            return value
        if engine.MUTABLE:
            engine.write(self._value, value)
        else:
            self._keep(value)
        return value

    def clear(self) -> None:
        """Sets all to zero."""
        if engine.MUTABLE and local.scope is None:
            engine.write(self._value, False)  # a zero of every dtype, without an operation: epochs begin with this
        else:
            self.assign(ops.zeros(self._shape, dtype=self._dtype))

    def take(self, tensor: Any) -> None:
        """Keeps a tensor that a step made for this variable: its shape and dtype are known to fit."""
        if engine.MUTABLE:
            self.assign(tensor)
        else:
            self._value = tensor
            self._tensor = tensor if self._layout is None else engine.distribution.local(tensor)

    def assign_add(self, value: Any) -> Any:
        return self.assign(ops.add(self._uncast(), value))

    def assign_sub(self, value: Any) -> Any:
        return self.assign(ops.subtract(self._uncast(), value))

    def _uncast(self) -> Any:
        mapped = None if local.scope is None else local.scope.get(self)
        return self._tensor if mapped is None else mapped

    def numpy(self) -> np.ndarray:
        """A NumPy copy of the value."""
        return ops.convert_to_numpy(self)

    def item(self) -> Any:
        return self.numpy().item()

    __jax_array__ = __tensor__

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(ops.convert_to_numpy(self), dtype=dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        own = None if hasattr(type(self._tensor), "__array_ufunc__") else getattr(ops, ufunc.__name__, None)
        if own is not None and method == "__call__" and not kwargs:
            return own(*inputs)  # a tensor that NumPy's functions do not know
        return getattr(ufunc, method)(*map(_value_of, inputs), **kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        args, kwargs = tree.map_structure(_value_of, (tuple(args), dict(kwargs)))
        return func(*args, **kwargs)

    def __hash__(self) -> int:
        return id(self)

    def __bool__(self) -> bool:
        return bool(self.__tensor__())

    def __float__(self) -> float:
        return float(self.__tensor__())

    def __int__(self) -> int:
        return int(self.__tensor__())

    def __index__(self) -> int:
        return self.__tensor__().__index__()

    def __len__(self) -> int:
        if not self._shape:
            raise TypeError(f"Variable {self._path!r} has no axes, so no len().")
        return self._shape[0]

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        return self._apart(self.__tensor__()[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError(f"Variable {self._path!r}: {NO_ASSIGNMENT} Then give it to `assign`.")

    def __neg__(self) -> Any:
        return ops.negative(self)

    def __pos__(self) -> Any:
        return self.value

    def __abs__(self) -> Any:
        return ops.absolute(self)

    def __invert__(self) -> Any:
        return ops.logical_not(self) if self.dtype == "bool" else ops.bitwise_not(self)

    def __round__(self, ndigits: int | None = None) -> Any:
        return ops.round(self, decimals=ndigits or 0)

    def __repr__(self) -> str:
        value = "" if local.scope is not None else f", value={engine.numpy(self._tensor)}"
        return f"<Variable path={self._path}, shape={self._shape}, dtype={self._dtype}{value}>"

    def _repr_html_(self) -> str:
        if local.scope is not None:  # while a step is traced there is no value
            return _notebook.card("Variable", said=repr(self))
        return _notebook.array_card("Variable", engine.numpy(self._tensor), said=self._path)

    def __getstate__(self) -> dict[str, Any]:
        state = {key: value for key, value in self.__dict__.items() if key != "_tensor"}
        return {**state, "_layout": None, "_value": engine.numpy(self._value)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._store(self._value)


def _value_of(x: Any) -> Any:
    return x.__tensor__() if isinstance(x, Variable) else x


def _standardize_shape(shape: Any, name: str) -> tuple[int, ...]:
    entries = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    for size in entries:
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 0:
            raise ValueError(f"Variable {name!r}: shape must hold integers, zero or above; got {shape!r}.")
    return tuple(int(size) for size in entries)


def _callable_or_none(value: Any, what: str, path: str) -> Any:
    if value is not None and not callable(value):
        raise ValueError(f"Variable {path!r}: {what} must be a callable or None; got {value!r}.")
    return value


def _attach_operators() -> None:
    binary = {
        "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "true_divide", "floordiv": "floor_divide",
        "mod": "mod", "pow": "power", "matmul": "matmul", "and": "logical_and", "or": "logical_or",
        "xor": "logical_xor", "lshift": "left_shift", "rshift": "right_shift",
    }  # fmt: skip
    comparisons = {
        "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal",
    }  # fmt: skip

    def forward(function: str) -> Callable[..., Any]:
        return lambda self, other: getattr(ops, function)(self, other)

    def reflected(function: str) -> Callable[..., Any]:
        return lambda self, other: getattr(ops, function)(other, self)

    for method, function in binary.items():
        setattr(Variable, f"__{method}__", forward(function))
        setattr(Variable, f"__r{method}__", reflected(function))
    for method, function in comparisons.items():
        setattr(Variable, f"__{method}__", forward(function))


_attach_operators()
Variable.__hash__ = object.__hash__  # type: ignore[method-assign]
