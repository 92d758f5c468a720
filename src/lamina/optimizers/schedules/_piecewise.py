"""A learning rate that is constant between boundaries."""

from itertools import pairwise
from typing import Any

from lamina import _settings, ops
from lamina._checks import check_non_negative
from lamina._public import public

from ._schedule import LearningRateSchedule


@public("optimizers.schedules.PiecewiseConstantDecay")
class PiecewiseConstantDecay(LearningRateSchedule):
    """values[i] for boundaries[i - 1] < step <= boundaries[i].

    Args:
        boundaries: list[Any] of steps, rising.
        values: list[Any] of rates, one more than boundaries.
        name: name of the schedule.
    Raises ValueError if the lengths do not fit, boundaries do not rise, or there is a negative number.
    Example:
        >>> schedule = optimizers.schedules.PiecewiseConstantDecay([10, 20], [0.5, 0.25, 0.125])
        >>> schedule(10), schedule(11)
        (Tensor(0.5, dtype=float32), Tensor(0.25, dtype=float32))
    """

    def __init__(self, boundaries: Any, values: Any, name: str = "PiecewiseConstant"):
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                f"PiecewiseConstantDecay: values must be one more than boundaries; got {len(values)} values "
                f"and {len(boundaries)} boundaries."
            )
        where = type(self).__name__
        for what, entries in (("boundaries", boundaries), ("values", values)):
            for i, entry in enumerate(entries):
                check_non_negative(entry, f"{what}[{i}]", where)
        if any(later <= earlier for earlier, later in pairwise(boundaries)):
            raise ValueError(f"{where}: boundaries must rise; got {boundaries!r}.")
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step: Any) -> Any:
        rate = ops.convert_to_tensor(self.values[0], dtype=_settings.floatx())
        for boundary, value in zip(self.boundaries, self.values[1:]):
            later = ops.convert_to_tensor(value, dtype=rate.dtype)
            rate = ops.where(ops.greater(step, boundary), later, rate)
        return rate

    def get_config(self) -> dict[str, Any]:
        return {"boundaries": self.boundaries, "values": self.values, "name": self.name}
