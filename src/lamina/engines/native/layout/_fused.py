"""Runs of elementwise calls that become one loop in machine code, and what they keep in registers."""

from collections.abc import Collection, Sequence

from .._emit import is_scalar
from .._graph import Graph, Node, Var
from ._blocks import Block
from ._sharing import Sharing
from ._views import Views


def find_fused(graph: Graph, views: Views, sharing: Sharing) -> list[Block]:
    """Runs, of one call at least, of elementwise calls with results of one shape; views may stand between.

    Within a run every element is finished before the next is begun. So what a call reads at other places than its own must
    not be written in the run.
    """
    runs: list[Block] = []
    run: _Run | None = None
    for n, node in enumerate(graph.nodes):
        if views.is_view(node):
            continue
        if not is_scalar(node):
            run = None
            continue
        if run is None or not run.takes(node):
            run = _Run(node.outputs[0].shape, views, sharing)
            runs.append((n, n))
        run.add(node)
        runs[-1] = (runs[-1][0], n)
    return runs


class _Run:
    def __init__(self, shape: tuple[int, ...], views: Views, sharing: Sharing):
        self.shape, self.views, self.sharing = shape, views, sharing
        self.made: set[Var] = set()
        self.written: set[Var] = set()  # homes
        self.read_elsewhere: set[Var] = set()  # homes of what is read at other places than an element's own

    def takes(self, node: Node) -> bool:
        out = node.outputs[0]
        if out.shape != self.shape:
            return False
        read = {self.sharing.home(v) for v in node.inputs if v not in self.made}
        return not read & self.written and self.sharing.home(out) not in self.read_elsewhere

    def add(self, node: Node) -> None:
        self.made.add(node.outputs[0])
        self.written.add(self.sharing.home(node.outputs[0]))
        for v in node.inputs:
            home = self.sharing.home(v)
            whole = v.shape == self.shape and v.nbytes == home.nbytes and self.views.is_straight(v)
            if v not in self.made and not whole:
                self.read_elsewhere.add(home)


def find_registers(graph: Graph, runs: Sequence[Block], views: Views) -> set[Var]:
    """Results that nobody outside their run reads: no memory ever holds them."""
    run_of = {node: k for k, (a, b) in enumerate(runs) for node in graph.nodes[a : b + 1] if not views.is_view(node)}
    inside = {v: k for node, k in run_of.items() for v in node.outputs}
    for v in graph.outputs:
        inside.pop(v, None)
    for node in graph.nodes:
        for v in node.inputs:
            if v in inside and run_of.get(node) != inside[v]:
                del inside[v]
    return set(inside)


def without_memory(registers: Collection[Var], sharing: Sharing) -> set[Var]:
    """The results for which there need be no memory: all that would lie there are kept in registers."""
    needed = {home for v, home in sharing.homes.items() if v not in registers}
    return {v for v in registers if sharing.home(v) not in needed}
