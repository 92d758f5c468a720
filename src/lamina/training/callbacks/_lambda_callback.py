"""`LambdaCallback`."""

from collections.abc import Callable
from typing import Any, TypeAlias

from lamina._public import public

from ._callback import HOOKS, Callback

Hook: TypeAlias = Callable[..., Any]


@public("callbacks.LambdaCallback")
class LambdaCallback(Callback):
    """A callback made of functions.

    Args:
        on_epoch_begin, on_epoch_end: functions of (epoch, logs).
        on_train_begin, on_train_end: functions of (logs).
        on_train_batch_begin, on_train_batch_end: functions of (batch, logs).
        kwargs: any other hook by name; what does not begin with `on_` becomes an attribute.
    Raises TypeError for a name that begins like a hook and is none.
    Example:
        >>> x, y = np.ones((8, 2)), np.ones((8, 1))
        >>> model = Sequential([Input((2,)), layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> callback = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, list(logs)))
        >>> history = model.fit(x, y, epochs=2, verbose=0, callbacks=[callback])
        0 ['loss']
        1 ['loss']
    """

    def __init__(
        self, on_epoch_begin: Hook | None = None, on_epoch_end: Hook | None = None,
        on_train_begin: Hook | None = None, on_train_end: Hook | None = None,
        on_train_batch_begin: Hook | None = None, on_train_batch_end: Hook | None = None, **kwargs: Any,
    ):  # fmt: skip
        super().__init__()
        given = {
            "on_epoch_begin": on_epoch_begin, "on_epoch_end": on_epoch_end, "on_train_begin": on_train_begin,
            "on_train_end": on_train_end, "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end, **kwargs,
        }  # fmt: skip
        for name, function in given.items():
            if name.startswith("on_") and name not in (*HOOKS, "on_batch_begin", "on_batch_end"):
                raise TypeError(f"LambdaCallback: {name!r} is no hook; there are {', '.join(HOOKS)}.")
            if function is not None:
                setattr(self, name, function)
