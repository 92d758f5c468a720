"""`LearningRateScheduler`."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina._checks import check_non_negative
from lamina._public import public

from ._callback import Callback
from ._rates import change_rates, rate_of


@public("callbacks.LearningRateScheduler")
class LearningRateScheduler(Callback):
    """Sets the learning rate at the beginning of every epoch.

    Args:
        schedule: `schedule(epoch, rate)`, or `schedule(epoch)`, returns the rate, a float.
        verbose: 1 prints it.
    Raises ValueError if the schedule does not return a number.
    Example:
        >>> x, y = np.ones((8, 2)), np.ones((8, 1))
        >>> model = Sequential([Input((2,)), layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> callback = callbacks.LearningRateScheduler(lambda epoch: 0.5 / 2**epoch)
        >>> history = model.fit(x, y, epochs=2, verbose=0, callbacks=[callback])
        >>> history.history["learning_rate"]
        [0.5, 0.25]
    """

    def __init__(self, schedule: Callable[..., Any], verbose: int = 0):
        super().__init__()
        self.schedule = schedule
        self.verbose = verbose
        self._takes_rate = _accepts_two(schedule)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        change_rates(self.model.optimizer, lambda rate: self._scheduled(epoch, rate))

    def _scheduled(self, epoch: int, rate: Any) -> float:
        rate = self.schedule(epoch, rate) if self._takes_rate else self.schedule(epoch)
        if rate is None or isinstance(rate, (bool, str, bytes)) or np.ndim(rate) != 0:
            hint = " Does the function end with return?" if rate is None else ""
            raise ValueError(f"LearningRateScheduler: the schedule must return a number; got {rate!r}.{hint}")
        check_non_negative(float(rate), "what the schedule returns", "LearningRateScheduler")
        if self.verbose:
            print(f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {float(rate)}.")
        return float(rate)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if logs is not None:
            logs["learning_rate"] = rate_of(self.model.optimizer)


def _accepts_two(schedule: Callable[..., Any]) -> bool:
    try:
        inspect.signature(schedule).bind(0, 0.1)
    except TypeError:
        return False
    except ValueError:  # a builtin without a signature
        return True
    return True
