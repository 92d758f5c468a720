import numpy as np

import lamina
from lamina import layers, models
from lamina.tables._letters import hashed_runs, letters_of


def runs(texts, letters, length):
    raw = layers.Input((1,), dtype="string")
    model = models.Model(raw, hashed_runs(letters, length, raw))
    return np.asarray(model(np.array(texts)[:, None]))


def test_letters_are_told_apart_by_frequency_and_most_texts_are_read_whole():
    assert letters_of(np.array(["aab", "BA"] * 30)) == (["a", "b"], 3)
    assert letters_of(np.array(["ab", ""])) == ([], 0)
    assert letters_of(np.array(["x" * 900] * 3)) == (["x"], 160)


def test_equal_runs_share_buckets_and_the_size_is_at_most_one():
    letters = list("abcdefgh ")
    one, turned, other, short, empty = runs(["abc", "bca", "ABC", "ab", ""], letters, 8)
    assert np.count_nonzero(one) == 1 and (one != turned).any()
    np.testing.assert_array_equal(one, other)  # small and capital letters are the same
    assert not short.any() and not empty.any()
    (twice,) = runs(["abc abc"], letters, 8)
    np.testing.assert_allclose(twice[one > 0], np.log(3) / np.sqrt(1 + np.log(3) ** 2 + 3 * np.log(2) ** 2), rtol=1e-5)
    assert np.linalg.norm(twice) < 1


def test_letters_never_seen_are_one_letter():
    one, other = runs(["a中b", "a国b"], list("ab"), 5)
    np.testing.assert_array_equal(one, other)
    assert one.any()


def test_buckets_of_many_letters_stay_in_place():
    letters = [chr(0xAC00 + i) for i in range(1000)]
    found = runs(["".join(letters[-3:]), "".join(letters[500:520])], letters, 20)
    assert found.shape == (2, 257) and (found.sum(axis=1) > 0).all()


def test_endings_tell_what_no_word_does():
    """Each text has words of its own; only runs of letters tell the classes apart."""
    rng = np.random.default_rng(0)
    stems = ["".join(rng.choice(list("bcdfghklmnprst"), 5)) for _ in range(360)]
    kinds = [n % 2 for n in range(120)]
    ending = {0: "ation", 1: "ology"}
    texts = [" ".join(stem + ending[k] for stem in stems[3 * n : 3 * n + 3]) for n, k in enumerate(kinds)]
    rows = {"text": texts, "kind": ["ab"[k] for k in kinds]}
    model = lamina.fit_table(rows, target="kind", folds=2, hidden=(), verbose=False)
    assert model.figures["logistic model"]["accuracy"] > 0.95
