"""The traced program: typed variables, nodes in order of execution (SSA), and a printer.

print(graph)

graph(a:f32[128,784], b:f32[784,10]):
  c:f32[128,10] = matmul a b
  d:f32[10] = sum c axis=(0,) keepdims=False
  return d
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lamina._where import where


@dataclass(frozen=True, slots=True)
class Spec:
    """Shape and dtype of an array, without data."""

    shape: tuple[int, ...]
    dtype: Any


class Var:
    """One value of the program. `value` holds a constant's array, or the result while recording eagerly."""

    __slots__ = ("__weakref__", "dtype", "node", "shape", "value")

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype, node: "Node | None" = None, value: Any = None):
        self.shape = shape
        self.dtype = dtype
        self.node = node
        self.value = value

    @property
    def is_constant(self) -> bool:
        return self.node is None and self.value is not None

    @property
    def nbytes(self) -> int:
        size = self.dtype.itemsize
        for n in self.shape:
            size *= n
        return size

    def __repr__(self) -> str:
        return f"Var({type_name(self)})"


class Node:
    """One application of a primitive. `place`: the layer it belongs to, and "forward" or "backward"."""

    __slots__ = ("inputs", "outputs", "params", "place", "primitive")

    def __init__(self, primitive: Any, inputs: list[Var], params: dict[str, Any]):
        self.primitive = primitive
        self.inputs = inputs
        self.params = params
        self.place = where.place
        self.outputs: list[Var] = []


class Graph:
    """A pure program from `inputs` to `outputs`."""

    def __init__(self, inputs: Iterable[Var], nodes: Iterable[Node], outputs: Iterable[Var]):
        self.inputs = list(inputs)
        self.nodes = list(nodes)
        self.outputs = list(outputs)

    def __repr__(self) -> str:
        return format_graph(self)


def type_name(var: Var) -> str:
    kind = {"float": "f", "int": "i", "uint": "u", "bfloat": "bf", "complex": "c"}
    name = var.dtype.name
    stem = name.rstrip("0123456789")
    return f"{kind.get(stem, stem)}{name[len(stem) :]}[{','.join(map(str, var.shape))}]"


def format_graph(graph: Graph) -> str:
    names: dict[int, str] = {}

    def name(var: Var) -> str:
        if var.is_constant:
            return repr(var.value.item()) if var.value.size == 1 else f"const:{type_name(var)}"
        if id(var) not in names:
            n, letters = len(names), ""
            while True:
                letters = chr(97 + n % 26) + letters
                n = n // 26 - 1
                if n < 0:
                    break
            names[id(var)] = letters
        return names[id(var)]

    lines = [f"graph({', '.join(f'{name(v)}:{type_name(v)}' for v in graph.inputs)}):"]
    for node in graph.nodes:
        ins = " ".join(name(v) for v in node.inputs)
        params = " ".join(f"{k}={v if not isinstance(v, Graph) else '<graph>'}" for k, v in node.params.items())
        outs = ", ".join(f"{name(v)}:{type_name(v)}" for v in node.outputs)
        lines.append(f"  {outs} = {node.primitive.name} {ins} {params}".rstrip())
    lines.append(f"  return {', '.join(name(v) for v in graph.outputs)}")
    return "\n".join(lines)


def verify(graph: Graph, after: str = "") -> None:
    """Checks that the graph is legal: every value defined once and before use, shapes and dtypes as the rules say.

    Raises AssertionError that names the pass and shows the node.
    """
    defined = {id(v) for v in graph.inputs}
    for node in graph.nodes:
        for var in node.inputs:
            assert var.is_constant or id(var) in defined, (
                f"after {after}: {node.primitive.name} reads an undefined value"
            )
        specs = node.primitive.output_specs(node.inputs, node.params)
        assert len(specs) == len(node.outputs), f"after {after}: {node.primitive.name} has a wrong number of outputs"
        for spec, var in zip(specs, node.outputs):
            assert id(var) not in defined, f"after {after}: {node.primitive.name} defines a value twice"
            assert tuple(spec.shape) == var.shape and np.dtype(spec.dtype) == var.dtype, (
                f"after {after}: {node.primitive.name} gives {spec}, its output says {type_name(var)}"
            )
            defined.add(id(var))
    for var in graph.outputs:
        assert var.is_constant or id(var) in defined, f"after {after}: an output is undefined"
