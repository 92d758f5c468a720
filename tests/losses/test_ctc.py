"""CTC from end to end; its values are checked with the other ops, by adding up all ways of placing the labels."""

import numpy as np
import pytest

from lamina import layers, losses, ops, utils
from lamina.engines import engine
from lamina.models import Sequential

LOGITS = np.random.default_rng(0).normal(size=(2, 5, 4)).astype("float32")


def test_a_target_that_does_not_fit_costs_much_and_has_a_finite_gradient():
    target = np.array([[1, 1, 1, 2], [1, 2, 3, 0]])
    values, gradient = engine.value_and_grad(lambda y: ops.sum(losses.ctc(target, y)))(LOGITS)
    assert 9e4 < float(values) < 1.1e5 and np.isfinite(ops.convert_to_numpy(gradient)).all()
    assert float(losses.ctc(target[1:], LOGITS[1:])[0]) < 20


def test_frames_beyond_the_length_do_not_count():
    target, counts = np.array([[1, 2], [3, 0]]), np.array([2, 1])
    changed = LOGITS.copy()
    changed[:, 3:] += 5
    lengths = np.array([3, 3])
    a, b = (ops.ctc_loss(target, y, counts, lengths) for y in (LOGITS, changed))
    np.testing.assert_array_equal(a, b)
    a, b = (ops.ctc_decode(y, lengths, strategy="beam_search", beam_width=5)[1] for y in (LOGITS, changed))
    np.testing.assert_array_equal(a, b)


def test_without_labels_only_blanks_remain():
    value = ops.ctc_loss(np.zeros((2, 0), "int32"), LOGITS, np.zeros(2), np.full(2, 5))
    blanks = np.asarray(ops.log_softmax(LOGITS))[:, :, 0].sum(1)
    np.testing.assert_allclose(value, -blanks, rtol=1e-6)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: losses.ctc(np.ones(2), LOGITS), "y_true must be"),
        (lambda: ops.ctc_loss(np.ones((3, 2)), LOGITS, [1, 1], [5, 5]), "target must be"),
        (lambda: ops.ctc_loss(np.ones((2, 2)), LOGITS, [1], [5, 5]), "target_length"),
        (lambda: ops.ctc_decode(LOGITS, [5, 5], strategy="best"), "strategy"),
        (lambda: ops.ctc_decode(LOGITS, [5, 5], strategy="beam_search", beam_width=0), "beam_width"),
        (lambda: ops.ctc_decode(LOGITS[0], [5, 5]), "inputs must be"),
    ],
)
def test_mistakes_are_named(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_a_network_learns_to_spell():
    """Frames show symbols, each held for one to three frames; the places are not told."""
    utils.set_random_seed(1)
    random = np.random.default_rng(1)
    # All different, as a symbol that follows itself cannot be told from one held longer.
    x, y = np.zeros((256, 9, 6), "float32"), np.stack([1 + random.permutation(4)[:3] for _ in range(256)])
    for sample, symbols in zip(x, y):
        frames = np.repeat(symbols, random.integers(1, 4, 3))
        sample[np.arange(len(frames)), frames] = 1
    x += 0.1 * random.normal(size=x.shape).astype("float32")
    model = Sequential([layers.Input((9, 6)), layers.Conv1D(24, 3, padding="same", activation="relu"), layers.Dense(5)])
    model.compile("adam", losses.CTC())
    model.optimizer.learning_rate = 0.01
    history = model.fit(x, y, batch_size=32, epochs=25, verbose=0).history["loss"]
    assert history[-1] < 0.25 * history[0]
    labels, _ = ops.ctc_decode(model.predict(x, verbose=0), np.full(256, 9))
    assert (np.asarray(labels)[0, :, :3] == y).all(1).mean() > 0.9
