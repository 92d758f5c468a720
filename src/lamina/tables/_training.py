"""Training with early stopping, and what is shown meanwhile."""

import sys
import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from lamina import callbacks, models, optimizers
from lamina.tables._errors import TableError

from ._target import NUMBER, Target


@dataclass
class Run:
    """A finished training.

    Attributes: `model` with the weights of the best epoch; `history`, values by epoch; `best_epoch`, from 1; `seconds`.
    """

    model: models.Model
    history: dict[str, list[float]]
    best_epoch: int
    seconds: float

    epochs = property(lambda self: len(self.history["loss"]))


def train(
    model: models.Model, target: Target, training: tuple[Any, ...], validation: tuple[Any, ...], *, epochs: int, batch_size: int,
    learning_rate: float, weight_decay: float, patience: int,
    halve_after: int | None = None, title: str | None = None,
) -> Run:  # fmt: skip
    """Compiles the model for its target and trains it until the validation loss no longer falls.

    A regression's loss is divided by the variance of the target: 1 is what predicting the mean would cost. Raises
    TableError if the loss never is a finite number.

    Args:
        training, validation: pairs of inputs and encoded targets.
        patience, halve_after: epochs without improvement after which training stops, and the step size is halved.
        title: what the progress display is called; None for no display.
    """
    number = target.kind == NUMBER
    model.compile(
        optimizer=optimizers.AdamW(learning_rate, weight_decay=weight_decay), loss=target.loss,
        loss_weights=[1.0 / target.variance] if number else None, metrics=["mae" if number else "accuracy"],
    )  # fmt: skip
    stopping = callbacks.EarlyStopping(patience=patience, restore_best_weights=True)
    others: list[Any] = [] if halve_after is None else [callbacks.ReduceLROnPlateau(factor=0.5, patience=halve_after)]
    others += [] if title is None else [Progress(title, stopping)]
    began = time.perf_counter()
    with gaps_allowed():
        history = model.fit(
            *training, validation_data=validation, epochs=epochs, batch_size=batch_size, verbose=0,
            callbacks=[stopping, *others],
        )  # fmt: skip
    run = Run(model, history.history, stopping.best_epoch + 1, time.perf_counter() - began)
    if not np.isfinite(run.history["val_loss"][run.best_epoch - 1]):
        raise TableError("Training ran away: the loss is no finite number. Try a smaller --learning-rate.")
    return run


@contextmanager
def gaps_allowed():
    """No warnings of missing numbers: these networks fill them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*NaN or infinite values", category=UserWarning)
        yield


def outputs_of(model: models.Model, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """What the model gives for raw columns, float64 `(rows, units)`."""
    with gaps_allowed():
        return np.asarray(model.predict(inputs, batch_size=1024, verbose=0), dtype="float64")


class Progress(callbacks.Callback):
    """A bar over the epochs on a terminal, about ten lines elsewhere."""

    def __init__(self, title: str, stopping: callbacks.EarlyStopping):
        super().__init__()
        self.title = title
        self.stopping = stopping
        self.bar: Any = None

    def on_train_begin(self, logs: Any = None) -> None:
        self.total = self.params["epochs"]
        self.every = max(self.total // 10, 1)
        self.last = -1
        if sys.stdout.isatty():
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            self.bar = Progress(
                TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn(),
                TextColumn("{task.fields[logs]}"), refresh_per_second=10,
            )  # fmt: skip
            self.task = self.bar.add_task(self.title, total=self.total, logs="")
            self.bar.start()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.last, self.logs = epoch, dict(logs or {})
        if self.bar is not None:
            self.bar.update(self.task, completed=epoch + 1, logs=self._losses())
        elif (epoch + 1) % self.every == 0 or epoch == 0:
            self._line()

    def on_train_end(self, logs: Any = None) -> None:
        if self.bar is not None:
            self.bar.stop()
            self.bar = None
        elif self.last >= 0 and (self.last + 1) % self.every:
            self._line()

    def _line(self) -> None:
        print(f"  {self.title}: epoch {self.last + 1}/{self.total}, {self._losses()}", flush=True)

    def _losses(self) -> str:
        best = self.stopping.best_epoch + 1
        return f"loss {self.logs['loss']:.4f}, validation {self.logs['val_loss']:.4f}, best epoch {best}"
