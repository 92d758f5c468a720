"""`Watch`: looks at a training now and then, for little."""

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina.config._limits import max_steps_per_epoch
from lamina.diagnosis._case import Case, Setting
from lamina.diagnosis._course import Course
from lamina.diagnosis._finding import Finding
from lamina.diagnosis._judge import judge_course, judge_rate
from lamina.diagnosis._network import Network
from lamina.engines import engine

from .._stepping import Stepping
from ..callbacks._early_stopping import EarlyStopping
from ..callbacks._learning_rate_scheduler import LearningRateScheduler
from ..callbacks._rates import rate_of
from ._at import case_now, heads_now, ignored, say
from ._averages import statistics_of, weights_of
from ._first_batches import FirstBatches
from ._floor import floor_of
from ._linear_share import linear_share
from ._monitored import monitored_by
from ._replay import Replay
from ._still import still_layers

_EVERY_S = 0.25
_MOST_KEPT = 1_000_000  # numbers in weights that are compared with what they were
_STEPS = 8  # after which a step of one's own should have changed something


class Watch:
    """Follows a training from its logs.

    Args:
        model: that is trained; `mode`, "warn" or "error".
        run: the run over the data of training.
        held_out: the data of validation, None for none.
    """

    def __init__(self, model: Any, mode: str, run: Any, held_out: Any):
        self._model, self._mode, self._run = model, mode, run
        stops = any(isinstance(c, EarlyStopping) for c in run.callbacks.callbacks)
        is_default = type(model).train_step is Stepping.train_step
        start = model._compiled.start
        self.course = Course(start, held_out=getattr(held_out, "size", 0), stops=stops, is_default=is_default)
        self._replay = Replay(model, run)
        self._looked = 0.0
        self._before = 0  # steps of the epochs before
        self._mean, self._count = 0.0, 0  # of the loss in this epoch, as last seen
        self._is_quiet = False
        self._weights = [] if is_default else _kept(model)
        self._is_first_look = True  # at these
        self._is_scheduled = any(isinstance(c, LearningRateScheduler) for c in run.callbacks.callbacks)
        self.course.rate_by = LearningRateScheduler.__name__ if self._is_scheduled else None
        count = getattr(run.source, "num_batches", None)
        if run.limit is not None and count is not None and run.limit < count and max_steps_per_epoch() is None:
            self.course.batches, self.course.asked = count, run.limit
        self._batches = FirstBatches(run.source, self.course.held_out)

    def begin_epoch(self, epoch: int) -> None:
        """Keeps what is needed to tell afterwards where a value came from that is not finite."""
        self._mean, self._count, self._looked = 0.0, 0, time.perf_counter()
        if not self._is_quiet:
            self._replay.begin_epoch(epoch)

    def after_batches(self, done: int, logs_of: Callable[[], dict[str, Any]]) -> None:
        """Called often; looks every quarter of a second."""
        if not self._is_quiet and (now := time.perf_counter()) - self._looked > _EVERY_S:
            self._looked = now
            self._take(done, logs_of())

    def end_epoch(self, done: int, logs: dict[str, Any], is_over: bool) -> None:
        """Looks at the logs of an epoch."""
        if self._is_quiet:
            return
        self._take(done, logs)
        self._look_at_rate(is_over)
        self._before += done
        for name, value in logs.items():
            self.course.epochs.setdefault(name, []).append(value if isinstance(value, float) else _number(value))
        if self._weights and self._before >= _STEPS and self._is_first_look:
            self._is_first_look = False
            self.course.is_unchanged = all(np.array_equal(v.numpy(), old) for v, old in self._weights)
            if self.course.is_unchanged:
                self._say()
        if not self.course.alike:
            self.course.alike, self.course.rows = self._batches.alike(done)
            if self.course.alike:
                self._say()
        self.course.is_over = is_over or self._model.stop_training
        losses = self.course.losses
        is_lost = len(losses) > 3 and losses[-1] > 2 * losses[0] > 0
        if self._is_quiet or not (self.course.is_over or is_lost):
            return
        if self.course.steps and self.course.steps[-1] >= 100:
            self._know_the_floor()
        if losses and self.course.start is not None and losses[-1] > 1.5 * min(losses[0], self.course.start):
            self._know_what_a_constant_has()
        if self.course.is_over:
            self._know_the_end()
            self._know_what_a_line_has()
        self._say()

    def _look_at_rate(self, is_over: bool) -> None:
        """What a callback has set for the first epoch. It may raise the rate from 0, which an epoch is not enough to tell."""
        if not self._is_scheduled:
            return
        rate = rate_of(self._model.optimizer)
        if rate > 0 or is_over or self.course.epochs:
            self._is_scheduled = False
            setting = Setting(rate_by=self.course.rate_by)
            case = Case(Network(self._model), [], self._model.optimizer, setting=setting)
            say(self._model, judge_rate(case, ignored()), self._mode)

    def _know_the_end(self) -> None:
        """What is looked at once, when training is over."""
        self._batches.stop()
        course, model = self.course, self._model
        loss = course.epochs.get("loss", [])
        try:
            course.monitored = monitored_by(self._run.callbacks.callbacks, course)
            if not all(map(math.isfinite, loss)) or (data := self._batches.data()) is None:
                return
            if self._weights and self._before >= _STEPS:
                course.still = still_layers(model, data, self._weights)
            self._know_the_averages(data, loss)
        except Exception:  # advice stops nobody
            return

    def _know_the_averages(self, data: Any, loss: list[float]) -> None:
        """What moving averages make of the network. A single epoch may be one of many, each a fit."""
        course, model = self.course, self._model
        if not course.is_default or len(loss) < 2 or model._compiled.said or engine.COSTLY_TRACES:
            return
        course.weights = weights_of(model, data, self._before, loss[-1])
        if course.start is None or loss[-1] < 0.8 * course.start:  # else there is nothing to lose
            course.statistics = statistics_of(model, data, self._before, loss[-1])
        if course.weights or course.statistics:
            self._know_what_a_constant_has()

    def _take(self, done: int, logs: dict[str, Any]) -> None:
        """Notes the mean loss since the last look, and speaks if it is not finite."""
        mean = logs.get("loss")
        if not isinstance(mean, float) or done <= self._count:
            return
        fresh = (mean * done - self._mean * self._count) / (done - self._count)
        self._mean, self._count = mean, done
        self.course.losses.append(fresh)
        self.course.steps.append(self._before + done)
        if not math.isfinite(fresh):
            self.course.origin = self._replay.origin()
            self._say()
            self._is_quiet = True  # what follows, follows from that

    def _know_the_floor(self) -> None:
        """Where the loss did not fall: what a constant would have, and the network as it is now. Once for each `compile`: the
        look costs as much as some steps."""
        loss, compiled = self.course.epochs.get("loss", []), self._model._compiled
        if len(loss) < 3 or loss[-1] < 0.9 * min(loss[:-1]) or compiled.is_looked_at or engine.COSTLY_TRACES:
            return  # it falls
        compiled.is_looked_at = True
        self.course.has_frozen = any(not layer.trainable and layer.weights for layer in self._model._flatten_layers())
        try:
            self._know_what_a_constant_has()
            if self.course.is_stuck() or self.course.is_settled():
                self.course.case = case_now(self._model, self._run.source)
            if self.course.is_stuck() or self.course.is_as_a_constant():
                self.course.update = self._replay.update()
        except Exception:  # advice stops nobody
            return

    def _know_what_a_constant_has(self) -> None:
        """The loss of the best constant, if it is not known yet."""
        if self.course.floor is not None:
            return
        try:
            self.course.floor = floor_of(heads_now(self._model, self._run.source))
        except Exception:  # advice stops nobody
            return

    def _know_what_a_line_has(self) -> None:
        """How far a straight line goes, where a training that may be too short got nowhere."""
        course = self.course
        if not course.is_default or not course.is_short() or self._model._compiled.is_looked_at:
            return
        self._know_what_a_constant_has()
        if course.floor is None or not course.epochs["loss"][-1] > 0.95 * course.floor:
            return
        try:
            course.linear = linear_share(heads_now(self._model, self._run.source), self._batches.data())
        except Exception:  # advice stops nobody
            return

    def _say(self) -> None:
        said = {rule for rule, _ in self._model._compiled.said}
        try:
            found = judge_course(self.course, ignored(), said)
        except Exception:  # advice stops nobody
            return
        say(self._model, found, self._mode)

    def located(self) -> Finding | None:
        """What is known of the first value that was not finite; it is not said again."""
        self.course.losses.append(float("nan"))
        self.course.steps.append(self._before + self._run.done)
        self.course.origin = self._replay.origin()
        found = [f for f in judge_course(self.course, ignored(), ()) if f.rule == "non-finite-loss"]
        self._is_quiet = True
        return found[0] if found else None


def _kept(model: Any) -> list[tuple[Any, np.ndarray]]:
    """The weights that are to be trained with their values; none where they are many."""
    weights = model.trainable_variables
    if sum(int(np.prod(v.shape)) for v in weights) > _MOST_KEPT:
        return []
    return [(v, np.array(v.numpy())) for v in weights]


def _number(value: Any) -> float:
    return float(value) if np.ndim(value) == 0 else math.nan
