"""Masks, scores and training of the attention layers; the contract tests see to the rest."""

import numpy as np
import pytest

from lamina import layers, losses, ops, utils
from lamina.layers import Input
from lamina.models import Model

_random = np.random.default_rng(0)
X = _random.normal(size=(2, 5, 6)).astype("float32")
Y = _random.normal(size=(2, 7, 6)).astype("float32")


def heads(**kwargs):
    return layers.MultiHeadAttention(2, 3, **kwargs)


def grouped(**kwargs):
    return layers.GroupQueryAttention(3, 4, 2, **kwargs)


@pytest.mark.parametrize("make", [heads, grouped])
def test_the_fused_way_gives_what_the_weights_give(make):
    layer = make(use_gate=True)
    outputs, scores = layer(X, Y, return_attention_scores=True)
    assert scores.shape[2:] == (5, 7)
    np.testing.assert_allclose(ops.sum(scores, -1), np.ones(scores.shape[:-1]), atol=1e-6)
    np.testing.assert_allclose(layer(X, Y), outputs, atol=1e-6)


@pytest.mark.parametrize("make", [heads, grouped])
@pytest.mark.parametrize("scores", [False, True])
def test_causal_attention_does_not_see_the_future(make, scores):
    layer = make()
    changed = X.copy()
    changed[:, 3:] += 1
    a, b = (layer(x, x, use_causal_mask=True, return_attention_scores=scores) for x in (X, changed))
    a, b = (a[0], b[0]) if scores else (a, b)
    np.testing.assert_array_equal(a[:, :3], b[:, :3])
    assert np.abs(np.asarray(a[:, 3:] - b[:, 3:])).min() > 0


@pytest.mark.parametrize("make", [heads, grouped])
def test_masked_values_have_no_influence(make):
    layer = make()
    mask = np.arange(7)[None] < np.array([[4], [6]])
    changed = np.where(mask[..., None], Y, 100).astype("float32")
    explicit = layer(X, Y, value_mask=mask)
    np.testing.assert_allclose(explicit, layer(X, changed, value_mask=mask), atol=1e-6)
    whole = np.broadcast_to(mask[:, None], (2, 5, 7))
    np.testing.assert_allclose(explicit, layer(X, Y, attention_mask=whole), atol=1e-6)
    assert np.abs(np.asarray(explicit - layer(X, Y))).max() > 1e-3
    masked = layers.Masking(100.0)(changed)
    np.testing.assert_allclose(explicit, layer(X, masked), atol=1e-6)


def test_the_output_carries_the_mask_of_the_query():
    query = layers.Masking(0.0)(np.concatenate([X, np.zeros((2, 2, 6), "float32")], axis=1))
    for layer in (heads(), grouped()):
        assert layer(query, Y)._keras_mask.tolist() == [[True] * 5 + [False] * 2] * 2
    outputs = layers.Attention()([query, Y])
    assert outputs._keras_mask.tolist() == [[True] * 5 + [False] * 2] * 2
    assert not np.asarray(outputs[:, 5:]).any() and np.asarray(outputs[:, :5]).all()


def test_a_window_limits_how_far_steps_see():
    _, scores = heads(sliding_window=2)(X, X, return_attention_scores=True, use_causal_mask=True)
    band = np.tri(5, dtype=bool) & ~np.tri(5, k=-2, dtype=bool)
    assert ((np.asarray(scores) > 0) == band).all()


@pytest.mark.parametrize("kind", [layers.Attention, layers.AdditiveAttention])
def test_attention_masks_and_causality(kind):
    layer = kind(use_scale=False)
    mask = np.arange(7)[None] < np.array([[4], [6]])
    _, weights = layer([X, Y], mask=[None, mask], return_attention_scores=True)
    assert (np.asarray(weights)[~np.broadcast_to(mask[:, None], (2, 5, 7))] == 0).all()
    _, weights = layer([X, X], use_causal_mask=True, return_attention_scores=True)
    assert ((np.asarray(weights) > 0) == np.tri(5, dtype=bool)).all()


def test_scores_join_the_functional_graph():
    a, b = Input((5, 6)), Input((7, 6))
    for layer, shape in ((heads(), (None, 2, 5, 7)), (grouped(), (None, 4, 5, 7))):
        outputs, scores = layer(a, b, return_attention_scores=True)
        assert (outputs.shape, scores.shape) == ((None, 5, 6), shape)
        assert [x.shape for x in Model([a, b], [outputs, scores]).predict([X, Y], verbose=0)] == [
            (2, 5, 6),
            (2, *shape[1:]),
        ]
    outputs, scores = layers.Attention()([a, b], return_attention_scores=True)
    assert (outputs.shape, scores.shape) == ((None, 5, 6), (None, 5, 7))


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: layers.MultiHeadAttention(0, 3), "num_heads"),
        (lambda: layers.MultiHeadAttention(2, 3, attention_axes="a"), "attention_axes"),
        (lambda: layers.MultiHeadAttention(2, 3, attention_axes=3)(X, Y), "attention_axes"),
        (lambda: layers.MultiHeadAttention(2, 3, flash_attention=True), "flash_attention"),
        (lambda: heads()(X, Y, Y[:, :3]), "value and key"),
        (lambda: layers.GroupQueryAttention(3, 4, 3), "multiple"),
        (lambda: grouped()(X[..., None], Y), "batch, steps, features"),
        (lambda: layers.Attention(score_mode="no"), "score_mode"),
        (lambda: layers.Attention()([X]), "query, value"),
        (lambda: layers.Attention()([X, Y], mask=np.ones((2, 7))), "mask must be a list"),
        (lambda: ops.dot_product_attention(X, Y, Y), "heads"),
        (lambda: ops.dot_product_attention(X[:, :, None], Y[:, :, None], Y[:, :3, None]), "agree"),
        (lambda: ops.unfold(X, 2), "unfold"),
        (lambda: ops.fold(X, 4, 2), "fold"),
    ],
)
def test_mistakes_are_named(make, match):
    with pytest.raises(ValueError, match=match):
        make()


def test_a_transformer_block_learns():
    """Which token comes twice: only comparing steps with each other can tell."""
    utils.set_random_seed(1)
    random = np.random.default_rng(1)
    tokens = np.stack([random.permutation(8)[:6] for _ in range(512)])
    labels = tokens[:, 0].copy()
    tokens[np.arange(512), random.integers(1, 6, 512)] = labels
    inputs = Input((6,), dtype="int32")
    x = layers.Embedding(8, 16)(inputs)
    y = heads(dropout=0.05, seed=1)(x, x)
    x = layers.RMSNormalization()(layers.Add()([x, y]))
    y = layers.Dense(16)(layers.Dense(32, "relu")(x))
    x = layers.LayerNormalization()(layers.Add()([x, y]))
    outputs = layers.Dense(8)(layers.GlobalAveragePooling1D()(x))
    model = Model(inputs, outputs)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    model.optimizer.learning_rate = 0.01
    model.fit(tokens, labels, batch_size=64, epochs=20, verbose=0)
    assert model.evaluate(tokens, labels, verbose=0)[1] > 0.95


@pytest.mark.parametrize("kind", [layers.Attention, layers.AdditiveAttention])
def test_attention_is_called_on_a_list(kind):
    with pytest.raises(ValueError, match="must be called on .*; got one tensor"):
        kind()(np.ones((1, 2, 3)))
