"""Convolutional LSTMs: by the formulas, as an LSTM where the image is a pixel, and beside Keras."""

import numpy as np
import pytest

from lamina import layers, models, ops

SIDES = (6, 5, 4)


def given(rank, first=False):
    x = np.random.default_rng(rank).normal(size=(2, 3, *SIDES[:rank], 2)).astype("float32")
    return np.moveaxis(x, -1, 2) if first else x


def made(rank, *args, **kwargs):
    return getattr(layers, f"ConvLSTM{rank}D")(*args, **kwargs)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_one_pixel_is_an_lstm(rank):
    x = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    layer, lstm = made(rank, 4, 1, return_sequences=True), layers.LSTM(4, return_sequences=True)
    lstm.build(x.shape)
    pixels = x.reshape(2, 5, *(1,) * rank, 3)
    layer.build(pixels.shape)
    layer.set_weights([np.reshape(ops.convert_to_numpy(w), o.shape) for w, o in zip(lstm.weights, layer.weights)])
    np.testing.assert_allclose(ops.reshape(layer(pixels), (2, 5, 4)), lstm(x), atol=1e-5)


def test_formulas():
    x = given(2)
    layer = layers.ConvLSTM2D(3, (3, 2), strides=(1, 2), return_sequences=True, return_state=True)
    got, h, c = layer(x)
    kernel, recurrent, bias = layer.weights
    state = cell = np.zeros((2, 4, 2, 3), "float32")
    for t in range(3):
        gates = ops.convert_to_numpy(ops.conv(x[:, t], kernel, strides=(1, 2))) + ops.convert_to_numpy(
            ops.conv(state, recurrent, padding="same")
        )
        i, f, candidate, o = np.split(gates + ops.convert_to_numpy(bias), 4, -1)
        i, f, o = (1 / (1 + np.exp(-g)) for g in (i, f, o))
        cell = f * cell + i * np.tanh(candidate)
        state = (o * np.tanh(cell)).astype("float32")
        np.testing.assert_allclose(got[:, t], state, atol=1e-5)
    np.testing.assert_allclose(h, state, atol=1e-5)
    np.testing.assert_allclose(c, cell, atol=1e-5)
    np.testing.assert_array_equal(ops.convert_to_numpy(bias), [0] * 3 + [1] * 3 + [0] * 6)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize(
    "arguments", [{}, {"padding": "same", "dilation_rate": 2}, {"strides": 2, "return_state": True}]
)
def test_shapes_and_layouts(rank, arguments):
    layer = made(rank, 3, 2, **arguments)
    got = layer(given(rank))
    found = [tuple(y.shape) for y in got] if isinstance(got, tuple) else tuple(got.shape)
    wanted = layer.compute_output_shape(given(rank).shape)
    assert found == (list(wanted) if isinstance(got, tuple) else wanted)
    first = made(rank, 3, 2, data_format="channels_first", **arguments)
    first.build(given(rank, True).shape)
    first.set_weights(layer.get_weights())
    a, b = (y[0] if isinstance(y, tuple) else y for y in (got, first(given(rank, True))))
    np.testing.assert_allclose(ops.moveaxis(b, 1, -1), a, atol=1e-5)


def test_masks_backwards_and_states():
    x = given(1)
    layer = layers.ConvLSTM1D(3, 2, return_sequences=True)
    layer.build(x.shape)
    mask = np.array([[True, False, True], [True, True, False]])
    got = ops.convert_to_numpy(layer(x, mask=mask))
    short = ops.convert_to_numpy(layer(x[:1, [0, 2]]))
    np.testing.assert_allclose(got[:1, [0, 2]], short, atol=1e-5)
    np.testing.assert_allclose(got[0, 1], got[0, 0], atol=1e-6)
    back = layers.ConvLSTM1D(3, 2, go_backwards=True)
    back.build(x.shape)
    back.set_weights(layer.get_weights())
    np.testing.assert_allclose(back(x), layer(x[:, ::-1])[:, -1], atol=1e-5)
    with pytest.raises(ValueError, match="expected initial states of shapes"):
        layer(x, initial_state=[np.zeros((2, 3))] * 2)


def test_trained_with_dropout_and_saved(tmp_path):
    x = given(2)
    model = models.Sequential(
        [
            layers.Input(x.shape[1:]),
            layers.ConvLSTM2D(3, 2, dropout=0.5, recurrent_dropout=0.5, return_sequences=True),
            layers.ConvLSTM2D(2, 2),
        ]
    )
    model.compile("adam", "mse")
    history = model.fit(x, np.zeros((2, 4, 3, 2)), epochs=3, verbose=0).history["loss"]
    assert np.isfinite(history).all()
    model.save(tmp_path / "m.keras")
    again = models.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6)


def test_stateful():
    x = given(1)
    layer = layers.ConvLSTM1D(3, 2, stateful=True)
    whole = layers.ConvLSTM1D(3, 2)
    layer.build(x.shape)
    whole.build(x.shape)
    whole.set_weights(layer.get_weights())
    layer(x)
    np.testing.assert_allclose(layer(x), whole(np.concatenate([x, x], 1)), atol=1e-5)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"filters": 0, "kernel_size": 2}, "filters must be a positive integer"),
        ({"filters": 2, "kernel_size": (2, 3)}, "kernel_size"),
        ({"filters": 2, "kernel_size": 2, "padding": "causal"}, "padding must be one of"),
        ({"filters": 2, "kernel_size": 2, "strides": 2, "dilation_rate": 2}, "cannot both be above 1"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        layers.ConvLSTM1D(**arguments)
    with pytest.raises(ValueError, match="does not fit"):
        layers.ConvLSTM1D(2, 9)(given(1))
    with pytest.raises(ValueError, match="must be known"):
        layers.ConvLSTM1D(2, 2).build((None, 3, None, 2))


@pytest.mark.peer
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_peer(rank):
    keras = pytest.importorskip("keras")
    arguments = {"padding": "same", "strides": 2, "return_sequences": True, "bias_initializer": "random_normal"}
    theirs = getattr(keras.layers, f"ConvLSTM{rank}D")(3, 3, **arguments)
    want = theirs(given(rank))
    config = theirs.get_config()
    layer = type(made(rank, 3, 3)).from_config({k: v for k, v in config.items() if k != "dtype"})
    layer.build(given(rank).shape)
    layer.set_weights(theirs.get_weights())
    np.testing.assert_allclose(layer(given(rank)), want, atol=1e-5)
    back = type(theirs).from_config({k: v for k, v in layer.get_config().items() if k != "dtype"})
    assert back.get_config() == {**config, "name": back.name}
    assert set(config) <= set(layer.get_config())
