"""The text of one function in LLVM's language: values, loads and stores, loops.

Each method writes a line or a few and gives the value that they define. What LLVM makes of the text (registers, vectors,
unrolling) is its own affair; what the text says is the order of the arithmetic, which LLVM keeps: additions are not
reordered, but where a sum says that it may be.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from .._emit import TYPES

BOOL = np.dtype(bool)
FLOAT32 = np.dtype("float32")
INT64 = np.dtype(np.int64)
BACKWARDS = 8  # elements that a loop takes at once which walks through an array backwards


def in_register(dtype: Any) -> np.dtype:
    """The dtype with which a number of this dtype is computed with."""
    dtype = np.dtype(dtype)
    return FLOAT32 if dtype.name in ("float16", "bfloat16") else dtype


def type_of(dtype: np.dtype, lanes: int = 1) -> str:
    """LLVM's type of a number, or of a vector of so many."""
    return TYPES[dtype.name] if lanes == 1 else f"<{lanes} x {TYPES[dtype.name]}>"


class Value(NamedTuple):
    """A number in a register, or a constant; of more than one lane, a vector of numbers."""

    text: str
    dtype: np.dtype
    lanes: int = 1

    @property
    def type(self) -> str:
        return type_of(self.dtype, self.lanes)

    @property
    def is_float(self) -> bool:
        return self.dtype.kind == "f"


class Array(NamedTuple):
    """An array in memory: a pointer, and where its elements lie."""

    pointer: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: np.dtype


class Module:
    """Functions that are compiled together, and what they declare."""

    def __init__(self) -> None:
        self.functions: list[str] = []
        self.declarations: dict[str, None] = {}
        self.metadata: list[str] = []
        self._names: dict[str, str] = {}

    def add(self, name: str, head: str, body: Sequence[str]) -> str:
        """Puts a function there, unless one that does the same stands there: the layers of a network are often alike. Gives the
        name of the one that does it."""
        code = [line for line in body if not line.lstrip().startswith(";")]
        marks: dict[str, int] = {}
        key = re.sub(r"!(\d+)", lambda m: f"!{marks.setdefault(m[1], len(marks))}", "\n".join([head, *code]))
        known = self._names.setdefault(key, name)
        if known == name:
            self.functions.append("\n".join([f"define void @{name}({head}) noinline {{", *body, "}"]))
        else:
            self.functions.append(f"; {name} is {known}, on other arrays")
        return known

    def __str__(self) -> str:
        return "\n".join([*self.functions, *self.declarations, *self.metadata]) + "\n"


class Code:
    """The body of a function that is being written.

    Args:
        module: where it will stand.
        name: of the function.
        head: its arguments in LLVM's language, `ptr %table`.
    """

    def __init__(self, module: Module, name: str, head: str):
        self.module = module
        self._name, self._head = name, head
        self.lines: list[str] = []
        self._variables: list[str] = []
        self._count = 0
        self._block = "entry"
        self._depth = 1
        self._groups: list[int] = []
        self._inner: list[tuple[str, set[int]]] = []  # of each loop around: its index, and the strides it walks with

    def finish(self) -> str:
        """Puts the function into the module; gives the name by which it is found there."""
        return self.module.add(self._name, self._head, ["entry:", *self._variables, *self.lines, "  ret void"])

    # --- lines ---

    def write(self, line: str) -> None:
        self.lines.append("  " * self._depth + line)

    def comment(self, text: str) -> None:
        self.write(f"; {text}")

    def name(self, stem: str = "") -> str:
        self._count += 1
        return f"%{stem}{self._count}"

    def define(self, expression: str, dtype: Any, stem: str = "v", lanes: int = 1) -> Value:
        name = self.name(stem)
        self.write(f"{name} = {expression}")
        return Value(name, np.dtype(dtype), lanes)

    def call(self, function: str, dtype: Any, *operands: Value) -> Value:
        """One of LLVM's own functions, `llvm.sqrt` and the like, on operands of one dtype."""
        kind = {"float32": "f32", "float64": "f64"}.get(operands[0].dtype.name, operands[0].type)
        full = f"@{function}.{kind}"
        result = TYPES[np.dtype(dtype).name]
        self.declare(f"declare {result} {full}({', '.join(o.type for o in operands)})")
        return self.define(f"call {result} {full}({', '.join(f'{o.type} {o.text}' for o in operands)})", dtype)

    def argument(self, number: int) -> None:
        """Makes %array<number> the address at that place of the table."""
        place = f"getelementptr ptr, ptr %table, i64 {number}"
        self._variables.append(f"  %place{number} = {place}")
        self._variables.append(f"  %array{number} = load ptr, ptr %place{number}")

    def declare(self, line: str) -> None:
        self.module.declarations[line] = None

    # --- numbers ---

    def number(self, value: Any, dtype: Any) -> Value:
        dtype = np.dtype(dtype)
        if (kind := in_register(dtype)).kind == "f":
            (bits,) = struct.unpack(">Q", struct.pack(">d", float(dtype.type(value))))
            return Value(f"0x{bits:016X}", kind)
        if dtype == BOOL:
            return Value("true" if value else "false", dtype)
        return Value(str(int(value)), dtype)

    def index(self, n: int) -> Value:
        return Value(str(n), INT64)

    # --- memory ---

    def address(self, array: Array, indices: tuple[Value, ...]) -> str:
        """The pointer to an element."""
        pointer, fixed = array.pointer, 0
        for i, stride in zip(indices, array.strides):
            if not stride:
                continue
            if not i.text.startswith("%"):
                fixed += int(i.text) * stride
                continue
            if self._inner and self._inner[-1][0] == i.text:
                self._inner[-1][1].add(stride)
            step = i if stride == 1 else self.define(f"mul nsw i64 {i.text}, {stride}", INT64, "o")
            pointer = self.define(f"getelementptr i8, ptr {pointer}, i64 {step.text}", INT64, "p").text
        if fixed:
            pointer = self.define(f"getelementptr i8, ptr {pointer}, i64 {fixed}", INT64, "p").text
        return pointer

    def load(self, array: Array, indices: tuple[Value, ...]) -> Value:
        pointer = self.address(array, indices)
        if array.dtype == BOOL:
            byte = self.define(f"load i8, ptr {pointer}, align 1{self._access()}", np.uint8)
            return self.define(f"icmp ne i8 {byte.text}, 0", BOOL)
        kind = TYPES[array.dtype.name]
        found = self.define(f"load {kind}, ptr {pointer}, align {array.dtype.itemsize}{self._access()}", array.dtype)
        return found if in_register(array.dtype) == array.dtype else self._widened(found)

    def store(self, value: Value, array: Array, indices: tuple[Value, ...]) -> None:
        pointer = self.address(array, indices)
        if array.dtype == BOOL:
            value = self.define(f"zext i1 {value.text} to i8", np.uint8)
        elif in_register(array.dtype) != array.dtype:
            value = self._narrowed(value, array.dtype)
        self.write(f"store {value.type} {value.text}, ptr {pointer}, align {array.dtype.itemsize}{self._access()}")

    def _widened(self, x: Value) -> Value:
        """A float of 16 bits as float32; a bfloat16 is the first half of one."""
        if x.dtype.name == "float16":
            return self.define(f"fpext half {x.text} to float", FLOAT32)
        wide = self.define(f"zext i16 {x.text} to i32", np.uint32)
        return self.define(f"bitcast i32 {self.define(f'shl i32 {wide.text}, 16', np.uint32).text} to float", FLOAT32)

    def _narrowed(self, x: Value, dtype: np.dtype) -> Value:
        """A float32 as the nearest float of 16 bits, halves to even."""
        if dtype.name == "float16":
            return self.define(f"fptrunc float {x.text} to half", dtype)
        # In whole numbers: not every processor has an instruction for it, and one that has flushes subnormal numbers.
        bits = self.define(f"bitcast float {x.text} to i32", np.uint32)
        last = self.define(f"and i32 {self.define(f'lshr i32 {bits.text}, 16', np.uint32).text}, 1", np.uint32)
        half = self.define(f"add i32 {last.text}, 32767", np.uint32)
        number = self.define(
            f"lshr i32 {self.define(f'add i32 {bits.text}, {half.text}', np.uint32).text}, 16", np.uint32
        )
        quiet = self.define(f"or i32 {self.define(f'lshr i32 {bits.text}, 16', np.uint32).text}, 64", np.uint32)
        is_nan = self.define(f"fcmp uno float {x.text}, {x.text}", BOOL)
        chosen = self.define(f"select i1 {is_nan.text}, i32 {quiet.text}, i32 {number.text}", np.uint32)
        return self.define(f"trunc i32 {chosen.text} to i16", dtype)

    def rounded(self, x: Value, dtype: np.dtype) -> Value:
        """A number as it would come back from memory of this dtype."""
        return x if in_register(dtype) == dtype else self._widened(self._narrowed(x, dtype))

    def _access(self) -> str:
        return f", !llvm.access.group !{self._groups[-1]}" if self._groups else ""

    def variable(self, start: Value) -> str:
        """A place for a number that changes in a loop; LLVM keeps it in a register."""
        name = self.name("a")
        self._variables.append(f"  {name} = alloca {start.type}")
        self.write(f"store {start.type} {start.text}, ptr {name}")
        return name

    def get(self, variable: str, dtype: Any, lanes: int = 1) -> Value:
        dtype = in_register(dtype)
        return self.define(f"load {type_of(dtype, lanes)}, ptr {variable}", dtype, lanes=lanes)

    def set(self, variable: str, value: Value) -> None:
        self.write(f"store {value.type} {value.text}, ptr {variable}")

    # --- loops ---

    @contextmanager
    def loop(self, stop: int | Value, start: Value | None = None, independent: bool = False) -> Iterator[Value]:
        """The lines within are run for every i from `start` (0) to `stop`.

        independent: nothing that a round reads from memory was written by another round, so that LLVM may take many
        rounds at once.
        """
        first = start or self.index(0)
        end = stop if isinstance(stop, Value) else self.index(stop)
        self._count += 1
        n = self._count
        before, head, after = self._block, f"loop{n}", f"done{n}"
        if isinstance(stop, Value):
            some = self.define(f"icmp slt i64 {first.text}, {end.text}", BOOL)
            self.write(f"br i1 {some.text}, label %{head}, label %{after}")
        else:
            self.write(f"br label %{head}")
        self._begin(head)
        self._depth += 1
        place = len(self.lines)
        self.write("")  # the phi, when it is known which block comes back
        said = [self._independent()] if independent else []
        self._inner.append((f"%i{n}", set()))
        yield Value(f"%i{n}", INT64)
        if independent:
            self._groups.pop()
        if min(self._inner.pop()[1], default=0) < 0:
            # Left to choose how many, LLVM 22 ends the process for some processors, whose costs it counts in two ways. Told to
            # take more than there are, or of a fold that it does not know, it says on standard error that it cannot.
            if independent and not (isinstance(stop, int) and stop < BACKWARDS):
                how = f'"llvm.loop.vectorize.width", i32 {BACKWARDS}'
            else:
                how = '"llvm.loop.vectorize.enable", i1 false'
            said.append(f"!{{!{how}}}")
        mark = self._metadata(said) if said else ""
        self.write(f"%n{n} = add nuw nsw i64 %i{n}, 1")
        more = self.define(f"icmp slt i64 %n{n}, {end.text}", BOOL)
        self.write(f"br i1 {more.text}, label %{head}, label %{after}{mark}")
        self.lines[place] += f"%i{n} = phi i64 [ {first.text}, %{before} ], [ %n{n}, %{self._block} ]"
        self._depth -= 1
        self._begin(after)

    def _independent(self) -> str:
        """What says of a loop that its accesses, marked from now on, do not meet."""
        group = len(self.module.metadata)
        self.module.metadata.append(f"!{group} = distinct !{{}}")
        self._groups.append(group)
        return f'!{{!"llvm.loop.parallel_accesses", !{group}}}'

    def _metadata(self, said: Sequence[str]) -> str:
        """The mark of a loop of which that is said."""
        loop = len(self.module.metadata)
        self.module.metadata.append(f"!{loop} = distinct !{{!{loop}, {', '.join(said)}}}")
        return f", !llvm.loop !{loop}"

    def _begin(self, block: str) -> None:
        self._block = block
        self.lines.append(f"{block}:")
