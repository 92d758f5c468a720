"""What the recurrent layers over a whole sequence share: simple RNN, LSTM and GRU, in place step by step.

Inside, units come before the batch: a step reads one block `(features + units + 1, batch)` that stacks the step's input,
the state before it and a row of ones, so that one product gives all gates with their bias, each gate is one contiguous
block of rows, and the new state is written where the next step reads it. The blocks and gates are outputs of the forward
primitive, which the backward primitive takes up. Sigmoids are computed as (tanh(x / 2) + 1) / 2: all gates of a step in
one call, without overflow. All views are made when a kernel is bound to its arrays; a step is nothing but NumPy calls.

A mask, where there is one, is the last operand. At a masked step the state stays as it was: the gates take the values that
let it pass (forget 1 and the others 0; update 1 and candidate 0), so that the slopes kept for the way back are 0 too. This
is done with numbers for each sample, since a copy under a mask is several times slower where the mask changes often.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._cut import FIRST, SUM, Cut, Known, Split
from .._emit import Emit
from .._graph import Node, Spec
from .._primitive import Bound, Cost, Primitive
from .._products import bind_product

Arrays = tuple[np.ndarray, ...]
LAST = Split(2, 1)


def whole_sequence(
    name: str, *, calls: int, shape: Callable[..., Any], vjp: Callable[..., Any], bound: Bound, states: int = 1,
    emit: Emit | None = None,
) -> Primitive:  # fmt: skip
    """The primitive of a whole sequence; `calls` of NumPy a step.

    Inputs: x `(batch, steps, features)`, the first states, kernel, recurrent kernel, bias, maybe a mask. Outputs: the
    states, one array for each kind, then what is kept for the way back, with the batch on the last axis.
    """

    def sizes(x: Any, *_: Any) -> tuple[int, int]:
        return x.shape[1], x.shape[0]

    def multiplications(*inputs: Any, **_: Any) -> int:
        (features, units), gates = _weights(inputs[1 + states :])
        return math.prod(sizes(*inputs)) * gates * (features + units)

    def cut(node: Node, known: Known, batch: int) -> Cut:
        mask = [FIRST] * (len(node.inputs) - 4 - states)
        kept = [LAST] * (len(node.outputs) - states)
        return Cut([*[FIRST] * (1 + states), *[None] * 3, *mask], [*[FIRST] * states, *kept])

    cost = Cost(multiplications, lambda *inputs: calls * sizes(*inputs)[0])
    return _on_fresh_arrays(name, shape=shape, vjp=vjp, cut=cut, cost=cost, bound=bound, emit=emit)


def way_back(
    name: str, *, calls: int, shape: Callable[..., Any], bound: Bound, states: int = 1, weights: int = 2,
    emit: Emit | None = None,
) -> Primitive:  # fmt: skip
    """The primitive of its gradients.

    Inputs: the gradients of the states, so many weights, and what was kept (a mask too). Outputs: the gradients of x,
    the first states, kernel, recurrent kernel and bias.
    """

    def sizes(*inputs: Any) -> tuple[int, int]:
        blocks = next(v for v in inputs[states:] if len(v.shape) == 3)
        return blocks.shape[0] - 1, blocks.shape[2]

    def multiplications(*inputs: Any, with_x: bool, **_: Any) -> int:
        """Of the weights' gradients, and of the state's and, where it is needed, the input's."""
        (features, units), gates = _weights(inputs[states:])
        rows = features + units
        return math.prod(sizes(*inputs)) * gates * (rows + (rows if with_x else units))

    def cut(node: Node, known: Known, batch: int) -> Cut:
        kept = [FIRST if v.dtype == bool else LAST for v in node.inputs[states + weights :]]
        return Cut([*[FIRST] * states, *[None] * weights, *kept], [*[FIRST] * (1 + states), SUM, SUM, SUM])

    def vjp(*_: Any, **__: Any) -> Any:
        raise TypeError(
            f"{name.removesuffix('_grad')}: the gradient of a gradient through the whole-sequence kernel is not defined. "
            "layers.RNN over a cell, such as RNN(LSTMCell(units)), runs step by step and has derivatives of any order."
        )

    cost = Cost(multiplications, lambda *inputs: calls * sizes(*inputs)[0])
    return _on_fresh_arrays(name, shape=shape, vjp=vjp, cut=cut, cost=cost, bound=bound, emit=emit)


def _weights(inputs: Sequence[Any]) -> tuple[tuple[int, int], int]:
    """Features and units, and the rows of all gates, from the kernel and the recurrent kernel, which come first."""
    (features, gates), (units, _) = inputs[0].shape, inputs[1].shape
    return (features, units), gates


def _on_fresh_arrays(name: str, **rules: Any) -> Primitive:
    """A primitive whose eager call is its bound form on fresh arrays."""

    def forward(*inputs: np.ndarray, **how: Any) -> Arrays:
        outputs = [np.empty(s.shape, s.dtype) for s in primitive.output_specs(inputs, how)]
        primitive.fill(inputs, outputs, **how)
        return tuple(outputs)

    primitive = Primitive(name, forward=forward, **rules)
    return primitive


class StepMask:
    """A mask `(batch, steps)` as numbers, for each step in the order of processing a row `(1, batch)`: `on` is 1 where the
    step counts and else 0, `off` is 1 - on, `half` is on / 2."""

    def __init__(self, mask: np.ndarray, reverse: bool, room: np.ndarray):
        self.on, self.off, self.half, bits = room
        self.bits = bits.view(f"i{room.itemsize}")  # all ones where the step counts, else all zeros
        self.source = (mask[:, ::-1] if reverse else mask).T[:, None]

    def fill(self) -> None:
        np.copyto(self.on, self.source)
        np.subtract(1, self.on, self.off)
        np.multiply(self.on, 0.5, self.half)
        np.copyto(self.bits, self.source)
        np.negative(self.bits, self.bits)


def step_mask(mask: Sequence[np.ndarray], reverse: bool, room: Sequence[np.ndarray]) -> StepMask | None:
    return StepMask(mask[0], reverse, room[0]) if mask else None


def step_numbers(mask: StepMask | None, steps: int) -> list[tuple[Any, Any, Any]]:
    """On, off and half of each step; without a mask None, None and 0.5."""
    return [(None, None, 0.5)] * steps if mask is None else list(zip(mask.on, mask.off, mask.half))


def mask_room(inputs: Sequence[Any]) -> tuple[Spec, ...]:
    """The workspace of a StepMask if there is a mask, which is the last operand and the only one of bools."""
    if inputs[-1].dtype != bool:
        return ()
    batch, steps = inputs[-1].shape
    return (Spec((4, steps, 1, batch), inputs[0].dtype),)


def fill_blocks(
    x: np.ndarray, h0: np.ndarray, blocks: np.ndarray, reverse: bool, mask: StepMask | None
) -> Callable[[], None]:
    """Writes the inputs, the first state and the ones into the blocks `(steps + 1, features + units + 1, batch)`, in the
    order of processing; the other states are filled in by the steps. Masked inputs are zeros, whatever stands there."""
    features = x.shape[2]
    inputs, last = blocks[:-1, :features], blocks[-1, :features]
    source = (x[:, ::-1] if reverse else x).transpose(1, 2, 0)
    first, ones, start = blocks[0, features:-1], blocks[:, -1], h0.T

    def run() -> None:
        np.copyto(inputs, source)
        last.fill(0)
        np.copyto(first, start)
        ones.fill(1)

    if mask is None:
        return run
    bits, of_inputs = mask.bits, inputs.view(mask.bits.dtype)

    def run_masked() -> None:
        run()
        mask.fill()
        np.bitwise_and(of_inputs, bits, of_inputs)

    return run_masked


def states_of(blocks: np.ndarray, features: int) -> np.ndarray:
    """The states `(steps + 1, units, batch)`, the first one included."""
    return blocks[:, features:-1]


def final_states(states: np.ndarray, out: np.ndarray, sequences: bool) -> tuple[np.ndarray, np.ndarray]:
    """What to copy at the end: all states to `(batch, steps, units)`, or the last one to `(batch, units)`."""
    return out, (states[1:].transpose(2, 0, 1) if sequences else states[-1].T)


def _incoming(g: np.ndarray, sequences: bool) -> np.ndarray:
    """A view of the gradients of the states as `(steps, units, batch)`; of the last state alone, one step."""
    return g.transpose(1, 2, 0) if sequences else g.T[None]


class WayBack:
    """What the ways back have in common: the weights and the sum of their gradients, and the input's.

    The products of a step are `dz @ block.T`, added to the gradient of the weights `(gates, features + units + 1)`, and
    `weights.T @ dz`, the gradient of the block (of the state alone where nobody asks for the input's).
    """

    def __init__(self, g: np.ndarray, dz: np.ndarray, weights: np.ndarray, blocks: np.ndarray, features: int,
                 work: Any, with_x: bool, sequences: bool, reverse: bool, mask: StepMask | None = None):  # fmt: skip
        self.mask = mask
        self.features, self.with_x, self.reverse = features, with_x, reverse
        self.total, self.part, by_step = work
        self.add_up = [bind_product(dz, block.T, self.part) for block in blocks[:-1]]
        rows = weights if with_x else weights[features:-1]
        self.back = [bind_product(rows, dz, into) for into in by_step]
        self.dx = by_step[:, :features]
        self.dh = by_step[:, features:-1] if with_x else by_step
        self.incoming = _incoming(g, sequences)
        self.last = np.empty_like(self.dh[0])
        steps = len(by_step)
        # The gradient that reaches a state from behind, from the next step and from outside.
        self.behind = [*self.dh[1:], self.last]
        self.outside = [self.incoming[t] if sequences and t < steps - 1 else None for t in range(steps)]

    def start(self) -> None:
        np.copyto(self.last, self.incoming[-1])
        self.total.fill(0)
        if self.mask is not None:
            self.mask.fill()

    def results(self, gx: np.ndarray, gh: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """What to copy at the end for the gradients of x and of the first state."""
        pairs = [(gh, self.dh[0].T)]
        if self.with_x:
            moved = self.dx.transpose(2, 0, 1)
            pairs.append((gx, moved[:, ::-1] if self.reverse else moved))
        return pairs


def way_workspace(kernel: Any, recurrent: Any, blocks: Any, gates: int, with_x: bool) -> tuple[Spec, ...]:
    rows, batch, units = blocks.shape[1], blocks.shape[2], recurrent.shape[0]
    weights = Spec((gates * units, rows), blocks.dtype)
    return weights, weights, Spec((blocks.shape[0] - 1, rows if with_x else units, batch), blocks.dtype)


def grad_shape(
    kernel: Any, recurrent: Any, blocks: Any, bias: tuple[int, ...], states: int, with_x: bool
) -> tuple[Spec, ...]:
    steps, batch = blocks.shape[0] - 1, blocks.shape[2]
    return (
        Spec((batch, steps, kernel.shape[0]) if with_x else (batch, 0), blocks.dtype),
        *(Spec((batch, recurrent.shape[0]), blocks.dtype),) * states,
        Spec(kernel.shape, blocks.dtype),
        Spec(recurrent.shape, blocks.dtype),
        Spec(bias, blocks.dtype),
    )


def out_shape(x: Any, h0: Any, sequences: bool) -> tuple[int, ...]:
    return (*x.shape[:2], h0.shape[1]) if sequences else h0.shape


def blocks_shape(x: Any, h0: Any) -> tuple[int, ...]:
    (batch, steps, features), units = x.shape, h0.shape[1]
    return steps + 1, features + units + 1, batch


def without_x(gradients: tuple[Any, ...], needed: tuple[bool, ...]) -> tuple[Any, ...]:
    """The gradients with None in place of an input's that was not computed, and for a mask."""
    no_more = (None,) * (len(needed) - len(gradients))
    return (gradients[0] if needed[0] else None, *gradients[1:], *no_more)


def copy_all(pairs: list[tuple[np.ndarray, np.ndarray]]) -> None:
    for target, source in pairs:
        np.copyto(target, source)


def gates_workspace(x: Any, h0: Any, *others: Any, **_: Any) -> tuple[Spec, ...]:
    """The weights inside, four blocks of rows, room for one product of gates, and for a mask."""
    units = h0.shape[1]
    weights, one = Spec((4 * units, blocks_shape(x, h0)[1]), x.dtype), Spec((units, x.shape[0]), x.dtype)
    return weights, one, *mask_room((x, *others))
