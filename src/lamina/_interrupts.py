"""Ctrl-C: what it does not break off in the middle, and how it does not get lost."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

_PATIENCE = 5
_inmost: "Uninterrupted | None" = None  # of the blocks that the main thread is in


def _note(signum: int, frame: FrameType | None) -> None:
    if _inmost is not None:
        _inmost._note(signum, frame)


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
        self._outer: Uninterrupted | None = None

    def __enter__(self) -> Any:
        global _inmost
        # Handlers can be set in the main thread only; elsewhere Ctrl-C does not arrive anyway.
        if threading.current_thread() is not threading.main_thread():
            return self
        self._outer = _inmost
        if self._outer is not None:  # what is set up already is told who answers now: setting it up takes microseconds
            self._previous, _inmost = self._outer._note, self
        elif callable(previous := signal.getsignal(signal.SIGINT)):
            self._previous, _inmost = previous, self
            signal.signal(signal.SIGINT, _note)
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
        global _inmost
        if self._previous is None:
            return
        if self._outer is None:
            signal.signal(signal.SIGINT, self._previous)
        _inmost = self._outer
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
