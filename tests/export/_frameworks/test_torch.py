"""Programs of PyTorch, read back by torch.export, give what `predict` gives for every batch size."""

import numpy as np
import pytest

from lamina import layers, models, ops, tree
from lamina.export import ExportError

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.native_only("the program is the native engine's")

ONLY = {"Conv2DTranspose-41", "LSTM-79", "MultiHeadAttention-103"}


def read_back(path):
    module = torch.export.load(path).module()
    return lambda *inputs: [x.detach().numpy() for x in tree.flatten(module(*map(torch.as_tensor, inputs)))]


def compare(model, path, *inputs):
    model.export(path, format="torch", check=False)
    again = read_back(path)
    for rows in (2, 3):
        given = [np.array(x[:rows]) for x in inputs]
        wanted = tree.flatten(model(given if len(given) > 1 else given[0], training=False))
        for a, b in zip(again(*given), wanted, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


def test_layers(layer_model, tmp_path):
    model, x = layer_model
    compare(model, tmp_path / "m.pt2", *(x if isinstance(x, list) else [x]))


def test_sequences_under_a_mask(tmp_path):
    x = layers.Input((5,), dtype="int32")
    h = layers.Embedding(5, 3, mask_zero=True)(x)
    kinds = layers.SimpleRNN, layers.LSTM, layers.GRU
    model = models.Model(x, [kind(4, return_sequences=True, go_backwards=True)(h) for kind in kinds])
    compare(model, tmp_path / "m.pt2", np.random.default_rng(0).integers(0, 5, (3, 5)).astype("int32"))


def test_loops_and_indices(tmp_path):
    x = layers.Input((4,))

    def twisted(x):
        _, powers = ops.scan(lambda c, _: (c * x, c + 1), ops.ones_like(x), length=3, reverse=True)
        turned = ops.flip(x, axis=1)[:, ::-2]
        return ops.sum(powers, axis=0) + ops.erf(ops.sort(x, axis=1)) + ops.tile(turned, (1, 2))

    compare(
        models.Model(x, layers.Lambda(twisted)(x)), tmp_path / "m.pt2", np.arange(12, dtype="float32").reshape(3, 4)
    )


def test_an_open_length_that_a_loop_runs_over_is_refused(tmp_path):
    x = layers.Input((None, 3))
    with pytest.raises(ExportError, match="torch.export"):
        models.Model(x, layers.LSTM(2)(x)).export(tmp_path / "m", format="torch")
    assert not list(tmp_path.iterdir())


def test_strings_are_refused(tmp_path):
    x = layers.Input((1,), dtype="string", name="word")
    with pytest.raises(ExportError, match="word.*strings"):
        models.Model(x, layers.StringLookup(vocabulary=["a"])(x)).export(tmp_path / "m", format="torch")
