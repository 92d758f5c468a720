"""The file of a program: weights, static arrays and one function."""

import math
from typing import Any

import numpy as np

from lamina import __version__

from .._errors import ExportError, at
from .._plain import identifier, plain
from .._program import Call, Program, Value
from ._elementwise import expression
from ._loops import Lines, offset, spread_strides, strides_of
from ._memory import Memory, Place
from ._moving import MOVING
from ._products import PRODUCTS
from ._reductions import REDUCTIONS
from ._sequences import SEQUENCES
from ._types import TYPES, number

RULES = {**MOVING, **REDUCTIONS, **PRODUCTS, **SEQUENCES}
A_LINE = 8  # numbers of a weight on a line


class Writer(Lines):
    """Writes the calls of a program as loops over arrays whose places are known."""

    def __init__(self, program: Program, titles: dict[str, str]):
        super().__init__()
        self.program, self.titles = program, titles
        self.memory = Memory()
        self.names: dict[int, str] = {}
        self.places: dict[int, Place] = {}
        self.passing: list[Place] = []  # room that one call needs
        self.weights: dict[str, np.ndarray] = {}
        self.pointers: dict[str, str] = {}
        self.count_loops = 0
        self.place = ""

    def write(self, inputs: list[str], outputs: list[str]) -> list[str]:
        """The lines of the function's body."""
        results = self.inline(self.program, inputs)
        for name, given, v in zip(outputs, results, self.program.outputs):
            with self.loops([math.prod(v.shape)]) as (i,):
                self.add(f"{name}[{i}] = {given}[{i}];")
        return self.lines

    def inline(self, program: Program, inputs: list[str]) -> list[str]:
        """Writes the calls of a program whose inputs have these names; gives the names of its outputs."""
        self.names.update((id(v), name) for v, name in zip(program.inputs, inputs))
        last = {id(v): n for n, call in enumerate(program.calls) for v in call.inputs}
        last |= {id(v): len(program.calls) for v in program.outputs}
        for n, call in enumerate(program.calls):
            if call.place != self.place and self.depth == 1 and call.place:
                self.add(f"/* {plain(self.titles.get(call.place, call.place))} */")
                self.place = call.place
            passing, self.passing = self.passing, []
            self._call(call, last)
            for place in self.passing:
                self.memory.give_back(place)
            self.passing = passing
            for v in {id(v): v for v in (*call.inputs, *call.outputs)}.values():
                if last.get(id(v), n) <= n:
                    self._release(v)
        results = [self.read(v) for v in program.outputs]
        for v in {id(v): v for v in program.outputs}.values():
            if program is not self.program:
                self._hold(v)
        return results

    def _hold(self, v: Value) -> None:
        """The outcome of a body stays where it is until the call that it belongs to has ended."""
        place = self.places.pop(id(v), None)
        if place is not None:
            place.holders.discard(id(v))
            if not place.holders:
                self.passing.append(place)

    def _release(self, v: Value) -> None:
        place = self.places.pop(id(v), None)
        if place is not None:
            place.holders.discard(id(v))
            if not place.holders:
                self.memory.give_back(place)

    # --- calls --------------------------------------------------------------------------------------------------------

    def _call(self, call: Call, last: dict[int, int]) -> None:
        self._check(call)
        if call.name == "reshape":  # the same elements in the same order
            self.names[id(call.outputs[0])] = self.read(call.inputs[0])
            place = self.places.get(id(call.inputs[0]))
            if place is not None:
                place.holders.add(id(call.outputs[0]))
                self.places[id(call.outputs[0])] = place
            return
        outs = [self._new(v) if id(v) in last or not k else "" for k, v in enumerate(call.outputs)]
        if call.name in RULES:
            RULES[call.name](self, call, [self.read(v) for v in call.inputs], outs)
        else:
            self._elementwise(call, outs[0])

    def _check(self, call: Call) -> None:
        strange = [v.dtype.name for v in call.outputs if v.dtype.name not in TYPES]
        if strange:
            raise ExportError(f"{at(call.place)} computes in {strange[0]}, which C99 does not have.")

    def _elementwise(self, call: Call, out: str) -> None:
        shape = call.outputs[0].shape
        operands = [self._element(v) for v in call.inputs]
        flat = all(v.shape in (shape, ()) for v in call.inputs)
        with self.loops([math.prod(shape)] if flat else shape) as i:
            texts = [element(i, shape, flat) for element in operands]
            text = expression(call, texts)
            if text is None:
                raise ExportError(f"{at(call.place)} uses {call.name}, which the C file cannot do.")
            place = i[0] if flat else offset(i, strides_of(shape))
            self.add(f"{out}[{place}] = {text};")

    def _element(self, v: Value) -> Any:
        if v.array is not None and v.array.ndim == 0:
            text = number(v.array, v.dtype)
            return lambda i, shape, flat: f"({text})" if text.startswith("-") else text
        name = self.read(v)
        if v.shape == ():
            return lambda i, shape, flat: f"{name}[0]"
        return lambda i, shape, flat: f"{name}[{i[0] if flat else offset(i, spread_strides(v.shape, shape))}]"

    # --- arrays -------------------------------------------------------------------------------------------------------

    def read(self, v: Value) -> str:
        """The name of the array of a value."""
        if id(v) not in self.names:
            if v.array is None:
                raise ExportError(f"{at(self.place)} makes a constant that this exporter cannot write.")
            self.names[id(v)] = self._weight(v)
        return self.names[id(v)]

    def _weight(self, v: Value) -> str:
        assert v.array is not None
        return self.table(v.name or f"constant_{len(self.weights)}", v.array)

    def table(self, stem: str, array: np.ndarray) -> str:
        """The name of a constant array, made of `stem`."""
        name = base = f"w_{identifier(stem)}"
        count = 1
        while name in self.weights:
            name, count = f"{base}_{count}", count + 1
        self.weights[name] = array
        return name

    def _new(self, v: Value) -> str:
        place = self.memory.take(TYPES[v.dtype.name], max(1, math.prod(v.shape)))
        place.holders.add(id(v))
        self.places[id(v)] = place
        self.names[id(v)] = self._pointer(place)
        return self.names[id(v)]

    def temporary(self, dtype: np.dtype, size: int) -> str:
        """Room until the call that is being written has ended."""
        place = self.memory.take(TYPES[dtype.name], size)
        self.passing.append(place)
        return self._pointer(place)

    def _pointer(self, place: Place) -> str:
        """The name of the pointer to a place, declared at the head of the function."""
        short = place.kind.removesuffix("_t")
        name = f"{short}_{place.start}"
        self.pointers[name] = f"    {place.kind} *const {name} = memory_{short} + {place.start};"
        return name


def c_text(program: Program, name: str, outputs: list[str], titles: dict[str, str], file: str) -> str:
    """The whole file; the function is called `<name>_predict`."""
    stem = identifier(name)
    strings = [v.name for v in program.inputs if v.dtype.name not in TYPES]
    if strings:
        raise ExportError(f"The input {strings[0]!r} takes what C99 has no type for; numbers alone can go in.")
    taken: set[str] = set()
    ins = [_argument(f"in_{v.name}", taken) for v in program.inputs]
    outs = [_argument(f"out_{n}", taken) for n in outputs]
    writer = Writer(program, titles)
    body = writer.write(ins, outs)
    body = [*writer.pointers.values(), *body]
    arguments = ", ".join(
        [f"const {TYPES[v.dtype.name]} {n}[{math.prod(v.shape)}]" for n, v in zip(ins, program.inputs)]
        + [f"{TYPES[v.dtype.name]} {n}[{math.prod(v.shape)}]" for n, v in zip(outs, program.outputs)]
    )
    says = "\n".join(
        f"   {n}: {TYPES[v.dtype.name]} {list(v.shape)}"
        for n, v in (*zip(ins, program.inputs), *zip(outs, program.outputs))
    )
    memory = [f"static {kind} memory_{kind.removesuffix('_t')}[{n}];" for kind, n in writer.memory.peaks.items()]
    return "\n".join([
        f'/* The model "{plain(name)}" for one sample, in C99: static arrays, no allocation. Not for several threads at once.',
        f"   Compile with: cc -std=c99 -O2 -c {plain(file)}; link with -lm.", "   In and out, in rows:", says,
        f"   Written by lamina {__version__}. */", "#include <math.h>", "#include <stdint.h>", "",
        *(_array(n, a) for n, a in writer.weights.items()), *memory, "",
        f"void {stem}_predict({arguments});", "", f"void {stem}_predict({arguments}) {{", *body, "}", "",
        _main(stem, ins, outs, program),
    ])  # fmt: skip


def _argument(name: str, taken: set[str]) -> str:
    found = identifier(name)
    while found in taken:
        found += "_"
    taken.add(found)
    return found


def _array(name: str, array: np.ndarray) -> str:
    """A constant array, written out."""
    numbers = [number(x, array.dtype) for x in array.reshape(-1)]
    rows = [", ".join(numbers[i : i + A_LINE]) for i in range(0, len(numbers), A_LINE)]
    return f"static const {TYPES[array.dtype.name]} {name}[{len(numbers)}] = {{\n    " + ",\n    ".join(rows) + "};"


def _main(stem: str, ins: list[str], outs: list[str], program: Program) -> str:
    """A program for trying: numbers as they lie in memory from standard input to standard output."""
    arrays = [
        f"    static {TYPES[v.dtype.name]} {n}[{math.prod(v.shape)}];"
        for n, v in (*zip(ins, program.inputs), *zip(outs, program.outputs))
    ]
    reads = [f"    if (fread({n}, sizeof {n}, 1, stdin) != 1) return 1;" for n in ins]
    writes = [f"    if (fwrite({n}, sizeof {n}, 1, stdout) != 1) return 1;" for n in outs]
    return "\n".join([
        "#ifdef LAMINA_MAIN /* tries it: raw arrays from standard input to standard output */", "#include <stdio.h>", "",
        "int main(void) {", *arrays, *reads, f"    {stem}_predict({', '.join([*ins, *outs])});", *writes,
        "    return 0;", "}", "#endif", "",
    ])  # fmt: skip
