"""From a program to a list of NumPy calls on buffers that are laid out once.

Every value gets a place before anything runs: an input's own array, a constant, a view, or a range of one arena, shared
by values that are never alive together; an elementwise call writes over an operand that is not needed any more; a donated
input (a weight) receives its new value in place. The calls become the source of one Python function without arguments,
which `print(plan.source)` shows. Binding the plan to arrays makes the views and compiles that source.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ._graph import Graph, Node, Spec, Var, type_name

ALIGN = 64
# Elements that a run of elementwise calls handles at a time: several such pieces fit into the L2 cache together.
CHUNK = 1 << 14


class Plan:
    """The layout and the source of a program.

    Args:
        graph: the program, simplified.
        donated: input index -> output index: the output is written into the input's array.
        owned: inputs that are copied into a buffer of the plan at each call; the others are bound to arrays.
    """

    def __init__(self, graph: Graph, donated: dict[int, int], owned: Sequence[int]):
        self.graph = graph
        self.donated = donated
        self.owned = list(owned)
        self._layout = _Layout(graph, donated)
        self.arena_bytes = self._layout.arena_bytes
        self.source, self._names = _write_source(graph, self._layout, donated)

    def bind(self, arrays: Sequence[np.ndarray | None]) -> "BoundPlan":
        """The plan on arrays: one for each input (C-contiguous, right shape and dtype), None for owned inputs."""
        return BoundPlan(self, arrays)


class BoundPlan:
    """A plan whose every value has its array. `run()` executes it once."""

    def __init__(self, plan: Plan, arrays: Sequence[np.ndarray | None]):
        graph, layout = plan.graph, plan._layout
        raw = np.empty(layout.arena_bytes + ALIGN, np.uint8)
        start = -raw.ctypes.data % ALIGN
        arena = raw[start : start + layout.arena_bytes]
        values: dict[Var, np.ndarray] = {}
        self.inputs: list[np.ndarray] = []
        for var, array in zip(graph.inputs, arrays, strict=True):
            array = np.empty(var.shape, var.dtype) if array is None else array.view(np.ndarray)
            self.inputs.append(array)
            values[var] = array

        def read(var: Var) -> np.ndarray:
            return var.value if var.is_constant else values[var]

        for node in graph.nodes:
            for var in node.outputs:
                place = layout.places[var]
                if isinstance(place, Var):  # shares the array of another value
                    values[var] = read(place)
                elif place == "view":
                    values[var] = node.primitive.run(*(read(v) for v in node.inputs), **node.params)
                elif var in layout.scratch:
                    values[var] = arena[place : place + CHUNK * var.dtype.itemsize].view(var.dtype)
                else:
                    part = arena[place : place + var.nbytes]
                    values[var] = part.view(var.dtype).reshape(var.shape)
        scope: dict[str, Any] = {"np": np, "store": _store, "store_all": _store_all}
        for var, name in plan._names.values.items():
            scope[name] = read(var)
        scope.update(plan._names.functions)
        for name, (var, shape) in plan._names.reshaped.items():
            scope[name] = values[var].reshape(shape)
        for name, (var, start, stop) in plan._names.parts.items():
            scope[name] = values[var].reshape(-1)[start:stop]
        pieces: dict[int, list[np.ndarray]] = {}  # by array, so that values sharing one share its pieces
        for name, (var, size) in plan._names.pieces.items():
            array = read(var)
            if id(array) not in pieces:
                pieces[id(array)] = _cut(array, size, var in layout.scratch or array.size < size)
            scope[name] = pieces[id(array)]
        exec(compile(plan.source, "<lamina plan>", "exec"), scope)
        self.run: Callable[[], None] = scope["run"]
        self.outputs = [read(v) for v in graph.outputs]


def _cut(array: np.ndarray, size: int, is_scratch: bool) -> list[np.ndarray]:
    """Pieces of CHUNK elements that cover `size`; those of a scratch buffer are the same one every time."""
    flat = array.reshape(-1)
    full, rest = divmod(size, CHUNK)
    if is_scratch:
        return [flat[:CHUNK]] * full + ([flat[:rest]] if rest else [])
    return [flat[i : min(i + CHUNK, size)] for i in range(0, size, CHUNK)]


def _store(out: np.ndarray, value: Any) -> None:
    if value is not out:
        np.copyto(out, value)


def _store_all(outs: tuple[np.ndarray, ...], values: tuple) -> None:
    for out, value in zip(outs, values):
        np.copyto(out, value)


class _Layout:
    """Decides where every value lives.

    `places`: Var -> byte offset in the arena, "view" (made by running the view primitive), or another Var whose array it
    shares. `copied_views`: view nodes that must copy after all (a reshape of what is not contiguous). `blocks`: runs of
    elementwise calls on long arrays, done piece by piece; `scratch`: values that live inside one block only and need no
    more than a piece. `joined`: inputs of concatenations that are computed right where they belong.
    """

    def __init__(self, graph: Graph, donated: dict[int, int]):
        self.graph = graph
        self.places: dict[Var, Any] = {}
        self.copied_views: set[Node] = set()
        self.root: dict[Var, Var] = {v: v for v in graph.inputs}
        self._shapes: dict[Var, np.ndarray] = {v: _dummy(v.shape, v.dtype) for v in graph.inputs}
        self._find_views()
        self._last_use = self._liveness()
        self.written_in_place: set[int] = self._give_donated(donated)
        self.joined: dict[Var, tuple[Var, int]] = {}
        self._join_parts()
        self._share_in_place()
        self.blocks = self._find_blocks()
        self.scratch = self._find_scratch()
        self.arena_bytes = self._pack()

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
        if node.primitive.batch != "elementwise" or len(node.outputs) != 1:
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
                    first.setdefault(self.joined[v][0], n)
                elif v not in self.places:
                    first.setdefault(v, n)
                    sizes[v] = CHUNK * v.dtype.itemsize if v in self.scratch else v.nbytes
        placed: list[tuple[int, int, int, int]] = []  # offset, end, first, last
        total = 0
        starts = {n: b for b in self.blocks for n in range(b[0], b[1] + 1)}
        for v in sorted(first, key=lambda v: -sizes[v]):
            size = -(-max(sizes[v], 1) // ALIGN) * ALIGN
            start, stop = first[v], max(self._last_use.get(v, first[v]), first[v])
            # A block runs its calls again for every piece: what it touches is alive all through it.
            start, stop = starts.get(start, (start, 0))[0], starts.get(stop, (0, stop))[1]
            offset = 0
            for o, end, a, b in sorted(placed):
                if a <= stop and start <= b and offset < end and o < offset + size:
                    offset = end
            placed.append((offset, offset + size, start, stop))
            self.places[v] = offset
            total = max(total, offset + size)
        for v, (out, offset) in self.joined.items():
            self.places[v] = self.places[out] + offset
        return total


_NOTHING = np.zeros(1, np.uint8)


def _dummy(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """An array of that layout over no memory, for asking what a view would look like."""
    strides, step = [], dtype.itemsize
    for n in reversed(shape):
        strides.append(step)
        step *= max(n, 1)
    base = np.zeros(1, dtype)
    return np.lib.stride_tricks.as_strided(base, shape, tuple(reversed(strides)))


def _try_view(node: Node, source: np.ndarray) -> np.ndarray | None:
    if node.primitive.name == "reshape":
        try:
            return np.reshape(source, node.params["shape"], copy=False)
        except ValueError:
            return None
    return node.primitive.run(source, **node.params)


class _Names:
    def __init__(self) -> None:
        self.values: dict[Var, str] = {}
        self.functions: dict[str, Any] = {}
        self.reshaped: dict[str, tuple[Var, tuple[int, ...]]] = {}
        self.parts: dict[str, tuple[Var, int, int]] = {}
        self.pieces: dict[str, tuple[Var, int]] = {}
        self.in_loop: dict[Var, str] = {}

    def of(self, var: Var) -> str:
        if var in self.in_loop:
            return self.in_loop[var]
        if var not in self.values:
            self.values[var] = f"{'c' if var.is_constant else 'v'}{len(self.values)}"
        return self.values[var]

    def function(self, node: Node) -> str:
        name = f"{node.primitive.name}_{len(self.functions)}"
        run, params = node.primitive.run, node.params
        self.functions[name] = (lambda *a, **k: run(*a, **params, **k)) if params else run
        return name

    def reshape(self, var: Var, shape: tuple[int, ...]) -> str:
        name = f"r{len(self.reshaped)}"
        self.reshaped[name] = (var, shape)
        return name


def _write_source(graph: Graph, layout: _Layout, donated: dict[int, int]) -> tuple[str, _Names]:
    names = _Names()
    lines = []
    blocks = dict(layout.blocks)
    n = 0
    while n < len(graph.nodes):
        if n in blocks:
            lines += _write_block(graph.nodes[n : blocks[n] + 1], names, layout)
            n = blocks[n] + 1
            continue
        lines += _write_node(graph.nodes[n], names, layout, "    ")
        n += 1
    pending = [(graph.inputs[i], graph.outputs[o]) for i, o in donated.items() if i not in layout.written_in_place]
    states = {graph.inputs[i] for i in donated}
    for k, (_, new) in enumerate(pending):
        if layout.root.get(new, new) in states:  # another state's storage, which an earlier copy may overwrite
            names.functions[f"t{k}"] = np.empty(new.shape, new.dtype)
            lines.append(f"    np.copyto(t{k}, {names.of(new)})")
    for k, (old, new) in enumerate(pending):
        source = f"t{k}" if f"t{k}" in names.functions else names.of(new)
        lines.append(f"    np.copyto({names.of(old)}, {source})")
    bound = [
        *names.values.values(),
        *names.functions,
        *names.reshaped,
        *names.parts,
        *names.pieces,
        "np",
        "store",
        "store_all",
    ]
    # Default arguments make every name a local of the function: the fastest look-up Python has.
    head = f"def run({', '.join(f'{n}={n}' for n in bound)}):"
    return "\n".join([head, *(lines or ["    pass"])]) + "\n", names


def _write_node(node: Node, names: _Names, layout: _Layout, indent: str) -> list[str]:
    if node.primitive.is_view and node not in layout.copied_views:
        return []
    if node.primitive.name == "concatenate" and any(o is node.outputs[0] for o, _ in layout.joined.values()):
        return _write_rest_of_concatenation(node, names, layout)
    comment = ", ".join(type_name(v) for v in node.outputs)
    return [f"{indent}{_call(node, names, layout)}  # {comment}"]


def _write_rest_of_concatenation(node: Node, names: _Names, layout: _Layout) -> list[str]:
    """Copies the parts that could not be computed in place."""
    out, lines, start = node.outputs[0], [], 0
    for v in node.inputs:
        size = v.nbytes // v.dtype.itemsize
        if not _is_joined(v, out, start * v.dtype.itemsize, layout):
            name = f"p{len(names.parts)}"
            names.parts[name] = (out, start, start + size)
            lines.append(f"    np.copyto({name}.reshape({v.shape}), {names.of(v)})  # a part of {type_name(out)}")
        start += size
    return lines


def _is_joined(v: Var, out: Var, offset: int, layout: _Layout) -> bool:
    """Whether `v` was computed at that place of the concatenation."""
    while v.node is not None and layout.places.get(v) == "view":
        v = v.node.inputs[0]
    return layout.joined.get(v) == (out, offset)


def _write_block(nodes: list[Node], names: _Names, layout: _Layout) -> list[str]:
    """A loop over pieces of the arrays that the nodes work on."""
    nodes = [n for n in nodes if not n.primitive.is_view or n in layout.copied_views]
    shape = nodes[0].outputs[0].shape
    size = nodes[0].outputs[0].nbytes // nodes[0].outputs[0].dtype.itemsize
    arrays = dict.fromkeys(v for n in nodes for v in (*n.inputs, *n.outputs) if v.shape == shape)
    lists: list[str] = []
    for v in arrays:
        name = f"k{len(names.pieces)}"
        names.pieces[name] = (v, size)
        names.in_loop[v] = f"x{len(lists)}"
        lists.append(name)
    body = [line for n in nodes for line in _write_node(n, names, layout, "        ")]
    head = f"    for {', '.join(names.in_loop.values())}, in zip({', '.join(lists)}):  # {size} in pieces of {CHUNK}"
    names.in_loop.clear()
    return [head, *body]


def _call(node: Node, names: _Names, layout: _Layout) -> str:
    primitive = node.primitive
    ins = [names.of(v) for v in node.inputs]
    outs = [names.of(v) for v in node.outputs]
    if node in layout.copied_views:
        shaped = names.reshape(node.outputs[0], node.inputs[0].shape)
        return f"np.copyto({shaped}, {ins[0]})"
    if primitive.emit is not None:
        return primitive.emit(node, ins, outs)
    if isinstance(primitive.run, np.ufunc):
        return f"np.{primitive.run.__name__}({', '.join(ins)}, out={outs[0]})"
    function = names.function(node)
    if not isinstance(primitive._shape(*node.inputs, **node.params), Spec):
        return f"store_all(({', '.join(outs)},), {function}({', '.join(ins)}))"
    return f"store({outs[0]}, {function}({', '.join((*ins, f'out={outs[0]}'))}))"
