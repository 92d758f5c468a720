"""When a training saves its state, and how it takes one up again."""

import math
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any

from lamina import distribution

from ._fingerprint import difference, fingerprint
from ._folder import StateFolder
from ._state import gather, put_back

_ASKED = 16  # batches after which several processes agree on whether a state is due


@dataclass(frozen=True)
class Plan:
    """Where states are kept and how often.

    Attributes: `path`, the folder; `batches`, besides at the end of each epoch after every so many batches; `seconds`,
    also after so many; `clears`, whether the folder is emptied when training has ended.
    """

    path: str
    batches: int | None = None
    seconds: float | None = None
    clears: bool = False


class NoKeeper:
    """A training that saves nothing."""

    logs: Any = None

    def epochs(self, epochs: range) -> Iterator[int]:
        yield from epochs

    def begin_epoch(self, epoch: int) -> int:
        """The batch to begin the epoch with."""
        return 0

    def room(self, done: int) -> float:
        """How many batches may run before the state must be saved, `done` of the epoch having run."""
        return math.inf

    def after_batches(self, epoch: int, done: int, logs: Any) -> None:
        """Told after batches; `logs()` gives those of the epoch so far."""

    def after_epoch(self, epoch: int, done: int, logs: dict[str, Any]) -> None:
        """Told after an epoch of `done` batches, when all callbacks have been called."""

    def finish(self) -> None:
        """Told when all is over."""

    def __enter__(self) -> Any:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Keeper(NoKeeper):
    """Saves the state of a training in a folder, and begins with the newest that is there.

    The values are copied at once and written by a thread, so that steps do not wait for the disk; the next save does.
    SIGTERM ends the program (SystemExit, code 143) once the step at work is done and the state after it written; a second one
    ends it at once.

    Args:
        plan: where and how often.
        model: what is trained.
        step: its step.
        source, validation: ArrayData or StreamData; validation may be None.
        callbacks: list of those of the run.
        steps_per_epoch: of `fit`.
    Raises ValueError for a state of another model or other data, ModelFileError if no state is whole.
    """

    def __init__(
        self, plan: Plan, model: Any, step: Any, source: Any, validation: Any, callbacks: list[Any],
        steps_per_epoch: int | None,
    ):  # fmt: skip
        self._plan = plan
        self._model, self._step, self._callbacks = model, step, callbacks
        self._data = {"training": source, "validation": validation}
        self._folder = StateFolder(plan.path)
        self._fingerprint = fingerprint(model, source, validation, steps_per_epoch)
        self._total = steps_per_epoch or source.num_batches
        self._waiting = self._folder.newest()  # the state to begin with
        self._steps = 0  # batches in the epochs that have ended
        self._saved_at = 0.0
        self._beginning: Any = None  # the state of the data when the epoch began
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="lamina-state")
        self._writing: Future | None = None
        self._handler: Any = None  # of SIGTERM, before
        self._is_told_to_end = False  # by a signal to this process
        self._ends = False  # as a process was told to
        distribution.check_agreement(
            f"fit: the training states in {plan.path} (the folder must be one that all processes see)",
            {"the step of the newest": self._waiting and self._waiting["step"]},
        )
        if self._waiting is not None:
            self._check()

    def _check(self) -> None:
        found = difference(self._waiting["fingerprint"], self._fingerprint)  # type: ignore[index]
        if found is not None:
            raise ValueError(
                f"The training state in {self._plan.path} is of another training, so it cannot be gone on with. It differs in "
                f"{found}. Give another folder, or delete this one to begin anew."
            )

    # --- going on -----------------------------------------------------------------------------------------------------

    def epochs(self, epochs: range) -> Iterator[int]:
        """The epochs still to run; those after the first only if training is not stopped."""
        self._saved_at = time.monotonic()
        state = self._waiting
        if state is None:
            yield from epochs
            return
        if not state["batch"]:
            self._put_back()
        if state["batch"] or not self._model.stop_training:
            yield from range(state["epoch"], epochs.stop)

    def begin_epoch(self, epoch: int) -> int:
        first = 0
        if self._waiting is not None:
            first = self._waiting["batch"]
            self._put_back()
        self._beginning = self._state_of_data()
        return first

    def _put_back(self) -> None:
        state, self._waiting = self._waiting, None
        assert state is not None
        for name, source in self._data.items():
            if source is not None and state["data"][name] is not None:
                source.set_state(state["data"][name])
        put_back(state, self._model, self._step, self._callbacks)
        self._steps, self.logs = state["step"] - state["batch"], state["logs"]

    # --- saving -------------------------------------------------------------------------------------------------------

    def room(self, done: int) -> float:
        every = self._plan.batches
        return every - done % every if every else math.inf

    def after_batches(self, epoch: int, done: int, logs: Any) -> None:
        plan = self._plan
        is_due = plan.batches and done % plan.batches == 0
        if is_due:
            self._agree_on_the_end()
        is_due = is_due or self._is_time(done)
        if is_due and done != self._total:  # what follows the last batch, up to the next epoch, is saved together
            self._save(epoch, done, self._beginning, logs())
            self._end_if_told()

    def _is_time(self, done: int) -> bool:
        """Whether the interval is over, or the program is to end: in one of the processes, which are asked now and then."""
        seconds = self._plan.seconds
        is_time = self._is_told_to_end or (seconds is not None and time.monotonic() - self._saved_at >= seconds)
        if distribution.num_processes() > 1 and done % _ASKED:
            return False
        is_time = distribution.any_process(is_time)
        if is_time:
            self._agree_on_the_end()
        return is_time

    def _agree_on_the_end(self) -> None:
        """All processes end if one was told to, after the same step: one alone would leave the others waiting for it."""
        self._ends = distribution.any_process(self._is_told_to_end)

    def after_epoch(self, epoch: int, done: int, logs: dict[str, Any]) -> None:
        self._agree_on_the_end()
        self._steps += done
        self._save(epoch + 1, 0, self._state_of_data(), logs)
        self._end_if_told()

    def _end_if_told(self) -> None:
        if self._ends:
            raise SystemExit(128 + signal.SIGTERM)

    def _state_of_data(self) -> dict[str, Any]:
        return {name: source and source.get_state() for name, source in self._data.items()}

    def _save(self, epoch: int, batch: int, data: dict[str, Any], logs: dict[str, Any]) -> None:
        state = {
            "fingerprint": self._fingerprint,
            "epoch": epoch, "batch": batch, "step": self._steps + batch, "logs": dict(logs),
            "data": data, **gather(self._model, self._step, self._callbacks),
        }  # fmt: skip
        self._wait()
        self._writing = self._writer.submit(self._folder.write, state["step"], state)
        self._saved_at = time.monotonic()

    def _wait(self) -> None:
        """For the state being written; raises what went wrong with it."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def finish(self) -> None:
        self._wait()
        if self._plan.clears:
            self._folder.clear()

    def __enter__(self) -> "Keeper":
        in_main = threading.current_thread() is threading.main_thread()  # the only one that may set handlers
        if in_main and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
            self._handler = signal.signal(signal.SIGTERM, self._note)
        return self

    def _note(self, signum: int, frame: FrameType | None) -> None:
        if self._is_told_to_end:
            signal.signal(signum, signal.SIG_DFL)
            signal.raise_signal(signum)
        self._is_told_to_end = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handler is not None:
            signal.signal(signal.SIGTERM, self._handler)
        self._writer.shutdown()
        if kind is None:
            self._wait()
