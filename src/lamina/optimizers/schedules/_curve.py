"""What a notebook shows of a schedule: the rate over the steps."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from lamina import ops
from lamina._markup._axes import Axes, range_of
from lamina._markup._notebook import config_card

_POINTS = 241
_STEPS = 1000  # where the config names no steps


def schedule_card(schedule: Any) -> str:
    """The config, and the curve from step 0 to a little after the last step that the config names."""
    steps = np.linspace(0, 1.15 * (max(_named_steps(schedule), default=0) or _STEPS), _POINTS).round()
    rates = np.array([float(ops.convert_to_numpy(schedule(ops.convert_to_tensor(np.float32(step))))) for step in steps])
    axes = Axes(
        (0.0, float(steps[-1])), range_of(rates, zero=True), "step", "learning rate", "The learning rate by step"
    )
    axes.line(steps, rates, "s0")
    return config_card(schedule, type(schedule).__name__, axes.render(), without=("name",))


def _named_steps(schedule: Any) -> Iterable[float]:
    try:
        config = schedule.get_config()
    except NotImplementedError:
        return []
    warmup = float(config.get("warmup_steps") or 0)
    known = [float(value) + warmup for name, value in config.items() if name.endswith("decay_steps") and value]
    return [*known, *map(float, config.get("boundaries", ()))]
