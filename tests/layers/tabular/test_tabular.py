import numpy as np
import pytest

from lamina import layers


def test_members_share_a_kernel():
    layer = layers.BatchEnsemble(3, members=2)
    x = np.random.default_rng(0).normal(size=(4, 2, 5)).astype("float32")
    layer.build(x.shape)
    rng = np.random.default_rng(1)
    kernel, r, s, b = (rng.normal(size=w.shape).astype("float32") for w in layer.weights)
    layer.set_weights([kernel, r, s, b])
    expected = np.stack([((x[:, m] * r[m]) @ kernel) * s[m] + b[m] for m in range(2)], axis=1)
    np.testing.assert_allclose(np.asarray(layer(x)), expected, rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="2 members"):
        layer(np.ones((4, 3, 5), "float32"))


def test_waves_of_a_number():
    layer = layers.PeriodicEmbedding(3, frequencies=4)
    x = np.random.default_rng(0).normal(size=(5, 2)).astype("float32")
    layer.build(x.shape)
    f, p, kernel, bias = (np.asarray(w) for w in layer.weights)
    waves = np.cos(2 * np.pi * (x[:, :, None] * f + p))
    mixed = np.einsum("bfw,fwu->bfu", waves, kernel) + bias
    np.testing.assert_allclose(np.asarray(layer(x)), np.concatenate([x[:, :, None], mixed], 2), rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="2 or more"):
        layers.PeriodicEmbedding(1)


def test_how_far_through_the_bins():
    layer = layers.PiecewiseLinearEncoding([[0.0, 1.0, 3.0], [0.0, 2.0]])
    found = np.asarray(layer(np.array([[0.5, 1.0], [2.0, -2.0], [5.0, 4.0], [-1.0, 0.0]], "float32")))
    np.testing.assert_allclose(found, [[0.5, 0, 0.5], [1, 0.5, -1], [1, 2, 2], [-1, 0, 0]])


def test_edges_are_quantiles():
    layer = layers.PiecewiseLinearEncoding(bins=2)
    with pytest.raises(ValueError, match="adapt"):
        layer(np.ones((1, 1), "float32"))
    layer.adapt(np.array([[0.0, 5], [1, 5], [2, np.nan], [10, 5]]))
    assert layer.boundaries == [[0.0, 1.5, 10.0], [5.0, 6.0]]
    with pytest.raises(ValueError, match="ascending"):
        layers.PiecewiseLinearEncoding([[1.0, 1.0]])
