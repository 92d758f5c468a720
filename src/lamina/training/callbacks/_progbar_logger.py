"""`ProgbarLogger`: what a run prints. A live bar on a terminal, one live line in a notebook, plain lines elsewhere."""

import sys
import time
from typing import Any

from lamina._public import public

from ._callback import Callback
from ._notebook_line import NotebookLine, drawn_bar, in_notebook

REFRESH_S = 0.1


@public("callbacks.ProgbarLogger")
class ProgbarLogger(Callback):
    """Prints the progress of each epoch and its logs.

    With verbose=1 and a terminal, a rich progress bar refreshed by time (not by batch), with milliseconds a step and the time
    left; with verbose=1 in a notebook, one line for all epochs, which is written anew; with verbose=1 elsewhere, a line when
    an epoch begins and one when it ends; with verbose=2 one line an epoch.
    """

    def __init__(self) -> None:
        super().__init__()
        self._bar: Any = None
        self._line: NotebookLine | None = None
        self._epoch = 0

    def on_train_begin(self, logs: Any = None) -> None:
        self._fitting = True
        self._line = self._new_line()

    def on_train_end(self, logs: Any = None) -> None:
        self._fitting = False
        self._close()

    _fitting = False

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch
        if self.params.get("verbose") in (1, 2) and self._line is None:
            print(f"Epoch {epoch + 1}/{self.params.get('epochs')}", flush=True)
        self._open()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._finish(logs)

    def on_test_begin(self, logs: Any = None) -> None:
        if not self._fitting:
            self._open()

    def on_test_end(self, logs: Any = None) -> None:
        if not self._fitting:
            self._finish(logs)

    def on_predict_begin(self, logs: Any = None) -> None:
        self._open()

    def on_predict_end(self, logs: Any = None) -> None:
        self._finish({})

    def progress(self, done: int, logs: Any) -> None:
        """Called by the run from time to time with the number of batches done."""
        self._done = done
        if self._bar is not None:
            pace = self._pace(done, self.params.get("steps") or 0)
            self._bar.update(self._task, completed=done, pace=pace, logs=format_logs(logs))
        elif self._line is not None and time.perf_counter() - self._shown >= REFRESH_S:
            self._show_line(done, self._pace(done, (self.params.get("steps") or 0) * self._epochs_left()), logs)

    def _new_line(self) -> NotebookLine | None:
        return NotebookLine() if self.params.get("verbose") == 1 and in_notebook() else None

    def _epochs_left(self) -> int:
        """With the one that runs."""
        return self.params.get("epochs", 1) - self._epoch if self._fitting else 1

    def _pace(self, done: int, total: int) -> str:
        """`12 ms/step, 3 s left`; where the end is not known, the first alone."""
        if not done:
            return ""
        each = (time.perf_counter() - self._start) / done
        left = f", {in_time(each * (total - done))} left" if total else ""
        return f"{each * 1e3:.3g} ms/step{left}"

    def _show_line(self, done: int, pace: str, logs: Any) -> None:
        assert self._line is not None
        self._shown = time.perf_counter()
        epoch = f"Epoch {self._epoch + 1}/{self.params.get('epochs')}" if self._fitting else ""
        self._line.show(
            " - ".join(filter(None, [epoch, drawn_bar(done, self.params.get("steps")), pace, format_logs(logs)]))
        )

    def _open(self) -> None:
        self._start = time.perf_counter()
        self._done = 0
        self._shown = self._start
        if not self._fitting:
            self._line = self._new_line()
        if self.params.get("verbose") == 1 and self._line is None and sys.stdout.isatty():
            self._bar, self._task = live_bar(self.params.get("steps"))
            self._bar.start()

    def _finish(self, logs: Any) -> None:
        elapsed = time.perf_counter() - self._start
        steps = self.params.get("steps") or self._done
        if self._bar is not None:
            pace = f"{elapsed / steps * 1e3:.3g} ms/step" if steps else ""
            self._bar.update(self._task, total=steps, completed=steps, pace=pace, logs=format_logs(logs))
            self._close()
            return
        if self._line is not None:
            self._show_line(steps, f"{self._pace(steps, 0)}, {in_time(elapsed)}" if steps else "", logs)
            return
        if self.params.get("verbose"):
            each = f" {elapsed / steps * 1e3:.3g} ms/step" if steps else ""
            line = f"{steps}/{steps} - {elapsed:.2f} s -{each}"
            print(" - ".join(filter(None, [line, format_logs(logs)])), flush=True)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def live_bar(total: int | None) -> Any:
    """A rich progress bar with the columns count, bar, time, pace and logs, and its task."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        MofNCompleteColumn(), BarColumn(bar_width=30), TimeElapsedColumn(),
        TextColumn("{task.fields[pace]}"), TextColumn("{task.fields[logs]}"),
        refresh_per_second=1 / REFRESH_S,
    )  # fmt: skip
    return bar, bar.add_task("", total=total, pace="", logs="")


def in_time(seconds: float) -> str:
    """A duration in the unit that fits: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def format_logs(logs: Any) -> str:
    """`loss: 0.1234 - accuracy: 0.9876`."""
    parts = []
    for name, value in (logs or {}).items():
        try:
            number = float(value)
        except (TypeError, ValueError):
            parts.append(f"{name}: {value}")
            continue
        parts.append(f"{name}: {number:.4f}" if number == 0 or 1e-3 <= abs(number) < 1e6 else f"{name}: {number:.4e}")
    return " - ".join(parts)
