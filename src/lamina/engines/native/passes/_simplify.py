"""Removes what a program does not need: constants folded, equal calls merged, trivial algebra, dead code.

One sweep from the inputs to the outputs. A rule is a named function from a node (its inputs already rewritten) to the value
that replaces its output, or None; `emit` adds a call before the node, and what it adds goes through the rules again. What
holds for one primitive stands in its record (`rewrites`); what holds for all of a kind stands here.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._graph import Graph, Node, Var
from ..primitives._views import broadcast_to

FOLD_LIMIT = 1 << 16  # bytes; a larger constant is cheaper to compute than to keep


def simplify(graph: Graph) -> Graph:
    """The same program with less work, outputs equal to the last bit."""
    replaced: dict[Var, Var] = {}
    writer = _Writer()
    for node in graph.nodes:
        new = Node(node.primitive, [replaced.get(v, v) for v in node.inputs], node.params)
        new.place = writer.place = node.place  # what a rule makes belongs where the node does that it rewrites
        new.outputs = [Var(v.shape, v.dtype, new) for v in node.outputs]
        replaced.update(zip(node.outputs, writer.add(new)))
    outputs = [replaced.get(v, v) for v in graph.outputs]
    return Graph(graph.inputs, _live(writer.nodes, outputs), outputs)


class _Writer:
    """The program that comes out: each call is simplified, and merged with an equal one."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.seen: dict[Any, Node] = {}
        self.place: tuple[str, str] = ("", "forward")

    def add(self, node: Node) -> list[Var]:
        """The values that stand for the node's outputs."""
        for rule in (*BEFORE, *node.primitive.rewrites, *AFTER):
            result = rule(node, self.emit)
            if result is not None:
                return [result]
        same = self.seen.setdefault(_key(node), node)
        if same is node:
            self.nodes.append(node)
        return same.outputs

    def emit(self, primitive: Any, inputs: list[Var], **params: Any) -> Var:
        node = Node(primitive, inputs, params)
        node.place = self.place
        specs = primitive.output_specs(inputs, params)
        node.outputs = [Var(tuple(s.shape), np.dtype(s.dtype), node) for s in specs]
        return self.add(node)[0]


def _key(node: Node) -> Any:
    inputs = tuple((v.dtype, v.value.tobytes()) if v.is_constant and v.shape == () else id(v) for v in node.inputs)
    params = tuple((k, v if _hashable(v) else id(v)) for k, v in sorted(node.params.items()))
    return node.primitive, inputs, repr(params)


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


# --- rules for all of a kind ------------------------------------------------------------------------------------------


def fold_constants(node: Node, emit: Callable[..., Any]) -> Var | None:
    """f(constants) -> constant, unless that would keep a large array."""
    if len(node.outputs) != 1 or not all(v.is_constant for v in node.inputs) or node.outputs[0].nbytes > FOLD_LIMIT:
        return None
    if node.primitive.spreads:
        return None  # a view costs nothing, and later rules see the scalar behind it
    with np.errstate(all="ignore"):
        value = np.array(node.primitive.forward(*(v.value for v in node.inputs), **node.params))
    return Var(value.shape, value.dtype, None, value)


def skip_transparent(node: Node, emit: Callable[..., Any]) -> Var | None:
    """identity(x), stop_gradient(x) -> x: they matter to autodiff only."""
    return node.inputs[0] if node.primitive.transparent else None


def scalar_before_broadcast(node: Node, emit: Callable[..., Any]) -> Var | None:
    """f(broadcast(s), t) with scalars s, t -> broadcast(f(s, t)): one element computed instead of many."""
    out = node.outputs[0]
    if not node.primitive.elementwise or out.shape == () or not node.inputs:
        return None
    scalars = [s for v in node.inputs if (s := _scalar_source(v)) is not None]
    if len(scalars) < len(node.inputs):
        return None
    return emit(broadcast_to, [emit(node.primitive, scalars, **node.params)], shape=out.shape)


def _scalar_source(var: Var) -> Var | None:
    if var.shape == ():
        return var
    if var.node is not None and var.node.primitive.spreads and var.node.inputs[0].shape == ():
        return var.node.inputs[0]
    return None


def scale_once(node: Node, emit: Callable[..., Any]) -> Var | None:
    """broadcast(s) * x -> s * x: NumPy broadcasts by itself."""
    out = node.outputs[0]
    if not node.primitive.elementwise or out.shape == () or len(node.inputs) < 2:
        return None
    if not any(v.shape == out.shape and _scalar_source(v) is None for v in node.inputs):
        return None
    inputs = [s if (s := _scalar_source(v)) is not None else v for v in node.inputs]
    return emit(node.primitive, inputs, **node.params) if inputs != node.inputs else None


Rule = Callable[[Node, Callable[..., Any]], Var | None]
BEFORE: tuple[Rule, ...] = (fold_constants, skip_transparent)  # a primitive's own rules
AFTER: tuple[Rule, ...] = (scalar_before_broadcast, scale_once)
