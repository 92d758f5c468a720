"""Calls everything public with one argument wrong, and judges what comes out.

    python tests/front_door/sweep.py [--every 1] [--seed 0] [--group ops] [--only PATTERN]

What may come out is a result, or a TypeError or ValueError (an OSError for a path, an ImportError for an extra, a
NotImplementedError) that names the argument or says what was got; and a text in the place of a number is never taken silently.
"""

import argparse
import collections
import contextlib
import fnmatch
import inspect
import os
import random
import re
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from bases import GROUPS, Base

from lamina.engines import engine

# An engine that compiles what it has not seen may take long, on a busy machine, for the first call of a kind.
SECONDS = 120 if engine.COSTLY_TRACES else 30
# Words of messages that say what was got and what was expected.
PLAIN = re.compile(
    r"\bgot\b|[Uu]nknown|not supported|expected an? |Cannot (turn|make) |no tensors of dtype|out of range for shape|"
    r"does not (fit|broadcast)"
)
WRONG: dict[str, Any] = {
    "none": None,
    "text": "nonsense",
    "empty text": "",
    "bytes": b"x",
    "object": object(),
    "minus": -1,
    "zero": 0,
    "half": 0.5,
    "true": True,
    "seven": 7,
    "nan": float("nan"),
    "infinity": float("inf"),
    "very negative": -(10**12),
    "list": [],
    "dict": {},
    "nones": [None],
    "texts": ["a", "b"],
    "ragged": [[1.0], [1.0, 2.0]],
    "function": lambda *args: None,
    "class": int,
    "complex": 1j,
    "set": {1},
    "empty array": np.zeros((0,), "float32"),
    "no rows": np.zeros((0, 3), "float32"),
    "scalar": np.float32(2),
    "deep array": np.ones((1,) * 7, "float32"),
    "nan array": np.full((2, 3), np.nan, "float32"),
    "long array": np.ones(17, "float32"),
    "integers": np.arange(6).reshape(2, 3),
    "array of texts": np.array(["a", "b"]),
    "objects": np.array([object(), None]),
    "dates": np.array(["2020-01-01"], "M8[D]"),
}


class Fault(NamedTuple):
    label: str
    argument: str
    value: str
    what: str

    def __str__(self) -> str:
        return f"{self.label}({self.argument}={self.value}): {self.what}"


class _Late(BaseException):
    pass


def trials(group: str, every: int = 1, seed: int = 0, only: str = "*") -> Iterator[tuple[Base, str, str]]:
    """Which argument of which call is made what; of them each `every`th, drawn by the seed."""
    rng = random.Random(f"{seed} {group}")
    for base in GROUPS[group]():
        if fnmatch.fnmatch(base.label, only):
            parameters = inspect.signature(base.function).parameters
            names = [
                n
                for n, p in parameters.items()
                if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) and n not in ("cls", "needed", "arguments")
            ]
            for name in dict.fromkeys([*names, *base.arguments]):
                for value in WRONG:
                    if rng.random() * every < 1:
                        yield base, name, value


def fault_of(base: Base, name: str, value: str) -> Fault | None:
    """What is wrong with the answer to one wrong argument."""
    in_use = False
    try:
        with _in_time(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = base.function(**{**base.arguments, name: WRONG[value]})
            in_use = True
            if base.use is not None:
                base.use(result)
    except (OSError, ImportError, NotImplementedError):
        return None
    except MemoryError as error:  # what is asked for is clear, and too much
        return None if value == "very negative" else Fault(base.label, name, value, f"MemoryError: {error}")
    except (TypeError, ValueError) as error:
        told = "\n".join([str(error), *getattr(error, "__notes__", [])])
        # A class may find out when it is used; then the call is told, where the argument is not among the arguments.
        if (
            re.search(rf"\b{re.escape(name)}\b", told)
            or PLAIN.search(told)
            or (in_use and ("Called as" in told or "called with" in told or "call() takes" in told))
        ):
            return None
        return Fault(
            base.label, name, value, f"{type(error).__name__} names no argument: {told[:150]!r} ({_place(error)})"
        )
    except _Late:
        return Fault(base.label, name, value, f"takes more than {SECONDS} s")
    except Exception as error:
        return Fault(base.label, name, value, f"{type(error).__name__}: {str(error)[:150]!r} ({_place(error)})")
    if value in ("text", "dict", "bytes") and _is_number(base, name):
        return Fault(base.label, name, value, "is taken in the place of a number")
    return None


def _is_number(base: Base, name: str) -> bool:
    parameter = inspect.signature(base.function).parameters.get(name)
    default = None if parameter is None else parameter.default
    return type(default) in (int, float) and name not in ("verbose",)


def _place(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{'/'.join(last.filename.split('/')[-3:])}:{last.lineno}"


@contextlib.contextmanager
def _in_time() -> Iterator[None]:
    def late(*_: Any) -> None:
        raise _Late

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--group", default=",".join(GROUPS))
    parser.add_argument("--only", default="*")
    options = parser.parse_args()
    os.chdir(tempfile.mkdtemp())
    found = collections.Counter()
    for group in options.group.split(","):
        for trial in trials(group, options.every, options.seed, options.only):
            fault = fault_of(*trial)
            found["calls"] += 1
            if fault is not None:
                found["faults"] += 1
                print(fault, flush=True)
    print(f"{found['calls']} calls, {found['faults']} faults")
    return 1 if found["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
