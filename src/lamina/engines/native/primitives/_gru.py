"""Gated recurrent units over a whole sequence (K. Cho et al., 2014), the reset gate applied after the product."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._emit import Emit
from .._graph import Spec
from .._primitive import Bound
from .._products import bind_product
from ._gru_emit import emit_gru, emit_gru_grad
from ._recurrent import (
    WayBack,
    blocks_shape,
    copy_all,
    fill_blocks,
    final_states,
    gates_workspace,
    grad_shape,
    out_shape,
    states_of,
    step_mask,
    step_numbers,
    way_back,
    way_workspace,
    whole_sequence,
    without_x,
)
from ._recurrent_emit import can_emit


def _gru_weights(
    kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray, weights: np.ndarray
) -> Callable[[], None]:
    """Fills `(4 units, features + units + 1)`: z, r, then the candidate's part from the input and that from the state."""
    features, units = kernel.shape[0], recurrent.shape[0]
    split = 2 * units
    pairs = [
        (weights[: 3 * units, :features], kernel.T),
        (weights[:split, features:-1], recurrent[:, :split].T),
        (weights[3 * units :, features:-1], recurrent[:, split:].T),
        (weights[: 3 * units, -1], bias[0]),
        (weights[3 * units :, -1], bias[1, split:]),
    ]
    gate_bias, recurrent_bias = weights[:split, -1], bias[1, :split]
    empty = [weights[split : 3 * units, features:-1], weights[3 * units :, :features]]

    def fill() -> None:
        copy_all(pairs)
        np.add(gate_bias, recurrent_bias, gate_bias)
        for part in empty:
            part.fill(0)

    return fill


def _gru_shape(x: Any, h0: Any, *_: Any, reverse: bool, sequences: bool) -> tuple[Spec, ...]:
    (batch, steps, _), units = x.shape, h0.shape[1]
    return (
        Spec(out_shape(x, h0, sequences), x.dtype),
        Spec(blocks_shape(x, h0), x.dtype),
        Spec((steps, 4 * units, batch), x.dtype),
    )


def _bind_gru(inputs: Any, outputs: Any, work: Any, reverse: bool, sequences: bool) -> Callable[[], None]:
    (x, h0, kernel, recurrent, bias, *mask), (out, blocks, gates), (weights, one, *room) = inputs, outputs, work
    features, units, masked = x.shape[2], h0.shape[1], step_mask(mask, reverse, room)
    fill, states = fill_blocks(x, h0, blocks, reverse, masked), states_of(blocks, features)
    load = _gru_weights(kernel, recurrent, bias, weights)
    sigmoid_weights = weights[: 2 * units]
    steps = [
        (
            bind_product(weights, blocks[t], gate), gate[: 2 * units],
            *(gate[k * units : (k + 1) * units] for k in range(4)), states[t], states[t + 1],
            *numbers,
        )
        for t, (gate, numbers) in enumerate(zip(gates, step_numbers(masked, len(gates))))
    ]  # fmt: skip
    finish = [final_states(states, out, sequences)]

    def run() -> None:
        fill()
        load()
        np.multiply(sigmoid_weights, 0.5, sigmoid_weights)
        for product, sigmoids, z, r, candidate, from_state, before, h, on, off, half in steps:
            product()
            np.tanh(sigmoids, sigmoids)
            np.multiply(sigmoids, half, sigmoids)
            np.add(sigmoids, half, sigmoids)
            np.multiply(r, from_state, one)
            np.add(candidate, one, candidate)
            np.tanh(candidate, candidate)
            if on is not None:
                np.add(z, off, z)
                np.multiply(candidate, on, candidate)
            np.subtract(before, candidate, h)  # candidate + z · (before - candidate)
            np.multiply(h, z, h)
            np.add(h, candidate, h)
        copy_all(finish)

    return run


def _gru_vjp(
    g: Any, y: Any, x: Any, h0: Any, kernel: Any, recurrent: Any, bias: Any, *_: Any, needed: Any, **how: Any
) -> tuple[Any, ...]:
    return without_x(gru_grad(g[0], kernel, recurrent, bias, y[1], y[2], with_x=needed[0], **how), needed)


# Inputs x, h0, kernel, recurrent, bias (2, 3 units), maybe a mask; outputs the states, the blocks, and z, r, the candidate
# and its part from the state at each step. What a mask changes in these is all that the way back needs to know of it.
gru = whole_sequence(
    "gru",
    calls=10,
    shape=_gru_shape,
    vjp=_gru_vjp,
    bound=Bound(bind=_bind_gru, workspace=gates_workspace),
    emit=Emit(loops=emit_gru, takes_work=True, can=can_emit),
)

# --- the way back -----------------------------------------------------------------------------------------------------


def _gru_grad_workspace(
    g: Any, kernel: Any, recurrent: Any, bias: Any, blocks: Any, *_: Any, with_x: bool, **__: Any
) -> tuple[Spec, ...]:
    units, batch, rows = recurrent.shape[0], blocks.shape[2], blocks.shape[1]
    shapes = (rows, 4 * units), (4 * units, batch), (2 * units, batch), (units, batch), (units, batch)
    return *way_workspace(kernel, recurrent, blocks, 4, with_x), *(Spec(s, blocks.dtype) for s in shapes)


def _bind_gru_grad(
    inputs: Any, outputs: Any, work: Any, reverse: bool, sequences: bool, with_x: bool
) -> Callable[[], None]:
    g, kernel, recurrent, bias, blocks, gates = inputs
    gx, gh, gk, gr, gb = outputs
    *common, weights, dz, slopes, one, direct = work
    features, units = kernel.shape[0], recurrent.shape[0]
    split, states = 2 * units, states_of(blocks, features)
    way = WayBack(g, dz, weights, blocks, features, common, with_x, sequences, reverse)
    load = _gru_weights(kernel, recurrent, bias, weights.T)
    update_g, reset_g, input_g, state_g = (dz[k * units : (k + 1) * units] for k in range(4))
    d_sigmoids = dz[:split]
    rows = [
        (
            gate[:split], *(gate[k * units : (k + 1) * units] for k in range(4)), states[t],
            way.behind[t], way.outside[t], way.add_up[t], way.back[t], way.dh[t],
        )
        for t, gate in enumerate(gates)
    ][::-1]  # fmt: skip
    total = way.total.T
    finish = [
        (gk, total[:features, : 3 * units]),
        (gr[:, :split], total[features:-1, :split]), (gr[:, split:], total[features:-1, split + units :]),
        (gb[0], total[-1, : 3 * units]), (gb[1, :split], total[-1, :split]), (gb[1, split:], total[-1, split + units :]),
        *way.results(gx, gh),
    ]  # fmt: skip

    def run() -> None:
        load()
        way.start()
        for sigmoids, z, r, candidate, from_state, before, dh, outside, add_up, back, to_state in rows:
            if outside is not None:
                np.add(dh, outside, dh)
            # The candidate: dh · (1 - z) · (1 - candidate²); its part from the state, r times that.
            np.subtract(1, sigmoids, slopes)
            np.multiply(candidate, candidate, input_g)
            np.subtract(1, input_g, input_g)
            np.multiply(input_g, slopes[:units], input_g)
            np.multiply(input_g, dh, input_g)
            np.multiply(input_g, r, state_g)
            np.multiply(slopes, sigmoids, slopes)
            np.multiply(input_g, from_state, reset_g)
            np.subtract(before, candidate, one)
            np.multiply(one, dh, update_g)
            np.multiply(d_sigmoids, slopes, d_sigmoids)
            np.multiply(dh, z, direct)
            add_up()
            np.add(way.total, way.part, way.total)
            back()
            np.add(to_state, direct, to_state)
        copy_all(finish)

    return run


gru_grad = way_back(
    "gru_grad",
    calls=20,
    weights=3,
    shape=lambda g, kernel, recurrent, bias, blocks, *_, with_x, **__: grad_shape(
        kernel, recurrent, blocks, bias.shape, 1, with_x
    ),
    bound=Bound(bind=_bind_gru_grad, workspace=_gru_grad_workspace),
    emit=Emit(loops=emit_gru_grad, takes_work=True, can=can_emit),
)
