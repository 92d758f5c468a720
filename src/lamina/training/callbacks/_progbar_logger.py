"""`ProgbarLogger`: what a run prints. A live bar on a terminal, plain lines elsewhere."""

import sys
import time
from typing import Any

from lamina._public import public

from ._callback import Callback

REFRESH_S = 0.1


@public("callbacks.ProgbarLogger")
class ProgbarLogger(Callback):
    """Prints the progress of each epoch and its logs.

    With verbose=1 and a terminal, a rich progress bar refreshed by time (not by batch); with verbose=1 elsewhere, a
    line when an epoch begins and one when it ends; with verbose=2 one line an epoch.
    """

    def __init__(self) -> None:
        super().__init__()
        self._bar: Any = None
        self._testing = False

    def on_train_begin(self, logs: Any = None) -> None:
        self._fitting = True

    def on_train_end(self, logs: Any = None) -> None:
        self._fitting = False
        self._close()

    _fitting = False

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self.params.get("verbose") in (1, 2):
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
            self._bar.update(self._task, completed=done, logs=format_logs(logs))

    def _open(self) -> None:
        self._start = time.perf_counter()
        self._done = 0
        if self.params.get("verbose") == 1 and sys.stdout.isatty():
            self._bar, self._task = live_bar(self.params.get("steps"))
            self._bar.start()

    def _finish(self, logs: Any) -> None:
        elapsed = time.perf_counter() - self._start
        steps = self.params.get("steps") or self._done
        if self._bar is not None:
            self._bar.update(self._task, total=steps, completed=steps, logs=format_logs(logs))
            self._close()
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
    """A rich progress bar with the columns count, bar, time and logs, and its task."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        MofNCompleteColumn(), BarColumn(bar_width=30), TimeElapsedColumn(), TextColumn("{task.fields[logs]}"),
        refresh_per_second=1 / REFRESH_S,
    )  # fmt: skip
    return bar, bar.add_task("", total=total, logs="")


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
