"""Tokens: looked up, padded, embedded."""

import numpy as np
import pytest

import lamina
from lamina import layers
from lamina.engines import engine

RNG = np.random.default_rng(0)
WORDS = np.array([" ".join(RNG.choice(list("abcdefghij"), 8)) for _ in range(120)])
INDICES = RNG.integers(1, 40, (120, 20))
YES = (INDICES[:, 0] > 20).astype("float32")


def found(x, y, *chain, dtype="int32"):
    model = lamina.Sequential([lamina.Input(x.shape[1:], dtype=dtype), *chain, layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    return [
        (finding.rule, finding.layer and finding.layer.rpartition("/")[2]) for finding in lamina.diagnose(model, x, y)
    ]


def vectorized(texts, **options):
    layer = layers.TextVectorization(output_sequence_length=8, name="at", **options)
    layer.adapt(texts)
    return layer


@pytest.mark.parametrize(("layer", "rules"), [
    (lambda: vectorized(WORDS, max_tokens=4), [("unknown-tokens", "at")]),
    (lambda: vectorized(np.array(["x y z"])), [("unknown-tokens", "at")]),
    (lambda: vectorized(WORDS), []),
    (lambda: vectorized(WORDS, max_tokens=9), []),  # some are rare
])  # fmt: skip
def test_texts_of_another_vocabulary(layer, rules):
    embed = (layers.Embedding(50, 8), layers.GlobalAveragePooling1D())
    assert found(WORDS, YES, layer(), *embed, dtype="string") == rules


def test_padding_is_not_unknown():
    texts = np.array([text[:3] for text in WORDS])  # two words of eight
    assert not found(
        texts, YES, vectorized(WORDS), layers.Embedding(50, 8), layers.GlobalAveragePooling1D(), dtype="string"
    )


def test_numbers_of_another_vocabulary_while_training():
    x = INDICES + 1000
    model = lamina.Sequential([
        layers.IntegerLookup(vocabulary=list(range(500)), name="at"), layers.Embedding(600, 8), layers.GlobalAveragePooling1D(),
        layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip
    model.compile("adam", "binary_crossentropy")
    assert [f.rule for f in lamina.diagnose(model, x, YES)] == ["unknown-tokens"]  # and it is built by that
    said = "not in the vocabulary of at" if hasattr(engine, "recall") else "are the same"  # others look less far
    with pytest.warns(lamina.diagnosis.DiagnosisWarning, match=said) as caught:
        model.fit(x, YES, epochs=1, verbose=0, diagnose="warn")
    assert "host outputs" not in str(caught[0].message)


def padded(reader, length=6, **options):
    x = np.array(INDICES)
    x[:, length:] = 0
    return found(x, YES, layers.Embedding(50, 8, **options), reader)


@pytest.mark.parametrize("reader", [layers.LSTM, layers.GRU])
def test_a_state_behind_padding(reader):
    assert padded(reader(8, name="at")) == [("padding-unmasked", "at")]
    assert not padded(reader(8), mask_zero=True)
    assert not padded(reader(8, go_backwards=True))
    assert not padded(reader(8), length=14)
    assert not padded(layers.Bidirectional(reader(8)))
    assert not padded(layers.GlobalMaxPooling1D())


def test_padding_in_front_is_forgotten():
    x = np.array(INDICES)
    x[:, :14] = 0
    assert not found(x, YES, layers.Embedding(50, 8), layers.LSTM(8))


def test_random_vectors_that_stay():
    chain = (layers.GlobalAveragePooling1D(), layers.Dense(8, activation="relu"))
    assert found(INDICES, YES, layers.Embedding(50, 8, trainable=False, name="at"), *chain) == [
        ("frozen-embedding", "at")
    ]
    vectors = lamina.initializers.Constant(RNG.normal(size=(50, 8)))
    assert not found(INDICES, YES, layers.Embedding(50, 8, trainable=False, embeddings_initializer=vectors), *chain)
    assert not found(INDICES, YES, layers.Embedding(50, 8), *chain)
