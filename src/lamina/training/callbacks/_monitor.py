"""Callbacks that watch one value for improvement."""

import math
from typing import Any

from lamina._checks import check_one_of
from lamina._deprecation import warn_once

from ._callback import Callback

# What is better when larger, told by the end of its name.
_LARGER = (
    "acc", "accuracy", "auc", "precision", "recall", "f1_score", "fbeta_score", "io_u", "iou", "r2_score",
    "cosine_similarity", "correlation", "specificity", "sensitivity", "positives",
)  # fmt: skip


class Monitor(Callback):
    """Keeps the best value of `monitor`.

    Args:
        monitor: name of a log, such as `"val_loss"`.
        mode: "min", "max", or "auto", which goes by the name.
        min_delta: how much better a value must be to count.
    """

    def __init__(self, monitor: str, mode: str, min_delta: float = 0.0):
        super().__init__()
        check_one_of(mode, ("auto", "min", "max"), "mode", type(self).__name__)
        self.monitor = monitor
        self.mode = mode
        self.min_delta: float = abs(min_delta)
        self._direction = {"min": -1, "max": 1, "auto": 1 if self._is_larger_better() else -1}[mode]
        self.best: float | None = None

    def _is_larger_better(self) -> bool:
        name = self.monitor.removeprefix("val_")
        return name.endswith(_LARGER) and not name.startswith("false")

    def value_in(self, logs: Any) -> float | None:
        """The watched value; None, with a warning that lists the names there are, if it is missing."""
        value = (logs or {}).get(self.monitor)
        if value is None:
            warn_once(
                f"{type(self).__name__}:{self.monitor}",
                f"{type(self).__name__}: there is no {self.monitor!r} to watch; available are {', '.join(logs or {})}.",
                category=UserWarning,
            )
        return None if value is None else float(value)

    def is_better(self, value: float, reference: float | None) -> bool:
        if math.isnan(value):
            return False
        return reference is None or self._direction * (value - reference) > self.min_delta

    def get_state(self) -> dict[str, Any]:
        return {"best": self.best}

    def set_state(self, state: dict[str, Any]) -> None:
        self.best = state["best"]
