"""Losses that layers add, and calls as pure functions of the state."""

from typing import Any

from lamina import ops
from lamina.ops._symbolic import KerasTensor
from lamina.variables import StateScope, get_scope

from ._call import context
from ._closure import SymbolicLoss
from ._old_arguments import without_inputs
from ._state import Held


class Losses(Held):
    """The part of a layer that collects losses."""

    @without_inputs
    def add_loss(self, loss: Any) -> None:
        """Adds scalar tensors to the losses of this call; they are part of what training minimises."""
        losses = loss if isinstance(loss, (list, tuple)) else [loss]
        scope = get_scope()
        for value in losses:
            if isinstance(value, KerasTensor) and context.symbolic_losses is not None:
                context.symbolic_losses.append(value)
                continue
            if isinstance(value, KerasTensor):
                raise SymbolicLoss(
                    f"{self._owner}.add_loss: got the symbolic {value!r}. A functional model takes it: make one by "
                    "Model(inputs, outputs) and call its add_loss(); a layer adds the tensors that it computes in call()."
                )
            if value is None or callable(value):
                raise ValueError(f"{self._owner}.add_loss: expected a scalar tensor; got {value!r}.")
            if scope is None:
                self._losses.append(value)
            elif scope.collect_losses:
                scope.losses.append(value)
                self._loss_ids.add(id(value))

    def _clear_losses(self) -> None:
        scope = get_scope()
        for layer in self._flatten_layers():
            if scope is not None and layer._loss_ids:
                scope.losses[:] = [x for x in scope.losses if id(x) not in layer._loss_ids]
            layer._losses.clear()
            layer._loss_ids.clear()

    @property
    def losses(self) -> list[Any]:
        """The scalar losses of the last call: from `add_loss`, activity regularizers and weight regularizers."""
        scope = get_scope()
        found: list[Any] = []
        for layer in self._flatten_layers():
            if scope is None:
                found.extend(layer._losses)
            else:
                found.extend(x for x in scope.losses if id(x) in layer._loss_ids)
        for variable in self.trainable_weights:
            if variable.regularizer is not None:
                found.append(variable.regularizer(variable))
        return found

    def stateless_call(
        self,
        trainable_variables: Any,
        non_trainable_variables: Any,
        *args: Any,
        return_losses: bool = False,
        **kwargs: Any,
    ) -> tuple[Any, ...]:
        """Calls the layer as a pure function of its state.

        Args:
            trainable_variables, non_trainable_variables: values, in the order of the attributes of those names.
            args, kwargs: arguments of the call.
            return_losses: whether the losses are returned, too.

        Returns: `(outputs, non_trainable_variables)`, the latter as changed by the call; `losses` third if asked for.
        """
        if not self.built:
            raise ValueError(f"{self._owner}.stateless_call: the layer must be built first.")
        pairs = []
        for kind, values in (
            ("trainable_variables", trainable_variables),
            ("non_trainable_variables", non_trainable_variables),
        ):
            variables, values = getattr(self, kind), list(values)
            if len(variables) != len(values):
                raise ValueError(f"{self._owner}.stateless_call: expected {len(variables)} {kind}; got {len(values)}.")
            pairs.extend((v, ops.convert_to_tensor(value, dtype=v.dtype)) for v, value in zip(variables, values))
        with StateScope(pairs) as scope:
            outputs = self(*args, **kwargs)
            losses = self.losses if return_losses else None
            changed = [scope[v] for v in self.non_trainable_variables]
        return (outputs, changed, losses) if return_losses else (outputs, changed)
