"""`EarlyStopping`."""

from typing import Any

from lamina._public import public

from ._monitor import Monitor

_REMEMBERED = ("wait", "stopped_epoch", "best_epoch", "best_weights")


@public("callbacks.EarlyStopping")
class EarlyStopping(Monitor):
    """Stops training when a value no longer improves.

    Args:
        monitor: name of the log to watch.
        min_delta: the least change that counts as improvement.
        patience: epochs without improvement after which training stops.
        verbose: 1 prints when it stops.
        mode: "auto", "min" or "max".
        baseline: value that must be beaten for an epoch to count as improvement.
        restore_best_weights: whether the weights of the best epoch are put back at the end.
        start_from_epoch: epochs to wait before watching.
    Example:
        >>> x, y = np.ones((8, 2)), np.ones((8, 1))
        >>> model = Sequential([Input((2,)), layers.Dense(1, kernel_initializer="zeros")])
        >>> model.compile(optimizers.SGD(0.1), "mse")
        >>> callback = callbacks.EarlyStopping("loss", min_delta=0.001, patience=1)
        >>> history = model.fit(x, y, epochs=99, verbose=0, callbacks=[callback])
        >>> len(history.epoch)
        6

    Reference: Prechelt, Early stopping - but when?, 1998, doi:10.1007/3-540-49430-8_3.
    """

    def __init__(
        self, monitor: str = "val_loss", min_delta: float = 0, patience: int = 0, verbose: int = 0, mode: str = "auto",
        baseline: float | None = None, restore_best_weights: bool = False, start_from_epoch: int = 0,
    ):  # fmt: skip
        super().__init__(monitor, mode, min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self.on_train_begin()

    def on_train_begin(self, logs: Any = None) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_epoch = 0
        self.best_weights: Any = None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        value = self.get_monitor_value(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights = self.model.get_weights()
            self.best_epoch = epoch
        self.wait += 1
        if self.is_better(value, self.best):
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self.is_better(value, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch: int = epoch
            self.model.stop_training = True

    def get_monitor_value(self, logs: Any) -> float | None:
        """The watched value in the logs; None, with a warning, if it is missing."""
        return self.value_in(logs)

    def on_train_end(self, logs: Any = None) -> None:
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose:
                print(f"Restoring the weights of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), **{name: getattr(self, name) for name in _REMEMBERED}}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        for name in _REMEMBERED:
            setattr(self, name, state[name])
