"""Learning rates that follow a cosine."""

import math
from typing import Any

from lamina import _settings, ops
from lamina._checks import check_each, check_fraction, check_non_negative, check_positive
from lamina._public import public

from ._schedule import LearningRateSchedule, as_number


def _half_cosine(fraction: Any) -> Any:
    """From 1 at 0 to 0 at 1."""
    return 0.5 * (1.0 + ops.cos(math.pi * fraction))


@public("optimizers.schedules.CosineDecay")
class CosineDecay(LearningRateSchedule):
    """rate · ((1 - alpha) · (1 + cos(π · step / decay_steps)) / 2 + alpha), after a warm-up in a straight line.

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: steps from the end of the warm-up to the lowest rate.
        alpha: the lowest rate, as a share of the highest.
        name: name of the schedule.
        warmup_target: the rate at the end of the warm-up; None for no warm-up.
        warmup_steps: steps of the warm-up.
    Example:
        >>> schedule = optimizers.schedules.CosineDecay(0.1, decay_steps=100)
        >>> schedule(0), schedule(50)
        (Tensor(0.1, dtype=float32), Tensor(0.05, dtype=float32))

    Reference: Loshchilov and Hutter, SGDR, 2017, arXiv:1608.03983.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: float = 0,
    ):
        initial_learning_rate = as_number(initial_learning_rate)
        where = type(self).__name__
        check_positive(decay_steps, "decay_steps", where)
        check_each(check_non_negative, where, initial_learning_rate=initial_learning_rate, warmup_steps=warmup_steps)
        check_fraction(alpha, "alpha", where)
        if warmup_target is not None:
            check_non_negative(warmup_target, "warmup_target", where)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def __call__(self, step: Any) -> Any:
        step = ops.cast(step, _settings.floatx())
        if self.warmup_target is None:
            return self._fall(step, self.initial_learning_rate)
        fall = self._fall(step - float(self.warmup_steps), self.warmup_target)
        if not self.warmup_steps:
            return fall
        span = self.warmup_target - self.initial_learning_rate
        rise = span * (step / float(self.warmup_steps)) + self.initial_learning_rate
        return ops.where(ops.less(step, float(self.warmup_steps)), rise, fall)

    def _fall(self, step: Any, start: float) -> Any:
        fraction = ops.minimum(step, float(self.decay_steps)) / self.decay_steps
        return start * ((1 - self.alpha) * _half_cosine(fraction) + self.alpha)

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "alpha": self.alpha,
            "name": self.name,
            "warmup_target": self.warmup_target,
            "warmup_steps": self.warmup_steps,
        }


@public("optimizers.schedules.CosineDecayRestarts")
class CosineDecayRestarts(LearningRateSchedule):
    """A cosine fall that starts again and again: each run `t_mul` times as long, from `m_mul` times the height.

    Args:
        initial_learning_rate: the rate at step 0.
        first_decay_steps: steps of the first run.
        t_mul, m_mul: see above.
        alpha: the lowest rate, as a share of the first.
        name: name of the schedule.
    Example:
        >>> schedule = optimizers.schedules.CosineDecayRestarts(0.1, first_decay_steps=50)
        >>> schedule(0), schedule(50)
        (Tensor(0.1, dtype=float32), Tensor(0.1, dtype=float32))

    Reference: Loshchilov and Hutter, SGDR, 2017, arXiv:1608.03983.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ):
        initial_learning_rate = as_number(initial_learning_rate)
        where = type(self).__name__
        check_each(check_positive, where, first_decay_steps=first_decay_steps, t_mul=t_mul)
        check_each(check_non_negative, where, initial_learning_rate=initial_learning_rate, m_mul=m_mul)
        check_fraction(alpha, "alpha", where)
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = first_decay_steps
        self.t_mul = t_mul
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def __call__(self, step: Any) -> Any:
        done = ops.cast(step, _settings.floatx()) / self.first_decay_steps
        if self.t_mul == 1.0:
            run = ops.floor(done)
            fraction = done - run
        else:
            # The runs before the current one took (1 - t^run) / (1 - t) first runs.
            t_mul = ops.convert_to_tensor(self.t_mul, dtype=_settings.floatx())
            run = ops.floor(ops.log(1.0 - done * (1.0 - self.t_mul)) / ops.log(t_mul))
            length = t_mul**run
            fraction = (done - (1.0 - length) / (1.0 - self.t_mul)) / length
        height = ops.convert_to_tensor(self.m_mul, dtype=_settings.floatx()) ** run
        fall = height * _half_cosine(fraction)
        return self.initial_learning_rate * ((1 - self.alpha) * fall + self.alpha)

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "first_decay_steps": self.first_decay_steps,
            "t_mul": self.t_mul,
            "m_mul": self.m_mul,
            "alpha": self.alpha,
            "name": self.name,
        }
