"""StableHLO programs, read back by jax.export, give what `predict` gives for every batch size."""

import numpy as np
import pytest

from lamina import layers, models, ops, tree
from lamina.export import ExportError

jax = pytest.importorskip("jax")
pytestmark = pytest.mark.native_only("the program is the native engine's")

ONLY = {"Conv2DTranspose-41", "LSTM-79", "MultiHeadAttention-103", "IntegerLookup-174"}


def read_back(path):
    from jax import export

    return export.deserialize(bytearray(path.read_bytes()))


def compare(model, path, *inputs):
    model.export(path, format="jax", check=False)
    again = read_back(path)
    for rows in (1, 3):
        given = [x[:rows] for x in inputs]
        with jax.enable_x64(any(x.dtype.itemsize == 8 for x in inputs)):
            got = [np.asarray(x) for x in tree.flatten(again.call(*given))]
        wanted = tree.flatten(model(given if len(given) > 1 else given[0], training=False))
        for a, b in zip(got, wanted, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


def test_layers(layer_model, tmp_path):
    model, x = layer_model
    compare(model, tmp_path / "m.jax", *(x if isinstance(x, list) else [x]))


def test_sequences_of_any_length_under_a_mask(tmp_path):
    x = layers.Input((None,), dtype="int32")
    h = layers.Embedding(5, 3, mask_zero=True)(x)
    kinds = layers.SimpleRNN, layers.LSTM, layers.GRU
    model = models.Model(x, [kind(4, return_sequences=True, go_backwards=True)(h) for kind in kinds])
    model.export(tmp_path / "m", format="jax")
    for length in (2, 6):
        data = np.random.default_rng(0).integers(0, 5, (3, length)).astype("int32")
        for a, b in zip(read_back(tmp_path / "m.jax").call(data), model.predict(data, verbose=0), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


def test_loops_branches_and_writing(tmp_path):
    x = layers.Input((4,))

    def twisted(x):
        doubled = ops.cond(ops.sum(x) > 0, lambda: x * 2, lambda: x - 1)
        repeated = ops.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v + doubled), (0, x * 0))[1]
        _, powers = ops.scan(lambda c, _: (c * doubled, c + 1), ops.ones_like(x), length=3, reverse=True)
        table = ops.scatter_update(ops.zeros((4, 4)), [[0, 1], [2, 3]], [1.0, 2.0])
        return repeated + ops.sum(powers, axis=0) + ops.erf(x @ table)

    compare(
        models.Model(x, layers.Lambda(twisted)(x)), tmp_path / "m.jax", np.arange(12, dtype="float32").reshape(3, 4)
    )


def test_strings_are_refused(tmp_path):
    x = layers.Input((1,), dtype="string", name="word")
    with pytest.raises(ExportError, match="word.*strings"):
        models.Model(x, layers.StringLookup(vocabulary=["a"])(x)).export(tmp_path / "m", format="jax")
