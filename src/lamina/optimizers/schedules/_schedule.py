"""The base of learning rate schedules: the learning rate as a function of the step."""

from typing import Any

from lamina._public import public


@public("optimizers.schedules.LearningRateSchedule")
class LearningRateSchedule:
    """Gives the learning rate at a step; subclasses define `__call__(step)` and `get_config`."""

    def __call__(self, step: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define __call__(step).")

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError(f"{type(self).__name__} must define get_config() to be saved.")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "LearningRateSchedule":
        return cls(**config)
