"""The base of learning rate schedules: the learning rate as a function of the step."""

from typing import Any

from lamina._lazy import lazy_module
from lamina._public import public

_curve = lazy_module("lamina.optimizers.schedules._curve")


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

    def __repr__(self) -> str:
        if type(self).get_config is LearningRateSchedule.get_config:
            return f"<{type(self).__name__}>"
        shown = {name: value for name, value in self.get_config().items() if value is not None and name != "name"}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in shown.items())})"

    def _repr_html_(self) -> str:
        return _curve.schedule_card(self)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "LearningRateSchedule":
        return cls(**config)


def as_number(rate: Any) -> Any:
    """A rate given as a variable or tensor, as the number that it is now."""
    return float(rate) if hasattr(rate, "dtype") else rate
