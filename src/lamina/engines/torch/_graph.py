"""Rewrites of a traced program: what does nothing is dropped, and new state is written where the old one lies."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.fx import Graph, GraphModule, Node
from torch.fx.graph import CodeGen
from torch.fx.node import map_arg
from torch.nn import Module

from ._aliases import is_mutating as _is_mutating
from ._aliases import memory_of as _memory
from ._aliases import written
from ._reuse import reuse_memory

aten = torch.ops.aten
_LARGE = 1 << 16  # elements from which on a constant is cheaper to make than to keep
_NOTHING = frozenset((aten.detach.default, aten.alias.default, aten.lift_fresh.default))
# Whether a value can be seen in another shape without a copy depends on strides, and those of the next batch may be others:
# kernels choose them, and axes of length one have any.
_VIEWS = frozenset((aten.view.default, aten._unsafe_view.default))


def simplify(constants: Module, graph: Graph, donated: Sequence[int]) -> Callable[..., list[torch.Tensor]]:
    """A function of the program's inputs that returns its results, the first of which it writes into donated inputs."""
    inputs = [n for n in graph.nodes if n.op == "placeholder"]
    for node in list(graph.nodes):
        if node.op == "call_function" and node.target in _NOTHING:
            node.replace_all_uses_with(node.args[0])
            graph.erase_node(node)
        elif node.target in _VIEWS:
            node.target = aten.reshape.default
    graph.eliminate_dead_code()
    changed = _changed(graph)
    _fold_constants(constants, graph, changed)
    _merge_equals(graph, changed)
    _merge_products(graph)
    state = [inputs[i] for i in donated]
    _copy_out(graph, state)
    reuse_memory(graph, state)
    _write_state(graph, state)
    graph.eliminate_dead_code(_must_stay)
    graph.set_codegen(CodeGen())
    graph.lint()
    return GraphModule(constants, graph).forward


def _must_stay(node: Node) -> bool:
    return node.op in ("placeholder", "output") or _is_mutating(node)


def _changed(graph: Graph) -> set[Node]:
    """The nodes whose memory some operator writes into (gradients of a few operators do that with their own results)."""
    calls = (node for node in graph.nodes if node.op == "call_function")
    return {_memory(x) for node in calls for x in written(node.target, node.args, node.kwargs)}


def _is_pure(node: Node, changed: set[Node]) -> bool:
    return (
        node.op == "call_function"
        and not _is_mutating(node)
        and torch.Tag.nondeterministic_seeded not in getattr(node.target, "tags", ())  # torch's own random numbers
        and _memory(node) not in changed
        and not any(_memory(n) in changed for n in node.all_input_nodes)
    )


def _fold_constants(module: Module, graph: Graph, changed: set[Node]) -> None:
    """What depends on no input is computed now."""
    values: dict[Node, Any] = {}
    for node in list(graph.nodes):
        if node.op == "get_attr":
            values[node] = node.meta["val"] = getattr(module, node.target)
            continue
        if not _is_pure(node, changed) or any(n not in values for n in node.all_input_nodes):
            continue
        read = lambda n: values[n]  # noqa: E731
        value = node.target(*map_arg(node.args, read), **map_arg(node.kwargs, read))
        if isinstance(value, torch.Tensor) and value.numel() > _LARGE and not node.all_input_nodes:
            continue
        values[node] = value
    count = 0
    for node in list(graph.nodes):
        if node.op != "call_function" or not isinstance(values.get(node), torch.Tensor):
            continue
        name = f"_folded{count}"
        count += 1
        module.register_buffer(name, values[node], persistent=False)
        with graph.inserting_before(node):
            constant = graph.get_attr(name)
        constant.meta["val"] = values[node]
        node.replace_all_uses_with(constant)
    graph.eliminate_dead_code(_must_stay)


def _merge_equals(graph: Graph, changed: set[Node]) -> None:
    """Calls of one operator on the same arguments are made once."""
    seen: dict[Any, Node] = {}
    for node in list(graph.nodes):
        if not _is_pure(node, changed):
            continue
        try:
            first = seen.setdefault((node.target, _frozen(node.args), _frozen(node.kwargs)), node)
        except TypeError:
            continue
        if first is not node:
            node.replace_all_uses_with(first)
            graph.erase_node(node)


def _frozen(x: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return tuple(_frozen(i) for i in x)
    if isinstance(x, dict):
        return tuple((k, _frozen(v)) for k, v in x.items())
    return (type(x), x)


def _merge_products(graph: Graph) -> None:
    """A product and the bias added to it become one call."""
    for node in list(graph.nodes):
        if node.target is not aten.add.Tensor or len(node.args) != 2 or node.kwargs:
            continue
        product, bias = node.args
        if not isinstance(bias, Node) or not isinstance(product, Node) or product.target is not aten.mm.default:
            continue
        if len(product.users) == 1 and bias.meta["val"].ndim == 1 and bias.meta["val"].dtype == node.meta["val"].dtype:
            with graph.inserting_before(node):
                whole = graph.call_function(aten.addmm.default, (bias, *product.args))
            whole.meta = dict(node.meta)
            node.replace_all_uses_with(whole)
            graph.erase_node(node)
            graph.erase_node(product)


def _results(graph: Graph) -> tuple[Node, list[Any]]:
    output = next(n for n in graph.nodes if n.op == "output")
    return output, list(output.args[0])


def _copy_out(graph: Graph, state: list[Node]) -> None:
    """Results that lie in memory which new state is written into are copied out before."""
    output, results = _results(graph)
    owned = set(state)
    with graph.inserting_before(output):
        for i, node in enumerate(results):
            if _memory(node) in owned and not (i < len(state) and node is state[i]):
                results[i] = graph.call_function(aten.clone.default, (node,))
                results[i].meta = dict(node.meta)
    output.args = (results,)


def _write_state(graph: Graph, state: list[Node]) -> None:
    """New state that does not lie in the old one's tensor yet is copied there at the end."""
    output, results = _results(graph)
    with graph.inserting_before(output):
        for old, new in zip(state, results):
            if new is not old and not (_is_mutating(new) and _memory(new) is old):
                graph.call_function(aten.copy_.default, (old, new))
