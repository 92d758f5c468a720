"""What is shown while networks train: one live line with the time left on a terminal, plain lines elsewhere."""

import time
from types import TracebackType
from typing import Any

from lamina import callbacks

_WIDE = 125  # letters, from which the losses have room beside the bar
_LINES = 10  # about so many of a training, where there is no terminal


class Display:
    """Shows the trainings of all networks of all folds; a context manager.

    Args:
        console: of rich; None to show nothing.
        trainings: how many there are.
        epochs, patience: most epochs of one, and how many without improvement end it.
        budget: most seconds of all of them; None for any.
    """

    def __init__(self, console: Any, trainings: int, epochs: int, patience: int, budget: float | None):
        self.console, self.trainings, self.epochs, self.patience, self.budget = (
            console,
            trainings,
            epochs,
            patience,
            budget,
        )
        self.done: list[int] = []  # epochs of the finished trainings
        self.began = time.monotonic()
        self.bar: Any = None

    def __enter__(self) -> "Display":
        if self.console is not None and self.console.is_interactive:
            from rich.progress import BarColumn, Progress, TextColumn

            told = [f"epoch {{task.fields[epoch]}}/{self.epochs}", "{task.fields[left]}"]
            if self.console.width >= _WIDE:
                told.append("{task.fields[losses]}")
            self.bar = Progress(
                TextColumn("{task.description}"), BarColumn(bar_width=24), *map(TextColumn, told), console=self.console,
                transient=True,
            )  # fmt: skip
            self.task = self.bar.add_task(
                self._title(), total=self.trainings * self.epochs, epoch=0, left="", losses=""
            )
            self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.stop()

    def watching(self, stopping: callbacks.EarlyStopping) -> callbacks.Callback:
        """The callback of one training."""
        return _Watching(self, stopping)

    def show(self, epoch: int, best: int, losses: str) -> None:
        """Shows that so many epochs of a training are over, of which `best` was the best."""
        if self.bar is None:
            every = max(self.epochs // _LINES, 1)
            if self.trainings == 1 and (epoch % every == 0 or epoch == 1):
                self._line(epoch, losses)
            return
        spent = time.monotonic() - self.began
        left = seconds_left(self.done, self.trainings, epoch, best, self.epochs, self.patience, spent)
        if self.budget is not None:
            left = min(left, max(self.budget - spent, 0))
        self.bar.update(
            self.task, description=self._title(), completed=len(self.done) * self.epochs + epoch, epoch=epoch,
            left=f"about {duration(left)} left", losses=losses,
        )  # fmt: skip

    def finish(self, epoch: int, losses: str) -> None:
        """Shows that a training is over."""
        self.done.append(epoch)
        if self.bar is not None:
            self.bar.update(self.task, completed=len(self.done) * self.epochs)
        elif self.trainings == 1 and epoch % max(self.epochs // _LINES, 1) and epoch > 1:
            self._line(epoch, losses)

    def _title(self) -> str:
        place = min(len(self.done) + 1, self.trainings)
        return "network" if self.trainings == 1 else f"network {place}/{self.trainings}"

    def _line(self, epoch: int, losses: str) -> None:
        if self.console is not None:
            self.console.print(
                f"  {self._title()}: epoch {epoch}/{self.epochs}, {losses}", markup=False, soft_wrap=True
            )


def seconds_left(
    done: list[int], trainings: int, epoch: int, best: int, epochs: int, patience: int, spent: float
) -> float:  # fmt: skip
    """What all trainings will still take: each as many epochs as those before it, and until patience ends the present one."""
    usual = sum(done) / len(done) if done else 0.0
    soonest = min(best + patience, epochs)
    present = max(usual, soonest, epoch)
    others = (trainings - len(done) - 1) * (usual or present)
    return spent / max(sum(done) + epoch, 1) * (present - epoch + others)


def duration(seconds: float) -> str:
    """`8 s`, `3 min`, `2 h 5 min`."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


class _Watching(callbacks.Callback):
    """Tells a display of each epoch."""

    def __init__(self, display: Display, stopping: callbacks.EarlyStopping):
        super().__init__()
        self.display, self.stopping = display, stopping
        self.epoch, self.losses = 0, ""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        best = self.stopping.best_epoch + 1
        loss, validation = logs["loss"], logs["val_of_the_mean"]
        self.epoch, self.losses = epoch + 1, f"loss {loss:.4f}, validation {validation:.4f}, best epoch {best}"
        self.display.show(self.epoch, best, self.losses)

    def on_train_end(self, logs: Any = None) -> None:
        if self.epoch:
            self.display.finish(self.epoch, self.losses)
