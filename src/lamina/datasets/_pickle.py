"""A reader of pickles that hold data and nothing else: lists, tuples, dicts, text, bytes, numbers, and arrays of NumPy.

A pickle is a program for a small machine with a stack. This machine knows the instructions that build such data, calls
nothing, imports nothing, and takes the names of NumPy's helpers for mere marks. All else is refused.

Reference: the comments in Python's own Lib/pickletools.py.
"""

import re
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

_RECONSTRUCT, _NDARRAY, _DTYPE, _ENCODE, _BYTES = "reconstruct", "ndarray", "dtype", "encode", "bytes"
_NAMES = {
    **{(f"{core}.multiarray", "_reconstruct"): _RECONSTRUCT for core in ("numpy.core", "numpy._core")},
    ("numpy", "ndarray"): _NDARRAY,
    ("numpy", "dtype"): _DTYPE,
    ("_codecs", "encode"): _ENCODE,
    ("__builtin__", "bytes"): _BYTES,
}


class _Name:
    """One of the names that are known, on the stack."""

    def __init__(self, kind: str):
        self.kind = kind


class _Type:
    """A dtype that is being described."""

    def __init__(self, code: str):
        self.code = code
        self.order = "="

    def numpy(self) -> np.dtype:
        dtype = np.dtype(self.code)
        if dtype.kind not in "biufO":
            raise ValueError(f"arrays of dtype {self.code!r} are not read")
        return dtype if self.order == "|" else dtype.newbyteorder(self.order)


class _Array:
    """An array that is being described."""

    value: np.ndarray | None = None

    def fill(self, state: Any) -> None:
        _, shape, dtype, is_fortran, content = state
        kind, order = dtype.numpy(), "F" if is_fortran else "C"
        if kind.kind != "O":
            self.value = np.frombuffer(content, kind).reshape(shape, order=order)
            return
        self.value = np.empty(len(content), dtype=object)
        for i, entry in enumerate(content):
            self.value[i] = entry
        self.value = self.value.reshape(shape, order=order)


def read_pickle(content: bytes, name: str) -> Any:
    """What a pickle of plain data holds. Bytes of Python 2 are bytes.

    Args:
        content: the pickle, of any protocol.
        name: of the file, for errors.
    Raises ValueError for a pickle that holds anything else, or is damaged.
    """
    try:
        return _finished(_Machine(content).run())
    except (
        ValueError,
        IndexError,
        KeyError,
        TypeError,
        struct.error,
        AttributeError,
        OverflowError,
        MemoryError,
    ) as error:
        raise ValueError(
            f"{name} is no pickle of lists, dicts, text, numbers and arrays, or it is damaged ({error}). Nothing in it was run."
        ) from None


def _finished(thing: Any, depth: int = 0) -> Any:
    """The thing with its arrays, wherever they stand in lists, tuples and dicts."""
    if depth > 50:
        raise ValueError("it is nested too deeply")
    if isinstance(thing, _Array):
        if thing.value is None:
            raise ValueError("an array without values")
        return thing.value
    if isinstance(thing, dict):
        return {k: _finished(v, depth + 1) for k, v in thing.items()}
    if isinstance(thing, (list, tuple)) and any(isinstance(v, (_Array, dict, list, tuple)) for v in thing):
        return type(thing)(_finished(v, depth + 1) for v in thing)
    if isinstance(thing, (_Name, _Type)):
        raise ValueError("it holds a name, not data")
    return thing


# One byte, two bytes, four with a sign.
_INTEGER = re.compile(rb"K.|M..|J....", re.DOTALL)
_RUN = re.compile(rb"(?:K.|M..|J....)++", re.DOTALL)


class _Values(dict[bytes, int]):
    """The integers by the instructions that push them."""

    def __missing__(self, instruction: bytes) -> int:
        value = int.from_bytes(instruction[1:], "little", signed=instruction[0] == ord("J"))
        self[instruction] = value
        return value


class _Machine:
    """Runs a pickle.

    Args:
        content: the pickle.
    """

    def __init__(self, content: bytes):
        self.content = content
        self.at = 0
        self.stack: list[Any] = []
        self.marks: list[int] = []  # how high the stack was at each mark
        self.memo: dict[int, Any] = {}
        self._values = _Values()

    def run(self) -> Any:
        content, size = self.content, len(self.content)
        while self.at < size:
            code = content[self.at]
            if code in b"KMJ":
                self._integers()
                continue
            self.at += 1
            if code == _STOP:
                if len(self.stack) != 1 or self.marks:
                    raise ValueError("it ends with other than one thing")
                return self.stack[0]
            step = _STEPS.get(code)
            if step is None:
                raise ValueError(f"the instruction {bytes([code])!r} is not for data")
            step(self)
        raise ValueError("it does not end")

    def _integers(self) -> None:
        """A run of small integers, which lists of words consist of: the one thing that must be fast."""
        run = _RUN.match(self.content, self.at)
        if run is None:
            raise ValueError("it is cut off")
        self.stack.extend(map(self._values.__getitem__, _INTEGER.findall(run[0])))
        self.at = run.end()

    # --- parts of instructions ----------------------------------------------------------------------------------------

    def take(self, count: int) -> bytes:
        """The next bytes."""
        if count < 0 or self.at + count > len(self.content):
            raise ValueError("it is cut off")
        self.at += count
        return self.content[self.at - count : self.at]

    def number(self, width: int, signed: bool = False) -> int:
        return int.from_bytes(self.take(width), "little", signed=signed)

    def line(self) -> bytes:
        """The bytes up to the end of the line."""
        end = self.content.index(b"\n", self.at)
        found = self.content[self.at : end]
        self.at = end + 1
        return found

    def push(self, thing: Any) -> None:
        self.stack.append(thing)

    def pop(self) -> Any:
        return self.stack.pop()

    def since_mark(self) -> list[Any]:
        """What was pushed since the last mark; mark and all are taken off."""
        if not self.marks or self.marks[-1] > len(self.stack):
            raise ValueError("a mark is missing")
        at = self.marks.pop()
        found = self.stack[at:]
        del self.stack[at:]
        return found

    def top(self, kind: type) -> Any:
        if not isinstance(self.stack[-1], kind):
            raise ValueError(f"a {kind.__name__} was expected")
        return self.stack[-1]


# --- instructions -----------------------------------------------------------------------------------------------------


def _name(module: Any, name: Any) -> _Name:
    if (module, name) not in _NAMES:
        raise ValueError(f"it names {module}.{name}")
    return _Name(_NAMES[module, name])


def _global(m: _Machine) -> None:
    m.push(_name(m.line().decode(), m.line().decode()))


def _stack_global(m: _Machine) -> None:
    name, module = m.pop(), m.pop()
    m.push(_name(module, name))


def _reduce(m: _Machine) -> None:
    """The one instruction that would call something: four names stand for what is made here."""
    arguments, name = m.pop(), m.pop()
    if not isinstance(name, _Name) or not isinstance(arguments, tuple):
        raise ValueError("it calls something")
    if name.kind == _RECONSTRUCT and isinstance(arguments[0], _Name) and arguments[0].kind == _NDARRAY:
        m.push(_Array())
    elif name.kind == _DTYPE:
        m.push(_Type(_text(arguments[0])))
    elif name.kind == _ENCODE and arguments[1:] == ("latin1",):
        m.push(arguments[0].encode("latin1"))
    elif name.kind == _BYTES and not arguments:
        m.push(b"")
    else:
        raise ValueError("it calls something")


def _build(m: _Machine) -> None:
    state, thing = m.pop(), m.stack[-1]
    if isinstance(thing, _Array):
        thing.fill(state)
    elif isinstance(thing, _Type):
        if state[3] is not None or state[4] is not None:
            raise ValueError("arrays of records are not read")
        thing.order = _text(state[1])
    else:
        raise ValueError("it sets the state of something")


def _text(value: Any) -> str:
    return value.decode("ascii") if isinstance(value, bytes) else value


def _set_items(m: _Machine, items: list[Any]) -> None:
    m.top(dict).update(zip(items[::2], items[1::2]))


def _append(m: _Machine) -> None:
    value = m.pop()
    m.top(list).append(value)


def _appends(m: _Machine) -> None:
    values = m.since_mark()
    m.top(list).extend(values)


def _items(m: _Machine) -> None:
    items = m.since_mark()
    _set_items(m, items)


def _item(m: _Machine) -> None:
    value, key = m.pop(), m.pop()
    _set_items(m, [key, value])


def _dict(m: _Machine) -> None:
    items = m.since_mark()
    m.push(dict(zip(items[::2], items[1::2])))


def _tuple_of(count: int) -> Callable[[_Machine], None]:
    def step(m: _Machine) -> None:
        found = tuple(m.stack[-count:])
        if len(found) < count:
            raise ValueError("the stack is empty")
        m.stack[-count:] = [found]

    return step


def _bytes_of(width: int, decode: str | None = None) -> Callable[[_Machine], None]:
    def step(m: _Machine) -> None:
        found = m.take(m.number(width))
        m.push(found if decode is None else found.decode(decode, "surrogatepass"))

    return step


def _put(m: _Machine, key: int) -> None:
    m.memo[key] = m.stack[-1]


def _integer_line(m: _Machine) -> None:
    found = m.line()
    m.push({b"00": False, b"01": True}.get(found) if found in (b"00", b"01") else int(found))


def _string_line(m: _Machine) -> None:
    """The text of a string as Python 2 wrote it, between quotes; bytes."""
    found = m.line().strip()
    if len(found) < 2 or found[:1] != found[-1:] or found[:1] not in (b"'", b'"'):
        raise ValueError("a string without quotes")
    m.push(found[1:-1].decode("unicode_escape").encode("latin1"))


def _proto(m: _Machine) -> None:
    if m.number(1) > 5:
        raise ValueError("its protocol is unknown")


_STOP = ord(".")
_STEPS: dict[int, Callable[[_Machine], None]] = {
    ord(code): step
    for code, step in {
        "\x80": _proto,
        "\x95": lambda m: m.take(8) and None,  # a frame: what follows is as it is
        "(": lambda m: m.marks.append(len(m.stack)),
        "0": lambda m: m.pop() and None,
        "1": lambda m: m.since_mark() and None,
        "2": lambda m: m.push(m.stack[-1]),
        "c": _global,
        "\x93": _stack_global,
        "R": _reduce,
        "b": _build,
        "N": lambda m: m.push(None),
        "\x88": lambda m: m.push(True),
        "\x89": lambda m: m.push(False),
        "I": _integer_line,
        "L": lambda m: m.push(int(m.line().rstrip(b"L"))),
        "F": lambda m: m.push(float(m.line())),
        "G": lambda m: m.push(struct.unpack(">d", m.take(8))[0]),
        "\x8a": lambda m: m.push(m.number(m.number(1), signed=True)),
        "\x8b": lambda m: m.push(m.number(m.number(4), signed=True)),
        "S": _string_line,
        "V": lambda m: m.push(m.line().decode("raw-unicode-escape")),
        "U": _bytes_of(1),
        "T": _bytes_of(4),
        "C": _bytes_of(1),
        "B": _bytes_of(4),
        "\x8e": _bytes_of(8),
        "X": _bytes_of(4, "utf-8"),
        "\x8c": _bytes_of(1, "utf-8"),
        "\x8d": _bytes_of(8, "utf-8"),
        "]": lambda m: m.push([]),
        "}": lambda m: m.push({}),
        ")": lambda m: m.push(()),
        "t": lambda m: m.push(tuple(m.since_mark())),
        "l": lambda m: m.push(m.since_mark()),
        "d": _dict,
        "\x85": _tuple_of(1),
        "\x86": _tuple_of(2),
        "\x87": _tuple_of(3),
        "a": _append,
        "e": _appends,
        "s": _item,
        "u": _items,
        "p": lambda m: _put(m, int(m.line())),
        "q": lambda m: _put(m, m.number(1)),
        "r": lambda m: _put(m, m.number(4)),
        "\x94": lambda m: _put(m, len(m.memo)),
        "g": lambda m: m.push(m.memo[int(m.line())]),
        "h": lambda m: m.push(m.memo[m.number(1)]),
        "j": lambda m: m.push(m.memo[m.number(4)]),
    }.items()
}
