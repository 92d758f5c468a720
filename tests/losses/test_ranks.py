"""Targets `(batch, 1)` beside outputs `(batch,)`, labels with and without a last axis of one, sequences: by hand."""

import inspect

import numpy as np
import pytest

from lamina import losses, metrics, ops
from lamina.losses._loss import match_ranks

rng = np.random.default_rng(4)
PROBS = rng.dirichlet(np.ones(4), (3, 5))  # (batch, time, classes)
LABELS = rng.integers(0, 4, (3, 5))


def of(shape):
    return np.zeros(shape)


@pytest.mark.parametrize(
    ("first", "second", "options", "expected"),
    [
        ((3, 1), (3,), {}, ((3, 1), (3, 1))),
        ((3,), (3, 1), {}, ((3, 1), (3, 1))),
        ((3, 1), (3,), {"expand_rank_1": False}, ((3,), (3,))),
        ((3,), (3, 1), {"expand_rank_1": False}, ((3,), (3,))),
        ((3, 5, 1), (3, 5), {}, ((3, 5), (3, 5))),
        ((3, 5), (3, 5, 1), {}, ((3, 5), (3, 5))),
        ((3, 2), (3,), {}, ((3, 2), (3,))),
        ((3,), (3, 2), {}, ((3,), (3, 2))),
        ((3, 1, 1), (3,), {}, ((3, 1, 1), (3,))),
        ((3, 1), (3, 1), {}, ((3, 1), (3, 1))),
    ],
)
def test_match_ranks(first, second, options, expected):
    a, b = match_ranks(of(first), of(second), **options)
    assert (tuple(a.shape), tuple(b.shape)) == expected


@pytest.mark.parametrize("shape", [(3, 5), (3, 5, 1)])
def test_sparse_labels_of_sequences(shape):
    picked = np.take_along_axis(PROBS, LABELS[..., None], -1)[..., 0]
    got = losses.sparse_categorical_crossentropy(LABELS.reshape(shape), PROBS)
    np.testing.assert_allclose(np.asarray(got), -np.log(picked), rtol=1e-5)
    hits = metrics.sparse_categorical_accuracy(LABELS.reshape(shape), PROBS)
    np.testing.assert_array_equal(np.asarray(hits), (PROBS.argmax(-1) == LABELS).astype("float32"))


def test_sparse_labels_whose_batch_has_one_row():
    """An axis of one elsewhere is none of the classes'."""
    got = losses.sparse_categorical_crossentropy(LABELS[:1], PROBS[:1])
    assert np.asarray(got).shape == (1, 5)
    got = losses.sparse_categorical_crossentropy(np.array([2]), PROBS[0, :1])
    np.testing.assert_allclose(np.asarray(got), -np.log(PROBS[0, :1, 2]), rtol=1e-5)


def test_sparse_accuracy_of_a_scalar_head():
    hits = metrics.sparse_categorical_accuracy(np.array([[0], [1]]), np.array([[[0.9, 0.1]], [[0.2, 0.8]]]))
    np.testing.assert_array_equal(np.asarray(hits), [1, 1])


@pytest.mark.parametrize("k", [1, 2, 5])
def test_top_k_of_sequences(k):
    scores = rng.random((2, 3, 6))
    labels = rng.integers(0, 6, (2, 3))
    expected = np.array([[y in np.argsort(-s)[:k] for y, s in zip(*row)] for row in zip(labels, scores)], "float32")
    np.testing.assert_array_equal(np.asarray(metrics.sparse_top_k_categorical_accuracy(labels, scores, k)), expected)
    np.testing.assert_array_equal(
        np.asarray(metrics.top_k_categorical_accuracy(np.eye(6)[labels], scores, k)), expected
    )
    if k == 5:
        np.testing.assert_array_equal(np.asarray(metrics.sparse_top_k_categorical_accuracy(labels, scores)), expected)
        np.testing.assert_array_equal(
            np.asarray(metrics.top_k_categorical_accuracy(np.eye(6)[labels], scores)), expected
        )


@pytest.mark.parametrize("name", ["MeanSquaredError", "MeanAbsoluteError", "BinaryCrossentropy", "Huber", "LogCosh"])
def test_one_output_is_one_output(name):
    """No table of all pairs where one has an axis more."""
    truth, guess = rng.integers(0, 2, 6).astype("float32"), rng.random(6).astype("float32")
    loss = getattr(losses, name)()
    plain = np.asarray(loss(truth, guess))
    for a, b in ((truth[:, None], guess), (truth, guess[:, None]), (truth[:, None], guess[:, None])):
        np.testing.assert_allclose(np.asarray(loss(a, b)), plain, rtol=1e-6)


@pytest.mark.parametrize(
    "name", sorted(n for n in losses.__all__ if inspect.isclass(getattr(losses, n)) and n != "Loss")
)
def test_classes_take_lists(name):
    cls = getattr(losses, name)
    if not issubclass(cls, losses.Loss):
        return
    probs = PROBS[0].astype("float32")
    labels = (
        LABELS[0]
        if "Sparse" in name or name in ("Circle", "CategoricalGeneralizedCrossEntropy")
        else np.eye(4)[LABELS[0]]
    )
    if name == "CTC":
        labels, probs = np.array([[1, 2]]), rng.random((1, 5, 4)).astype("float32")
    expected = np.asarray(cls()(labels, probs))
    np.testing.assert_allclose(np.asarray(cls()(labels.tolist(), probs.tolist())), expected, rtol=1e-6)


def test_metrics_of_one_output_and_of_plain_functions():
    truth, guess = rng.random(6).astype("float32"), rng.random(6).astype("float32")
    expected = np.abs(truth - guess).mean()
    for metric in (metrics.MeanAbsoluteError(), metrics.MeanMetricWrapper(lambda t, p: ops.abs(t - p), name="own")):
        metric.update_state(truth[:, None], guess)
        metric.update_state(truth, guess[:, None])
        assert float(metric.result()) == pytest.approx(expected, rel=1e-6)


def test_circle_masks_samples_without_a_partner():
    """Only a loss above zero counts in the mean, small ones too."""
    embeddings = np.eye(3)[[0, 0, 1]]
    values = losses.circle(np.array([0, 0, 1]), embeddings, gamma=1.0)
    loss = losses.Circle(gamma=1.0)(np.array([0, 0, 1]), embeddings)
    kept = np.asarray(values)[np.asarray(values) > 0]
    assert 0 < kept.max() < 1 and len(kept) == 2
    np.testing.assert_allclose(np.asarray(loss), kept.mean(), rtol=1e-6)
