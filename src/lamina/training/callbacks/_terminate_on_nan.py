"""`TerminateOnNaN`."""

import math
from typing import Any

from lamina._public import public

from ._callback import Callback


@public("callbacks.TerminateOnNaN")
class TerminateOnNaN(Callback):
    """Stops training when the loss of a batch is not finite, and says which layer and operation made the first such value.

    Args:
        raise_error: whether to raise RuntimeError instead of stopping.
    Example:
        >>> x, y = np.ones((8, 2)), np.ones((8, 1))
        >>> model = Sequential([Input((2,)), layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> history = model.fit(x, y, epochs=2, verbose=0, callbacks=[callbacks.TerminateOnNaN()])
        >>> len(history.epoch)
        2
    """

    def __init__(self, raise_error: bool = False):
        super().__init__()
        self.raise_error = raise_error

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        message = f"Batch {batch}: the loss is {loss}, terminating training."
        watch = getattr(self.model, "_watch", None)
        found = watch.located() if watch is not None else None
        if found is not None:
            message += f" {found.message} Instead: {found.fix}"
        if self.raise_error:
            raise RuntimeError(message)
        print(message)
        self.model.stop_training = True
