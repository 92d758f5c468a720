"""Products in float8, against their definition in NumPy."""

import ml_dtypes
import numpy as np
import pytest

from lamina import GradientTape, Sequential, layers, ops

RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 3, 10)).astype("float32") * 3
MAKERS = {
    "dense": lambda **k: layers.Dense(5, use_bias=False, **k),
    "einsum": lambda **k: layers.EinsumDense("abc,cd->abd", (None, 5), **k),
}
LARGEST = {"float8_e4m3fn": 448, "float8_e5m2": 57344}


def values(x):
    return ops.convert_to_numpy(x)


def rounded(x, scale, dtype):
    clipped = np.clip(np.asarray(x) / np.float32(scale), -LARGEST[dtype], LARGEST[dtype])
    return clipped.astype(getattr(ml_dtypes, dtype)).astype("float32") * np.float32(scale)


def made(name):
    layer = MAKERS[name]()
    layer(X)
    layer.quantize("float8")
    return layer


@pytest.mark.parametrize("name", MAKERS)
def test_values_and_gradients_are_rounded(name):
    layer = made(name)
    scales = {"inputs": 0.01, "kernel": 0.02, "outputs_grad": 0.001}
    for part, scale in scales.items():
        getattr(layer, f"{part}_scale").assign(scale)
    x, kernel = (
        rounded(v, scales[part], "float8_e4m3fn") for part, v in [("inputs", X), ("kernel", values(layer.kernel))]
    )
    upstream = RNG.normal(size=(4, 3, 5)).astype("float32")
    with GradientTape() as tape:
        watched = tape.watch(ops.convert_to_tensor(X))
        y = layer(watched, training=True)
        loss = ops.sum(ops.multiply(y, upstream))
    np.testing.assert_allclose(values(y), x @ kernel, rtol=1e-5, atol=1e-5)
    state = [getattr(layer, f"{part}_scale") for part in scales]
    of_x, of_kernel, *moved = tape.gradient(loss, [watched, layer._kernel, *state])
    back = rounded(upstream, scales["outputs_grad"], "float8_e5m2")
    np.testing.assert_allclose(values(of_x), back @ kernel.T, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(values(of_kernel), np.einsum("abc,abd->cd", x, back), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose([values(m) for m in moved], list(scales.values()))  # an empty history moves no scale


@pytest.mark.parametrize("name", MAKERS)
def test_training_moves_scales_to_the_largest_magnitudes(name):
    layer = made(name)
    model = Sequential([layer])
    model.compile("sgd", "mse", run_eagerly=False)
    model.optimizer.learning_rate = 0.0
    target = np.zeros((4, 3, 5), "float32")
    model.fit(X, target, epochs=3, batch_size=4, verbose=0)
    for part, x in [("inputs", X), ("kernel", values(layer.kernel))]:
        largest = np.abs(x).max()
        np.testing.assert_allclose(values(getattr(layer, f"{part}_amax_history")).max(), largest, rtol=1e-6)
        np.testing.assert_allclose(values(getattr(layer, f"{part}_scale")), largest / 448, rtol=1e-6)
    assert 0 < float(values(layer.outputs_grad_scale)) < 1e-3


def test_without_training_scales_stay():
    layer = made("dense")
    layer.inputs_amax_history.assign(np.full(1024, 7.0, "float32"))
    with GradientTape() as tape:
        loss = ops.sum(layer(X))
    assert values(tape.gradient(loss, layer.inputs_scale)) == 1.0


def test_low_rank_trains_beside_float8():
    layer = made("dense")
    layer.enable_lora(2)
    model = Sequential([layer])
    model.compile("adam", "mse")
    model.optimizer.learning_rate = 0.05
    target = np.einsum("abc,cd->abd", X, RNG.normal(size=(10, 5)).astype("float32"))
    first = model.evaluate(X, target, verbose=0)
    stored = values(layer._kernel)
    model.fit(X, target, epochs=30, verbose=0)
    assert model.evaluate(X, target, verbose=0) < 0.8 * first
    np.testing.assert_array_equal(values(layer._kernel), stored)


@pytest.mark.parametrize("name", MAKERS)
def test_files_hold_scales_and_histories(name):
    layer = made(name)
    layer.kernel_scale.assign(0.5)
    again = type(layer).from_config(layer.get_config())
    again.build(X.shape)
    store: dict = {}
    layer.save_own_variables(store)
    assert len(store) == 7
    again.load_own_variables(store)
    assert again.quantization_mode == "float8" and float(values(again.kernel_scale)) == 0.5
    np.testing.assert_array_equal(values(again(X)), values(layer(X)))


def test_layers_without_a_form_in_float8():
    layer = layers.Embedding(3, 2)
    layer.build()
    with pytest.raises(NotImplementedError, match="float8.*'int8' and 'int4'"):
        layer.quantize("float8")
