"""Learning rates that fall steadily."""

from typing import Any

from lamina import _settings, ops
from lamina._checks import check_each, check_non_negative, check_positive
from lamina._public import public

from ._schedule import LearningRateSchedule, as_number


class _Decay(LearningRateSchedule):
    """What exponential and inverse-time decay share."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = None,
    ):
        initial_learning_rate = as_number(initial_learning_rate)
        where = type(self).__name__
        check_positive(decay_steps, "decay_steps", where)
        check_each(check_non_negative, where, initial_learning_rate=initial_learning_rate, decay_rate=decay_rate)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name: str = name or type(self).__name__

    def progress(self, step: Any) -> Any:
        p = ops.cast(step, _settings.floatx()) / self.decay_steps
        return ops.floor(p) if self.staircase else p

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }


@public("optimizers.schedules.ExponentialDecay")
class ExponentialDecay(_Decay):
    """initial_learning_rate · decay_rate^(step / decay_steps).

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps, decay_rate: see above.
        staircase: whether the exponent is rounded down, so that the rate falls in steps.
        name: name of the schedule.
    Example:
        >>> schedule = optimizers.schedules.ExponentialDecay(0.1, decay_steps=100, decay_rate=0.25)
        >>> schedule(0), schedule(50)
        (Tensor(0.1, dtype=float32), Tensor(0.05, dtype=float32))
    """

    def __call__(self, step: Any) -> Any:
        rate = ops.convert_to_tensor(self.decay_rate, dtype=_settings.floatx())
        return self.initial_learning_rate * rate ** self.progress(step)


@public("optimizers.schedules.InverseTimeDecay")
class InverseTimeDecay(_Decay):
    """initial_learning_rate / (1 + decay_rate · step / decay_steps).

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps, decay_rate: see above.
        staircase: whether step / decay_steps is rounded down, so that the rate falls in steps.
        name: name of the schedule.
    Example:
        >>> schedule = optimizers.schedules.InverseTimeDecay(0.1, decay_steps=100, decay_rate=1.0)
        >>> schedule(0), schedule(50)
        (Tensor(0.1, dtype=float32), Tensor(0.06666667, dtype=float32))
    """

    def __call__(self, step: Any) -> Any:
        below = 1.0 + self.decay_rate * self.progress(step)
        return self.initial_learning_rate / below


@public("optimizers.schedules.PolynomialDecay")
class PolynomialDecay(LearningRateSchedule):
    """(initial - end) · (1 - step / decay_steps)^power + end, then `end` for ever.

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: when the end is reached.
        end_learning_rate: the rate at the end.
        power: 1 for a straight line.
        cycle: whether, after the end, it starts again with the next multiple of decay_steps.
        name: name of the schedule.
    Example:
        >>> schedule = optimizers.schedules.PolynomialDecay(0.1, decay_steps=100, end_learning_rate=0.0)
        >>> schedule(0), schedule(50)
        (Tensor(0.1, dtype=float32), Tensor(0.05, dtype=float32))
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ):
        initial_learning_rate = as_number(initial_learning_rate)
        where = type(self).__name__
        check_positive(decay_steps, "decay_steps", where)
        check_each(check_non_negative, where, initial_learning_rate=initial_learning_rate, power=power)
        check_non_negative(end_learning_rate, "end_learning_rate", where)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def __call__(self, step: Any) -> Any:
        step = ops.cast(step, _settings.floatx())
        if self.cycle:
            # At step 0 too, the first cycle is the one under way.
            cycles = ops.maximum(ops.ceil(step / self.decay_steps), 1.0)
            p = step / (float(self.decay_steps) * cycles)
        else:
            p = ops.minimum(step, float(self.decay_steps)) / self.decay_steps
        fall = (1.0 - p) ** self.power
        span = self.initial_learning_rate - self.end_learning_rate
        return span * fall + self.end_learning_rate

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "end_learning_rate": self.end_learning_rate,
            "power": self.power,
            "cycle": self.cycle,
            "name": self.name,
        }
