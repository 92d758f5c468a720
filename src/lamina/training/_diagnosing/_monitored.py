"""What the callbacks that watch a log have done."""

from typing import Any

from lamina.diagnosis._course import Course, Monitored

from ..callbacks._early_stopping import EarlyStopping
from ..callbacks._model_checkpoint import ModelCheckpoint
from ..callbacks._monitor import Monitor
from ..callbacks._reduce_lr_on_plateau import ReduceLROnPlateau

# What is better when smaller, told by the end of its name.
_SMALLER = (
    "loss", "mse", "mae", "mape", "msle", "error", "crossentropy", "logcosh", "kl_divergence", "perplexity",
)  # fmt: skip


def monitored_by(callbacks: list[Any], course: Course) -> list[Monitored]:
    """The callbacks that watch a log, with what they have done in a training that is over."""
    return [_monitored(c, course) for c in callbacks if isinstance(c, Monitor)]


def _monitored(callback: Any, course: Course) -> Monitored:
    name, is_larger = callback.monitor.removeprefix("val_"), callback._is_larger_better()
    # Of two adversaries one may want the larger loss.
    is_smaller = name == "loss" or (course.is_default and name.endswith(_SMALLER) and not name.startswith("neg"))
    return Monitored(
        type(callback).__name__,
        callback.monitor,
        callback._direction > 0,
        is_guessed=callback.mode == "auto",
        direction=1 if is_larger else -1 if is_smaller else 0,
        is_share=is_larger and not name.endswith("positives"),
        min_delta=callback.min_delta,
        baseline=callback.baseline if getattr(callback, "stopped_epoch", 0) else None,
        begin=getattr(callback, "start_from_epoch", 0),
        effect=_effect(callback, course),
    )


def _effect(callback: Any, course: Course) -> str | None:
    """What a callback has done, in words; None for nothing."""
    planned = callback.params["epochs"]
    loss, rates = course.epochs.get("loss", []), course.epochs.get("learning_rate", [])
    if isinstance(callback, EarlyStopping):
        if callback.stopped_epoch and callback.model.stop_training and len(loss) < planned:
            return f"stopped training after {len(loss)} of {planned} epochs"
        if callback.restore_best_weights and callback.best is not None:
            return f"kept the weights of epoch {callback.best_epoch + 1}"
    if isinstance(callback, ModelCheckpoint) and callback.save_best_only and callback.best is not None:
        return f"kept the model with the value {callback.best:.4g}"
    if isinstance(callback, ReduceLROnPlateau) and len(rates) > 1:
        now = float(callback.model.optimizer.learning_rate)
        if now < 0.5 * rates[0]:
            return f"lowered the learning rate from {rates[0]:.3g} to {now:.3g}"
    return None
