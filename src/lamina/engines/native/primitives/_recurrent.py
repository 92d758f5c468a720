"""Recurrent layers over a whole sequence: simple RNN, LSTM and GRU, forward and backward, in place step by step.

Inside, units come before the batch: a step reads one block `(features + units + 1, batch)` that stacks the step's input,
the state before it and a row of ones, so that one product gives all gates with their bias, each gate is one contiguous
block of rows, and the new state is written where the next step reads it. The blocks and gates are outputs of the forward
primitive, which the backward primitive takes up. Sigmoids are computed as (tanh(x / 2) + 1) / 2: all gates of a step in
one call, without overflow.
"""

from typing import Any

import numpy as np

from .._graph import Spec
from .._primitive import Primitive

Arrays = tuple[np.ndarray, ...]


def _blocks(x: np.ndarray, h0: np.ndarray, reverse: bool) -> np.ndarray:
    """`(steps + 1, features + units + 1, batch)`, in the order of processing; the states are filled in by the steps."""
    batch, steps, features = x.shape
    blocks = np.empty((steps + 1, features + h0.shape[1] + 1, batch), x.dtype)
    blocks[:steps, :features] = (x[:, ::-1] if reverse else x).transpose(1, 2, 0)
    blocks[steps, :features] = 0
    blocks[0, features:-1] = h0.T
    blocks[:, -1] = 1
    return blocks


def _result(states: np.ndarray, sequences: bool) -> np.ndarray:
    """All states `(batch, steps, units)`, or the last one `(batch, units)`, from `(steps, units, batch)`."""
    return np.ascontiguousarray(states.transpose(2, 0, 1) if sequences else states[-1].T)


def _halved(weights: np.ndarray, rows: int) -> np.ndarray:
    """`(gates, inputs)` with the first rows halved, for sigmoids by tanh."""
    weights = weights.T.copy()
    weights[:rows] *= 0.5
    return weights


def _incoming(g: np.ndarray, sequences: bool) -> np.ndarray:
    """Gradients of the states as `(steps, units, batch)`; of the last state alone, one step."""
    return np.ascontiguousarray(g.transpose(1, 2, 0)) if sequences else np.ascontiguousarray(g.T)[None]


def _input_gradients(by_step: np.ndarray, features: int, reverse: bool) -> Arrays:
    """Gradients of x and of the first state, from those of the blocks."""
    gx = by_step[:, :features].transpose(2, 0, 1)
    gx = np.ascontiguousarray(gx[:, ::-1] if reverse else gx)
    return gx, np.ascontiguousarray(by_step[0, features:-1].T)


def _grad_shape(kernel: Any, recurrent: Any, blocks: Any, bias: tuple[int, ...], states: int) -> tuple[Spec, ...]:
    steps, batch = blocks.shape[0] - 1, blocks.shape[2]
    return (
        Spec((batch, steps, kernel.shape[0]), blocks.dtype),
        *(Spec((batch, recurrent.shape[0]), blocks.dtype),) * states,
        Spec(kernel.shape, blocks.dtype),
        Spec(recurrent.shape, blocks.dtype),
        Spec(bias, blocks.dtype),
    )


def _out_shape(x: Any, h0: Any, sequences: bool) -> tuple[int, ...]:
    return (*x.shape[:2], h0.shape[1]) if sequences else h0.shape


def _no_second_order(name: str) -> Any:
    def vjp(*_: Any, **__: Any) -> Any:
        raise TypeError(
            f"{name}: the gradient of a gradient through the whole-sequence kernel is not defined. layers.RNN over a "
            "cell, such as RNN(LSTMCell(units)), runs step by step and has derivatives of any order."
        )

    return vjp


# --- simple RNN -------------------------------------------------------------------------------------------------------

# Inputs x, h0, kernel, recurrent, bias; outputs the states and the blocks.
simple_rnn = Primitive("simple_rnn")


@simple_rnn.forward
def _simple_rnn(
    x: np.ndarray, h0: np.ndarray, kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray,
    reverse: bool, sequences: bool,
) -> Arrays:  # fmt: skip
    blocks, features = _blocks(x, h0, reverse), x.shape[2]
    weights = np.concatenate([kernel, recurrent, bias[None]]).T.copy()
    states = blocks[:, features:-1]
    for block, h in zip(blocks, states[1:]):
        np.matmul(weights, block, out=h)
        np.tanh(h, out=h)
    return _result(states[1:], sequences), blocks


@simple_rnn.shape
def _simple_rnn_shape(x: Any, h0: Any, *_: Any, reverse: bool, sequences: bool) -> tuple[Spec, ...]:
    (batch, steps, features), units = x.shape, h0.shape[1]
    return Spec(_out_shape(x, h0, sequences), x.dtype), Spec((steps + 1, features + units + 1, batch), x.dtype)


simple_rnn.calls = lambda x, *_: 2 * x.shape[1]
simple_rnn.vjp_all = lambda g, y, x, h0, kernel, recurrent, bias, **how: simple_rnn_grad(
    g[0], kernel, recurrent, y[1], **how
)

simple_rnn_grad = Primitive("simple_rnn_grad")


@simple_rnn_grad.forward
def _simple_rnn_grad(
    g: np.ndarray, kernel: np.ndarray, recurrent: np.ndarray, blocks: np.ndarray, reverse: bool, sequences: bool
) -> Arrays:
    features, steps = kernel.shape[0], len(blocks) - 1
    weights = np.concatenate([kernel, recurrent, np.zeros_like(kernel[:1])])
    incoming, by_step = _incoming(g, sequences), np.empty_like(blocks[:-1])
    dh, slope, total, part = incoming[-1].copy(), np.empty_like(incoming[-1]), np.zeros_like(weights.T), None
    for t in range(steps - 1, -1, -1):
        h = blocks[t + 1, features:-1]
        np.multiply(h, h, out=slope)
        np.subtract(1, slope, out=slope)
        slope *= dh
        part = np.matmul(slope, blocks[t].T, out=part)
        total += part
        np.matmul(weights, slope, out=by_step[t])
        dh = by_step[t, features:-1]
        if sequences and t:
            dh += incoming[t - 1]
    gw = total.T
    return (*_input_gradients(by_step, features, reverse), gw[:features].copy(), gw[features:-1].copy(), gw[-1].copy())


simple_rnn_grad.shape(
    lambda g, kernel, recurrent, blocks, **_: _grad_shape(kernel, recurrent, blocks, kernel.shape[1:], 1)
)
simple_rnn_grad.calls = lambda g, kernel, recurrent, blocks, *_: 8 * blocks.shape[0]
simple_rnn_grad.vjp_all = _no_second_order("simple_rnn")


# --- LSTM -------------------------------------------------------------------------------------------------------------


def _swap_gates(weights: np.ndarray) -> np.ndarray:
    """Columns i, f, c, o (Keras's order) as i, f, o, c (sigmoids together), or back."""
    i, f, c, o = np.split(weights, 4, axis=-1)
    return np.concatenate([i, f, o, c], axis=-1)


# Inputs x, h0, c0, kernel, recurrent, bias; outputs the states, the last cell, and for the way back blocks, gates, cells,
# tanh of the cells.
lstm = Primitive("lstm")


@lstm.forward
def _lstm(
    x: np.ndarray, h0: np.ndarray, c0: np.ndarray, kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray,
    reverse: bool, sequences: bool,
) -> Arrays:  # fmt: skip
    (batch, steps, features), units = x.shape, h0.shape[1]
    blocks = _blocks(x, h0, reverse)
    weights = _halved(_swap_gates(np.concatenate([kernel, recurrent, bias[None]])), 3 * units)
    gates = np.empty((steps, 4 * units, batch), x.dtype)
    cells = np.empty((steps + 1, units, batch), x.dtype)
    squashed = np.empty((steps, units, batch), x.dtype)
    cells[0] = c0.T
    product = np.empty((units, batch), x.dtype)
    for t in range(steps):
        gate = gates[t]
        np.matmul(weights, blocks[t], out=gate)
        np.tanh(gate, out=gate)
        sigmoids = gate[: 3 * units]
        sigmoids *= 0.5
        sigmoids += 0.5
        np.multiply(gate[units : 2 * units], cells[t], out=cells[t + 1])
        np.multiply(gate[:units], gate[3 * units :], out=product)
        cells[t + 1] += product
        np.tanh(cells[t + 1], out=squashed[t])
        np.multiply(gate[2 * units : 3 * units], squashed[t], out=blocks[t + 1, features:-1])
    states = blocks[1:, features:-1]
    return _result(states, sequences), np.ascontiguousarray(cells[-1].T), blocks, gates, cells, squashed


@lstm.shape
def _lstm_shape(x: Any, h0: Any, *_: Any, reverse: bool, sequences: bool) -> tuple[Spec, ...]:
    (batch, steps, features), units = x.shape, h0.shape[1]
    shapes = (
        _out_shape(x, h0, sequences), (batch, units), (steps + 1, features + units + 1, batch),
        (steps, 4 * units, batch), (steps + 1, units, batch), (steps, units, batch),
    )  # fmt: skip
    return tuple(Spec(shape, x.dtype) for shape in shapes)


lstm.calls = lambda x, *_: 9 * x.shape[1]
lstm.vjp_all = lambda g, y, x, h0, c0, kernel, recurrent, bias, **how: lstm_grad(
    g[0], g[1], kernel, recurrent, *y[2:], **how
)

lstm_grad = Primitive("lstm_grad")


@lstm_grad.forward
def _lstm_grad(
    g: np.ndarray, gc: np.ndarray, kernel: np.ndarray, recurrent: np.ndarray, blocks: np.ndarray, gates: np.ndarray,
    cells: np.ndarray, squashed: np.ndarray, reverse: bool, sequences: bool,
) -> Arrays:  # fmt: skip
    features, units, steps = kernel.shape[0], recurrent.shape[0], len(gates)
    weights = _swap_gates(np.concatenate([kernel, recurrent, np.zeros_like(kernel[:1])]))
    incoming, by_step = _incoming(g, sequences), np.empty_like(blocks[:-1])
    dh, dc = incoming[-1].copy(), gc.T.copy()
    dz, one, total, part = np.empty_like(gates[0]), np.empty_like(dc), np.zeros_like(weights.T), None
    di, df, do, dg = (dz[k * units : (k + 1) * units] for k in range(4))
    for t in range(steps - 1, -1, -1):
        gate, tanh_c = gates[t], squashed[t]
        i, f, o, candidate = (gate[k * units : (k + 1) * units] for k in range(4))
        # dc += dh · o · (1 - tanh(c)²)
        np.multiply(tanh_c, tanh_c, out=one)
        np.subtract(1, one, out=one)
        one *= o
        one *= dh
        dc += one
        # The slopes of the gates, s (1 - s) and 1 - tanh², times what reaches them.
        np.subtract(1, gate[: 3 * units], out=dz[: 3 * units])
        dz[: 3 * units] *= gate[: 3 * units]
        np.multiply(candidate, candidate, out=dg)
        np.subtract(1, dg, out=dg)
        np.multiply(dc, candidate, out=one)
        di *= one
        np.multiply(dc, cells[t], out=one)
        df *= one
        np.multiply(dh, tanh_c, out=one)
        do *= one
        np.multiply(dc, i, out=one)
        dg *= one
        dc *= f
        part = np.matmul(dz, blocks[t].T, out=part)
        total += part
        np.matmul(weights, dz, out=by_step[t])
        dh = by_step[t, features:-1]
        if sequences and t:
            dh += incoming[t - 1]
    gx, gh = _input_gradients(by_step, features, reverse)
    gw = _swap_gates(total.T)
    return gx, gh, np.ascontiguousarray(dc.T), gw[:features].copy(), gw[features:-1].copy(), gw[-1].copy()


lstm_grad.shape(
    lambda g, gc, kernel, recurrent, blocks, *_, **__: _grad_shape(kernel, recurrent, blocks, kernel.shape[1:], 2)
)
lstm_grad.calls = lambda g, gc, kernel, recurrent, blocks, *_: 22 * blocks.shape[0]
lstm_grad.vjp_all = _no_second_order("lstm")


# --- GRU, its reset gate applied after the product --------------------------------------------------------------------


def _gru_weights(kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """`(features + units + 1, 4 units)`: z, r, then the candidate's part from the input and that from the state."""
    features, units = kernel.shape[0], recurrent.shape[0]
    weights = np.zeros((features + units + 1, 4 * units), kernel.dtype)
    weights[:features, : 3 * units] = kernel
    weights[features:-1, : 2 * units] = recurrent[:, : 2 * units]
    weights[features:-1, 3 * units :] = recurrent[:, 2 * units :]
    weights[-1, : 3 * units] = bias[0]
    weights[-1, : 2 * units] += bias[1, : 2 * units]
    weights[-1, 3 * units :] = bias[1, 2 * units :]
    return weights


# Inputs x, h0, kernel, recurrent, bias (2, 3 units); outputs the states, the blocks, and z, r, the candidate and its part
# from the state at each step.
gru = Primitive("gru")


@gru.forward
def _gru(
    x: np.ndarray, h0: np.ndarray, kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray,
    reverse: bool, sequences: bool,
) -> Arrays:  # fmt: skip
    (batch, steps, features), units = x.shape, h0.shape[1]
    blocks = _blocks(x, h0, reverse)
    weights = _halved(_gru_weights(kernel, recurrent, bias), 2 * units)
    gates = np.empty((steps, 4 * units, batch), x.dtype)
    product = np.empty((units, batch), x.dtype)
    for t in range(steps):
        gate = gates[t]
        np.matmul(weights, blocks[t], out=gate)
        sigmoids, candidate = gate[: 2 * units], gate[2 * units : 3 * units]
        np.tanh(sigmoids, out=sigmoids)
        sigmoids *= 0.5
        sigmoids += 0.5
        np.multiply(gate[units : 2 * units], gate[3 * units :], out=product)
        candidate += product
        np.tanh(candidate, out=candidate)
        h = blocks[t + 1, features:-1]  # candidate + z · (h - candidate)
        np.subtract(blocks[t, features:-1], candidate, out=h)
        h *= gate[:units]
        h += candidate
    return _result(blocks[1:, features:-1], sequences), blocks, gates


@gru.shape
def _gru_shape(x: Any, h0: Any, *_: Any, reverse: bool, sequences: bool) -> tuple[Spec, ...]:
    (batch, steps, features), units = x.shape, h0.shape[1]
    return (
        Spec(_out_shape(x, h0, sequences), x.dtype),
        Spec((steps + 1, features + units + 1, batch), x.dtype),
        Spec((steps, 4 * units, batch), x.dtype),
    )


gru.calls = lambda x, *_: 10 * x.shape[1]
gru.vjp_all = lambda g, y, x, h0, kernel, recurrent, bias, **how: gru_grad(
    g[0], kernel, recurrent, bias, y[1], y[2], **how
)

gru_grad = Primitive("gru_grad")


@gru_grad.forward
def _gru_grad(
    g: np.ndarray, kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray, blocks: np.ndarray, gates: np.ndarray,
    reverse: bool, sequences: bool,
) -> Arrays:  # fmt: skip
    features, units, steps = kernel.shape[0], recurrent.shape[0], len(gates)
    weights = _gru_weights(kernel, recurrent, bias)
    incoming, by_step = _incoming(g, sequences), np.empty_like(blocks[:-1])
    dh = incoming[-1].copy()
    dz, one, total, part = np.empty_like(gates[0]), np.empty_like(dh), np.zeros_like(weights.T), None
    update_g, reset_g, input_g, state_g = (dz[k * units : (k + 1) * units] for k in range(4))
    for t in range(steps - 1, -1, -1):
        gate = gates[t]
        z, r, candidate, from_state = (gate[k * units : (k + 1) * units] for k in range(4))
        np.subtract(1, gate[: 2 * units], out=dz[: 2 * units])
        # The candidate: dh · (1 - z) · (1 - candidate²); its part from the state, r times that.
        np.multiply(candidate, candidate, out=input_g)
        np.subtract(1, input_g, out=input_g)
        input_g *= update_g
        input_g *= dh
        np.multiply(input_g, r, out=state_g)
        dz[: 2 * units] *= gate[: 2 * units]
        np.multiply(input_g, from_state, out=one)
        reset_g *= one
        np.subtract(blocks[t, features:-1], candidate, out=one)
        one *= dh
        update_g *= one
        np.multiply(dh, z, out=one)
        part = np.matmul(dz, blocks[t].T, out=part)
        total += part
        np.matmul(weights, dz, out=by_step[t])
        dh = by_step[t, features:-1]
        dh += one
        if sequences and t:
            dh += incoming[t - 1]
    gw, split = total.T, 2 * units
    gr = np.concatenate([gw[features:-1, :split], gw[features:-1, split + units :]], axis=1)
    gb = np.stack([gw[-1, : 3 * units], np.concatenate([gw[-1, :split], gw[-1, split + units :]])])
    return (*_input_gradients(by_step, features, reverse), gw[:features, : 3 * units].copy(), gr, gb)


gru_grad.shape(
    lambda g, kernel, recurrent, bias, blocks, gates, **_: _grad_shape(kernel, recurrent, blocks, bias.shape, 1)
)
gru_grad.calls = lambda g, kernel, recurrent, bias, blocks, *_: 20 * blocks.shape[0]
gru_grad.vjp_all = _no_second_order("gru")
