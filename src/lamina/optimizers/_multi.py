"""Different optimizers for different variables."""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from lamina._checks import check_positive
from lamina._public import public
from lamina.variables import deserialize_keras_object, serialize_keras_object

from ._loss_scale import LossScaleOptimizer
from ._optimizer import Optimizer


@public("optimizers.OptimizerMap")
class OptimizerMap(MutableMapping[str, Any]):
    """Which optimizer serves which variable, by its path.

    Args:
        default_optimizer: the optimizer of variables that no key matches.
        optimizer_map: dict[str, Any] from path, or regular expression that matches the whole path, to optimizer.
    Raises TypeError if an optimizer is none, ValueError if a path is matched by several keys.
    Example:
        >>> chosen = optimizers.OptimizerMap(optimizers.Adam(), {".*embedding.*": optimizers.SGD()})
        >>> chosen["model/embedding/table"]
        <SGD name=sgd>
    """

    def __init__(self, default_optimizer: Optimizer, optimizer_map: dict[str, Optimizer] | None = None):
        if not isinstance(default_optimizer, Optimizer):
            raise TypeError(f"OptimizerMap: default_optimizer must be an Optimizer; got {default_optimizer!r}.")
        if optimizer_map is not None and not isinstance(optimizer_map, dict):
            raise TypeError(f"OptimizerMap: optimizer_map must be a dict; got {optimizer_map!r}.")
        self._default_optimizer = default_optimizer
        self._optimizer_map: dict[str, Optimizer] = {}
        for key, optimizer in (optimizer_map or {}).items():
            self[key] = optimizer

    @property
    def default_optimizer(self) -> Any:
        return self._default_optimizer

    def __getitem__(self, key: str) -> Optimizer:
        if key in self._optimizer_map:
            return self._optimizer_map[key]
        matches = [pattern for pattern in self._optimizer_map if re.fullmatch(pattern, key)]
        if len(matches) > 1:
            raise ValueError(f"OptimizerMap: the path {key!r} is matched by several keys: {matches}.")
        return self._optimizer_map[matches[0]] if matches else self._default_optimizer

    def __setitem__(self, key: str, optimizer: Optimizer) -> None:
        if not isinstance(key, str):
            raise ValueError(f"OptimizerMap: a key must be a string; got {key!r}.")
        if key in self._optimizer_map:
            raise ValueError(f"OptimizerMap: {key!r} already has the optimizer {self._optimizer_map[key]!r}.")
        if not isinstance(optimizer, Optimizer) or isinstance(optimizer, (LossScaleOptimizer, MultiOptimizer)):
            raise ValueError(f"OptimizerMap: {key!r} must get an optimizer that makes steps itself; got {optimizer!r}.")
        self._optimizer_map[key] = optimizer

    def __delitem__(self, key: str) -> None:
        del self._optimizer_map[key]

    def __len__(self) -> int:
        return len(self._optimizer_map)

    def __iter__(self) -> Iterator[str]:
        return iter(self._optimizer_map)

    def __call__(self, variable: Any) -> Optimizer:
        return self[variable.path]

    def get_config(self) -> dict[str, Any]:
        return {
            "default_optimizer": serialize_keras_object(self._default_optimizer),
            "optimizer_map": serialize_keras_object(self._optimizer_map),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "OptimizerMap":
        return cls(
            deserialize_keras_object(config["default_optimizer"], custom_objects=custom_objects),
            deserialize_keras_object(config["optimizer_map"], custom_objects=custom_objects),
        )


@public("optimizers.MultiOptimizer")
class MultiOptimizer(Optimizer):
    """Hands each variable to the optimizer that a map chooses for it.

    Args:
        optimizer_map: OptimizerMap, or a function from variable to optimizer.
        loss_scale_factor: as for `Optimizer`; set on all of them.
        name: name of the optimizer.
    Example:
        >>> chosen = optimizers.OptimizerMap(optimizers.Adam(), {".*bias": optimizers.SGD(0.1)})
        >>> bias = Variable([1.0], name="bias")
        >>> optimizers.MultiOptimizer(chosen).apply([[2.0]], [bias])
        >>> bias.value
        Tensor([0.8], dtype=float32)
    """

    def __init__(self, optimizer_map: Any, loss_scale_factor: float | None = None, name: str | None = None):
        if not callable(optimizer_map):
            raise ValueError(
                f"MultiOptimizer: optimizer_map must be an OptimizerMap or a function; got {optimizer_map!r}."
            )
        if loss_scale_factor is not None:
            check_positive(loss_scale_factor, "loss_scale_factor", type(self).__name__)
        self._inner: list[Optimizer] = []
        super().__init__(learning_rate=0.0, loss_scale_factor=None, name=name)
        self._optimizer_map = optimizer_map
        self.loss_scale_factor = loss_scale_factor
        if isinstance(optimizer_map, OptimizerMap):
            for optimizer in (*optimizer_map.values(), optimizer_map.default_optimizer):
                self._add(optimizer)

    def _add(self, optimizer: Optimizer) -> int:
        for i, known in enumerate(self._inner):
            if known is optimizer:
                return i
        optimizer.loss_scale_factor = self.loss_scale_factor
        self._inner.append(optimizer)
        return len(self._inner) - 1

    def build(self, variables: Any) -> None:
        if self.built:
            return
        variables = list(variables)
        super().build(variables)
        self._chosen: dict[int, int] = {}
        for variable in variables:
            optimizer = self._optimizer_map(variable)
            if not isinstance(optimizer, Optimizer) or isinstance(optimizer, (LossScaleOptimizer, MultiOptimizer)):
                raise ValueError(
                    f"MultiOptimizer: {variable.path!r} must get an optimizer that makes steps itself; "
                    f"got {optimizer!r}."
                )
            self._chosen[id(variable)] = self._add(optimizer)
        for optimizer, own in self._groups(variables):
            optimizer.build(own)

    @property
    def loss_scale_factor(self) -> float | None:
        """By what the loss is multiplied; that of all the optimizers, which divide the gradients by it."""
        return self._scale_factor

    @loss_scale_factor.setter
    def loss_scale_factor(self, value: float | None) -> None:
        self._scale_factor = value
        for optimizer in self._inner:
            optimizer.loss_scale_factor = value

    def _groups(self, variables: list[Any]) -> list[tuple[Optimizer, list[Any]]]:
        groups: list[list[Any]] = [[] for _ in self._inner]
        for variable in variables:
            groups[self._chosen[id(variable)]].append(variable)
        return [(optimizer, own) for optimizer, own in zip(self._inner, groups) if own]

    @property
    def optimizers(self) -> list[Optimizer]:
        """The optimizers that make the steps."""
        return list(self._inner)

    @property
    def variables(self) -> list[Any]:
        return [*self._variables, *(v for optimizer in self._inner for v in optimizer.variables)]

    @property  # type: ignore[misc]
    def iterations(self) -> Any:
        return self._iterations

    @property
    def learning_rate(self) -> Any:
        raise AttributeError("MultiOptimizer has no learning rate of its own; see those in its optimizers.")

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        raise AttributeError("MultiOptimizer has no learning rate of its own; set those of its optimizers.")

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """One step: of each optimizer on its own variables."""
        factor, self._scale_factor = self._scale_factor, None  # the optimizers divide by it
        try:
            super().apply(grads, trainable_variables)
        finally:
            self._scale_factor = factor

    def _apply_or_accumulate(self, grads: list[Any], variables: list[Any]) -> None:
        gradient_of = {id(v): g for g, v in zip(grads, variables)}
        for optimizer, own in self._groups(variables):
            optimizer.apply([gradient_of[id(v)] for v in own], own)

    def finalize_variable_values(self, var_list: Any) -> None:
        for optimizer, own in self._groups(list(var_list)):
            optimizer.finalize_variable_values(own)

    def get_config(self) -> dict[str, Any]:
        return {
            "optimizer_map": serialize_keras_object(self._optimizer_map),
            "loss_scale_factor": self.loss_scale_factor,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "MultiOptimizer":
        config = dict(config)
        found = deserialize_keras_object(config.pop("optimizer_map"), custom_objects=custom_objects)
        return cls(found, **config)
