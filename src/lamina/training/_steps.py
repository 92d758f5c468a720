"""The pure steps of a model: made once from its layers, loss, metrics and optimizer, compiled, and run over batches.

A step is `step(state, batch) -> (new state, logs)`: `state` is the list of arrays of all variables concerned, read and
written through a StateScope. On data in memory the batch is gathered inside the step, from arrays that stay where they are.

Where compiling is costly, the last batch, which may be smaller, is filled up to the size of the others, and the step is told
how many of its samples count: so all batches have one shape, and one program serves them.

Ctrl-C is raised after the step at work: within it, donated arrays hold neither what they held before nor what comes after.
"""

import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np

from lamina import distribution, tree
from lamina._interrupts import Uninterrupted
from lamina.engines import engine
from lamina.variables import StateScope, Variable

from ._data import ArrayData
from ._flat import FlatState
from ._settings import Settings
from ._sharing import share_in_use
from ._windows import BATCHES, joined, windows

_MOST_TRACES = 8  # of a step that meets more variables each time


class Step:
    """One of a model's steps ("train", "test" or "predict"), compiled.

    Args:
        update: `update(batch, flat, count) -> logs` (or predictions), on tensors, with variables that read and write a scope;
            count is the number of samples that count, None for all.
        variables: everything it may read or change.
        flat: long buffers that replace some of the variables, or None.
        pads: whether `update` takes a count.
        progress: what the engine keeps of the programs (see `compile` of its contract).
        lock: held while a step runs, so that those of several threads follow each other.
        kind: "train", "test" or "predict".
        alike: variables (the optimizer's) that replicas of the model change alike, since they have the same gradients.
        joins: whether several batches may be predicted as one.
        settings: of the model; where they have changed, programs are traced again.
    """

    def __init__(
        self, update: Callable[..., Any], variables: list[Variable], flat: FlatState | None = None, pads: bool = False,
        progress: dict[str, int] | None = None, lock: Any = None, kind: str = "train", alike: list[Variable] | None = None,
        joins: bool = False, settings: Settings | None = None,
    ):  # fmt: skip
        self._progress = progress
        self._lock = lock or threading.RLock()
        self.update = update
        self.kind = kind
        self._alike = {id(v) for v in alike or ()}
        self._part: Any = None  # of a batch, that this process computes
        self.flat = flat
        self.pads = pads
        self._joins = joins
        self._settings = settings
        self.own = list(variables)  # and those met since
        self.later: Any = []  # the values, by path, of variables that tracing will meet, from a run that is gone on with
        self.share = share_in_use()  # how batches reach several devices, or None
        self.seconds = 0.0  # that a step took when last measured
        covered = flat.covered if flat else set()
        unique = {id(v): v for v in (*(flat.long_variables if flat else ()), *variables) if id(v) not in covered}
        self.variables = list(unique.values())
        self._form: Any = None
        self._lay_out(self.variables)
        self._compile()

    def _lay_out(self, variables: list[Variable]) -> None:
        for variable in variables if self.share is not None else ():
            variable.lay_out(distribution.current())

    def _compile(self) -> None:
        """Fresh programs; those of each form of batch are its own, as a step may look at what it is given."""
        self._programs: dict[Any, tuple[Any, Any]] = {}
        self._take_programs(self._form)

    def _take_programs(self, form: Any) -> None:
        if form not in self._programs:
            self._programs[form] = (
                engine.compile(self._step, donate=(0,), progress=self._progress),
                engine.compile(self._gathering_step, donate=(0,), resident=(1,), progress=self._progress),
            )
        self._on_batch, self._on_places = self._programs[form]
        self._form = form

    def _prepare(self, batch: Any, part: Any = None) -> None:
        self._part = part
        if self._settings is not None and self._settings.have_changed():
            self._compile()
        form = (_form_of(batch), part)
        if form != self._form:
            self._take_programs(form)

    def _step(self, state: list[Any], batch: Any, count: Any = None) -> Any:
        if self.share is None:
            return self._scoped_step(state, batch, count)
        with self.share.part(self._part):
            new, logs = self._scoped_step(state, batch, count)
            changed = [
                i
                for i, (v, old, value) in enumerate(zip(self.variables, state, new))
                if value is not old and not v.trainable and id(v) not in self._alike
            ]
            joined = self.share.joined([(self.variables[i], state[i], new[i]) for i in changed], self._part)
            for i, value in zip(changed, joined):
                new[i] = value
            return new, logs if self.kind == "predict" else self.share.logs(logs, self._part)

    def _scoped_step(self, state: list[Any], batch: Any, count: Any) -> Any:
        with StateScope(zip(self.variables, state)) as scope:
            if self.flat is not None:
                for variable, value in self.flat.parts(scope):
                    scope.set(variable, value)
            logs = self.update(batch, self.flat, count)
            new = [scope[v] for v in self.variables]
        # Where a batch changes the state, it matters how many there are.
        self._joins = self._joins and all(value is old for value, old in zip(new, state))
        self._require_complete(scope)
        return new, logs

    def _require_complete(self, scope: StateScope) -> None:
        """Raises _MoreState if the step read or wrote variables that are not part of its state."""
        known = {id(v) for v in self.variables} | (self.flat.covered if self.flat else set())
        touched = {**scope.missed, **{id(v): v for v, _ in scope.items()}}
        more = [v for key, v in touched.items() if key not in known]
        if more:
            raise _MoreState(more)

    def _complete(self, call: Callable[[], Any]) -> Any:
        """`call()`, again with more state if tracing it met variables that nobody had announced: those of optimizers
        and metrics that a custom step keeps in attributes, of layers that it builds, of the global random generator.

        Raises ValueError where each time there are new ones.
        """
        for _ in range(_MOST_TRACES):
            try:
                return call()
            except _MoreState as more:
                met = more.variables
                self._meet(met)
                self._compile()
        raise ValueError(
            f"A step makes new variables each time it runs, lately {', '.join(v.path for v in met[:3])}, which could not learn. "
            "Make layers and variables in __init__ or build, not in call or train_step."
        )

    def _meet(self, variables: list[Variable]) -> None:
        """Makes the variables part of the state."""
        self._lay_out(variables)
        self.variables += variables
        self.own += variables
        for variable in variables if self.later else ():
            place = next((i for i, (path, _) in enumerate(self.later) if path == variable.path), 0)
            variable.assign(self.later.pop(place)[1])

    def _gathering_step(self, state: list[Any], data: Any, row: Any) -> Any:
        places, count = row if isinstance(row, tuple) else (row, None)
        batch = tree.map_structure(lambda a: None if a is None else engine.nn.take_rows(a, places), data)
        if self.share is not None:
            batch = self.share.traced(batch)
        return self._step(state, batch, count)

    def _told(self) -> Any:
        return nullcontext() if self.share is None else self.share.told()

    def _state(self) -> list[Any]:
        return [v._value for v in self.variables]

    def _keep(self, state: list[Any]) -> None:
        for variable, value in zip(self.variables, state):
            if value is not variable._value:
                variable.take(value)

    def on_batch(self, batch: Any) -> Any:
        """One step on a batch of arrays; returns its logs."""
        batch, part = (batch, None) if self.share is None else self.share.batch(batch)
        with Uninterrupted(), self._lock, self._told():
            self._prepare(batch, part)
            state, logs = self._complete(lambda: self._on_batch(self._state(), batch))
            self._keep(state)
            return logs if self.share is None or self.kind != "predict" else self.share.whole(logs, part)

    def rows(self, data: ArrayData, order: np.ndarray) -> list[Any]:
        """The batches of data in memory as groups of rows for `on_places`: all in one group, except that a last batch of
        another size is a group of its own where it cannot be filled up."""
        size = data.batch_size
        rest = len(order) % size
        full = order[: len(order) - rest].reshape(-1, size)
        if not rest and not (self.pads and self.kind == "predict"):  # which has data of many lengths, and one program
            return [full]
        if not self.pads:
            return [full, order[None, len(order) - rest :]] if len(full) else [order[None]]
        batches = -(-len(order) // size)
        places = np.concatenate([order, np.repeat(order[-1:], batches * size - len(order))]).reshape(batches, size)
        counts = np.full(batches, size, np.int32)
        counts[-1] = rest or size
        return [(places, counts)]

    def prepare(self, data: ArrayData, places: np.ndarray) -> None:
        """Traces the program that runs on batches of data in memory like this one, where the engine does that ahead."""
        with Uninterrupted(), self._lock:
            self._prepare(data.data)
            self._complete(lambda: self._on_places.prepare(self._state(), data.resident(), row=places))

    def on_places(
        self, data: ArrayData, rows: Any, start: int = 0, stop: int | None = None, collect: bool = False
    ) -> Any:
        """A step on each of `rows[start:stop]` (see `rows`) of data in memory; returns the logs of the last, or with
        `collect` what all returned, stacked."""
        put = None if self.share is None else self.share.resident
        return self._loop(lambda: data.resident(put), data.data, rows, start, stop, collect)

    def together(self, data: ArrayData) -> int:
        """How many batches of data in memory `outputs` computes as one; 0 where they stay as they are, in windows. The same
        number for the same model and batch, as results may differ in the last bits by it."""
        if 2 * data.num_batches <= BATCHES or not self._joins or self.share is not None:
            return 0
        batch = next(joined(data.data, data.batch_size, 0, 1, 1))
        with Uninterrupted(), self._lock:
            self._prepare(batch)
            times = self._complete(lambda: self._on_batch.times(self._state(), batch))
        return min(BATCHES, times) if self._joins and times > 1 else 0

    def outputs(self, data: ArrayData, rows: Any, start: int, stop: int, together: int = 0) -> list[Any]:
        """What the samples of `rows[start:stop]` of data in its own order give, as parts to be joined."""
        # What fills up the last batch is cut off.
        left = min(stop * data.batch_size, data.size) - start * data.batch_size
        if together == 0:
            stacked = self._stacked(data, rows, start, stop)
            cut = left if self.pads or self.share is not None else None
            return [tree.map_structure(lambda x: engine.numpy(x).reshape(-1, *x.shape[2:])[:cut], stacked)]
        # What remains goes batch by batch unless it fills more than half.
        alone = min(stop, start + (stop - start + (together - 1) // 2) // together * together)
        found = []
        for begin, end, number in ((start, alone, together), (alone, stop, 1)):
            for batch in engine.prefetch(joined(data.data, data.batch_size, begin, end, number)):
                found.append(tree.map_structure(lambda x, n=left: engine.numpy(x)[:n], self.on_batch(batch)))
                left -= number * data.batch_size
        return found

    def _stacked(self, data: ArrayData, rows: Any, start: int, stop: int) -> Any:
        if self.share is not None or not engine.COSTLY_TRACES:
            return self.on_places(data, rows, start, stop, collect=True)
        shown = list(windows(data.data, rows, start, stop))
        arriving = engine.prefetch((arrays,) for arrays, _, _ in shown)  # one is computed while the next is brought
        found = [
            self._loop(lambda a=arrays: a, arrays, own, 0, count, collect=True)
            for (arrays,), (_, own, count) in zip(arriving, shown)
        ]
        return tree.map_structure(lambda *parts: np.concatenate([engine.numpy(part) for part in parts]), *found)

    def _loop(
        self, places: Callable[[], Any], data: Any, rows: Any, start: int, stop: int | None, collect: bool
    ) -> Any:
        with Uninterrupted(), self._lock:
            self._prepare(data)
            arrays = places()
            state, logs = self._complete(
                lambda: self._on_places.loop(self._state(), arrays, rows=rows, start=start, stop=stop, collect=collect)
            )
            self._keep(state)
            return logs


def _form_of(batch: Any) -> Any:
    """The structure of a batch, without its arrays."""
    if not tree.is_nested(batch):
        return None
    if isinstance(batch, dict):
        return (dict, *((k, _form_of(v)) for k, v in batch.items()))
    return (type(batch), *map(_form_of, batch))


class _MoreState(Exception):
    """Tracing met variables that are not part of the step's state."""

    def __init__(self, variables: list[Variable]):
        super().__init__(f"{len(variables)} variables more")
        self.variables = variables
