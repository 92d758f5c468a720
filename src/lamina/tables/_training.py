"""Training of a network on features."""

import copy
import time
import warnings
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from lamina import callbacks, losses, models, ops, optimizers

from ._display import Display
from ._errors import TableError
from ._target import CLASSES, NUMBER, TWO_CLASSES, Target

_SLOWEST, _WARM_UP = 0.02, 0.05  # of the step size at the end; of the epochs at the beginning
_BATCH = 1024
_SMOOTHING = 0.05  # of the classes, in training alone


@dataclass
class Run:
    """A finished training.

    Attributes: `weights` of the best epoch; `history`, losses by epoch; `best_epoch`, from 1; `seconds`; `cut`, why it ended
    before its time ("", "time" or "interrupted").
    """

    weights: list[np.ndarray]
    history: dict[str, list[float]]
    best_epoch: int
    seconds: float
    cut: str = ""

    epochs = property(lambda self: len(self.history["loss"]))


@dataclass(frozen=True)
class Schedule:
    """How a network is trained: most epochs, rows an update, first step size, pull of the weights, patience in epochs."""

    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    patience: int


class Core:
    """The network of `build_core`, compiled once for its target and trained several times from new beginnings."""

    def __init__(self, model: models.Model, target: Target, members: int, schedule: Schedule):
        self.model, self.kind, self.members, self.schedule = model, target.kind, members, schedule
        loss, of_the_mean = _losses(target.kind)
        model.compile(
            optimizer=optimizers.AdamW(schedule.learning_rate, weight_decay=schedule.weight_decay), loss=loss,
            metrics=[of_the_mean],
        )  # fmt: skip
        model.optimizer.build(model.trainable_variables)
        self._rest = [np.asarray(v) for v in model.optimizer.variables]

    def train(
        self, start: list[np.ndarray], training: Any, validation: tuple[Any, Any], deadline: float | None,
        display: Display, others: Sequence[callbacks.Callback] = (),
    ) -> Run:  # fmt: skip
        """Trains until the loss of the members' mean on the validation rows no longer falls; the best epoch's weights stay.

        Args:
            start: first weights.
            training, validation: features `(rows, width)` and targets `(rows, units)`, numbers standardised; for training also
                a data set of batches of these, the targets repeated for each member.
            deadline: when to stop, in the seconds of `time.monotonic`.
            display: what shows the course of it.
            others: further callbacks.
        Raises TableError if the loss never is a finite number; KeyboardInterrupt if there is no finished epoch yet.
        """
        self.model.set_weights(start)
        for variable, value in zip(self.model.optimizer.variables, self._rest, strict=True):
            variable.assign(value)
        epochs = self.schedule.epochs
        stopping = callbacks.EarlyStopping("val_of_the_mean", mode="min", patience=self.schedule.patience)
        stopping.restore_best_weights = True
        watch = _Watch(deadline)
        began = time.perf_counter()
        cut = ""
        try:
            self.model.fit(
                **self._given(training), epochs=epochs, verbose=0,
                validation_data=(validation[0], self.spread(validation[1])), validation_batch_size=_BATCH,
                callbacks=[stopping, callbacks.LearningRateScheduler(self._rate), watch, display.watching(stopping), *others],
                diagnose="off",
            )  # fmt: skip
        except KeyboardInterrupt:
            if stopping.best is None:
                raise
            self.model.set_weights(stopping.best_weights)
            cut = "interrupted"
        history = {"loss": watch.losses, "val_loss": watch.validation}
        if stopping.best is None or not np.isfinite(stopping.best):
            raise TableError("Training ran away: the loss is no finite number. Try a smaller --learning-rate.")
        weights = self.model.get_weights()
        return Run(weights, history, stopping.best_epoch + 1, time.perf_counter() - began, cut or watch.cut)

    def answers(self, weights: list[np.ndarray], features: np.ndarray) -> np.ndarray:
        """The mean of the members, `(rows, units)` float64: standardised numbers, or probabilities."""
        self.model.set_weights(weights)
        logits = np.asarray(self.model.predict(features, batch_size=_BATCH, verbose=0), "float64")
        if self.kind == TWO_CLASSES:
            logits = 1 / (1 + np.exp(-np.clip(logits, -500, 500)))
        elif self.kind == CLASSES:
            raised = np.exp(logits - logits.max(axis=2, keepdims=True))
            logits = raised / raised.sum(axis=2, keepdims=True)
        return logits.mean(axis=1)

    def progress(self) -> dict[str, dict[str, int]]:
        """How many steps of each program the engine has run."""
        return copy.deepcopy(self.model._compiled.progress)

    def catch_up(self, progress: dict[str, dict[str, int]]) -> None:
        """Has programs that are not made yet begin as if they had run so many steps, as after a training that was kept."""
        for kind, counts in progress.items():
            self.model._compiled.progress.setdefault(kind, {}).update(counts)

    def _given(self, training: Any) -> dict[str, Any]:
        if not isinstance(training, tuple):
            return {"x": training, "shuffle": False}  # which comes in an order of its own
        return {"x": training[0], "y": self.spread(training[1]), "batch_size": self.schedule.batch_size}

    def spread(self, targets: np.ndarray) -> np.ndarray:
        """The targets for each member."""
        return np.repeat(np.asarray(targets, "float32")[:, None], self.members, axis=1)

    def _rate(self, epoch: int) -> float:
        """Up over the first epochs, then down along half a cosine."""
        epochs = self.schedule.epochs
        rising = min(1.0, (epoch + 1) / max(1.0, epochs * _WARM_UP))
        return float(self.schedule.learning_rate * rising * max(_SLOWEST, 0.5 * (1 + np.cos(np.pi * epoch / epochs))))


def _losses(kind: str) -> tuple[Any, Any]:
    """The loss of the members' logits, and that of their mean answer."""
    if kind == NUMBER:

        def of_the_mean(y: Any, outputs: Any) -> Any:
            return ops.mean(ops.square(ops.mean(outputs, axis=1) - y[:, 0]), axis=-1)

        return losses.MeanSquaredError(), of_the_mean
    if kind == TWO_CLASSES:

        def of_the_mean(y: Any, outputs: Any) -> Any:  # type: ignore[no-redef]
            share = ops.clip(ops.mean(ops.sigmoid(outputs), axis=1), 1e-7, 1 - 1e-7)
            return -ops.mean(y[:, 0] * ops.log(share) + (1 - y[:, 0]) * ops.log(1 - share), axis=-1)

        return losses.BinaryCrossentropy(from_logits=True, label_smoothing=_SMOOTHING), of_the_mean

    def of_the_mean(y: Any, outputs: Any) -> Any:  # type: ignore[no-redef]
        share = ops.sum(ops.mean(ops.softmax(outputs, axis=-1), axis=1) * y[:, 0], axis=-1)
        return -ops.log(ops.maximum(share, 1e-7))

    return losses.CategoricalCrossentropy(from_logits=True, label_smoothing=_SMOOTHING), of_the_mean


class _Watch(callbacks.Callback):
    """Keeps the losses, and stops at the deadline."""

    def __init__(self, deadline: float | None):
        super().__init__()
        self.deadline, self.cut = deadline, ""
        self.losses: list[float] = []
        self.validation: list[float] = []

    def get_state(self) -> dict[str, Any]:
        return {"losses": self.losses, "validation": self.validation}

    def set_state(self, state: dict[str, Any]) -> None:
        self.losses, self.validation = list(state["losses"]), list(state["validation"])

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.losses.append(float(logs["loss"]))
        self.validation.append(float(logs["val_of_the_mean"]))
        if self.deadline is not None and time.monotonic() > self.deadline:
            self.model.stop_training, self.cut = True, "time"


@contextmanager
def gaps_allowed():
    """No warnings of missing numbers: these networks fill them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*NaN or infinite values", category=UserWarning)
        yield


def outputs_of(model: models.Model, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """What the model gives for raw columns, float64 `(rows, units)`."""
    with gaps_allowed():
        return np.asarray(model.predict(inputs, batch_size=_BATCH, verbose=0), dtype="float64")
