"""The LSTM over a whole sequence in machine code: a product and one loop a step, forward and on the way back."""

from collections.abc import Sequence
from typing import Any

from ._parts import at, columns_of, fill, rows, turned
from ._recurrent_emit import (
    copy_inputs_gradient,
    counts,
    fill_blocks,
    final_states,
    from_outside,
    gate_parts,
    halve,
    keep_masked,
    start_of_way_back,
    step_mask,
    to_state,
)

# Rows of the weights inside: gates i, f, o (sigmoids together), then the candidate; Keras's order is i, f, c, o.
ORDER = (0, 1, 3, 2)


def _load(f: Any, weights: Any, kernel: Any, recurrent: Any, features: int) -> None:
    """Kernels, gate by gate, into the weights `(4 units, features + units + 1)`."""
    for inside, outside in (
        *gate_parts(f, columns_of(f, weights, 0, features), kernel, ORDER),
        *gate_parts(f, columns_of(f, weights, features, features + recurrent.shape[0]), recurrent, ORDER),
    ):
        f.copy(outside, inside)


def _row(x: Any) -> Any:
    """A vector as a matrix of one row."""
    return x._replace(shape=(1, *x.shape), strides=(0, *x.strides))


def emit_lstm(f: Any, inputs: Any, outputs: Any, work: Sequence[Any], reverse: bool, sequences: bool) -> None:
    x, h0, c0, kernel, recurrent, bias, *mask = inputs
    (out, last, blocks, gates, cells, squashed), (weights, _, *room) = outputs, work
    (batch, steps, features), units = x.shape, h0.shape[1]
    on = step_mask(f, mask, reverse, room)
    fill_blocks(f, x, h0, blocks, reverse, on)
    _load(f, weights, kernel, recurrent, features)
    for inside, outside in gate_parts(
        f, columns_of(f, weights, features + units, features + units + 1), _row(bias), ORDER
    ):
        f.copy(outside, inside)
    halve(f, rows(f, weights, 0, 3 * units))
    zero, half, one = (f.number(n, x.dtype) for n in (0, 0.5, 1))
    f.copy(turned(c0), at(f, cells, f.index(0)))
    with f.loop(steps) as t:
        after = f.add(t, f.index(1))
        gate = at(f, gates, t)
        f.product(weights, at(f, blocks, t), gate)
        parts = [rows(f, gate, k * units, (k + 1) * units) for k in range(4)]
        before, cell, squash = at(f, cells, t), at(f, cells, after), at(f, squashed, t)
        state_before, state = (rows(f, at(f, blocks, k), features, features + units) for k in (t, after))
        with f.loops((units, batch)) as i:
            numbers = [f.tanh(f.load(part, i)) for part in parts]
            numbers[:3] = [f.add(f.multiply(number, half), half) for number in numbers[:3]]
            is_on = None if on is None else counts(f, on, t, i[1])
            if on is not None:  # gates that let the state pass as it is
                numbers[:3] = [f.choose(is_on, number, gate) for number, gate in zip(numbers, (zero, one, zero))]
            for number, part in zip(numbers, parts):
                f.store(number, part, i)
            let_in, keep, show, candidate = numbers
            c = f.add(f.multiply(keep, f.load(before, i)), f.multiply(let_in, candidate))
            f.store(c, cell, i)
            tanh_c = f.tanh(c)
            f.store(tanh_c, squash, i)
            h = f.multiply(show, tanh_c)
            f.store(h if on is None else f.choose(is_on, h, f.load(state_before, i)), state, i)
    final_states(f, blocks, out, features, sequences)
    f.copy(turned(at(f, cells, f.index(steps))), last)


def emit_lstm_grad(
    f: Any, inputs: Any, outputs: Any, work: Sequence[Any], reverse: bool, sequences: bool, with_x: bool
) -> None:
    g, gc, kernel, recurrent, blocks, gates, cells, squashed, *mask = inputs
    gx, gh, g_cell, gk, gr, gb = outputs
    total, _, by_step, weights, dz, _, dh, dc, *room = work
    features, units, steps = kernel.shape[0], recurrent.shape[0], gates.shape[0]
    inside = turned(weights)
    _load(f, inside, kernel, recurrent, features)
    fill(f, columns_of(f, inside, features + units, features + units + 1), 0)
    on = step_mask(f, mask, reverse, room)
    f.copy(turned(gc), dc)
    start_of_way_back(f, g, total, dh, sequences)
    back = weights if with_x else rows(f, weights, features, features + units)
    with f.loop(steps) as i:
        t = f.subtract(f.index(steps - 1), i)
        _gates_gradient(f, t, g if sequences else None, gates, cells, squashed, dh, dc, dz, on)
        f.product(dz, turned(at(f, blocks, t)), total, adds=True)
        into = at(f, by_step, t)
        f.product(back, dz, into)
        to_state(f, rows(f, into, features, features + units) if with_x else into, dh, on)
    for into, source in (
        *((gk_part, part) for part, gk_part in gate_parts(f, columns_of(f, total, 0, features), gk, ORDER)),
        *((gr_part, part) for part, gr_part in gate_parts(f, columns_of(f, total, features, features + units), gr, ORDER)),
        *((gb_part, part) for part, gb_part in gate_parts(
            f, columns_of(f, total, features + units, features + units + 1), _row(gb), ORDER)),
    ):  # fmt: skip
        f.copy(source, into)
    f.copy(turned(dc), g_cell)
    f.copy(turned(dh), gh)
    if with_x:
        copy_inputs_gradient(f, by_step, gx, features, reverse)


def _gates_gradient(
    f: Any, t: Any, g: Any, gates: Any, cells: Any, squashed: Any, dh: Any, dc: Any, dz: Any, on: Any
) -> None:
    """From the gradients of a step's state and cell to those of its gates before their functions, and of the cell before; with
    a mask also of the state before where it stayed."""
    units, batch = dh.shape
    gate, before, squash = at(f, gates, t), at(f, cells, t), at(f, squashed, t)
    parts = [rows(f, gate, k * units, (k + 1) * units) for k in range(4)]
    slopes = [rows(f, dz, k * units, (k + 1) * units) for k in range(4)]
    outside = None if g is None else from_outside(f, g, t)
    with f.loops((units, batch)) as i:
        one = f.number(1, dh.dtype)
        let_in, keep, show, candidate = (f.load(part, i) for part in parts)
        tanh_c, h = f.load(squash, i), f.load(dh, i)
        if outside is not None:
            h = f.add(h, f.load(outside, i))
        if on is not None:
            keep_masked(f, on, t, h, dh, i)
        slope = f.multiply(f.multiply(f.subtract(one, f.multiply(tanh_c, tanh_c)), show), h)
        c = f.add(f.load(dc, i), slope)
        reaching = f.multiply(c, candidate), f.multiply(c, f.load(before, i)), f.multiply(h, tanh_c)
        for number, sigmoid, into in zip(reaching, (let_in, keep, show), slopes):
            f.store(f.multiply(number, f.multiply(f.subtract(one, sigmoid), sigmoid)), into, i)
        curve = f.subtract(one, f.multiply(candidate, candidate))
        f.store(f.multiply(f.multiply(curve, let_in), c), slopes[3], i)
        f.store(f.multiply(c, keep), dc, i)
