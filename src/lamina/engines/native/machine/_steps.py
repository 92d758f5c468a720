"""Many steps of a program in one call, which threads enter once.

The functions of a program stand between meetings: what one thread does alone (the first), and what all share out. At a meeting
a thread spins for a little while, and then leaves the processor to others, so that a busy machine does not suffer. The first
thread also lays out the input of each step, and keeps its results where they are asked for.
"""

import ctypes
import os
import platform
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from .._threads import together

SPINS = 1500  # rounds of waiting, of some 50 ns each, before a thread yields
HAS_YIELD = hasattr(os, "sched_yield")
_PAUSE = "llvm.x86.sse2.pause" if platform.machine().lower() in ("x86_64", "amd64") else ""

# Called, not copied to each of its places: a long step has hundreds, which took LLVM longer than all the arithmetic.
# %meeting: how many have come; at 8, how often it has been opened; at 16, whether somebody has left for good.
_MEET = """define internal i1 @meet(ptr %meeting, i64 %threads) noinline {
entry:
  %alone = icmp eq i64 %threads, 1
  br i1 %alone, label %on, label %come
come:
  %door = getelementptr i64, ptr %meeting, i64 8
  %turn = load atomic i64, ptr %door acquire, align 8
  %before = atomicrmw add ptr %meeting, i64 1 acq_rel
  %came = add i64 %before, 1
  %last = icmp eq i64 %came, %threads
  br i1 %last, label %open, label %wait
open:
  store atomic i64 0, ptr %meeting monotonic, align 8
  %next = add i64 %turn, 1
  store atomic i64 %next, ptr %door release, align 8
  br label %on
wait:
  %n = phi i64 [ 0, %come ], [ %m, %again ]
  %now = load atomic i64, ptr %door acquire, align 8
  %opened = icmp ne i64 %now, %turn
  br i1 %opened, label %on, label %closed
closed:
  %m = add i64 %n, 1
  %long = icmp ugt i64 %m, SPINS
  br i1 %long, label %yield, label %pause
pause:
PAUSE  br label %again
yield:
  %asked = call i32 @sched_yield()
  %exit = getelementptr i64, ptr %meeting, i64 16
  %left = load atomic i64, ptr %exit acquire, align 8
  %gone = icmp ne i64 %left, 0
  br i1 %gone, label %off, label %again
again:
  br label %wait
on:
  ret i1 true
off:
  ret i1 false
}
declare i32 @sched_yield()
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""
_WORDS = 24  # of a meeting: each of the three on a line of the cache of its own

# The arguments of @steps after the threads': how many steps, the inputs of all of them, where one goes, its bytes; the places
# where results are kept (to, from, bytes), and how many.
_ARGUMENTS = (
    "ptr %tables, i64 %thread, i64 %threads, ptr %meeting, i64 %count, ptr %rows, ptr %row, i64 %bytes, ptr %stores, "
    "i64 %stored"
)
TYPES = [ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p,
          ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64]  # fmt: skip


class Section(Protocol):
    """A function of the program; `length`: rounds that threads share out, None where one thread does it all."""

    @property
    def name(self) -> str: ...

    @property
    def length(self) -> int | None: ...


def write_steps(sections: Sequence[Section]) -> str:
    """The text of @steps, which calls the functions of a program in order, many times."""
    pause = f"  call void @{_PAUSE}()\n" if _PAUSE else ""
    lines = [_MEET.replace("SPINS", str(SPINS)).replace("PAUSE", pause)]
    if _PAUSE:
        lines.append(f"declare void @{_PAUSE}()\n")
    lines += [f"define void @steps({_ARGUMENTS}) {{", "entry:", "  %leads = icmp eq i64 %thread, 0"]
    for k in range(len(sections)):
        lines += [f"  %place{k} = getelementptr ptr, ptr %tables, i64 {k}", f"  %table{k} = load ptr, ptr %place{k}"]
    lines += [
        "  br label %step",
        "step:",
        "  %i = phi i64 [ 0, %entry ], [ %after, %kept ]",
        "  br i1 %leads, label %lay, label %laid",
        "lay:",
        "  %offset = mul i64 %i, %bytes",
        "  %source = getelementptr i8, ptr %rows, i64 %offset",
        "  call void @llvm.memcpy.p0.p0.i64(ptr %row, ptr %source, i64 %bytes, i1 false)",
        "  br label %laid",
        "laid:",
    ]
    shared = False
    for k, section in enumerate(sections):
        if section.length is not None:
            lines += [*_meeting(f"m{k}"), *_share(k, section)]
            shared = True
            continue
        lines += _meeting(f"m{k}") if shared else []
        lines += [f"  br i1 %leads, label %do{k}, label %done{k}", f"do{k}:", f"  call void @{section.name}(ptr %table{k})",
                  f"  br label %done{k}", f"done{k}:"]  # fmt: skip
        shared = False
    lines += _meeting("m") if shared else []
    return "\n".join([*lines, _KEEP, "}"]) + "\n"


def _meeting(name: str) -> list[str]:
    return [f"  %{name}on = call i1 @meet(ptr %meeting, i64 %threads)", f"  br i1 %{name}on, label %{name}, label %end",
            f"{name}:"]  # fmt: skip


def _share(k: int, section: Section) -> list[str]:
    """A thread's rounds, one after the other."""
    return [
        f"  %first{k} = mul i64 %thread, {section.length}",
        f"  %start{k} = sdiv i64 %first{k}, %threads",
        f"  %last{k} = add i64 %first{k}, {section.length}",
        f"  %stop{k} = sdiv i64 %last{k}, %threads",
        f"  call void @{section.name}(ptr %table{k}, i64 %start{k}, i64 %stop{k})",
    ]


_KEEP = """  %some = icmp sgt i64 %stored, 0
  %keeps = and i1 %leads, %some
  br i1 %keeps, label %keep, label %kept
keep:
  br label %one
one:
  %k = phi i64 [ 0, %keep ], [ %k1, %one ]
  %k3 = mul i64 %k, 3
  %to_place = getelementptr i64, ptr %stores, i64 %k3
  %from_place = getelementptr i64, ptr %to_place, i64 1
  %size_place = getelementptr i64, ptr %to_place, i64 2
  %to = load ptr, ptr %to_place
  %from = load ptr, ptr %from_place
  %size = load i64, ptr %size_place
  %at = mul i64 %i, %size
  %there = getelementptr i8, ptr %to, i64 %at
  call void @llvm.memcpy.p0.p0.i64(ptr %there, ptr %from, i64 %size, i1 false)
  %k1 = add i64 %k, 1
  %more = icmp slt i64 %k1, %stored
  br i1 %more, label %one, label %kept
kept:
  %after = add i64 %i, 1
  %on = icmp slt i64 %after, %count
  br i1 %on, label %step, label %end
end:
  ret void"""


class Steps(NamedTuple):
    """The steps of a program that is bound to arrays.

    function: @steps; `made` keeps its code alive, and `arrays` what the tables point to.
    tables: of each section, the addresses of its arrays.
    row: the array that receives the input of a step.
    outputs: the results that can be kept.
    shares: whether there is anything to share out.
    """

    function: Callable[..., None]
    tables: Any
    row: np.ndarray
    outputs: Sequence[np.ndarray]
    shares: bool
    made: Any
    arrays: Any

    def once(self) -> None:
        """One step on the input that lies there."""
        self._enter(1, None, 0, [])

    def run(self, rows: np.ndarray, stores: Sequence[np.ndarray]) -> None:
        """A step on each of the rows; results are kept in the stores, where there are any."""
        places = [(s.ctypes.data, o.ctypes.data, o.nbytes) for s, o in zip(stores, self.outputs)]
        self._enter(len(rows), rows.ctypes.data, self.row.nbytes, places)

    def _enter(self, count: int, rows: int | None, row_bytes: int, places: list[tuple[int, int, int]]) -> None:
        meeting, kept = np.zeros(_WORDS, np.int64), np.array(places, np.int64)

        def enter(thread: int, threads: int) -> None:
            self.function(self.tables, thread, threads, meeting.ctypes.data, count, rows, self.row.ctypes.data, row_bytes,
                          kept.ctypes.data, len(places))  # fmt: skip

        def leave() -> None:
            meeting[16] = 1

        together(enter, leave, alone=not self.shares)

    def takes(self, rows: np.ndarray) -> bool:
        """Whether these rows are such as the program reads."""
        return rows.flags.c_contiguous and rows.dtype == self.row.dtype and rows.shape[1:] == self.row.shape
