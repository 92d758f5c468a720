"""When a program goes over from NumPy's calls to machine code: between two steps that the program alone decides on.

NumPy's calls run at once. When it is sure that enough steps come, and else after a third of the way, machine code is written and
compiled by a thread of its own, and it takes over after as many steps as compiling is estimated to last. Neither the clock nor
the cache has a say in it: where the compiler is late, the step waits. So a seed gives the same bits each time, and a short
training never waits for a compiler.

The code of a light program LLVM only translates, as it stands. That takes a tenth of the time, so it is done on the spot, and
what improving it would gain is nothing beside what NumPy's calls cost.
"""

import math
import threading
import warnings
from collections.abc import Callable, Sequence

from ._graph import Graph, Node
from ._plan import Plan
from .machine._switch import Machine, machine_code
from .passes._estimates import calls, seconds

COMPILING_S, COMPILING_A_CALL_S = 0.03, 0.002
TRANSLATING_S, TRANSLATING_A_CALL_S = 0.008, 0.0003
LIGHT = 0.01  # arithmetic beside what the calls take, at which it does not count
CALLS_IN_A_LOOP = 40  # as much to compile as what becomes of a long sequence
CALLS_WITH_WORK = 12  # and more for what needs room of its own: windows, steps one after the other
CALLS_OF_ELEMENTS = 0.5  # of one a call, which joins the loop of others
CALL_S = 1.5e-6  # of NumPy
SHARE = 3  # of the way to the hand-over, one part runs before the compiler begins


class Succession:
    """The plans of one program in turn.

    Args:
        cut: the program in stages, as it is best in NumPy's calls (False) and in machine code (True).
        donated, owned: as of `Plan`.
        after: how many steps NumPy's calls run (see `hand_over`), where machine code is not asked for at once.
        quick: whether LLVM only translates what comes later (see `is_light`).
        steps: how many steps of it have been run already, in a run that is gone on with.
    """

    def __init__(
        self, cut: Callable[[bool], Graph], donated: dict[int, int], owned: Sequence[int], after: int, quick: bool,
        steps: int = 0,
    ):  # fmt: skip
        self.steps = steps
        self._cut, self._arrays = cut, (donated, owned)
        kind = machine_code()
        self._quick = quick and kind is Machine.LATER
        self._at = {Machine.NEVER: math.inf, Machine.LATER: after, Machine.AT_ONCE: 0}[kind]
        self._begins = math.inf if self._quick or self._at in (0, math.inf) else max(1, self._at // SHARE)
        self._made: Plan | None = None
        self._failed = False
        self._thread: threading.Thread | None = None
        self.plan = self._make(steps >= self._at)
        if steps >= self._at:
            self._at = self._begins = math.inf

    def _make(self, machine: bool) -> Plan:
        return Plan(self._cut(machine), *self._arrays, machine=machine, quick=self._quick)

    def room(self) -> float:
        """How many steps may be run before `turn` must be called again."""
        return min((n - self.steps for n in (self._begins, self._at) if n > self.steps), default=math.inf)

    def turn(self, ahead: int = 1) -> bool:
        """Called before steps are run: does what is due; True if another plan runs from now on.

        ahead: how many steps are sure to come; where these are enough, the compiler begins at once.
        """
        if self.steps >= self._begins or self._begins < self._at <= self.steps + ahead:
            self._begins = math.inf
            self._thread = threading.Thread(target=self._compile, name="lamina-compiler")
            self._thread.start()
        if self.steps < self._at:
            return False
        self._at = math.inf
        if self._thread is not None:
            self._thread.join()
        if self._made is None and not self._failed:  # nor has a forked process the thread of its parent
            self._compile()
        if self._made is None:
            return False
        self.plan, self._made = self._made, None
        return True

    def _compile(self) -> None:
        try:
            plan = self._make(True)
            plan.compile()
            self._made = plan
        except Exception as error:
            self._failed = True
            warnings.warn(f"No machine code could be made, NumPy's calls go on: {error}", UserWarning, stacklevel=2)


def hand_over(graph: Graph) -> int:
    """After how many steps the program, not cut yet, goes over."""
    written = sum(map(_written, graph.nodes))
    step = CALL_S * (calls(graph.nodes) + 1) + seconds(graph.nodes)
    start, a_call = (TRANSLATING_S, TRANSLATING_A_CALL_S) if is_light(graph) else (COMPILING_S, COMPILING_A_CALL_S)
    return math.ceil((start + a_call * written) / step)


def is_light(graph: Graph) -> bool:
    """Whether the arithmetic of the program is nothing beside its calls: a handful of units, a few samples."""
    return seconds(graph.nodes) < LIGHT * CALL_S * calls(graph.nodes)


def _written(node: Node) -> float:
    """How much there is to compile: in simple calls. A sequence of many calls is written once, as a loop."""
    if node.primitive.repeats:
        return sum(map(_written, node.params["body"].nodes))
    emit = node.primitive.emit
    if node.primitive.elementwise:
        return CALLS_OF_ELEMENTS * calls([node])
    return min(calls([node]), CALLS_IN_A_LOOP) + (CALLS_WITH_WORK if emit is not None and emit.takes_work else 0)
