"""Which values are written into the memory of others: new state over the old, parts of a concatenation into the whole,
results over operands that nobody needs any more."""

from collections.abc import Mapping
from dataclasses import dataclass

from .._graph import Graph, Node, Var
from ._places import Joined, Shares
from ._views import Views


@dataclass(frozen=True)
class Sharing:
    """The memory that values have in common.

    places: those that are written into another's memory.
    homes: for each value the one that has the memory it lies in.
    last_use: for each home the last call that touches anything in it; the outputs of the program are used after the last.
    written: the donated inputs that receive their new value where it is computed.
    """

    places: Mapping[Var, Shares | Joined]
    homes: Mapping[Var, Var]
    last_use: Mapping[Var, int]
    written: frozenset[int]

    def home(self, var: Var) -> Var:
        return self.homes.get(var, var)


def share(graph: Graph, views: Views, donated: Mapping[int, int]) -> Sharing:
    """Lets values share memory. `donated`: input -> the output that replaces it."""
    memory = _Memory(graph, views)
    written = _write_over_state(memory, donated)
    _join_parts(memory)
    _work_in_place(memory)
    return Sharing(memory.places, memory.homes, memory.last_use, frozenset(written))


class _Memory:
    """Homes while they are merged."""

    def __init__(self, graph: Graph, views: Views):
        self.graph, self.views = graph, views
        self.inputs = set(graph.inputs)
        self.places: dict[Var, Shares | Joined] = {}
        self.homes: dict[Var, Var] = {v: v for v in graph.inputs}
        for node in graph.nodes:
            for v in node.outputs:
                self.homes[v] = self.home(views.of[v]) if v in views.of else v
        self.members: dict[Var, list[Var]] = {}
        for v, home in self.homes.items():
            self.members.setdefault(home, []).append(v)
        find = self.homes.get
        self.last_use: dict[Var, int] = {}
        for n, node in enumerate(graph.nodes):
            for v in (*node.inputs, *node.outputs):
                self.last_use[find(v, v)] = n
        for v in graph.outputs:
            self.last_use[find(v, v)] = len(graph.nodes)

    def home(self, var: Var) -> Var:
        return self.homes.get(var, var)

    def is_placed(self, var: Var) -> bool:
        return var in self.places or var in self.views.of

    def put(self, var: Var, place: Shares | Joined) -> None:
        """`var` lives there from now on, and so do its views."""
        home = self.home(place.var if isinstance(place, Shares) else place.into)
        self.places[var] = place
        self.last_use[home] = max(self.last_use.get(home, -1), self.last_use.get(var, -1))
        moved = self.members.pop(var, [])
        self.members.setdefault(home, []).extend(moved)
        self.homes.update(dict.fromkeys(moved, home))


# --- new state over the old -------------------------------------------------------------------------------------------


def _write_over_state(memory: _Memory, donated: Mapping[int, int]) -> set[int]:
    """New state written over the old by the call that computes it, where nobody needs the old afterwards."""
    graph, views = memory.graph, memory.views
    index = {node: n for n, node in enumerate(graph.nodes)}
    uses = {memory.home(v): n for n, node in enumerate(graph.nodes) if not views.is_view(node) for v in node.inputs}
    written: set[int] = set()
    taken: set[Var] = set()
    for i, o in donated.items():
        old, new = graph.inputs[i], graph.outputs[o]
        if new is old:
            written.add(i)
            continue
        if new.node not in index or memory.home(new) is not new or new in taken:
            continue
        if new.shape != old.shape or new.dtype != old.dtype or not views.is_straight(old):
            continue
        if any(memory.home(v) is old for k, v in enumerate(graph.outputs) if k != o):
            continue
        made, last = index[new.node], uses.get(old, -1)
        if last > made or (last == made and not _may_overwrite(memory, new.node, old)):
            continue
        memory.put(new, Shares(old))
        taken.add(new)
        written.add(i)
    return written


def _may_overwrite(memory: _Memory, node: Node, old: Var) -> bool:
    """Whether the call may write its output over `old`: every operand on that array is read element by element."""
    if node.primitive.view is not None:
        return False  # a copy in another order
    return all(v is old and k in node.primitive.inplace for k, v in enumerate(node.inputs) if memory.home(v) is old)


# --- parts of a concatenation -----------------------------------------------------------------------------------------


def _join_parts(memory: _Memory) -> None:
    """Lets the parts of a concatenation be computed in place, so that nothing is left to copy."""
    for node in memory.graph.nodes:
        starts = node.primitive.joins(node) if node.primitive.joins is not None else None
        if starts is None or memory.is_placed(node.outputs[0]):
            continue
        for v, start in zip(node.inputs, starts):
            if _can_join(memory, v, node.outputs[0]):
                memory.put(memory.home(v), Joined(node.outputs[0], start))


def _can_join(memory: _Memory, v: Var, whole: Var) -> bool:
    part = memory.home(v)
    return (
        not part.is_constant
        and part is not whole  # the same part again, where it has no bytes
        and part not in memory.inputs
        and not memory.is_placed(part)
        and part.nbytes == v.nbytes
        and memory.views.is_straight(v)
    )


# --- results over operands --------------------------------------------------------------------------------------------


def _work_in_place(memory: _Memory) -> None:
    for n, node in enumerate(memory.graph.nodes):
        if len(node.outputs) != 1 or node.primitive.view is not None or memory.is_placed(node.outputs[0]):
            continue
        out = node.outputs[0]
        for k in node.primitive.inplace:
            if k < len(node.inputs) and _can_take_over(memory, n, node, node.inputs[k]):
                memory.put(out, Shares(node.inputs[k]))
                break


def _can_take_over(memory: _Memory, n: int, node: Node, v: Var) -> bool:
    out, home, views = node.outputs[0], memory.home(v), memory.views
    if home.is_constant or v.shape != out.shape or v.dtype != out.dtype:
        return False
    if home in memory.inputs or memory.last_use[home] != n:
        return False
    if home.shape != v.shape and not (views.is_straight(v) and home.nbytes == v.nbytes):
        return False
    if v in views.of and not (views.is_straight(v) and views.array(v).flags.writeable):
        return False
    # No other operand may look at that memory in another way.
    return all(w is v and j in node.primitive.inplace for j, w in enumerate(node.inputs) if memory.home(w) is home)
