import json

import numpy as np
import pytest

keras = pytest.importorskip("keras")
peer_text = pytest.importorskip("keras.src.legacy.preprocessing.text")
peer_sequence = pytest.importorskip("keras.src.legacy.preprocessing.sequence")

from lamina.preprocessing import sequence, text  # noqa: E402

pytestmark = pytest.mark.peer

TEXTS = ["The cat sat on the mat.", "The dog! It's the dog\tof a friend", "a cat, a dog, a bird", ""]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"num_words": 4},
        {"oov_token": "<OOV>"},
        {"num_words": 5, "oov_token": "cat"},
        {"char_level": True},
        {"lower": False},
    ],
)
def test_tokenizer(options):
    ours, theirs = text.Tokenizer(**options), peer_text.Tokenizer(**options)
    for tokenizer in (ours, theirs):
        tokenizer.fit_on_texts(TEXTS)
    assert ours.word_index == theirs.word_index
    new = ["the cat and the bird", "nothing", *TEXTS]
    sequences = ours.texts_to_sequences(new)
    assert sequences == theirs.texts_to_sequences(new)
    assert ours.sequences_to_texts(sequences) == theirs.sequences_to_texts(sequences)
    for mode in ("binary", "count", "freq", "tfidf"):
        np.testing.assert_allclose(ours.texts_to_matrix(new, mode), theirs.texts_to_matrix(new, mode))
    twin = text.tokenizer_from_json(theirs.to_json())
    assert twin.texts_to_sequences(new) == sequences
    back = peer_text.tokenizer_from_json(ours.to_json())
    assert back.texts_to_sequences(new) == sequences
    for name, value in json.loads(theirs.to_json())["config"].items():
        assert name in ours.get_config(), (name, value)


def test_words_and_hashing():
    for words in TEXTS:
        assert text.text_to_word_sequence(words) == peer_text.text_to_word_sequence(words)
        ours, theirs = (m.hashing_trick(words, 30, hash_function="md5") for m in (text, peer_text))
        assert ours == theirs


def test_sequences():
    np.testing.assert_allclose(sequence.make_sampling_table(500), peer_sequence.make_sampling_table(500))
    ours, theirs = (
        m.skipgrams([1, 2, 0, 4, 5, 3], 10, 2, negative_samples=0.0, shuffle=False) for m in (sequence, peer_sequence)
    )
    assert ours[0] == [list(p) for p in theirs[0]] and ours[1] == theirs[1]
    data = np.arange(40.0)
    for options in ({}, {"sampling_rate": 2}, {"stride": 3}, {"start_index": 5, "end_index": 30}, {"reverse": True}):
        a = sequence.TimeseriesGenerator(data, data, 6, batch_size=5, **options)
        b = peer_sequence.TimeseriesGenerator(data, data, 6, batch_size=5, **options)
        assert len(a) == len(b)
        for i in range(len(a)):
            for x, y in zip(a[i], b[i]):
                np.testing.assert_array_equal(x, y)
