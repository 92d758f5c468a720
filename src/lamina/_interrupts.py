"""Ctrl-C: what it does not break off in the middle, and how it does not get lost."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

_PATIENCE = 5


class Uninterrupted:
    """Inside the block SIGINT is noted, and answered at its end by the handler of before, which raises KeyboardInterrupt.

    A second one changes nothing. The fifth is answered at once, as a block that hangs must have an end.
    """

    def __init__(self) -> None:
        self._came = 0
        self._is_due = False
        self._frame: FrameType | None = None
        self._error: BaseException | None = None  # what the answer raised
        self._previous: Any = None

    def __enter__(self) -> Any:
        # Handlers can be set in the main thread only; elsewhere Ctrl-C does not arrive anyway.
        if threading.current_thread() is threading.main_thread():
            previous = signal.getsignal(signal.SIGINT)
            if callable(previous):
                self._previous = previous
                signal.signal(signal.SIGINT, self._note)
        return self

    def _note(self, signum: int, frame: FrameType | None) -> None:
        self._came, self._frame = self._came + 1, frame
        if self._is_answered():
            self._answer()
        else:
            self._is_due = self._error is None

    def _is_answered(self) -> bool:
        return self._came == _PATIENCE

    def _answer(self) -> None:
        self._is_due, frame, self._frame = False, self._frame, None
        try:
            self._previous(signal.SIGINT, frame)
        except BaseException as error:
            self._error = error
            raise

    def check(self) -> None:
        """Raises again what was raised within and got lost: callbacks of weak references and of C swallow exceptions."""
        if self._error is not None:
            raise self._error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._previous is None:
            return
        signal.signal(signal.SIGINT, self._previous)
        if self._is_due:
            self._answer()
        elif error is not self._error:
            self.check()


class InterruptedOnce(Uninterrupted):
    """Inside the block SIGINT is answered at once, and a second one not, so that it does not break off what follows the first.

    A KeyboardInterrupt that got lost within is raised at the block's end.
    """

    def _is_answered(self) -> bool:
        return self._error is None or super()._is_answered()
