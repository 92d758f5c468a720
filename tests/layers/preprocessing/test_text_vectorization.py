"""TextVectorization: what texts become, by hand."""

import re

import numpy as np
import pytest

from lamina import layers, models

TEXTS = ["The cat sat.", "the dog, the CAT!", "a dog"]


def adapted(**options):
    layer = layers.TextVectorization(**options)
    layer.adapt(TEXTS)
    return layer


def test_vocabulary_is_by_frequency_then_backwards():
    assert adapted().get_vocabulary() == ["", "[UNK]", "the", "dog", "cat", "sat", "a"]
    assert adapted(max_tokens=4).get_vocabulary() == ["", "[UNK]", "the", "dog"]
    assert adapted(output_mode="count").get_vocabulary(include_special_tokens=False) == [
        "the",
        "dog",
        "cat",
        "sat",
        "a",
    ]
    assert adapted().vocabulary_size() == 7


def test_indices_padded_and_cut():
    got = np.asarray(adapted()(["the cat", "a bird sat on the dog"]))
    assert got.tolist() == [[2, 4, 0, 0, 0, 0], [6, 1, 5, 1, 2, 3]] and got.dtype == "int64"
    assert np.asarray(adapted(output_sequence_length=3)(["the cat", "a b sat on"])).tolist() == [[2, 4, 0], [6, 1, 5]]
    assert np.asarray(adapted(output_sequence_length=3)(["the cat"])).tolist() == [[2, 4, 0]]
    assert np.asarray(adapted()(np.array([["the"], [""]]))).tolist() == [[2], [0]]
    assert np.asarray(adapted()(["", " "])).shape == (2, 0)


@pytest.mark.parametrize(
    ("options", "tokens"),
    [
        ({}, ["wont", "stop", "now"]),
        ({"standardize": "lower"}, ["won't", "stop--now"]),
        ({"standardize": "strip_punctuation"}, ["Wont", "StopNow"]),
        ({"standardize": None}, ["Won't", "Stop--Now"]),
        ({"standardize": lambda texts: np.char.replace(np.char.lower(texts), "--", " ")}, ["won't", "stop", "now"]),
        ({"standardize": None, "split": "character"}, list("Won't Stop--Now")),
        ({"standardize": None, "split": lambda texts: [re.split("[ -]+", t) for t in texts.tolist()]}, ["Won't", "Stop", "Now"]),
        ({"standardize": "lower", "ngrams": 2}, ["won't", "stop--now", "won't stop--now"]),
        ({"standardize": "lower", "ngrams": (2,)}, ["won't stop--now"]),
        ({"standardize": "lower", "ngrams": 3}, ["won't", "stop--now", "won't stop--now"]),
    ],
)  # fmt: skip
def test_tokens(options, tokens):
    text = "Won't Stop -- Now" if not options else "Won't Stop--Now"
    if options.get("split") == "character":
        vocabulary = sorted(set(tokens))
    else:
        vocabulary = tokens
    layer = layers.TextVectorization(vocabulary=vocabulary, **options)
    assert [layer.get_vocabulary()[i] for i in np.asarray(layer([text]))[0]] == tokens


def test_tokens_that_are_split_already():
    layer = layers.TextVectorization(split=None, vocabulary=["a", "b", "a b"], ngrams=2)
    assert np.asarray(layer([["a", "B"], ["b", "a"]])).tolist() == [[2, 3, 4], [3, 2, 1]]
    layer = layers.TextVectorization(split=None, standardize=None, vocabulary=["a b", "c"])
    assert np.asarray(layer(["a b", "c"])).tolist() == [[2], [3]]


def test_vectors():
    texts = ["the the dog", "bird"]
    assert np.asarray(adapted(output_mode="multi_hot")(texts)).tolist() == [[0, 1, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0]]
    assert np.asarray(adapted(output_mode="count")(texts)).tolist() == [[0, 2, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0]]
    padded = adapted(output_mode="count", max_tokens=8, pad_to_max_tokens=True)
    assert np.asarray(padded(texts)).shape == (2, 8)
    documents = np.array([2, 2, 2, 1, 1])  # of the, dog, cat, sat, a
    idf = np.log(1 + len(TEXTS) / (1 + documents))
    got = np.asarray(adapted(output_mode="tf_idf")(texts))
    np.testing.assert_allclose(got, [[0, 2 * idf[0], idf[1], 0, 0, 0], [idf.mean(), 0, 0, 0, 0, 0]], rtol=1e-6)


def test_in_a_model_and_its_file(tmp_path):
    layer = adapted(output_sequence_length=4, ngrams=2)
    model = models.Sequential(
        [layers.Input((1,), dtype="string"), layer, layers.Embedding(20, 3), layers.Flatten(), layers.Dense(1)]
    )
    texts = np.array([["the cat"], ["a bird sat"]])
    model.compile("sgd", "mse")
    model.fit(texts, np.ones((2, 1)), verbose=0)
    model.save(tmp_path / "m.keras")
    back = models.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(back.predict(texts, verbose=0), model.predict(texts, verbose=0), rtol=1e-6)
    assert back.layers[0].get_config() == layer.get_config()


def test_config_and_a_vocabulary_in_a_file(tmp_path):
    (tmp_path / "words.txt").write_text("cat\ndog\n")
    layer = layers.TextVectorization(vocabulary=str(tmp_path / "words.txt"), ngrams=(1, 2), output_mode="count")
    back = layers.TextVectorization.from_config(layer.get_config())
    assert back.get_vocabulary() == layer.get_vocabulary() == ["[UNK]", "cat", "dog"]
    layer.set_vocabulary(["x"])
    assert layer.get_vocabulary() == ["[UNK]", "x"]


def test_batches_of_a_generator_and_bytes():
    layer = layers.TextVectorization(output_mode="int")
    layer.adapt((np.array([b"b a", b"b"]) for _ in range(3)), steps=2)
    assert layer.get_vocabulary() == ["", "[UNK]", "b", "a"]
    assert np.asarray(layer(np.array([b"a b"], dtype=object))).tolist() == [[3, 2]]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"standardize": "upper"}, ["standardize", "upper"]),
        ({"split": "words"}, ["split", "words"]),
        ({"ngrams": 0}, ["ngrams", "0"]),
        ({"ngrams": ("a",)}, ["ngrams", "a"]),
        ({"output_mode": "binarised"}, ["output_mode", "binarised"]),
        ({"output_mode": "count", "output_sequence_length": 3}, ["output_sequence_length", "count"]),
        ({"output_sequence_length": 0}, ["output_sequence_length", "0"]),
        ({"ragged": True}, ["ragged"]),
    ],
)
def test_mistakes_are_named(options, words):
    with pytest.raises(ValueError) as caught:
        layers.TextVectorization(**options)
    assert all(word in str(caught.value) for word in words)


def test_called_too_early_or_on_tables():
    with pytest.raises(ValueError, match="no vocabulary"):
        layers.TextVectorization()(["a"])
    with pytest.raises(ValueError, match=r"shape \(batch,\) or \(batch, 1\); got \(1, 2\)"):
        adapted()(np.array([["a", "b"]]))


@pytest.mark.parametrize("mode", ["multi_hot", "count", "tf_idf"])
def test_texts_without_a_word_are_vectors_of_zeros(mode):
    layer = layers.TextVectorization(output_mode=mode)
    layer.adapt(["the cat", "a dog"])
    found = np.asarray(layer(["", " ?"]))
    assert found.shape == (2, len(layer.get_vocabulary())) and not found.any()
