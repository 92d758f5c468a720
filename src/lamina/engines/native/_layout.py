"""Where every value of a program lives, decided before anything runs."""

import bisect
from collections.abc import Sequence
from typing import Any

import numpy as np

from ._graph import Graph, Node, Var

ALIGN = 64
# Elements that a run of elementwise calls handles at a time: several such pieces fit into the L2 cache together.
CHUNK = 1 << 14


class Layout:
    """Decides where every value lives.

    `places`: Var -> byte offset in the arena, "view" (made by running the view primitive), or another Var whose array it
    shares. `copied_views`: view nodes that must copy after all (a reshape of what is not contiguous). `blocks`: runs of
    elementwise calls on long arrays, done piece by piece; `scratch`: values that live inside one block only and need no
    more than a piece. `joined`: inputs of concatenations that are computed right where they belong. `work`: what calls need on
    their way.
    """

    def __init__(self, graph: Graph, donated: dict[int, int], strides: Sequence[tuple[int, ...]] | None = None):
        self.graph = graph
        self.places: dict[Var, Any] = {}
        self.copied_views: set[Node] = set()
        self.root: dict[Var, Var] = {v: v for v in graph.inputs}
        given = strides if strides is not None else [contiguous_strides(v.shape, v.dtype) for v in graph.inputs]
        self._shapes: dict[Var, np.ndarray] = {v: _dummy(v.shape, v.dtype, s) for v, s in zip(graph.inputs, given)}
        self.work = {n: self._workspace(n) for n in graph.nodes if n.primitive.binder is not None}
        self._find_views()
        self._last_use = self._liveness()
        self.written_in_place: set[int] = self._give_donated(donated)
        self.joined: dict[Var, tuple[Var, int]] = {}
        self._join_parts()
        self._share_in_place()
        self.blocks = self._find_blocks()
        self.scratch = self._find_scratch()
        self.arena_bytes = self._pack()

    def _workspace(self, node: Node) -> list[Var]:
        specs = node.primitive.work_specs(node.inputs, node.params)
        return [Var(tuple(s.shape), np.dtype(s.dtype), node) for s in specs]

    def strides(self, var: Var) -> tuple[int, ...]:
        """Bytes from entry to entry along each axis of a value's array."""
        return (var.value if var.is_constant else self._shapes[var]).strides

    def _find_views(self) -> None:
        for node in self.graph.nodes:
            if node.primitive.is_view:
                out, x = node.outputs[0], node.inputs[0]
                source = self._shapes[x] if not x.is_constant else x.value
                view = _try_view(node, source)
                if view is not None:
                    self.places[out] = "view"
                    self.root[out] = self.root.get(x, x)
                    self._shapes[out] = view
                    continue
                self.copied_views.add(node)
            for out in node.outputs:
                self.root[out] = out
                self._shapes[out] = _dummy(out.shape, out.dtype)

    def _liveness(self) -> dict[Var, int]:
        last: dict[Var, int] = {}
        for n, node in enumerate(self.graph.nodes):
            for v in (*node.inputs, *node.outputs):
                last[self.root.get(v, v)] = n
        for v in self.graph.outputs:
            last[self.root.get(v, v)] = len(self.graph.nodes)
        return last

    def _give_donated(self, donated: dict[int, int]) -> set[int]:
        """New state written over the old by the call that computes it, where nobody needs the old afterwards."""
        index = {node: n for n, node in enumerate(self.graph.nodes)}
        uses: dict[Var, int] = {}
        for n, node in enumerate(self.graph.nodes):
            if node.primitive.is_view and node not in self.copied_views:
                continue
            for v in node.inputs:
                uses[self.root.get(v, v)] = n
        given = set()
        taken: set[Var] = set()
        kept = [v for i, v in enumerate(self.graph.outputs)]
        for i, o in donated.items():
            old, new = self.graph.inputs[i], self.graph.outputs[o]
            if new is old:
                given.add(i)
                continue
            maker = new.node
            if maker is None or self.root.get(new) is not new or new in taken or new.shape != old.shape:
                continue
            if not self._shapes[old].flags.c_contiguous:
                continue
            if new.dtype != old.dtype or maker not in index:
                continue
            if any(self.root.get(v) is old for k, v in enumerate(kept) if k != o):
                continue
            last = uses.get(old, -1)
            if last > index[maker] or (last == index[maker] and not self._may_overwrite(maker, old)):
                continue
            self.places[new] = old
            self._merge(new, old)
            taken.add(new)
            given.add(i)
        return given

    def _may_overwrite(self, node: Node, old: Var) -> bool:
        """Whether the call may write its output over `old`: every operand on that array is read element by element."""
        for k, v in enumerate(node.inputs):
            if self.root.get(v, v) is old and (v is not old or k not in node.primitive.inplace):
                return False
        return node not in self.copied_views

    def _merge(self, var: Var, into: Var) -> None:
        """`var` lives in the array of `into` from now on, and so do the views of `var`."""
        target = self.root[into]
        self._last_use[target] = max(self._last_use.get(target, -1), self._last_use.get(var, -1))
        for v, r in self.root.items():
            if r is var:
                self.root[v] = target

    def _share_in_place(self) -> None:
        inputs = set(self.graph.inputs)
        for n, node in enumerate(self.graph.nodes):
            if not node.primitive.inplace or len(node.outputs) != 1 or node in self.copied_views:
                continue
            out = node.outputs[0]
            if out in self.places:
                continue
            for k in node.primitive.inplace:
                if k >= len(node.inputs):
                    break
                v = node.inputs[k]
                if v.is_constant or v.shape != out.shape or v.dtype != out.dtype:
                    continue
                root = self.root[v]
                if root in inputs or self._last_use[root] != n or self.places.get(root) == "view":
                    continue
                if root.shape != v.shape and not (self._shapes[v].flags.c_contiguous and root.nbytes == v.nbytes):
                    continue
                layout = self._shapes[v].flags
                if self.places.get(v) == "view" and not (layout.c_contiguous and layout.writeable):
                    continue
                if any(
                    self.root.get(w, w) is root and (w is not v or j not in node.primitive.inplace)
                    for j, w in enumerate(node.inputs)
                ):
                    continue
                self.places[out] = v
                self._merge(out, v)
                break

    def _join_parts(self) -> None:
        """Lets the parts of a concatenation be computed in place, so that nothing is left to copy."""
        inputs = set(self.graph.inputs)
        for node in self.graph.nodes:
            if node.primitive.name != "concatenate" or node.outputs[0] in self.places:
                continue
            out, axis, offset = node.outputs[0], node.params["axis"], 0
            if any(n != 1 for n in out.shape[:axis]):
                continue
            for v in node.inputs:
                root = self.root.get(v, v)
                if (
                    not v.is_constant
                    and root is not out  # the same part again, where it has no bytes
                    and root not in inputs
                    and root not in self.places
                    and root not in self.joined
                    and root.nbytes == v.nbytes
                    and self._shapes[v].flags.c_contiguous
                ):
                    self.joined[root] = (out, offset)
                    self.places[root] = "joined"
                    self._merge(root, out)
                offset += v.nbytes

    def _whole_of(self, v: Var) -> tuple[Var, int]:
        """The value that has memory of its own and holds the joined `v`, and where in it: a part may be joined of parts."""
        whole, offset = self.joined[v]
        while whole in self.joined:
            whole, further = self.joined[whole]
            offset += further
        return whole, offset

    def _find_blocks(self) -> list[tuple[int, int]]:
        """Runs of calls, first and last node, that all work element by element on long arrays of one size."""
        blocks, start, last, size = [], None, 0, 0
        for n, node in enumerate(self.graph.nodes):
            if node.primitive.is_view and node not in self.copied_views:
                continue
            fits = self._in_block(node)
            if start is not None and (not fits or node.outputs[0].nbytes // node.outputs[0].dtype.itemsize != size):
                if last > start:
                    blocks.append((start, last))
                start = None
            if fits and start is None:
                start, size = n, node.outputs[0].nbytes // node.outputs[0].dtype.itemsize
            last = n
        if start is not None and last > start:
            blocks.append((start, last))
        return blocks

    def _in_block(self, node: Node) -> bool:
        if not node.primitive.elementwise or len(node.outputs) != 1:
            return False
        if node.primitive.binder is not None and node.primitive.emit is None:
            return False
        out = node.outputs[0]
        if out.nbytes < 4 * CHUNK * out.dtype.itemsize or not self._shapes[out].flags.c_contiguous:
            return False
        return all(
            v.shape == () or (v.shape == out.shape and (v.is_constant or self._shapes[v].flags.c_contiguous))
            for v in node.inputs
        ) and all(not v.is_constant or v.shape == () or v.value.flags.c_contiguous for v in node.inputs)

    def _find_scratch(self) -> set[Var]:
        scratch: set[Var] = set()
        for start, stop in self.blocks:
            nodes = [
                n
                for n in self.graph.nodes[start : stop + 1]
                if not (n.primitive.is_view and n not in self.copied_views)
            ]
            inside = {v for n in nodes for v in n.outputs}
            for v in inside:
                if v not in self.places and self._last_use.get(v, 0) <= stop:
                    # Nothing but values of this block may share the array: a view would show the whole.
                    if all(w in inside and self.places.get(w) != "view" for w, r in self.root.items() if r is v):
                        scratch.add(v)
        return scratch

    def _pack(self) -> int:
        """Offsets for everything that needs memory of its own: largest first, at the lowest place that is free."""
        first: dict[Var, int] = {}
        sizes: dict[Var, int] = {}
        for n, node in enumerate(self.graph.nodes):
            for v in node.outputs:
                if v in self.joined:
                    first.setdefault(self._whole_of(v)[0], n)
                elif v not in self.places:
                    first.setdefault(v, n)
                    sizes[v] = CHUNK * v.dtype.itemsize if v in self.scratch else v.nbytes
            for v in self.work.get(node, ()):
                first[v], sizes[v] = n, v.nbytes
        placed: list[tuple[int, int, int, int]] = []  # offset, end, first, last
        total = 0
        starts = {n: b for b in self.blocks for n in range(b[0], b[1] + 1)}
        for v in sorted(first, key=lambda v: -sizes[v]):
            size = -(-max(sizes[v], 1) // ALIGN) * ALIGN
            start, stop = first[v], max(self._last_use.get(v, first[v]), first[v])
            # A block runs its calls again for every piece: what it touches is alive all through it.
            start, stop = starts.get(start, (start, 0))[0], starts.get(stop, (0, stop))[1]
            offset = 0
            for o, end, a, b in placed:
                if a <= stop and start <= b and offset < end and o < offset + size:
                    offset = end
            bisect.insort(placed, (offset, offset + size, start, stop))
            self.places[v] = offset
            total = max(total, offset + size)
        for v in self.joined:
            whole, offset = self._whole_of(v)
            self.places[v] = self.places[whole] + offset
        return total


def contiguous_strides(shape: tuple[int, ...], dtype: np.dtype) -> tuple[int, ...]:
    """Bytes from entry to entry along each axis of a C-contiguous array."""
    strides, step = [], dtype.itemsize
    for n in reversed(shape):
        strides.append(step)
        step *= max(n, 1)
    return tuple(reversed(strides))


def _dummy(shape: tuple[int, ...], dtype: np.dtype, strides: tuple[int, ...] | None = None) -> np.ndarray:
    """An array of that layout over no memory, for asking what a view would look like."""
    base = np.zeros(1, dtype)
    return np.lib.stride_tricks.as_strided(base, shape, strides or contiguous_strides(shape, dtype))


def _try_view(node: Node, source: np.ndarray) -> np.ndarray | None:
    if node.primitive.name == "reshape":
        try:
            return np.reshape(source, node.params["shape"], copy=False)
        except ValueError:
            return None
    return node.primitive.run(source, **node.params)
