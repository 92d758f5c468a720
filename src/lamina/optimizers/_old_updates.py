"""`get_updates` and `minimize` of Keras 1 and 2."""

from typing import Any, NamedTuple

from lamina._deprecation import warn_once
from lamina.variables import GradientTape, Variable


class OptimizerUpdate(NamedTuple):
    """One step of `optimizer` down `loss`, a symbolic tensor, for `variables`."""

    optimizer: Any
    loss: Any
    variables: list[Any]


class OldUpdates:
    """The part of an optimizer that old programs use."""

    apply_gradients: Any

    def get_updates(self, *args: Any, loss: Any = None, params: Any = None, constraints: Any = None) -> list[Any]:
        """What `backend.function(inputs, outputs, updates=...)` takes, to make a step after each call.

        Args:
            args: (loss, params) as in Keras 2, or (params, constraints, loss) as in Keras 1.
            loss: symbolic tensor to minimise. params: list[Any] of Variables.
            constraints: ignored; variables carry their own.
        Raises TypeError if loss or params is missing.
        """
        warn_once("get_updates", "Optimizer.get_updates() is of Keras 1 and 2; write a train_step, or use apply().")
        if len(args) == 3:
            params, _, loss = args
        elif len(args) == 2:
            loss, params = args
        elif len(args) == 1:
            loss, params = (args[0], params) if loss is None else (loss, args[0])
        if loss is None or params is None:
            raise TypeError("get_updates: expected loss= and params=.")
        return [OptimizerUpdate(self, loss, list(params))]

    def minimize(self, loss: Any, var_list: Any, tape: Any = None) -> Variable:
        """One step down `loss`, as Keras 2 had it: a function without arguments, or a tensor that `tape` recorded.

        Args:
            loss: function that computes the loss from variables, or the loss.
            var_list: the variables, or a function that gives them.
            tape: the GradientTape that saw the loss, if it is a tensor.
        Returns: the step counter.
        """
        warn_once("Optimizer.minimize", "Optimizer.minimize is of Keras 2; write GradientTape and apply_gradients.")
        if callable(loss):
            with GradientTape() as tape:
                loss = loss()
        elif tape is None:
            raise ValueError(f"{type(self).__name__}.minimize: a loss that is a tensor needs tape=.")
        variables = list(var_list() if callable(var_list) else var_list)
        return self.apply_gradients(zip(tape.gradient(loss, variables), variables))
