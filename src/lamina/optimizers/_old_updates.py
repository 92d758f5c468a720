"""`get_updates` of Keras 1 and 2: a step of an optimizer, to be taken whenever a `backend.function` has run."""

from typing import Any, NamedTuple

from lamina._deprecation import warn_once


class OptimizerUpdate(NamedTuple):
    """One step of `optimizer` down `loss`, a symbolic tensor, for `variables`."""

    optimizer: Any
    loss: Any
    variables: list[Any]


class OldUpdates:
    """The part of an optimizer that programs with symbolic losses use."""

    def get_updates(self, *args: Any, loss: Any = None, params: Any = None, constraints: Any = None) -> list[Any]:
        """What `backend.function(inputs, outputs, updates=...)` takes, to make a step after each call.

        Args:
            args: (loss, params) as in Keras 2, or (params, constraints, loss) as in Keras 1.
            loss: symbolic tensor to minimise. params: list of Variables.
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
