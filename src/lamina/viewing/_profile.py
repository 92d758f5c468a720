"""`Profile`: where the time of a training step goes, by layer and by primitive, as tables."""

import importlib.util
import io
import math
from collections.abc import Iterable, Sequence
from typing import Any

OWNERS = ("loss", "metrics", "optimizer", "(rest)")  # what is not in a layer, shown last


class Profile:
    """What `lamina.profile` found; as a string, its tables.

    Attributes:
        rows: a dict for each call: layer, direction, primitive, shape, seconds, bytes, flops, machine (whether it becomes machine
            code; None where that is switched off).
        by_layer, by_primitive: their sums, dicts with forward and backward seconds, bytes, flops, calls.
        seconds: of the step as planned; `sum_seconds` of the calls one by one.
        flops: arithmetic of the step.
        memory: bytes of the step as planned: state, batch, buffers, passing, and their sum `peak`; None if not measured.
        peaks: FLOP/s of a large product and bytes/s of a large copy, on one thread; `machine_peaks` on all `threads`.
    """

    def __init__(
        self, rows: list[dict[str, Any]], seconds: float, peaks: tuple[float, float], machine_peaks: tuple[float, float],
        threads: int, layers: Sequence[str] = (), memory: Any = None,
    ):  # fmt: skip
        self.rows: Any = [{**row, "layer": row["layer"] or OWNERS[-1]} for row in rows]
        self.seconds = seconds
        self.peaks = peaks
        self.machine_peaks = machine_peaks
        self.threads = threads
        self.memory = memory
        found = dict.fromkeys(row["layer"] for row in self.rows if row["layer"] not in OWNERS)
        order = {name: i for i, name in enumerate([*found, *OWNERS])}
        order.update({name: i - len(layers) for i, name in enumerate(layers) if name in order})
        self.by_layer: Any = sorted(self._sums("layer"), key=lambda s: order[s["layer"]])
        self.by_primitive: Any = sorted(self._sums("primitive"), key=lambda s: -s["seconds"])

    @property
    def sum_seconds(self) -> float:
        return sum(row["seconds"] for row in self.rows)

    @property
    def flops(self) -> int:
        return sum(row["flops"] for row in self.rows)

    @property
    def bytes(self) -> int:
        return sum(row["bytes"] for row in self.rows)

    def _sums(self, key: str) -> list[dict[str, Any]]:
        sums: dict[str, dict[str, Any]] = {}
        for row in self.rows:
            one = sums.setdefault(
                row[key],
                {key: row[key], "forward": 0.0, "backward": 0.0, "seconds": 0.0, "bytes": 0, "flops": 0, "calls": 0},
            )
            one[row["direction"]] += row["seconds"]
            for name in ("seconds", "bytes", "flops"):
                one[name] += row[name]
            one["calls"] += 1
        return list(sums.values())

    def __str__(self) -> str:
        flops, copied = self.machine_peaks
        head = (
            f"Step: {_ms(self.seconds)} ms as planned, on {self.threads} thread{'s' * (self.threads > 1)}: "
            f"{self.flops / 1e6:,.1f} MFLOP, {_percent(self.flops, self.seconds, flops)} of the machine's "
            f"{flops / 1e9:,.0f} GFLOP/s{self._memory_text()}.\n"
            f"Call by call, untiled, on one thread, as below: {_ms(self.sum_seconds)} ms, {self.bytes / 1e6:,.1f} MB read and "
            f"written; of peak: {self.peaks[0] / 1e9:,.0f} GFLOP/s, of bandwidth: {self.peaks[1] / 1e9:,.1f} GB/s on a "
            f"thread ({copied / 1e9:,.1f} GB/s on all)."
            f"{self._machine_text()}"
        )
        primitives = self._without_small("primitive", self.by_primitive)
        return "\n\n".join([head, self._table("layer", self.by_layer), self._table("primitive", primitives)]) + "\n"

    @property
    def machine_share(self) -> float | None:
        """The share of the calls' time of which machine code is made, from 0 to 1; None where that is switched off."""
        if any(row["machine"] is None for row in self.rows):
            return None
        return sum(row["seconds"] for row in self.rows if row["machine"]) / self.sum_seconds if self.rows else 1.0

    def _machine_text(self) -> str:
        share = self.machine_share
        if share is None:
            return ""
        left = ", ".join(sorted({row["primitive"] for row in self.rows if not row["machine"]}))
        return f"\nMachine code is made of {share:.0%} of it{left and f', not of {left}'}."

    def _memory_text(self) -> str:
        return "" if self.memory is None else f"; {self.memory.peak / 1e6:,.1f} MB of memory"

    def _without_small(self, key: str, sums: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The sums in which at least half a percent of the time went, and the others as one."""
        small = [s for s in sums if s["seconds"] < 0.005 * self.sum_seconds]
        if len(small) < 2:
            return sums
        others = {name: sum(s[name] for s in small) for name in small[0] if name != key}
        return [*(s for s in sums if s not in small), {key: f"{len(small)} others", **others}]

    def _table(self, key: str, sums: Iterable[dict[str, Any]]) -> str:
        titles = [key, "calls", "forward ms", "backward ms", "share", "MFLOP", "of peak", "MB", "of bandwidth"]
        total = self.sum_seconds or math.inf
        lines = [
            [
                s[key], str(s["calls"]), _ms(s["forward"]), _ms(s["backward"]), f"{s['seconds'] / total:.0%}",
                f"{s['flops'] / 1e6:,.1f}", _percent(s["flops"], s["seconds"], self.peaks[0]),
                f"{s['bytes'] / 1e6:,.2f}", _percent(s["bytes"], s["seconds"], self.peaks[1]),
            ]
            for s in sums
        ]  # fmt: skip
        return _format(titles, lines)


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.3f}"


def _percent(amount: float, seconds: float, most: float) -> str:
    return f"{amount / (seconds * most):.0%}" if seconds else "-"


def _format(titles: list[str], lines: list[list[str]]) -> str:
    """A table by rich where it is installed, plain columns otherwise; the first column to the left."""
    if importlib.util.find_spec("rich") is None:
        return _plain(titles, lines)
    import rich.box
    import rich.console
    import rich.table

    table = rich.table.Table(box=rich.box.SIMPLE_HEAD, pad_edge=False)
    for i, title in enumerate(titles):
        table.add_column(title, justify="right" if i else "left", no_wrap=True)
    for line in lines:
        table.add_row(*(cell.replace("[", "\\[") for cell in line))
    width = 4 * len(titles) + sum(max(len(line[i]) for line in [titles, *lines]) for i in range(len(titles)))
    console = rich.console.Console(file=io.StringIO(), width=width, color_system=None, highlight=False)
    console.print(table)
    drawn = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in drawn.splitlines() if line.strip())


def _plain(titles: list[str], lines: list[list[str]]) -> str:
    widths = [max(len(line[i]) for line in [titles, *lines]) for i in range(len(titles))]
    rows = [titles, ["-" * w for w in widths], *lines]
    return "\n".join(
        "  ".join(cell.rjust(w) if i else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths))).rstrip()
        for row in rows
    )
