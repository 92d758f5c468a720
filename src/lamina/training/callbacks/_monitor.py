"""Callbacks that watch one value for improvement."""

import math
import warnings
from typing import Any

import numpy as np

from lamina import ops
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
        mode: "min", "max", or "auto", which goes by the name; another one warns and means "auto".
        min_delta: how much better a value must be to count.

    Attributes: `monitor_op`, `ops.greater` or `ops.less`: how a better value compares.
    """

    def __init__(self, monitor: str, mode: str, min_delta: float = 0.0):
        super().__init__()
        if mode not in ("auto", "min", "max"):
            warnings.warn(
                f"{type(self).__name__} mode {mode!r} is unknown; it is taken as 'auto'. Write 'auto', 'min' or 'max'.",
                UserWarning,
                stacklevel=3,
            )
            mode = "auto"
        self.monitor = monitor
        self.mode = mode
        self.min_delta: float = abs(min_delta)
        self._direction = {"min": -1, "max": 1, "auto": 1 if self._is_larger_better() else -1}[mode]
        self.monitor_op = ops.greater if self._direction > 0 else ops.less
        self.best: float | None = None

    def _is_larger_better(self) -> bool:
        name = self.monitor.removeprefix("val_")
        return name.endswith(_LARGER) and not name.startswith("false")

    def value_in(self, logs: Any) -> float | None:
        """The watched value; None, with a warning that lists the names there are, if it is missing.

        Raises ValueError with mode="auto" if no metric of the model has that name either: a slip of the pen, probably.
        """
        value = (logs or {}).get(self.monitor)
        if value is None:
            self._check_known(logs or {})
            warn_once(
                f"{type(self).__name__}:{self.monitor}",
                f"{type(self).__name__}: there is no {self.monitor!r} to watch; available are {', '.join(logs or {})}.",
                category=UserWarning,
            )
            return None
        array = np.asarray(value)
        if array.size != 1:
            raise ValueError(
                f"{type(self).__name__}: {self.monitor!r} must be one number to be compared; got an array of shape "
                f"{array.shape}. Give the metric an average, or monitor another value."
            )
        return array.item()

    def _check_known(self, logs: Any) -> None:
        name = self.monitor.removeprefix("val_")
        known = {"loss", *logs, *getattr(self.model, "metrics_names", ())}
        if self.mode == "auto" and name not in known and not name.endswith(_LARGER):
            raise ValueError(
                f"{type(self).__name__}: monitor={self.monitor!r} is no log or metric of the model; there are "
                f"{', '.join(sorted(known))}. Name one of them, or pass mode='min' or 'max' for one still to come."
            )

    def is_better(self, value: float, reference: float | None) -> bool:
        if math.isnan(value):
            return False
        return reference is None or self._direction * (value - reference) > self.min_delta

    def get_state(self) -> dict[str, Any]:
        return {"best": self.best}

    def set_state(self, state: dict[str, Any]) -> None:
        self.best = state["best"]
