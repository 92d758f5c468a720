"""Ctrl-C waits for the end of a step, so that the model is left whole."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class DeferredInterrupt:
    """Inside the block, SIGINT is noted; `check()` raises KeyboardInterrupt if one came. A second one is not deferred."""

    def __init__(self) -> None:
        self._came = False
        self._previous: Any = None

    def __enter__(self) -> "DeferredInterrupt":
        # Handlers can be set in the main thread only; elsewhere Ctrl-C does not arrive anyway.
        if threading.current_thread() is threading.main_thread():
            self._previous = signal.getsignal(signal.SIGINT)
            if self._previous is signal.default_int_handler:
                signal.signal(signal.SIGINT, self._note)
            else:
                self._previous = None
        return self

    def _note(self, signum: int, frame: FrameType | None) -> None:
        if self._came:
            raise KeyboardInterrupt
        self._came = True

    def check(self) -> None:
        if self._came:
            self._came = False
            raise KeyboardInterrupt

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)
        if kind is None:
            self.check()
