"""Where the state of a pure step lives: inside a StateScope, variables read and write a mapping, not themselves."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lamina._public import public


class _Local(threading.local):
    scope: "StateScope | None" = None
    autocast: Any = None  # the innermost AutocastScope


local = _Local()


@public("StatelessScope")
class StateScope:
    """Redirects reads and writes of variables to a mapping, for functions that must not change anything outside.

    Inside `with StateScope({variable: tensor}) as scope:`, `variable.value` is the mapped tensor (one that is not
    mapped reads its stored value) and `variable.assign(x)` changes only the mapping. `scope[variable]` is the tensor
    afterwards. Scopes nest: an inner scope reads through to the outer one.

    Args:
        state_mapping: mapping, or pairs, from Variable to tensor, or to a Variable whose value is taken.
        collect_losses: whether `add_loss` keeps what it is given.
        initialize_variables: accepted for Keras's sake; variables made inside are initialised at once.
    Example:
        >>> v = Variable(1.0)
        >>> with lamina.StatelessScope() as scope:
        ...     _ = v.assign(5.0)
        >>> scope[v], v.value
        (Tensor(5., dtype=float32), Tensor(1., dtype=float32))
    """

    def __init__(
        self,
        state_mapping: Mapping[Any, Any] | Iterable[tuple[Any, Any]] | None = None,
        collect_losses: bool = True,
        initialize_variables: bool = True,
    ):
        pairs = state_mapping.items() if isinstance(state_mapping, Mapping) else (state_mapping or ())
        self._variables: dict[int, Any] = {}
        self._values: dict[int, Any] = {}
        self.collect_losses = collect_losses
        self.initialize_variables = initialize_variables
        self.losses: list[Any] = []
        self.missed: dict[int, Any] = {}  # variables that were read and stand in no scope
        self._outer: StateScope | None = None
        for variable, value in pairs:
            if not hasattr(variable, "assign"):
                raise ValueError(f"StateScope: expected Variables as keys; got {variable!r}.")
            if value is not None and tuple(value.shape) != tuple(variable.shape):
                raise ValueError(
                    f"StateScope: {variable.path!r} has shape {tuple(variable.shape)}; "
                    f"got a value of shape {tuple(value.shape)}."
                )
            self.set(variable, value.value if hasattr(value, "assign") else value)

    def set(self, variable: Any, value: Any) -> None:
        self._variables[id(variable)] = variable
        self._values[id(variable)] = value

    def get(self, variable: Any) -> Any:
        """The tensor that stands for `variable` here or in an outer scope; None if there is none."""
        scope = self
        while True:
            value = scope._values.get(id(variable))
            if value is not None:
                return value
            if scope._outer is None:
                scope.missed[id(variable)] = variable
                return None
            scope = scope._outer

    get_current_value = get

    def __getitem__(self, variable: Any) -> Any:
        value = self.get(variable)
        return variable.value if value is None else value

    def __contains__(self, variable: Any) -> bool:
        return self.get(variable) is not None

    def items(self) -> Iterator[tuple[Any, Any]]:
        """The variables mapped or written here, with their tensors."""
        return ((variable, self._values[key]) for key, variable in self._variables.items())

    def add_loss(self, loss: Any) -> None:
        if self.collect_losses:
            self.losses.append(loss)

    def add_update(self, update: tuple[Any, Any]) -> None:
        self.set(*update)

    def __enter__(self) -> "StateScope":
        self._outer = local.scope
        local.scope = self
        return self

    def __exit__(self, *exc: Any) -> None:
        # Collected losses and written values stay readable; only the redirection ends.
        local.scope = self._outer
        self._outer = None


def get_scope() -> StateScope | None:
    """The innermost StateScope at work in this thread, or None."""
    return local.scope


class AutocastScope:
    """Inside it, float variables that allow autocast read as `dtype` (None switches autocast off)."""

    def __init__(self, dtype: str | None):
        self.dtype = dtype
        self._outer: Any = None

    def __enter__(self) -> "AutocastScope":
        self._outer = local.autocast
        local.autocast = self
        return self

    def __exit__(self, *exc: Any) -> None:
        local.autocast = self._outer


def get_autocast_scope() -> AutocastScope | None:
    """The innermost AutocastScope at work in this thread, or None."""
    return local.autocast
