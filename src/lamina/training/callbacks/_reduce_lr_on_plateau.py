"""`ReduceLROnPlateau`."""

from typing import Any

from lamina._checks import check_below_one, check_non_negative
from lamina._public import public

from ._monitor import Monitor
from ._rates import change_rates, rate_of


@public("callbacks.ReduceLROnPlateau")
class ReduceLROnPlateau(Monitor):
    """Multiplies the learning rate by `factor` when a value no longer improves.

    Args:
        monitor: name of the log to watch.
        factor: below 1; new rate = rate * factor.
        patience: epochs without improvement after which the rate falls.
        verbose: 1 prints when it does.
        mode: "auto", "min" or "max".
        min_delta: the least change that counts as improvement.
        cooldown: epochs to wait after a fall before watching again.
        min_lr: the rate never falls below it.
    Raises ValueError unless 0 <= factor < 1 and min_lr >= 0.
    Example:
        >>> x, y = np.ones((8, 2)), np.ones((8, 1))
        >>> model = Sequential([Input((2,)), layers.Dense(1, kernel_initializer="zeros")])
        >>> model.compile(optimizers.SGD(0.1), "mse")
        >>> callback = callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=0.001)
        >>> history = model.fit(x, y, epochs=7, verbose=0, callbacks=[callback])
        >>> history.history["learning_rate"][-1]
        0.05
    """

    def __init__(
        self, monitor: str = "val_loss", factor: float = 0.1, patience: int = 10, verbose: int = 0, mode: str = "auto",
        min_delta: float = 1e-4, cooldown: int = 0, min_lr: float = 0.0, **kwargs: Any,
    ):  # fmt: skip
        super().__init__(monitor, mode, kwargs.pop("epsilon", min_delta))
        if kwargs:
            raise TypeError(f"ReduceLROnPlateau: unexpected arguments {list(kwargs)}.")
        check_below_one(factor, "factor", "ReduceLROnPlateau")
        check_non_negative(min_lr, "min_lr", "ReduceLROnPlateau")
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr
        self.on_train_begin()

    def on_train_begin(self, logs: Any = None) -> None:
        self.best = None
        self.wait = 0
        self.cooldown_counter = 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if logs is not None:
            logs["learning_rate"] = rate_of(self.model.optimizer)
        value = self.value_in(logs)
        if value is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_better(value, self.best):
            self.best, self.wait = value, 0
            return
        if self.in_cooldown():
            return
        self.wait += 1
        if self.wait >= self.patience:
            change_rates(self.model.optimizer, lambda rate: self._reduced(epoch, rate))

    def _reduced(self, epoch: int, rate: float) -> float:
        if rate <= self.min_lr:
            return rate
        rate = max(rate * self.factor, self.min_lr)
        if self.verbose:
            print(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {rate}.")
        self.cooldown_counter, self.wait = self.cooldown, 0
        return rate

    def in_cooldown(self) -> bool:
        """Whether it waits after a fall of the rate."""
        return self.cooldown_counter > 0

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "wait": self.wait, "cooldown_counter": self.cooldown_counter}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        self.wait: int = state["wait"]
        self.cooldown_counter: int = state["cooldown_counter"]
