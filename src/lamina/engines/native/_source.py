"""The source of a plan: one line of Python for each NumPy call."""

from typing import Any, NamedTuple

import numpy as np

from ._graph import Graph, Node, Spec, Var, type_name
from .layout import CHUNK, Layout
from .machine._program import Program, Run, is_joined
from .passes._stages import stage


class Block(NamedTuple):
    """A run of elementwise calls, from the call `first` on: the arrays they work on, all of `size` elements, and the source of
    its function."""

    arrays: list[Var]
    size: int
    first: int
    source: str


class Names:
    def __init__(self) -> None:
        self.values: dict[Var, str] = {}
        self.functions: dict[str, Any] = {}
        self.reshaped: dict[str, tuple[Var, tuple[int, ...]]] = {}
        self.parts: dict[str, tuple[Var, int, int]] = {}
        self.blocks: dict[str, Block] = {}
        self.stages: dict[str, Node] = {}
        self.loops: dict[str, Node] = {}
        self.bound: dict[str, Node] = {}
        self.runs: dict[str, Run] = {}
        self.in_loop: dict[Var, str] = {}
        self.kept: dict[int, str] = {}  # results that lie in state which is written over, and the copies made before

    def of(self, var: Var) -> str:
        if var in self.in_loop:
            return self.in_loop[var]
        if var not in self.values:
            self.values[var] = f"{'c' if var.is_constant else 'v'}{len(self.values)}"
        return self.values[var]

    def function(self, node: Node) -> str:
        name = f"{node.primitive.name}_{len(self.functions)}"
        run, params = node.primitive.forward, node.params
        self.functions[name] = (lambda *a, **k: run(*a, **params, **k)) if params else run
        return name

    def reshape(self, var: Var, shape: tuple[int, ...]) -> str:
        name = f"r{len(self.reshaped)}"
        self.reshaped[name] = (var, shape)
        return name


def write_source(
    graph: Graph, layout: Layout, donated: dict[int, int], program: Program | None = None
) -> tuple[str, Names]:
    """The source of a plan, and what its names stand for. `program`: what of it is machine code."""
    names = Names()
    lines = []
    blocks = dict(layout.blocks)
    n = 0
    while n < len(graph.nodes):
        if program is not None and n in program.runs:
            names.runs[name := f"machine_{len(names.runs)}"] = run = program.runs[n]
            lines.append(f"    {name}()  # {_named(graph.nodes[n : run.stop], layout)}")
            n = run.stop
            continue
        if n in blocks and program is None:
            lines.append(_write_block(graph.nodes[n : blocks[n] + 1], n, names, layout))
            n = blocks[n] + 1
            continue
        lines += _write_node(graph.nodes[n], names, layout, "    ")
        n += 1
    pending = [(graph.inputs[i], graph.outputs[o]) for i, o in donated.items() if i not in layout.written]
    states = {graph.inputs[i] for i in donated}
    for o, v in enumerate(graph.outputs):
        if o not in donated.values() and layout.home(v) in {old for old, _ in pending}:
            names.functions[name := f"o{o}"] = np.empty(v.shape, v.dtype)
            names.kept[o] = name
            lines.append(f"    np.copyto({name}, {names.of(v)})")
    for k, (_, new) in enumerate(pending):
        if layout.home(new) in states:  # another state's storage, which an earlier copy may overwrite
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
        *names.stages,
        *names.loops,
        *names.bound,
        *names.runs,
        *names.blocks,
        *(f"block_{name}" for name in names.blocks),
        *("np", "store", "store_all", "parallel"),
    ]
    # Default arguments make every name a local of the function: the fastest look-up Python has.
    head = f"def run({', '.join(f'{n}={n}' for n in bound)}):"
    functions = [block.source for block in names.blocks.values()]
    return "\n".join([*functions, head, *(lines or ["    pass"])]) + "\n", names


def _write_node(node: Node, names: Names, layout: Layout, indent: str) -> list[str]:
    if layout.is_view(node):
        return []
    if node.outputs[0] in layout.wholes:
        return _write_rest_of_joined(node, names, layout)
    comment = ", ".join(type_name(v) for v in node.outputs)
    return [f"{indent}{_call(node, names, layout)}  # {comment}"]


def _write_rest_of_joined(node: Node, names: Names, layout: Layout) -> list[str]:
    """Copies the parts that could not be computed in place."""
    out, lines, start = node.outputs[0], [], 0
    for v in node.inputs:
        size = v.nbytes // v.dtype.itemsize
        if not is_joined(v, out, start * v.dtype.itemsize, layout):
            name = f"p{len(names.parts)}"
            names.parts[name] = (out, start, start + size)
            lines.append(f"    np.copyto({name}.reshape({v.shape}), {names.of(v)})  # a part of {type_name(out)}")
        start += size
    return lines


def _named(nodes: list[Node], layout: Layout) -> str:
    return " ".join(node.primitive.name for node in nodes if not layout.is_view(node))


def _write_block(nodes: list[Node], first: int, names: Names, layout: Layout) -> str:
    """A function that runs the nodes, from the call `first` on, piece by piece, and the line that calls it."""
    nodes = [n for n in nodes if not layout.is_view(n)]
    shape = nodes[0].outputs[0].shape
    size = nodes[0].outputs[0].nbytes // nodes[0].outputs[0].dtype.itemsize
    arrays = list(dict.fromkeys(v for n in nodes for v in (*n.inputs, *n.outputs) if v.shape == shape))
    name = f"k{len(names.blocks)}"
    names.in_loop.update((v, f"x{i}") for i, v in enumerate(arrays))
    body = [line for n in nodes for line in _write_node(n, names, layout, "        ")]
    head = [f"def block_{name}(pieces):", f"    for {', '.join(names.in_loop.values())}, in pieces:"]
    names.in_loop.clear()
    names.blocks[name] = Block(arrays, size, first, "\n".join([*head, *body]) + "\n")
    return f"    parallel(block_{name}, {name})  # {size} elements in pieces of {CHUNK}"


def _call(node: Node, names: Names, layout: Layout) -> str:
    primitive = node.primitive
    if primitive is stage:
        names.stages[name := f"stage_{len(names.stages)}"] = node
        return f"{name}()  # {node.params['stage']}"
    ins = [names.of(v) for v in node.inputs]
    outs = [names.of(v) for v in node.outputs]
    if primitive.repeats:
        names.loops[name := f"{primitive.name}_{len(names.loops)}"] = node
        return f"{name}()  # {node.params['length']} times {len(node.params['body'].nodes)} operations"
    if primitive.view is not None:  # a copy after all
        shaped = names.reshape(node.outputs[0], node.inputs[0].shape)
        return f"np.copyto({shaped}, {ins[0]})"
    if primitive.bound is not None and not names.in_loop and primitive.bound.worth(node):
        names.bound[name := f"{primitive.name}_{len(names.bound)}"] = node
        return f"{name}()  # {', '.join(outs)} from {', '.join(ins)}"
    if primitive.source is not None:
        return primitive.source(node, ins, outs)
    if isinstance(primitive.forward, np.ufunc):
        return f"np.{primitive.forward.__name__}({', '.join(ins)}, out={outs[0]})"
    function = names.function(node)
    if not isinstance(primitive.shape(*node.inputs, **node.params), Spec):
        return f"store_all(({', '.join(outs)},), {function}({', '.join(ins)}))"
    return f"store({outs[0]}, {function}({', '.join((*ins, f'out={outs[0]}'))}))"
