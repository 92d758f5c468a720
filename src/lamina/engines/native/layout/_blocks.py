"""Runs of elementwise calls on long arrays, done piece by piece, so that what they hand on stays in the cache."""

from collections.abc import Sequence

from .._graph import Graph, Node, Var
from ._places import CHUNK
from ._sharing import Sharing
from ._views import Views

Block = tuple[int, int]  # first and last call


def find_blocks(graph: Graph, views: Views) -> list[Block]:
    """Runs of calls that all work element by element on long arrays of one size; views may stand between."""
    blocks: list[Block] = []
    start, last, size = -1, -1, 0
    for n, node in enumerate(graph.nodes):
        if views.is_view(node):
            continue
        fits = _fits(node, views)
        if start >= 0 and not (fits and elements(node.outputs[0]) == size):
            blocks += [(start, last)] if last > start else []
            start = -1
        if fits and start < 0:
            start, size = n, elements(node.outputs[0])
        last = n
    return blocks + ([(start, last)] if 0 <= start < last else [])


def elements(var: Var) -> int:
    return var.nbytes // var.dtype.itemsize


def _fits(node: Node, views: Views) -> bool:
    primitive, out = node.primitive, node.outputs[0]
    if not primitive.elementwise or len(node.outputs) != 1:
        return False
    if primitive.bound is not None and primitive.source is None:
        return False
    if elements(out) < 4 * CHUNK or not views.is_straight(out):
        return False
    return all(v.shape == () or (v.shape == out.shape and views.is_straight(v)) for v in node.inputs)


def find_scratch(graph: Graph, blocks: Sequence[Block], views: Views, sharing: Sharing) -> set[Var]:
    """Values that live inside one block only and need no more than a piece."""
    users: dict[Var, list[Var]] = {}
    for v, home in sharing.homes.items():
        users.setdefault(home, []).append(v)
    scratch: set[Var] = set()
    for start, stop in blocks:
        inside = {v for n in graph.nodes[start : stop + 1] if not views.is_view(n) for v in n.outputs}
        for v in inside:
            if v in sharing.places or sharing.last_use.get(v, 0) > stop:
                continue
            # Nothing but values of this block may share the array: a view would show the whole.
            if all(w in inside for w in users.get(v, ())):
                scratch.add(v)
    return scratch
