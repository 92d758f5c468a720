"""The body of one function of the written file: its lines, and which name stands for which value."""

import keyword
import re
from typing import Any

import numpy as np

from .._errors import ExportError, at
from .._plain import identifier, plain
from .._program import Call, Program, Value
from ._rules import GIVES
from ._text import param_text, scalar_text

FEW = 16  # a constant of so many numbers stands in the file, a larger one beside the weights
SEQUENCES = {"scan", "cond", "while_loop"}  # give a list, of one too


class Scope:
    """Writes the calls of a program line by line. Names of values that nobody reads any more are given out again."""

    def __init__(self, file: Any, program: Program, names: list[str], indent: str):
        self.file, self.program, self.indent = file, program, indent
        self.lines: list[str] = []
        self.names = {id(v): name for v, name in zip(program.inputs, names)}
        self.free: list[str] = []
        self.count = 0
        self.last = {id(v): n for n, call in enumerate(program.calls) for v in call.inputs}
        self.last |= {id(v): len(program.calls) for v in program.outputs}
        self.place = ""

    def need(self, helper: Any) -> None:
        self.file.need(helper)

    def write(self) -> list[str]:
        """The lines of all calls; the names of the outputs are known afterwards."""
        for n, call in enumerate(self.program.calls):
            self._comment(call.place)
            self._call(call, n)
        return self.lines

    def _comment(self, place: str) -> None:
        if place != self.place and place:
            self.lines.append(f"{self.indent}# {plain(self.file.title(place))}")
        self.place = place

    def _call(self, call: Call, n: int) -> None:
        self._check(call)
        ins = [self.read(v, call) for v in call.inputs]
        text = self._expression(call, ins)
        for v in {id(v): v for v in call.inputs}.values():
            self._release(v, n)
        given = call.outputs[: GIVES.get(call.name, len(call.outputs))]
        if any(id(v) in self.last for v in call.outputs[len(given) :]):
            raise ExportError(
                f"{at(call.place)} reads what {call.name} keeps for training, which a file does not hold."
            )
        targets = [self._name() if id(v) in self.last else "_" for v in given]
        self.names.update((id(v), t) for v, t in zip(given, targets) if t != "_")
        left = f"[{targets[0]}]" if len(targets) == 1 and call.name in SEQUENCES else ", ".join(targets)
        self.lines.append(f"{self.indent}{left} = {text}")

    def _check(self, call: Call) -> None:
        strange = next((v.dtype.name for v in (*call.inputs, *call.outputs) if v.dtype.kind not in "biufcU"), None)
        if strange:
            raise ExportError(
                f"{at(call.place)} computes in {strange}, which NumPy does not have. Build the model with dtype='float32'."
            )

    def _expression(self, call: Call, ins: list[str]) -> str:
        if call.name in self.file.rules:
            return self.file.rules[call.name](self, call, ins)
        if isinstance(call.primitive.forward, np.ufunc):
            return f"np.{call.primitive.forward.__name__}({', '.join(ins)})"
        raise ExportError(
            f"{at(call.place)} uses {call.name}, which the NumPy file cannot do. Leave the layer out of the exported part."
        )

    def read(self, v: Value, call: Call | None = None) -> str:
        """The name or number that stands for a value."""
        if id(v) in self.names:
            return self.names[id(v)]
        if v.form is not None:
            return self._form(v, call)
        assert v.array is not None
        if v.array.ndim == 0 and v.kind != "weight":
            return scalar_text(v.array, call is None or not _is_typed(v, call))
        return self.file.array(v)

    def _form(self, v: Value, call: Call | None) -> str:
        form, dtype = v.form, v.dtype.name
        assert form is not None
        if form.kind in ("size", "inverse"):
            return f"np.{dtype}({form.value})" if form.kind == "size" else f"np.{dtype}(1 / ({form.value}))"
        if any(size is None for size in v.shape):
            raise ExportError(
                f"{at(call.place if call else '')} makes a constant whose shape cannot be told before it runs."
            )
        shape, array = param_text(v.shape), None if form.array is None else self.file.constant(form.array)
        if form.kind == "full":
            return f"np.full({shape}, {scalar_text(np.asarray(form.value, v.dtype), False)}, np.{dtype})"
        if form.kind == "repeated":
            size = " * ".join(f"({size})" for size in v.shape)
            numbers = self.file.cast(f"({form.step} * (np.arange({size}) // {form.value}))", dtype)
            return f"np.reshape({numbers}, {shape})"
        if form.kind == "steps":
            further = "".join("-1, " if axis == form.value else "1, " for axis in range(len(v.shape)))
            steps = f"{form.step} * np.arange({v.shape[form.value]}).reshape({further.rstrip()})"
            return self.file.cast(f"({array} + {steps})", dtype)
        row = {
            "range": self.file.cast(f"({form.value} + {form.step} * np.arange({v.shape[-1]}))", dtype),
            "rows": array,
            "lower": f"np.tri({', '.join(map(str, v.shape[-2:]))}, dtype=np.{dtype})",
        }
        return f"np.broadcast_to({row[form.kind]}, {shape})"

    def _release(self, v: Value, n: int) -> None:
        name = self.names.get(id(v))
        if name is not None and self.last[id(v)] == n and re.fullmatch(r"x\d+", name):
            self.free.append(self.names.pop(id(v)))

    def _name(self) -> str:
        if self.free:
            return self.free.pop()
        self.count += 1
        return f"x{self.count}"

    def nested(self, program: Program) -> str:
        """Writes a function for the body of a loop, or a branch, and gives its name."""
        name = self.file.unique("body")
        names = [f"a{i}" for i in range(len(program.inputs))]
        inner = Scope(self.file, program, names, self.indent + "    ")
        lines = inner.write()
        outputs = ", ".join(inner.read(v) for v in program.outputs)
        self.lines += [f"{self.indent}def {name}({', '.join(names)}):", *lines, f"{inner.indent}return [{outputs}]", ""]
        return name


def _is_typed(v: Value, call: Call) -> bool:
    """Whether another operand of the call gives a number its dtype."""
    beside = [u for u in call.inputs if u.dtype == v.dtype and (u.array is None or u.array.ndim)]
    return bool(beside) and call.primitive.elementwise and call.name != "cast"


def argument(name: str, taken: set[str]) -> str:
    """`name` as a name of Python that is not taken yet."""
    found = identifier(name)
    found = f"_{found}" if keyword.iskeyword(found) else found
    while found in taken or re.fullmatch(r"[xat]\d+|n", found):
        found += "_"
    taken.add(found)
    return found
