"""`CallbackList`: callbacks for training loops of one's own."""

from typing import Any

from lamina import tree
from lamina._public import public

from ._callback import HOOKS, Callback
from ._history import History
from ._progbar_logger import ProgbarLogger


@public("callbacks.CallbackList")
class CallbackList(Callback):
    """Callbacks that are called as one.

    Args:
        callbacks: callbacks, nested in any way, or None.
        add_history: whether a `History` is added, if there is none.
        add_progbar: whether a `ProgbarLogger` is added, if there is none.
        model: the model they get.
        params: the dict they get.
    Raises TypeError for something that is no Callback.
    Example:
        >>> calls = callbacks.CallbackList([callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs))])
        >>> calls.on_epoch_end(3, {"loss": 0.5})
        3 {'loss': 0.5}
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ):
        super().__init__()
        self.callbacks: list[Callback] = []
        for callback in [] if callbacks is None else tree.flatten(callbacks):
            self.append(callback)
        for wanted, kind in ((add_progbar, ProgbarLogger), (add_history, History)):
            if wanted and not any(isinstance(callback, kind) for callback in self.callbacks):
                self.append(kind())
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)

    def append(self, callback: Any) -> None:
        """Adds a callback."""
        if not isinstance(callback, Callback):
            raise TypeError(f"CallbackList: expected a lamina.callbacks.Callback; got {callback!r}.")
        self.callbacks.append(callback)

    def set_params(self, params: dict[str, Any]) -> None:
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        for callback in self.callbacks:
            callback.set_model(model)


def _forward(hook: str) -> Any:
    def call(self: CallbackList, *args: Any, **kwargs: Any) -> None:
        for callback in self.callbacks:
            getattr(callback, hook)(*args, **kwargs)

    call.__name__, call.__doc__ = hook, f"Calls `{hook}` of each callback."
    return call


for _hook in (*HOOKS, "on_batch_begin", "on_batch_end"):
    setattr(CallbackList, _hook, _forward(_hook))
