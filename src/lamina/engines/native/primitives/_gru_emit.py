"""The GRU over a whole sequence in machine code: a product and one loop a step, forward and on the way back."""

from collections.abc import Sequence
from typing import Any

from ._parts import at, columns_of, fill, rows, turned
from ._recurrent_emit import (
    copy_inputs_gradient,
    counts,
    fill_blocks,
    final_states,
    from_outside,
    halve,
    start_of_way_back,
    step_mask,
)


def _load(f: Any, weights: Any, kernel: Any, recurrent: Any, bias: Any) -> None:
    """Fills `(4 units, features + units + 1)`: z, r, then the candidate's part from the input and that from the state."""
    features, units = kernel.shape[0], recurrent.shape[0]
    split = 2 * units
    of_input = columns_of(f, weights, 0, features)
    of_state = columns_of(f, weights, features, features + units)
    of_bias = columns_of(f, weights, features + units, features + units + 1)
    first, second = rows(f, bias, 0, 1), rows(f, bias, 1, 2)
    for source, into in (
        (turned(kernel), rows(f, of_input, 0, 3 * units)),
        (turned(columns_of(f, recurrent, 0, split)), rows(f, of_state, 0, split)),
        (turned(columns_of(f, recurrent, split, 3 * units)), rows(f, of_state, 3 * units, 4 * units)),
        (turned(first), rows(f, of_bias, 0, 3 * units)),
        (turned(columns_of(f, second, split, 3 * units)), rows(f, of_bias, 3 * units, 4 * units)),
    ):
        f.copy(source, into)
    both, more = rows(f, of_bias, 0, split), turned(columns_of(f, second, 0, split))
    with f.loops(both.shape) as i:
        f.store(f.add(f.load(both, i), f.load(more, i)), both, i)
    fill(f, rows(f, of_state, split, 3 * units), 0)
    fill(f, rows(f, of_input, 3 * units, 4 * units), 0)


def emit_gru(f: Any, inputs: Any, outputs: Any, work: Sequence[Any], reverse: bool, sequences: bool) -> None:
    x, h0, kernel, recurrent, bias, *mask = inputs
    (out, blocks, gates), (weights, _, *room) = outputs, work
    (batch, steps, features), units = x.shape, h0.shape[1]
    on = step_mask(f, mask, reverse, room)
    fill_blocks(f, x, h0, blocks, reverse, on)
    _load(f, weights, kernel, recurrent, bias)
    halve(f, rows(f, weights, 0, 2 * units))
    zero, half, one = (f.number(n, x.dtype) for n in (0, 0.5, 1))
    with f.loop(steps) as t:
        gate = at(f, gates, t)
        f.product(weights, at(f, blocks, t), gate)
        parts = [rows(f, gate, k * units, (k + 1) * units) for k in range(4)]
        before = rows(f, at(f, blocks, t), features, features + units)
        state = rows(f, at(f, blocks, f.add(t, f.index(1))), features, features + units)
        with f.loops((units, batch)) as i:
            update, reset = (f.add(f.multiply(f.tanh(f.load(part, i)), half), half) for part in parts[:2])
            from_state = f.multiply(reset, f.load(parts[3], i))
            candidate = f.tanh(f.add(f.load(parts[2], i), from_state))
            if on is not None:  # the state passes as it is
                is_on = counts(f, on, t, i[1])
                update, reset, candidate = (
                    f.choose(is_on, number, gate) for number, gate in ((update, one), (reset, zero), (candidate, zero))
                )
            for number, part in zip((update, reset, candidate), parts):
                f.store(number, part, i)
            moved = f.multiply(f.subtract(f.load(before, i), candidate), update)
            f.store(f.add(moved, candidate), state, i)
    final_states(f, blocks, out, features, sequences)


def emit_gru_grad(
    f: Any, inputs: Any, outputs: Any, work: Sequence[Any], reverse: bool, sequences: bool, with_x: bool
) -> None:
    g, kernel, recurrent, bias, blocks, gates = inputs
    gx, gh, gk, gr, gb = outputs
    total, _, by_step, weights, dz, _, dh, direct = work
    features, units, steps = kernel.shape[0], recurrent.shape[0], gates.shape[0]
    split = 2 * units
    _load(f, turned(weights), kernel, recurrent, bias)
    start_of_way_back(f, g, total, dh, sequences)
    back = weights if with_x else rows(f, weights, features, features + units)
    with f.loop(steps) as i:
        t = f.subtract(f.index(steps - 1), i)
        block = at(f, blocks, t)
        _gates_gradient(
            f, t, g if sequences else None, gates, rows(f, block, features, features + units), dh, direct, dz
        )
        f.product(dz, turned(block), total, adds=True)
        into = at(f, by_step, t)
        f.product(back, dz, into)
        to_state = rows(f, into, features, features + units) if with_x else into
        with f.loops(dh.shape) as j:
            f.store(f.add(f.load(to_state, j), f.load(direct, j)), dh, j)
    of_input, of_state, of_bias = (
        turned(columns_of(f, total, a, b))
        for a, b in ((0, features), (features, features + units), (features + units, features + units + 1))
    )
    first, second = rows(f, gb, 0, 1), rows(f, gb, 1, 2)
    for source, into in (
        (columns_of(f, of_input, 0, 3 * units), gk),
        (columns_of(f, of_state, 0, split), columns_of(f, gr, 0, split)),
        (columns_of(f, of_state, 3 * units, 4 * units), columns_of(f, gr, split, 3 * units)),
        (columns_of(f, of_bias, 0, 3 * units), first),
        (columns_of(f, of_bias, 0, split), columns_of(f, second, 0, split)),
        (columns_of(f, of_bias, 3 * units, 4 * units), columns_of(f, second, split, 3 * units)),
        (turned(dh), gh),
    ):
        f.copy(source, into)
    if with_x:
        copy_inputs_gradient(f, by_step, gx, features, reverse)


def _gates_gradient(f: Any, t: Any, g: Any, gates: Any, before: Any, dh: Any, direct: Any, dz: Any) -> None:
    """From the gradient of a step's state to those of its gates before their functions, and what goes to the state before
    directly."""
    units, batch = dh.shape
    gate = at(f, gates, t)
    parts, slopes = ([rows(f, x, k * units, (k + 1) * units) for k in range(4)] for x in (gate, dz))
    outside = None if g is None else from_outside(f, g, t)
    with f.loops((units, batch)) as i:
        one = f.number(1, dh.dtype)
        update, reset, candidate, from_state = (f.load(part, i) for part in parts)
        h = f.load(dh, i)
        if outside is not None:
            h = f.add(h, f.load(outside, i))
        # The candidate: dh · (1 - candidate²) · (1 - z); its part from the state, r times that.
        curve = f.subtract(one, f.multiply(candidate, candidate))
        of_candidate = f.multiply(f.multiply(curve, f.subtract(one, update)), h)
        moved = f.multiply(f.subtract(f.load(before, i), candidate), h)
        for number, into in zip(
            (
                f.multiply(moved, f.multiply(f.subtract(one, update), update)),
                f.multiply(f.multiply(of_candidate, from_state), f.multiply(f.subtract(one, reset), reset)),
                of_candidate,
                f.multiply(of_candidate, reset),
            ),
            slopes,
        ):
            f.store(number, into, i)
        f.store(f.multiply(h, update), direct, i)
