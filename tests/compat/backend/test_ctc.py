"""CTC as Keras 1 and 2 call it, by enumerating all ways in which the frames may spell the labels."""

import itertools

import numpy as np
import pytest

from lamina import backend as K
from lamina import ops

CLASSES = 3  # two labels and, last, blank


def probabilities(batch, frames, seed=0):
    logits = np.random.default_rng(seed).normal(size=(batch, frames, CLASSES))
    return (np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)).astype("float32")


def spelled(way, blank=CLASSES - 1):
    return tuple(label for label, _ in itertools.groupby(way) if label != blank)


def chances(p):
    """The probability of each sequence of labels."""
    found = {}
    for way in itertools.product(range(CLASSES), repeat=len(p)):
        labels = spelled(way)
        found[labels] = found.get(labels, 0.0) + np.prod([p[t, k] for t, k in enumerate(way)])
    return found


def test_batch_cost_is_the_sum_over_all_ways():
    p = probabilities(3, 5)
    labels, lengths, frames = np.array([[0, 1], [1, 1], [0, 0]]), np.array([[2], [2], [1]]), np.array([[5], [4], [3]])
    want = [-np.log(chances(p[i, : frames[i, 0]])[tuple(labels[i, : lengths[i, 0]])]) for i in range(3)]
    found = ops.convert_to_numpy(K.ctc_batch_cost(labels, p, frames, lengths))
    assert found.shape == (3, 1)
    np.testing.assert_allclose(found[:, 0], want, rtol=1e-4)


def test_greedy_decoding():
    p = probabilities(4, 6, seed=1)
    lengths = np.array([6, 4, 1, 6])
    (found,), scores = K.ctc_decode(p, lengths)
    found = ops.convert_to_numpy(found)
    for i, frames in enumerate(lengths):
        best = p[i, :frames].argmax(-1)
        want = spelled(best)
        assert tuple(found[i][: len(want)]) == want and (found[i][len(want) :] == -1).all()
        np.testing.assert_allclose(float(scores[i, 0]), -np.log(p[i, :frames].max(-1)).sum(), rtol=1e-4)
    assert found.shape[1] == max(len(spelled(p[i, :n].argmax(-1))) for i, n in enumerate(lengths))


def test_beam_search_finds_the_likeliest_labels():
    p = probabilities(2, 5, seed=2)
    paths, scores = K.ctc_decode(p, [5, 5], greedy=False, beam_width=50, top_paths=2)
    for i in range(2):
        ranked = sorted(chances(p[i]).items(), key=lambda item: -item[1])[:2]
        for rank, (labels, chance) in enumerate(ranked):
            row = ops.convert_to_numpy(paths[rank])[i]
            assert tuple(row[row >= 0]) == labels
            np.testing.assert_allclose(float(scores[i, rank]), np.log(chance), rtol=1e-3)


def test_other_lengths_are_refused():
    with pytest.raises(ValueError, match="target"):
        K.ctc_batch_cost(np.array([0, 1]), probabilities(1, 3), [[3]], [[2]])
