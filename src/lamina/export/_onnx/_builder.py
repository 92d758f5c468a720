"""A graph of ONNX being written: nodes, initializers, names."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .._dim import Dim, Size
from .._errors import ExportError, at
from .._program import Call, Program, Value
from ._forms import form_name
from ._table import RULES

OPSET = 18  # read by onnxruntime from 1.16 on
SMALL = 1 << 20  # bytes; equal constants up to this size are one


class Root:
    """What a graph and those inside it share: initializers, which all of them see, names, and the opset that they need."""

    def __init__(self) -> None:
        self.initializers: dict[str, np.ndarray] = {}
        self.constants: dict[Any, str] = {}
        self.taken: set[str] = set()
        self.opset = OPSET

    def unique(self, stem: str) -> str:
        """`stem`, or it with a number behind it if it is taken."""
        name, count = stem, 1
        while name in self.taken:
            name, count = f"{stem}_{count}", count + 1
        self.taken.add(name)
        return name


class Builder:
    """Writes calls as nodes of one graph; `inside()` gives the builder of a graph within it."""

    def __init__(self, onnx: Any, program: Program, root: Root | None = None, outer: "Builder | None" = None):
        self.onnx, self.program = onnx, program
        self.root, self.outer = root or Root(), outer
        self.nodes: list[Any] = []
        self.names: dict[int, str] = {} if outer is None else dict(outer.names)
        self.symbols: dict[str, str] = {} if outer is None else dict(outer.symbols)
        self.place = "" if outer is None else outer.place

    def inside(self) -> "Builder":
        """The builder of a body or branch: what it names itself is seen there alone."""
        return Builder(self.onnx, self.program, self.root, self)

    # --- nodes --------------------------------------------------------------------------------------------------------

    def node(self, op: str, inputs: Sequence[str], count: int = 1, domain: str = "", **attributes: Any) -> Any:
        """Appends a node; gives the name of its output, or a list of `count` names."""
        stem = f"{self.place}/{op}" if self.place else op
        outputs = [self.root.unique(stem) for _ in range(count)]
        self.nodes.append(
            self.onnx.helper.make_node(op, list(inputs), outputs, name=outputs[0], domain=domain, **attributes)
        )
        return outputs[0] if count == 1 else outputs

    def constant(self, value: Any, dtype: Any = None) -> str:
        """The name of an initializer of this value."""
        array = np.asarray(value, dtype)
        key = (array.dtype.str, array.shape, array.tobytes()) if array.nbytes <= SMALL else id(array)
        if key not in self.root.constants:
            name = self.root.constants[key] = self.root.unique("constant")
            self.root.initializers[name] = array
        return self.root.constants[key]

    def ints(self, values: Iterable[int]) -> str:
        return self.constant(list(values), "int64")

    def cast(self, x: str, dtype: Any) -> str:
        kind = self.onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        return self.node("Cast", [x], to=kind)

    # --- sizes --------------------------------------------------------------------------------------------------------

    def size(self, size: Size) -> str:
        """A size as a scalar int64."""
        if isinstance(size, int):
            return self.constant(size, "int64")
        total = None
        for symbols, times in size.terms:
            term = self.constant(times, "int64") if times != 1 or not symbols else None
            for symbol in symbols:
                term = self._symbol(symbol) if term is None else self.node("Mul", [term, self._symbol(symbol)])
            total = term if total is None else self.node("Add", [total, term])
        return total or self.constant(0, "int64")

    def _symbol(self, symbol: str) -> str:
        if symbol not in self.symbols:
            i, axis = self.program.symbols[symbol]
            shape = self.node("Shape", [self.names[id(self.program.inputs[i])]])
            self.symbols[symbol] = self.node("Gather", [shape, self.constant(axis, "int64")], axis=0)
        return self.symbols[symbol]

    def vector(self, sizes: Sequence[Size]) -> str:
        """Sizes as a vector of int64."""
        if not any(isinstance(s, Dim) for s in sizes):
            return self.ints(sizes)
        parts = [self.ints([s]) if isinstance(s, int) else self.expand(self.size(s), [0]) for s in sizes]
        return parts[0] if len(parts) == 1 else self.node("Concat", parts, axis=0)

    def expand(self, x: str, axes: Sequence[int]) -> str:
        """New axes of one."""
        return self.node("Unsqueeze", [x, self.ints(axes)])

    def squeeze(self, x: str, axes: Sequence[int]) -> str:
        return self.node("Squeeze", [x, self.ints(axes)])

    def transpose(self, x: str, axes: Sequence[int]) -> str:
        return x if list(axes) == list(range(len(axes))) else self.node("Transpose", [x], perm=list(axes))

    # --- values and calls ---------------------------------------------------------------------------------------------

    def read(self, v: Value) -> str:
        """The name of a value."""
        if id(v) in self.names:
            return self.names[id(v)]
        if v.form is not None:
            return form_name(self, v)
        assert v.array is not None
        if v.kind != "weight":
            return self.constant(v.array)
        name = self.names[id(v)] = self.root.unique(v.name)
        self.root.initializers[name] = v.array
        return name

    def run(self, program: Program, inputs: Sequence[str]) -> list[str]:
        """Appends the nodes of a program whose inputs have these names; gives the names of its outputs."""
        self.names.update((id(v), name) for v, name in zip(program.inputs, inputs))
        for call in program.calls:
            self._call(call)
        return [self.read(v) for v in program.outputs]

    def _call(self, call: Call) -> None:
        outer, self.place = self.place, call.place
        if call.name not in RULES:
            raise ExportError(f"{at(call.place)} uses {call.name}, for which this exporter has no node of ONNX.")
        strange = [v.dtype.name for v in (*call.inputs, *call.outputs) if v.dtype.kind not in "biufU"]
        if strange:
            raise ExportError(
                f"{at(call.place)} computes in {strange[0]}; ONNX files hold float16, float32 and float64."
            )
        results = RULES[call.name](self, call, [self.read(v) for v in call.inputs])
        results = [results] if isinstance(results, str) else results
        self.names.update((id(v), name) for v, name in zip(call.outputs, results))
        self.place = outer

    def graph(self, name: str, inputs: Sequence[Any], outputs: Sequence[tuple[str, np.dtype, int]]) -> Any:
        """The graph within another: `outputs` as (name, dtype, rank), each given by a node of its own."""
        infos = []
        for given, dtype, rank in outputs:
            own = self.node("Identity", [given])
            infos.append(self.info(own, dtype, [None] * rank))
        return self.onnx.helper.make_graph(self.nodes, self.root.unique(name), list(inputs), infos)

    def info(self, name: str, dtype: np.dtype, shape: Sequence[Any]) -> Any:
        """The description of an input or output; None or a name stand for an open size."""
        return self.onnx.helper.make_tensor_value_info(name, tensor_type(self.onnx, dtype), list(shape))


def tensor_type(onnx: Any, dtype: np.dtype) -> int:
    """ONNX's number for a dtype."""
    return onnx.TensorProto.STRING if dtype.kind == "U" else onnx.helper.np_dtype_to_tensor_dtype(dtype)
