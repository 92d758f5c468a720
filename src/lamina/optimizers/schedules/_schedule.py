"""The base of learning rate schedules: the learning rate as a function of the step."""

from typing import Any

from lamina._public import public


@public("optimizers.schedules.LearningRateSchedule")
class LearningRateSchedule:
    """Gives the learning rate at a step; subclasses define `__call__(step)` and `get_config`.

    Example:
        >>> class Half(optimizers.schedules.LearningRateSchedule):
        ...     def __call__(self, step):
        ...         return 0.5 / (1.0 + step)
        >>> optimizers.SGD(Half()).learning_rate
        Tensor(0.5, dtype=float32)
    """

    def __call__(self, step: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define __call__(step).")

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError(f"{type(self).__name__} must define get_config() to be saved.")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "LearningRateSchedule":
        return cls(**config)


def as_number(rate: Any) -> Any:
    """A rate given as a variable or tensor, as the number that it is now."""
    return float(rate) if hasattr(rate, "dtype") else rate
