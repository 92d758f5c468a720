import json

import numpy as np
import pytest

from lamina.preprocessing import text

TEXTS = ["The cat sat on the mat.", "The dog!", "a cat, a dog, a bird"]


def test_words():
    assert text.text_to_word_sequence("Hello, big   World!") == ["hello", "big", "world"]
    assert text.text_to_word_sequence("It's A-B", lower=False) == ["It's", "A", "B"]
    assert text.text_to_word_sequence("a;b;", filters="", split=";") == ["a", "b"]
    with pytest.raises(TypeError, match="unexpected"):
        text.text_to_word_sequence("a", nonsense=1)


def test_hashing():
    numbers = text.hashing_trick("the cat the dog", 50, hash_function="md5")
    assert numbers[0] == numbers[2] and all(1 <= i < 50 for i in numbers)
    assert text.one_hot("the cat", 50) == text.one_hot("the cat", 50)
    assert text.hashing_trick("x y", 10, hash_function=len) == [2, 2]
    assert text.hashing_trick("xy", 10, hash_function=lambda w: 0, analyzer=list) == [1, 1]
    with pytest.raises(ValueError, match="at least 2"):
        text.one_hot("a", 1)
    with pytest.raises(ValueError, match="hash_function"):
        text.hashing_trick("a", 5, hash_function="nonsense")


def test_numbers_follow_frequency():
    tokenizer = text.Tokenizer()
    tokenizer.fit_on_texts(TEXTS)
    assert tokenizer.word_index == {
        "the": 1, "a": 2, "cat": 3, "dog": 4, "sat": 5, "on": 6, "mat": 7, "bird": 8,
    }  # fmt: skip
    assert tokenizer.word_counts["the"] == 3 and tokenizer.word_docs["the"] == 2 and tokenizer.document_count == 3
    assert tokenizer.texts_to_sequences(["The unknown cat", ""]) == [[1, 3], []]
    assert tokenizer.sequences_to_texts([[1, 3], [99]]) == ["the cat", ""]


def test_num_words_and_unknown_words():
    tokenizer = text.Tokenizer(num_words=3)
    tokenizer.fit_on_texts(TEXTS)
    assert tokenizer.texts_to_sequences(["the cat a"]) == [[1, 2]]
    tokenizer = text.Tokenizer(num_words=4, oov_token="<OOV>")
    tokenizer.fit_on_texts(TEXTS)
    assert tokenizer.word_index["<OOV>"] == 1 and tokenizer.word_index["the"] == 2
    assert tokenizer.texts_to_sequences(["the cat zebra"]) == [[2, 1, 1]]
    assert tokenizer.sequences_to_texts([[2, 99]]) == ["the <OOV>"]


def test_other_units():
    tokenizer = text.Tokenizer(char_level=True)
    tokenizer.fit_on_texts(["aab"])
    assert tokenizer.texts_to_sequences(["ba"]) == [[2, 1]]
    tokenizer = text.Tokenizer()
    tokenizer.fit_on_texts([["Big", "cat"], ["cat"]])
    assert tokenizer.word_index == {"cat": 1, "big": 2}
    tokenizer = text.Tokenizer(analyzer=lambda t: t.split("|"))
    tokenizer.fit_on_texts(["a b|c"])
    assert tokenizer.word_index == {"a b": 1, "c": 2}
    with pytest.raises(NotImplementedError, match="analyzer"):
        tokenizer.to_json()


def test_matrix():
    tokenizer = text.Tokenizer()
    tokenizer.fit_on_texts(["a a b", "b"])
    assert tokenizer.texts_to_matrix(["a a b"]).tolist() == [[0, 1, 1]]
    assert tokenizer.texts_to_matrix(["a a b"], "count").tolist() == [[0, 2, 1]]
    assert tokenizer.texts_to_matrix(["a a b b"], "freq").tolist() == [[0, 0.5, 0.5]]
    row = tokenizer.texts_to_matrix(["a a b"], "tfidf")[0]
    np.testing.assert_allclose(row, [0, (1 + np.log(2)) * np.log(1 + 2 / 2), np.log(1 + 2 / 3)])
    with pytest.raises(ValueError, match="mode must be one of"):
        tokenizer.texts_to_matrix(["a"], "nonsense")
    with pytest.raises(ValueError, match="fit_on_texts"):
        text.Tokenizer().sequences_to_matrix([[1]])
    with pytest.raises(ValueError, match="tfidf"):
        text.Tokenizer(num_words=3).sequences_to_matrix([[1]], "tfidf")
    counted = text.Tokenizer(num_words=3)
    counted.fit_on_sequences([[1, 2], [1]])
    assert counted.sequences_to_matrix([[1]], "tfidf")[0, 1] == pytest.approx(np.log(1 + 2 / 3))


def test_round_trip():
    tokenizer = text.Tokenizer(num_words=5, oov_token="?")
    tokenizer.fit_on_texts(TEXTS)
    twin = text.tokenizer_from_json(tokenizer.to_json())
    assert twin.get_config() == tokenizer.get_config()
    assert twin.texts_to_sequences(TEXTS) == tokenizer.texts_to_sequences(TEXTS)
    assert twin.index_word == tokenizer.index_word
    assert json.loads(tokenizer.to_json(indent=1))["class_name"] == "Tokenizer"
    for bad in ("[]", "{", '{"config": {}}', '{"config": {"nonsense": 1, "word_counts": "{}"}}'):
        with pytest.raises(ValueError, match="not the JSON text of a Tokenizer"):
            text.tokenizer_from_json(bad)


def test_mistakes():
    with pytest.raises(ValueError, match="list of texts"):
        text.Tokenizer().fit_on_texts("one text")
    with pytest.raises(TypeError, match="unexpected"):
        text.Tokenizer(nonsense=1)


def test_old_name():
    with pytest.warns(DeprecationWarning, match="nb_words= is Keras 1's name") as notes:
        assert text.Tokenizer(nb_words=7).num_words == 7
        assert text.Tokenizer(nb_words=8).num_words == 8
    assert len(notes) == 1
