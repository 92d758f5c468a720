"""The base of metrics: numbers accumulated over the batches of an epoch."""

import functools
from collections.abc import Callable
from typing import Any

from lamina import _settings, initializers, tree
from lamina._public import public
from lamina._where import inside, where
from lamina.losses._comparing import compares
from lamina.ops._convert import to_tensors
from lamina.ops._symbolic import auto_name
from lamina.variables import StateScope, Variable, name_scope
from lamina.variables._dtype_policy import get as get_dtype_policy


@public("Metric", "metrics.Metric")
class Metric:
    """A running measure. Subclasses make variables in `__init__` and define `update_state` and `result`.

    Args:
        dtype: dtype of the state and the result; by default the default float type.
        name: name of the metric.
    Example:
        >>> class Largest(Metric):
        ...     def __init__(self, name="largest", **kwargs):
        ...         super().__init__(name=name, **kwargs)
        ...         self.value = self.add_weight(name="value", initializer="zeros")
        ...     def update_state(self, y_true, y_pred, sample_weight=None):
        ...         self.value.assign(ops.maximum(self.value, ops.max(y_pred)))
        ...     def result(self):
        ...         return self.value.value
    """

    # "up" or "down": which way is better, where the metric knows; callbacks with mode="auto" ask.
    _direction: str | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "update_state" in cls.__dict__:
            cls.update_state = _on_tensors(  # type: ignore[method-assign]
                cls.__dict__["update_state"]
            )

    def __init__(self, dtype: Any = None, name: str | None = None):
        self._variables: list[Variable] = []
        self._metrics: list[Metric] = []
        self.name: str = name or auto_name(type(self).__name__)
        self._dtype_policy = get_dtype_policy(dtype or _settings.floatx())
        self._dtype = self._dtype_policy.compute_dtype

    @property
    def dtype(self) -> str:
        return self._dtype

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith(("_variables", "_metrics", "_dtype")):
            for leaf in tree.flatten(value):
                if isinstance(leaf, (Variable, Metric)):
                    self._track(leaf)
        super().__setattr__(name, value)

    def _track(self, thing: Any) -> None:
        if "_variables" not in self.__dict__:
            raise RuntimeError(
                f"{type(self).__name__}: call super().__init__() first in __init__(), before setting attributes."
            )
        store: list[Any] = self._variables if isinstance(thing, Variable) else self._metrics
        if not any(known is thing for known in store):
            store.append(thing)

    def add_variable(
        self, shape: Any, initializer: Any, dtype: Any = None, aggregation: str = "sum", name: str | None = None
    ) -> Variable:
        """A state variable of the metric, not trainable."""
        with name_scope(self.name.replace("/", ">"), caller=self):
            variable = Variable(
                initializers.get("zeros" if initializer is None else initializer),
                shape=tuple(shape),
                dtype=dtype,
                trainable=False,
                aggregation=aggregation,
                synchronization="on_read",
                name=name,
            )
        self._track(variable)
        return variable

    def add_weight(
        self, shape: Any = (), initializer: Any = None, dtype: Any = None, name: str | None = None
    ) -> Variable:
        """A state variable of the metric, a scalar of zero unless told otherwise."""
        return self.add_variable(shape=shape, initializer=initializer, dtype=dtype, name=name)

    @property
    def variables(self) -> list[Variable]:
        return [*self._variables, *(v for metric in self._metrics for v in metric.variables)]

    def update_state(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define update_state().")

    def result(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define result().")

    def _result_on_host(self) -> Any:
        """The result, a number or an array where it is had without the engine."""
        return self.result()

    def reset_state(self) -> None:
        """Sets the state to zero."""
        for variable in self.variables:
            variable.clear()

    reset_states = reset_state  # Keras 2's name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.update_state(*args, **kwargs)
        return self.result()

    def stateless_update_state(self, metric_variables: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """The state after an update, from a state given and without touching the metric's own."""
        with self._scope(metric_variables) as scope:
            self.update_state(*args, **kwargs)
        return [scope[v] for v in self.variables]

    def stateless_result(self, metric_variables: Any) -> Any:
        """The result for a state given."""
        with self._scope(metric_variables):
            return self.result()

    def stateless_reset_state(self) -> list[Any]:
        """The state at the start."""
        with StateScope() as scope:
            self.reset_state()
        return [scope[v] for v in self.variables]

    def _scope(self, values: Any) -> StateScope:
        variables, values = self.variables, list(values)
        if len(values) != len(variables):
            raise ValueError(
                f"{type(self).__name__} {self.name!r}: metric_variables must hold {len(variables)} tensors, one for "
                f"each of its variables; got {len(values)}."
            )
        return StateScope(zip(variables, values))

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Metric":
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


def _on_tensors(update_state: Callable[..., Any]) -> Callable[..., Any]:
    """`update_state` that is given tensors of its own, whatever arrays the caller has."""
    update_state = compares(update_state, where=lambda self, *_: type(self).__name__)

    @functools.wraps(update_state)
    def update(self: Metric, *args: Any, **kwargs: Any) -> Any:
        with inside(where.place[0] or "metrics"):
            return update_state(self, *to_tensors(args), **to_tensors(kwargs))

    return update
