"""Removes what a program does not need: constants folded, equal calls merged, trivial algebra, dead code.

Each rule is a named function from a node (its inputs already rewritten) to the variable that replaces its output, or
None. They run in one sweep from the inputs to the outputs.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._graph import Graph, Node, Var
from ..primitives import _elementwise, _shape

FOLD_LIMIT = 1 << 16  # bytes; a larger constant is cheaper to compute than to keep


def simplify(graph: Graph) -> Graph:
    """The same program with less work, outputs equal to the last bit."""
    replaced: dict[Var, Var] = {}
    seen: dict[Any, Node] = {}
    nodes: list[Node] = []
    rewriter = _Rewriter(nodes, seen)
    for node in graph.nodes:
        inputs = [replaced.get(v, v) for v in node.inputs]
        new = Node(node.primitive, inputs, node.params)
        new.place = rewriter.place = node.place  # what a rule makes belongs where the node does that it rewrites
        new.outputs = node.outputs
        result = next((r for rule in RULES if (r := rule(new, rewriter)) is not None), None)
        if result is not None:
            replaced[node.outputs[0]] = result
            continue
        same = seen.get(key := _key(new))
        if same is not None:
            replaced.update(zip(node.outputs, same.outputs))
            continue
        fresh = _with_new_outputs(new)
        replaced.update(zip(node.outputs, fresh.outputs))
        seen[key] = fresh
        nodes.append(fresh)
    outputs = [replaced.get(v, v) for v in graph.outputs]
    return Graph(graph.inputs, _live(nodes, outputs), outputs)


class _Rewriter:
    """Lets a rule add nodes before the one it rewrites, merged with equal ones."""

    def __init__(self, nodes: list[Node], seen: dict[Any, Node]):
        self.nodes = nodes
        self.seen = seen
        self.place: tuple[str, str] = ("", "forward")

    def emit(self, primitive: Any, inputs: list[Var], **params: Any) -> Var:
        node = Node(primitive, inputs, params)
        node.place = self.place
        key = _key(node)
        if key not in self.seen:
            specs = primitive.output_specs(inputs, params)
            node.outputs = [Var(tuple(s.shape), np.dtype(s.dtype), node) for s in specs]
            folded = fold_constants(node, self)
            if folded is not None:
                return folded
            self.seen[key] = node
            self.nodes.append(node)
        return self.seen[key].outputs[0]


def _with_new_outputs(node: Node) -> Node:
    node.outputs = [Var(v.shape, v.dtype, node) for v in node.outputs]
    return node


def _key(node: Node) -> Any:
    inputs = tuple((v.dtype, v.value.tobytes()) if v.is_constant and v.shape == () else id(v) for v in node.inputs)
    params = tuple((k, v if _hashable(v) else id(v)) for k, v in sorted(node.params.items()))
    return node.primitive.name, inputs, repr(params)


def _hashable(value: Any) -> bool:
    return isinstance(value, (int, float, str, tuple, bool, type(None), np.dtype))


def _live(nodes: list[Node], outputs: list[Var]) -> list[Node]:
    needed, kept = set(outputs), []
    for node in reversed(nodes):
        if any(v in needed for v in node.outputs):
            kept.append(node)
            needed.update(node.inputs)
    kept.reverse()
    return kept


# --- rules ------------------------------------------------------------------------------------------------------------


def fold_constants(node: Node, rewriter: _Rewriter) -> Var | None:
    """f(constants) -> constant, unless that would keep a large array."""
    if len(node.outputs) != 1 or not all(v.is_constant for v in node.inputs) or node.outputs[0].nbytes > FOLD_LIMIT:
        return None
    if node.primitive.name == "broadcast_to":
        return None  # a view costs nothing, and later rules see the scalar behind it
    with np.errstate(all="ignore"):
        value = np.array(node.primitive.run(*(v.value for v in node.inputs), **node.params))
    return Var(value.shape, value.dtype, None, value)


def _is_scalar(var: Var, value: float) -> bool:
    return var.is_constant and var.value.size == 1 and var.value.item() == value


def skip_neutral(node: Node, rewriter: _Rewriter) -> Var | None:
    """x*1, x/1, x+0, x-0 -> x (zero of either sign added to x is x, up to the sign of zero)."""
    name, out = node.primitive.name, node.outputs[0]
    neutral = {"multiply": 1, "divide": 1, "add": 0, "subtract": 0}.get(name)
    if neutral is None:
        return None
    a, b = node.inputs
    if _is_scalar(b, neutral) and a.shape == out.shape:
        return a
    if name in ("multiply", "add") and _is_scalar(a, neutral) and b.shape == out.shape:
        return b
    return None


def skip_identity(node: Node, rewriter: _Rewriter) -> Var | None:
    """identity(x), stop_gradient(x) -> x: they matter to autodiff only."""
    return node.inputs[0] if node.primitive.name in ("identity", "stop_gradient") else None


def merge_views(node: Node, rewriter: _Rewriter) -> Var | None:
    """reshape(reshape(x)) -> reshape(x); reshape or broadcast to the same shape -> x; transpose(transpose(x)) -> x."""
    name, x, out = node.primitive.name, node.inputs[0] if node.inputs else None, node.outputs[0]
    if x is None or name not in ("reshape", "broadcast_to", "transpose"):
        return None
    if name != "transpose" and x.shape == out.shape:
        return x
    inner = x.node
    if inner is None or inner.primitive.name != name:
        return None
    if name == "transpose":
        axes = tuple(inner.params["axes"][i] for i in node.params["axes"])
        if axes == tuple(range(len(axes))):
            return inner.inputs[0]
        return rewriter.emit(_shape.transpose, [inner.inputs[0]], axes=axes)
    source = inner.inputs[0]
    if name == "reshape" and source.shape == out.shape:
        return source
    primitive = _shape.reshape if name == "reshape" else _shape.broadcast_to
    return rewriter.emit(primitive, [source], shape=out.shape)


def double_negative(node: Node, rewriter: _Rewriter) -> Var | None:
    """-(-x) -> x."""
    if node.primitive.name != "negative" or node.inputs[0].node is None:
        return None
    inner = node.inputs[0].node
    return inner.inputs[0] if inner.primitive.name == "negative" else None


def add_negative(node: Node, rewriter: _Rewriter) -> Var | None:
    """a + (-b) -> a - b; a - (-b) -> a + b."""
    if node.primitive.name not in ("add", "subtract"):
        return None
    a, b = node.inputs
    if b.node is not None and b.node.primitive.name == "negative" and b.shape == node.outputs[0].shape:
        other = _elementwise.subtract if node.primitive.name == "add" else _elementwise.add
        return rewriter.emit(other, [a, b.node.inputs[0]])
    return None


def scalar_before_broadcast(node: Node, rewriter: _Rewriter) -> Var | None:
    """f(broadcast(s), t) with scalars s, t -> broadcast(f(s, t)): one element computed instead of many."""
    out = node.outputs[0]
    if not node.primitive.elementwise or out.shape == () or not node.inputs:
        return None
    scalars = [s for v in node.inputs if (s := _scalar_source(v)) is not None]
    if len(scalars) < len(node.inputs):
        return None
    value = rewriter.emit(node.primitive, scalars, **node.params)
    return rewriter.emit(_shape.broadcast_to, [value], shape=out.shape)


def _scalar_source(var: Var) -> Var | None:
    if var.shape == ():
        return var
    if var.node is not None and var.node.primitive.name == "broadcast_to" and var.node.inputs[0].shape == ():
        return var.node.inputs[0]
    return None


def scale_once(node: Node, rewriter: _Rewriter) -> Var | None:
    """broadcast(s) * x -> s * x: NumPy broadcasts by itself."""
    out = node.outputs[0]
    if not node.primitive.elementwise or out.shape == () or len(node.inputs) < 2:
        return None
    if not any(v.shape == out.shape and _scalar_source(v) is None for v in node.inputs):
        return None
    inputs = [s if (s := _scalar_source(v)) is not None else v for v in node.inputs]
    return rewriter.emit(node.primitive, inputs, **node.params) if inputs != node.inputs else None


RULES: list[Callable[[Node, _Rewriter], Var | None]] = [
    fold_constants,
    skip_identity,
    skip_neutral,
    merge_views,
    double_negative,
    add_negative,
    scalar_before_broadcast,
    scale_once,
]
