"""Many steps of a program in one call, which threads enter once.

The first thread goes through the functions of a program in order: what is short it does alone, what is long it shares out.
The others wait for that; they spin for a little while, and then leave the processor to others. The first thread waits for
nobody who has not begun, so that a busy machine does not suffer. It also lays out the input of each step, and keeps its
results where they are asked for.
"""

import ctypes
import os
import platform
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from .._threads import num_threads, together

SPINS = 1500  # rounds of waiting, of some 50 ns each, before a thread yields
HAS_YIELD = hasattr(os, "sched_yield")
_PAUSE = "llvm.x86.sse2.pause" if platform.machine().lower() in ("x86_64", "amd64") else ""

# Called, not copied to each of its places: a long step has hundreds, which took LLVM longer than all the arithmetic.
#
# %board, on lines of the cache of their own: at 0 which section is shared out now, counted from 1 over all steps (0 before the
# first); at 8 how many chunks of it are done; at 16 whether it is over; and at 24, 32, ... for each thread the section again, in
# the upper half, and below how many of its chunks are taken. A chunk is taken by the thread whose it is, or by one that has
# nothing left to do: one that the system has put aside holds up nobody, but for a chunk that it has begun.
_SHARING = """define internal void @take(ptr %tables, ptr %board, i64 %turn, i64 %thread, i64 %threads) noinline {
entry:
  %before = sub i64 %turn, 1
  %section = urem i64 %before, SECTIONS
  %length_place = getelementptr [SECTIONS x i64], ptr @lengths, i64 0, i64 %section
  %length = load i64, ptr %length_place
  br label %whose
whose:
  %away = phi i64 [ 0, %entry ], [ %further, %over ]
  %sum = add i64 %thread, %away
  %owner = urem i64 %sum, %threads
  %line = mul i64 %owner, 8
  %word = add i64 %line, 24
  %place = getelementptr i64, ptr %board, i64 %word
  br label %look
look:
  %seen = load atomic i64, ptr %place acquire, align 8
  %which = lshr i64 %seen, 32
  %current = icmp eq i64 %which, %turn
  br i1 %current, label %left, label %end
left:
  %chunk = and i64 %seen, 4294967295
  %some = icmp ult i64 %chunk, CHUNKS
  br i1 %some, label %try, label %over
try:
  %more = add i64 %seen, 1
  %pair = cmpxchg ptr %place, i64 %seen, i64 %more acq_rel acquire
  %mine = extractvalue { i64, i1 } %pair, 1
  br i1 %mine, label %do, label %look
do:
  %earlier = mul i64 %owner, CHUNKS
  %number = add i64 %earlier, %chunk
  %all = mul i64 %threads, CHUNKS
  %scaled = mul i64 %number, %length
  %start = udiv i64 %scaled, %all
  %last = add i64 %scaled, %length
  %stop = udiv i64 %last, %all
  %any = icmp ult i64 %start, %stop
  br i1 %any, label %run, label %done
run:
  switch i64 %section, label %done [ CASES ]
BODIES
done:
  %count = getelementptr i64, ptr %board, i64 8
  %old = atomicrmw add ptr %count, i64 1 acq_rel
  br label %look
over:
  %further = add i64 %away, 1
  %others = icmp ult i64 %further, %threads
  br i1 %others, label %whose, label %end
end:
  ret void
}
define internal void @share(ptr %tables, ptr %board, i64 %turn, i64 %threads) noinline {
entry:
  %count = getelementptr i64, ptr %board, i64 8
  store atomic i64 0, ptr %count monotonic, align 8
  %fresh = shl i64 %turn, 32
  br label %hang
hang:
  %t = phi i64 [ 0, %entry ], [ %t1, %hang ]
  %line = mul i64 %t, 8
  %word = add i64 %line, 24
  %place = getelementptr i64, ptr %board, i64 %word
  store atomic i64 %fresh, ptr %place release, align 8
  %t1 = add i64 %t, 1
  %more = icmp ult i64 %t1, %threads
  br i1 %more, label %hang, label %call
call:
  store atomic i64 %turn, ptr %board release, align 8
  call void @take(ptr %tables, ptr %board, i64 %turn, i64 0, i64 %threads)
  %all = mul i64 %threads, CHUNKS
  br label %wait
wait:
  %n = phi i64 [ 0, %call ], [ %n1, %pause ]
  %did = load atomic i64, ptr %count acquire, align 8
  %ready = icmp eq i64 %did, %all
  br i1 %ready, label %end, label %pause
pause:
  %n1 = add i64 %n, 1
  call void @rest(i64 %n1)
  br label %wait
end:
  ret void
}
define internal void @help(ptr %tables, ptr %board, i64 %thread, i64 %threads) noinline {
entry:
  %exit = getelementptr i64, ptr %board, i64 16
  br label %wait
wait:
  %last = phi i64 [ 0, %entry ], [ %last, %rest ], [ %turn, %work ]
  %n = phi i64 [ 0, %entry ], [ %n1, %rest ], [ 0, %work ]
  %turn = load atomic i64, ptr %board acquire, align 8
  %same = icmp eq i64 %turn, %last
  br i1 %same, label %none, label %work
work:
  call void @take(ptr %tables, ptr %board, i64 %turn, i64 %thread, i64 %threads)
  br label %wait
none:
  %over = load atomic i64, ptr %exit acquire, align 8
  %ended = icmp ne i64 %over, 0
  br i1 %ended, label %end, label %rest
rest:
  %n1 = add i64 %n, 1
  call void @rest(i64 %n1)
  br label %wait
end:
  ret void
}
define internal void @rest(i64 %n) {
entry:
  %long = icmp ugt i64 %n, SPINS
  br i1 %long, label %yield, label %pause
yield:
  %asked = call i32 @sched_yield()
  br label %end
pause:
PAUSE  br label %end
end:
  ret void
}
declare i32 @sched_yield()
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""
_CHUNKS = 2  # of each thread's share of a section

# The arguments of @steps after the threads': how many steps, the inputs of all of them, where one goes, its bytes; the places
# where results are kept (to, from, bytes), and how many.
_ARGUMENTS = (
    "ptr %tables, i64 %thread, i64 %threads, ptr %board, i64 %count, ptr %rows, ptr %row, i64 %bytes, ptr %stores, "
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
    shared = [k for k, section in enumerate(sections) if section.length is not None]
    lines = [_sharing(sections, shared)] if shared else ["declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)"]
    lines += [f"define void @steps({_ARGUMENTS}) {{", "entry:"]
    if shared:
        lines += ["  %leads = icmp eq i64 %thread, 0", "  br i1 %leads, label %begin, label %aid", "aid:",
                  "  call void @help(ptr %tables, ptr %board, i64 %thread, i64 %threads)", "  ret void"]  # fmt: skip
    else:
        lines.append("  br label %begin")
    lines.append("begin:")
    for k in range(len(sections)):
        lines += [f"  %place{k} = getelementptr ptr, ptr %tables, i64 {k}", f"  %table{k} = load ptr, ptr %place{k}"]
    lines += [
        "  br label %step",
        "step:",
        "  %i = phi i64 [ 0, %begin ], [ %after, %kept ]",
        f"  %turn = mul i64 %i, {len(shared)}",
        "  %offset = mul i64 %i, %bytes",
        "  %source = getelementptr i8, ptr %rows, i64 %offset",
        "  call void @llvm.memcpy.p0.p0.i64(ptr %row, ptr %source, i64 %bytes, i1 false)",
    ]
    for k, section in enumerate(sections):
        if section.length is None:
            lines.append(f"  call void @{section.name}(ptr %table{k})")
        else:
            lines += [f"  %turn{k} = add i64 %turn, {shared.index(k) + 1}",
                      f"  call void @share(ptr %tables, ptr %board, i64 %turn{k}, i64 %threads)"]  # fmt: skip
    return "\n".join([*lines, _KEEP, *(_OVER if shared else ()), "  ret void", "}"]) + "\n"


def _sharing(sections: Sequence[Section], shared: Sequence[int]) -> str:
    """How sections are shared out: those of the places `shared`."""
    bodies = []
    for n, k in enumerate(shared):
        bodies += [f"s{n}:", f"  %p{n} = getelementptr ptr, ptr %tables, i64 {k}", f"  %t{n} = load ptr, ptr %p{n}",
                   f"  call void @{sections[k].name}(ptr %t{n}, i64 %start, i64 %stop)", "  br label %done"]  # fmt: skip
    lengths = ", ".join(f"i64 {sections[k].length}" for k in shared)
    text = _SHARING
    for name, value in (
        ("SECTIONS", len(shared)), ("CHUNKS", _CHUNKS), ("SPINS", SPINS), ("BODIES", "\n".join(bodies)),
        ("CASES", " ".join(f"i64 {n}, label %s{n}" for n in range(len(shared)))),
        ("PAUSE", f"  call void @{_PAUSE}()\n" if _PAUSE else ""),
    ):  # fmt: skip
        text = text.replace(name, str(value))
    declared = f"declare void @{_PAUSE}()\n" if _PAUSE else ""
    return f"@lengths = internal constant [{len(shared)} x i64] [{lengths}]\n{text}{declared}"


_KEEP = """  %some = icmp sgt i64 %stored, 0
  br i1 %some, label %keep, label %kept
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
end:"""
_OVER = (
    "  %exit = getelementptr i64, ptr %board, i64 16",
    "  store atomic i64 1, ptr %exit release, align 8",
)


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
        of_pool = num_threads() if self.shares else 1
        board, kept = np.zeros(24 + 8 * of_pool, np.int64), np.array(places, np.int64)

        def enter(thread: int, threads: int) -> None:
            self.function(self.tables, thread, threads, board.ctypes.data, count, rows, self.row.ctypes.data, row_bytes,
                          kept.ctypes.data, len(places))  # fmt: skip

        def leave() -> None:
            board[16] = 1

        together(enter, leave, of_pool)

    def takes(self, rows: np.ndarray) -> bool:
        """Whether these rows are such as the program reads."""
        return rows.flags.c_contiguous and rows.dtype == self.row.dtype and rows.shape[1:] == self.row.shape
