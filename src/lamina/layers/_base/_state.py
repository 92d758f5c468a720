"""What a layer holds: variables, seed generators, metrics and other layers, found in its attributes."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np

from lamina import ops
from lamina.metrics import Metric
from lamina.variables import SeedGenerator, Variable

_CONTAINERS = (list, tuple, dict, set)
_PLAIN = {int, float, str, bool, type(None)}
_IS_CONTAINER: dict[type, bool] = {}  # asking an abstract class such as Mapping takes long


class _NumbersSet:
    """How many times a number in an attribute of a layer became another one."""

    count = 0


numbers_set = _NumbersSet()


def _is_container(value: Any) -> bool:
    kind = type(value)
    known = _IS_CONTAINER.get(kind)
    if known is None:
        known = _IS_CONTAINER[kind] = issubclass(kind, (Mapping, *_CONTAINERS))
    return known


class Held:
    """The part of a layer that keeps track of its state. Attributes are tracked as they are set, in that order; lists,
    dicts, tuples and sets are looked into whenever the state is asked for, so that later additions count."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        instance = super().__new__(cls, *args, **kwargs)  # type: ignore[call-arg]  # an Operation comes next
        object.__setattr__(instance, "_entries", [])
        object.__setattr__(instance, "_is_flat", True)
        object.__setattr__(instance, "_locked", False)
        return instance

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, (Variable, Held, SeedGenerator, *_CONTAINERS, Metric)):
            self._track(name, value)
        old = self.__dict__.get(name)
        descriptor = getattr(type(self), name, None)
        object.__setattr__(self, name, value)
        if old is not None and old is not value and not hasattr(descriptor, "__set__"):
            if isinstance(old, (Held, *_CONTAINERS)):
                self._untrack(old)
            elif isinstance(old, (int, float)):
                numbers_set.count += 1

    def __delattr__(self, name: str) -> None:
        value = self.__dict__.get(name)
        object.__delattr__(self, name)
        if value is not None:
            self._untrack(value)

    def _track(self, name: str, value: Any) -> None:
        if name in _UNTRACKED or any(value is entry for entry in self._entries):
            return
        if type(value) is tuple and all(type(item) in _PLAIN for item in value):  # and ever will be: strides, shapes
            return
        if self._locked and isinstance(value, (Variable, Held)):
            raise ValueError(
                f'{type(self).__name__} "{self.name}" is built already: {name} = {value!r} would add state that an '
                "optimizer does not know of. Create all variables and layers in __init__() or build()."
            )
        self._entries.append(value)
        if not isinstance(value, (Variable, SeedGenerator)):
            object.__setattr__(self, "_is_flat", False)

    def _untrack(self, value: Any) -> None:
        if not any(value is other for other in self.__dict__.values()):
            self._entries[:] = [entry for entry in self._entries if entry is not value]

    def _held(self, kind: Any) -> list[Any]:
        """The objects of that class directly held, each once, in order of tracking."""
        seen: dict[int, Any] = {}
        if self._is_flat and kind in (Held, Metric):  # most layers hold variables and nothing else
            return []
        for entry in self._entries:
            for value in self._leaves((entry,)) if _is_container(entry) else (entry,):
                if isinstance(value, kind):
                    seen.setdefault(id(value), value)
        return list(seen.values())

    def _leaves(self, values: Any, around: tuple[int, ...] = ()) -> Iterator[Any]:
        """What lies in nested containers; one that holds itself (`around`: those that lead here) is not entered again."""
        for value in values:
            if not _is_container(value):
                yield value
            elif id(value) not in around:
                inside = value.values() if isinstance(value, Mapping) else value
                yield from self._leaves(inside, (*around, id(value)))

    @property
    def _layers(self) -> list[Any]:
        return [layer for layer in self._held(Held) if layer is not self]

    @property
    def _seed_generators(self) -> list[Any]:
        return self._held(SeedGenerator)

    @property
    def _own_variables(self) -> list[Any]:
        """Own variables, trainable ones first, as files hold them."""
        found = self._held(Variable)
        return [v for v in found if self._is_own_trainable(v)] + [v for v in found if not self._is_own_trainable(v)]

    def _is_own_trainable(self, variable: Any) -> bool:
        """Whether it was made trainable; freezing the layer does not move it."""
        return variable.trainable or id(variable) in self.__dict__.get("_frozen", ())

    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Any]:
        """The layers held, depth first, each once."""
        found: dict[int, Any] = {}
        stack = [self] if include_self else list(self._layers)[::-1]
        while stack:
            layer = stack.pop()
            if id(layer) in found:
                continue
            found[id(layer)] = layer
            if recursive or layer is self:
                stack.extend(reversed(layer._layers))
        return list(found.values())

    def _collect(self, with_seeds: bool) -> list[Any]:
        seen: dict[int, Any] = {}
        for layer in self._flatten_layers():
            for variable in layer._own_variables:
                seen.setdefault(id(variable), variable)
            if with_seeds:
                for generator in layer._seed_generators:
                    seen.setdefault(id(generator.state), generator.state)
        return list(seen.values())

    @property
    def variables(self) -> list[Any]:
        """All state: weights and the states of random seeds. (Metrics: `metrics_variables`.)"""
        return self._collect(with_seeds=True)

    @property
    def weights(self) -> list[Any]:
        """All weights, trainable and not; without the states of random seeds."""
        return self._collect(with_seeds=False)

    @property
    def trainable_variables(self) -> list[Any]:
        """The variables that an optimizer changes; none if the layer is frozen."""
        return [v for v in self.variables if v.trainable] if self.trainable else []

    @property
    def non_trainable_variables(self) -> list[Any]:
        """The variables that no optimizer changes, seed states included."""
        return [v for v in self.variables if not v.trainable] if self.trainable else self.variables

    @property
    def trainable_weights(self) -> list[Any]:
        """The weights that an optimizer changes; none if the layer is frozen."""
        return [v for v in self.weights if v.trainable] if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The weights that no optimizer changes."""
        return [v for v in self.weights if not v.trainable] if self.trainable else self.weights

    @property
    def metrics(self) -> list[Any]:
        """The metrics held by this layer and by the layers in it."""
        seen = {id(metric): metric for layer in self._flatten_layers() for metric in layer._own_metrics}
        return list(seen.values())

    @property
    def _own_metrics(self) -> list[Metric]:
        return self._held(Metric)

    @property
    def metrics_variables(self) -> list[Any]:
        """The variables of all metrics."""
        return [v for metric in self.metrics for v in metric.variables]

    @property
    def trainable(self) -> bool:
        """Whether the layer's weights are trained. Setting it sets it for all variables and layers inside."""
        return self.__dict__.get("_trainable", True)

    @trainable.setter
    def trainable(self, value: Any) -> None:
        value = bool(value)
        object.__setattr__(self, "_trainable", value)
        frozen = self.__dict__.setdefault("_frozen", set())
        for variable in self._held(Variable):
            if variable.trainable or id(variable) in frozen:
                frozen.discard(id(variable)) if value else frozen.add(id(variable))
                variable.trainable = value
        for layer in self._layers:
            layer.trainable = value

    def count_params(self) -> int:
        """The number of numbers in all weights. Raises ValueError if the layer is not built."""
        if not self.built:
            raise ValueError(
                f'{type(self).__name__} "{self.name}" has no weights yet: it is not built. Call it on data or call '
                "build(input_shape) first."
            )
        return sum(int(np.prod(v.shape, dtype=np.int64)) for v in self.weights)

    def get_weights(self) -> list[np.ndarray]:
        """The values of all weights, as NumPy arrays in the order of `weights`."""
        return [v.numpy() for v in self.weights]

    def set_weights(self, weights: list[Any]) -> None:
        """Sets all weights from arrays in the order of `weights`. Raises ValueError if number or shapes differ, KeyError
        for a variable that is missing."""
        variables = self.weights
        owner = f'{type(self).__name__} "{self.name}"'
        if not hasattr(weights, "__len__") or isinstance(weights, (str, bytes, dict)):
            raise TypeError(f"{owner}.set_weights: weights must be a list of arrays; got {weights!r}.")
        if len(variables) != len(weights):
            raise ValueError(f"{owner}.set_weights: expected {len(variables)} arrays; got {len(weights)}.")
        arrays = [np.asarray(w) if not ops.is_tensor(w) and not hasattr(w, "shape") else w for w in weights]
        for variable, array in zip(variables, arrays):
            if tuple(array.shape) != tuple(variable.shape):
                raise ValueError(
                    f"{owner}.set_weights: {variable.path} has shape {variable.shape}; got an array of shape "
                    f"{tuple(array.shape)}."
                )
        for variable, array in zip(variables, arrays):
            variable.assign(array)

    @property
    def _filed_variables(self) -> list[Any]:
        """The own variables that files hold, in their order."""
        return self._own_variables

    def _filed_value(self, variable: Any) -> Any:
        """What files hold for one of them."""
        return variable.numpy()

    def save_own_variables(self, store: Any) -> None:
        """Puts the layer's own variables (not those of layers inside) in `store`, under "0", "1", ..."""
        for i, variable in enumerate(self._filed_variables):
            store[str(i)] = self._filed_value(variable)

    def load_own_variables(self, store: Any) -> None:
        """Takes the layer's own variables from `store`. Raises ValueError if number or shapes differ, KeyError
        for a variable that is missing."""
        variables = self._filed_variables
        owner = f'{type(self).__name__} "{self.name}"'
        if len(store.keys()) != len(variables):
            hint = " Build the layer before loading its weights." if not variables and not self.built else ""
            raise ValueError(
                f"{owner} has {len(variables)} variables ({[v.path for v in variables]}); the file holds "
                f"{len(store.keys())} for it.{hint}"
            )
        for i, variable in enumerate(variables):
            if str(i) not in store:
                raise KeyError(f"{owner}: the file holds no variable {i} ({variable.path}).")
            value = store[str(i)]
            if tuple(value.shape) != tuple(variable.shape):
                raise ValueError(
                    f"{owner}: {variable.path} has shape {tuple(variable.shape)}; the file holds shape "
                    f"{tuple(value.shape)}."
                )
            variable.assign(np.asarray(value))


# Attributes that refer to layers and tensors without owning them.
_UNTRACKED = frozenset(
    (
        "_entries", "_auto_arguments", "_inbound_nodes", "_outbound_nodes", "_losses", "_inputs", "_outputs", "_nodes",
        "_operations", "_inputs_struct", "_outputs_struct", "_build_shapes_dict", "_initial_weights", "_input_spec",
        "_frozen", "_locked", "_loss_ids", "trainable_weights", "non_trainable_weights", "_trainable_weights",
        "_non_trainable_weights", "_added_losses", "_watched", "_further_nodes",
    )
)  # fmt: skip
