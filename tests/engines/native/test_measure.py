"""A program run node by node: whose each call is, what it computes and moves, and that nothing is changed by it."""

import numpy as np
import pytest

from lamina import layers, ops
from lamina._where import inside, where
from lamina.engines import native
from lamina.engines.native._peaks import peaks, threads_set_to
from lamina.variables import StateScope

f32 = np.float32


def rows_of(fn, *args):
    return native.measure(fn, *args)


def one(rows, primitive):
    (row,) = [r for r in rows if r["primitive"] == primitive]
    return row


def test_a_product():
    row = one(rows_of(lambda a, b: ops.matmul(a, b), np.ones((5, 3), f32), np.ones((3, 7), f32)), "matmul")
    assert row["flops"] == 2 * 5 * 3 * 7
    assert row["bytes"] == 4 * (15 + 21 + 35)
    assert row["shape"] == (5, 7)
    assert 0 < row["seconds"] < 1


@pytest.mark.parametrize("groups", [1, 2])
def test_convolution_and_its_gradients_compute_as_much(groups):
    x, kernel = np.ones((2, 6, 7, 4), f32), np.ones((3, 2, 4 // groups, 6), f32)

    def loss(x, kernel):
        return ops.sum(native.nn.conv(x, kernel, (1, 1), ((0, 0), (0, 0)), (1, 1), groups))

    rows = rows_of(native.value_and_grad(loss, argnums=(0, 1)), x, kernel)
    expected = 2 * (2 * 4 * 6 * 6) * (3 * 2 * 4 // groups)
    for name in ("conv", "conv_input_grad", "conv_kernel_grad"):
        row = next((r for r in rows if r["primitive"] == name), None)
        if row is not None:
            assert row["flops"] == expected, name
    assert any(r["primitive"].startswith("conv_") for r in rows)


def test_einsum():
    rows = rows_of(lambda a, b: ops.einsum("abc,dc->abd", a, b), np.ones((2, 3, 4), f32), np.ones((5, 4), f32))
    assert sum(r["flops"] for r in rows if r["primitive"] in ("einsum", "matmul")) == 2 * 2 * 3 * 4 * 5


@pytest.mark.parametrize("with_x", [True, False])
@pytest.mark.parametrize("name, gates", [("SimpleRNN", 1), ("LSTM", 4), ("GRU", 3)])
def test_recurrent_layers(name, gates, with_x):
    layer = getattr(layers, name)(5)
    x = np.ones((2, 7, 3), f32)
    layer(x)

    def step(weights, x):
        def loss(weights, x):
            with StateScope(zip(layer.trainable_variables, weights)):
                return ops.sum(layer(x))

        return native.value_and_grad(loss, argnums=(0, 1) if with_x else 0)(weights, x)

    rows = rows_of(step, [v.value for v in layer.trainable_variables], x)
    kind = {"SimpleRNN": "simple_rnn", "LSTM": "lstm", "GRU": "gru"}[name]
    one_product = 2 * (2 * 7) * (3 + 5) * gates * 5
    assert one(rows, kind)["flops"] == one_product
    backward = one(rows, kind + "_grad")
    assert backward["direction"] == "backward"
    # of the weights; of the state, and of the input where it is asked for
    assert backward["flops"] == one_product + 2 * (2 * 7) * (5 + 3 * with_x) * gates * 5


def test_views_cost_nothing_and_are_left_out():
    rows = rows_of(lambda a: ops.transpose(ops.reshape(a, (3, 2))), np.ones((2, 3), f32))
    assert rows == []


def test_places_survive_gradients_and_simplification():
    first, second = layers.Dense(4, activation="tanh", name="first"), layers.Dense(1, name="second")
    x = np.ones((3, 2), f32)
    second(first(x))
    weights = first.trainable_variables + second.trainable_variables

    def step(values):
        def loss(values):
            with StateScope(zip(weights, values)):
                y = second(first(x))
            with inside("loss"):
                return ops.mean(ops.square(y)) * 1.0

        return native.value_and_grad(loss)(values)

    rows = rows_of(step, [v.value for v in weights])
    found = {(r["layer"], r["direction"], r["primitive"]) for r in rows}
    assert ("first", "forward", "matmul") in found
    assert ("first", "forward", "tanh") in found
    assert ("second", "backward", "matmul") in found
    assert {r["layer"] for r in rows} == {"first", "second", "loss"}
    assert where.place == ("", "forward")


def test_a_place_is_left_when_a_layer_fails():
    class Broken(layers.Layer):
        def call(self, x):
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        Broken()(np.ones((1, 1), f32))
    assert where.place == ("", "forward")


def test_arguments_are_only_read_and_none_is_passed_on():
    x = np.arange(6, dtype=f32).reshape(2, 3)
    kept = x.copy()
    rows = rows_of(lambda parts, flag: parts[0] + 1 if parts[1] is None and flag else parts[0], (x, None), True)
    assert [r["primitive"] for r in rows] == ["add"]
    np.testing.assert_array_equal(x, kept)


def test_peaks_are_sensible_and_threads_come_back():
    before = native.num_threads()
    flops, bandwidth = peaks(1)
    assert 1e8 < flops < 1e14
    assert 1e8 < bandwidth < 1e13
    assert all(a >= b for a, b in zip(peaks(), (flops, bandwidth)))
    with pytest.raises(KeyError), threads_set_to(1):
        assert native.num_threads() == 1
        raise KeyError
    assert native.num_threads() == before
