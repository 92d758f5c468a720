"""A model's program with the batch left open: what every format is written from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ._dim import Size

INPUT, WEIGHT, CONSTANT, COMPUTED = "input", "weight", "constant", "computed"
Shape = tuple[Size | None, ...]  # None: a size that no sum of products gives, known when the program runs


@dataclass(eq=False)
class Value:
    """One value. `name`: of an input or weight. `array`: a weight's, or a constant's; `form`: a constant that grows with the
    batch."""

    shape: Shape
    dtype: np.dtype
    kind: str
    name: str = ""
    array: np.ndarray | None = None
    form: "Form | None" = None


@dataclass(frozen=True)
class Form:
    """A constant of open shape, by `kind`:

    "full": of `value`; "size", "inverse": the number `value`, a size, or one over it; "range": whole numbers from `value` on
    by `step`, along the last axis; "repeated": multiples of `step`, each `value` times; "rows": `array`, repeated along its
    axes of one; "steps": `array` and `step` more for each further row along the axis `value`; "lower": ones on and below the
    diagonal.
    """

    kind: str
    value: Any = None
    step: int = 1
    array: np.ndarray | None = None


@dataclass(eq=False)
class Call:
    """One application of a primitive of the native engine; sizes in `params` may be open, graphs in it are Programs."""

    primitive: Any
    inputs: list[Value]
    params: dict[str, Any]
    place: str
    outputs: list[Value] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.primitive.name


@dataclass(eq=False)
class Program:
    """Inputs, then calls in order, then outputs. `axes`: for each open axis of an input its symbol, as (input, axis) -> name."""

    inputs: list[Value]
    weights: list[Value]
    calls: list[Call]
    outputs: list[Value]
    axes: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def symbols(self) -> dict[str, tuple[int, int]]:
        """For each symbol the input and axis where it is found first."""
        return {symbol: place for place, symbol in reversed(self.axes.items())}

    def used(self) -> set[int]:
        """The ids of the values that a call, or the outcome, reads."""
        return {id(v) for call in self.calls for v in call.inputs} | {id(v) for v in self.outputs}


def subprograms(params: dict[str, Any]) -> Iterator[Program]:
    """The programs among the parameters of a call: bodies of loops, branches."""
    return (v for v in params.values() if isinstance(v, Program))
