"""The base of callbacks, and the list of them that a run calls."""

from collections.abc import Iterable
from typing import Any

from lamina._public import public

HOOKS = tuple(
    f"on_{phase}" for phase in (
        "train_begin", "train_end", "epoch_begin", "epoch_end", "train_batch_begin", "train_batch_end",
        "test_begin", "test_end", "test_batch_begin", "test_batch_end",
        "predict_begin", "predict_end", "predict_batch_begin", "predict_batch_end",
    )
)  # fmt: skip


@public("callbacks.Callback")
class Callback:
    """Something that is called while a model trains, is evaluated or predicts. Override what you need.

    Every hook gets `logs`, a dict of floats (loss and metrics so far). `self.model` is the model and `self.params` a dict
    with `epochs`, `steps`, `verbose` and (in `fit`) `do_validation`. Setting `self.model.stop_training = True` ends training
    after the epoch.

    `get_state` and `set_state` are for runs that are resumed: what the callback must remember, as numbers, text, None, arrays,
    and lists, tuples and dicts of them. A resumed run calls `set_state` after `on_train_begin`, and in the middle of an epoch
    after its `on_epoch_begin`.

    Example:
        >>> class Counter(callbacks.Callback):
        ...     epochs = 0
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         self.epochs += 1
        >>> x, y = np.ones((8, 2)), np.ones((8, 1))
        >>> model = Sequential([Input((2,)), layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> counter = Counter()
        >>> history = model.fit(x, y, epochs=3, verbose=0, callbacks=[counter])
        >>> counter.epochs
        3
    """

    writes_alone = False  # whether of several processes of one training only the first is to call it

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}
        self._model: Any = None

    @property
    def model(self) -> Any:
        return self._model

    def set_params(self, params: dict[str, Any]) -> None:
        self.params = params

    def set_model(self, model: Any) -> None:
        self._model = model

    def get_state(self) -> dict[str, Any]:
        """What a resumed run must know."""
        return {}

    def set_state(self, state: dict[str, Any]) -> None:
        """Takes up what `get_state` gave."""

    def on_train_begin(self, logs: Any = None) -> None: ...
    def on_train_end(self, logs: Any = None) -> None: ...
    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None: ...
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None: ...
    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None: ...
    def on_train_batch_end(self, batch: int, logs: Any = None) -> None: ...
    def on_test_begin(self, logs: Any = None) -> None: ...
    def on_test_end(self, logs: Any = None) -> None: ...
    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None: ...
    def on_test_batch_end(self, batch: int, logs: Any = None) -> None: ...
    def on_predict_begin(self, logs: Any = None) -> None: ...
    def on_predict_end(self, logs: Any = None) -> None: ...
    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None: ...
    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None: ...

    # The names of Keras 1 and 2; a subclass that defines them is called through them.
    def on_batch_begin(self, batch: int, logs: Any = None) -> None: ...
    def on_batch_end(self, batch: int, logs: Any = None) -> None: ...


_OLD_NAMES = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}
_NAMES = {*HOOKS, *_OLD_NAMES.values()}


def overridden(callback: Callback, hook: str) -> bool:
    """Whether the callback does anything in that hook."""
    own = getattr(callback, hook)
    return getattr(own, "__func__", own) is not getattr(Callback, hook)


def _what_it_is(value: Any) -> str:
    """Of something that is no callback of ours, what is known of it."""
    if isinstance(value, type):
        return " (the class; make an instance of it)"
    if any(base.__module__.partition(".")[0] in ("keras", "tf_keras", "tensorflow") for base in type(value).__mro__):
        return " (made for Keras; lamina.compat.install() before it is imported makes it one for lamina)"
    return ""


class CallbackList:
    """The callbacks of a run, asked only for the hooks that they define.

    Args:
        callbacks: callbacks, one callback, or None.
        model: the model they get.
        params: the dict they get.
    Raises TypeError for something that is no Callback.
    """

    def __init__(self, callbacks: Any, model: Any, **params: Any):
        if callbacks is None:
            callbacks = []
        elif not isinstance(callbacks, Iterable):
            callbacks = [callbacks]
        self.callbacks = list(callbacks)
        for callback in self.callbacks:
            if not isinstance(callback, Callback):
                raise TypeError(
                    f"callbacks: expected lamina.callbacks.Callback objects; got {callback!r}{_what_it_is(callback)}."
                )
        for callback in self.callbacks:
            callback.set_params(params)
            callback.set_model(model)
        self._calls = self._found()

    def _found(self) -> dict[str, list[Any]]:
        """What is called at each hook."""
        calls = {hook: [getattr(c, hook) for c in self.callbacks if overridden(c, hook)] for hook in HOOKS}
        for hook, old in _OLD_NAMES.items():
            calls[hook] += [getattr(c, old) for c in self.callbacks if overridden(c, old)]
        return calls

    def has(self, hook: str) -> bool:
        """Whether any callback defines the hook."""
        return bool(self._calls[hook])

    def call(self, hook: str, *args: Any) -> None:
        for function in self._calls[hook]:
            function(*args)
        if hook in ("on_train_begin", "on_epoch_begin") and any(vars(c).keys() & _NAMES for c in self.callbacks):
            self._calls = self._found()  # a callback may give itself hooks there, as that of tqdm does
