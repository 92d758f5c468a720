"""Masks and scores of the attention layers against Keras's, with copied weights."""

import numpy as np
import pytest

from lamina import layers

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.peer

_random = np.random.default_rng(0)
X = _random.normal(size=(2, 5, 6)).astype("float32")
Y = _random.normal(size=(2, 7, 6)).astype("float32")
VALUE_MASK = np.arange(7)[None] < np.array([[4], [6]])
WHOLE = _random.random((2, 5, 7)) > 0.3


def as_numpy(x):
    return np.asarray(x.detach().cpu() if hasattr(x, "detach") else x)


def close(a, b):
    for mine, other in zip(a, b, strict=True) if isinstance(a, tuple) else [(a, b)]:
        np.testing.assert_allclose(as_numpy(mine), as_numpy(other), atol=1e-5, rtol=1e-5)


def pair(name, **kwargs):
    theirs, ours = (getattr(module, name)(**kwargs) for module in (keras.layers, layers))
    return theirs, ours


@pytest.mark.parametrize("scores", [False, True])
@pytest.mark.parametrize(
    "masks",
    [
        {"use_causal_mask": True},
        {"value_mask": VALUE_MASK},
        {"value_mask": VALUE_MASK, "key_mask": np.roll(VALUE_MASK, 1, 1), "use_causal_mask": True},
        {"attention_mask": WHOLE},
        {"attention_mask": WHOLE, "use_causal_mask": True},
    ],
)
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}),
        ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "sliding_window": 2, "use_gate": True}),
        ("GroupQueryAttention", {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}),
    ],
)
def test_masks_and_scores(name, arguments, masks, scores):
    theirs, ours = pair(name, **arguments)
    given = {k: keras.ops.convert_to_tensor(v) if hasattr(v, "shape") else v for k, v in masks.items()}
    expected = theirs(X, Y, return_attention_scores=scores, **given)
    ours(X, Y)
    ours.set_weights(theirs.get_weights())
    close(ours(X, Y, return_attention_scores=scores, **masks), expected)


@pytest.mark.parametrize("name", ["Attention", "AdditiveAttention"])
@pytest.mark.parametrize("causal", [False, True])
def test_attention_masks(name, causal):
    theirs, ours = pair(name, use_scale=True)
    query_mask = np.arange(5)[None] < np.array([[4], [3]])
    masks = [query_mask, VALUE_MASK]
    options = {"use_causal_mask": causal, "return_attention_scores": True}
    expected = theirs([X, Y], mask=[keras.ops.convert_to_tensor(m) for m in masks], **options)
    ours([X, Y])
    ours.set_weights(theirs.get_weights())
    close(ours([X, Y], mask=masks, **options), expected)


def test_masks_that_come_with_the_inputs():
    tokens = np.array([[1, 2, 3, 0, 0], [2, 2, 1, 3, 0]])
    theirs = [keras.layers.Embedding(4, 6, mask_zero=True), keras.layers.MultiHeadAttention(2, 3)]
    ours = [layers.Embedding(4, 6, mask_zero=True), layers.MultiHeadAttention(2, 3)]

    def run(pair):
        x = pair[0](tokens)
        return pair[1](x, x)

    expected = run(theirs)
    run(ours)
    for a, b in zip(ours, theirs):
        a.set_weights(b.get_weights())
    close(run(ours), expected)
