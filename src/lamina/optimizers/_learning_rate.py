"""The learning rate of an optimizer, and the count of steps that it goes by."""

from typing import Any

import numpy as np

from lamina import _settings, ops
from lamina._checks import check_non_negative, is_number
from lamina.variables import Variable, name_scope

from ._slots import Slots
from .schedules import LearningRateSchedule


class LearningRate(Slots):
    """The part of an optimizer that knows how far to go."""

    _decay = 0.0  # Keras 1's: the rate is divided by 1 + decay · iterations

    def _init_rate(self, learning_rate: Any, decay: float) -> None:
        self._decay = decay
        with name_scope(self.name, caller=self):
            self._iterations = Variable(
                0, name="iteration", dtype="int32", trainable=False, aggregation="only_first_replica"
            )
        self._set_learning_rate(learning_rate)

    def _set_learning_rate(self, value: Any) -> None:
        if not callable(value):
            if isinstance(value, bool) or (not np.isscalar(value) and np.ndim(value) != 0):
                value = None
            try:
                value = float(value)
            except (TypeError, ValueError):
                raise ValueError(
                    f"{type(self).__name__}: learning_rate must be a number, a LearningRateSchedule or a callable "
                    f"without arguments; got {value!r}."
                ) from None
            check_non_negative(value, "learning_rate", type(self).__name__)
            with name_scope(self.name, caller=self):
                value = Variable(
                    value,
                    name="learning_rate",
                    dtype=_settings.floatx(),
                    trainable=False,
                    aggregation="only_first_replica",
                )
        self._learning_rate = value

    @property
    def iterations(self) -> Any:
        """The number of updates so far."""
        if self.gradient_accumulation_steps:
            return ops.floor_divide(self._iterations.value, self.gradient_accumulation_steps)
        return self._iterations

    @iterations.setter
    def iterations(self, variable: Variable) -> None:
        if self.built:
            raise RuntimeError(f"{type(self).__name__}: iterations cannot be replaced once the optimizer is built.")
        self._variables = [v for v in self._variables if v is not self._iterations]
        self._iterations = variable

    @property
    def learning_rate(self) -> Any:
        """The current learning rate: a Variable, or the schedule's value at this step."""
        rate = self._learning_rate
        if isinstance(rate, LearningRateSchedule):
            return rate(ops.convert_to_tensor(self.iterations))
        return rate if isinstance(rate, Variable) else rate()

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if isinstance(self._learning_rate, Variable):
            if not callable(value):
                if is_number(value):
                    check_non_negative(value, "learning_rate", type(self).__name__)
                self._learning_rate.assign(value)
                return
            self._variables = [v for v in self._variables if v is not self._learning_rate]
        elif not callable(value):
            raise TypeError(
                f"{type(self).__name__}: the learning rate follows {self._learning_rate!r}, so it cannot be set to "
                f"{value!r}. Make the optimizer with a number as learning_rate to change it later, by a callback too."
            )
        self._learning_rate = value

    lr = learning_rate  # Keras 1's name

    def _current_rate(self) -> Any:
        rate = ops.convert_to_tensor(self.learning_rate)
        if self._decay:
            steps = ops.cast(self.iterations, rate.dtype)
            rate = rate / (1.0 + self._decay * steps)
        return rate
