"""Arguments of losses, and activations before them, that keep the labels or amounts from being learned."""

import numpy as np
import pytest

import lamina
from lamina import layers, losses, optimizers

X = np.random.default_rng(0).normal(size=(96, 5)).astype("float32")
YES, KINDS = (X[:, :1] > 0).astype("float32"), (X[:, 0] > 0) + 2 * (X[:, 1] > 0)
ROWS = np.eye(4, dtype="float32")[KINDS]


def said(chain, loss, y, optimizer="adam", metric=None):
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((5,)), layers.Dense(16, "relu"), *chain])
    model.compile(optimizer, loss, metrics=metric and [metric])
    return [finding.rule for finding in lamina.diagnose(model, X, y)]


def dense(units, activation=None, **more):
    return layers.Dense(units, activation=activation, **more)


@pytest.mark.parametrize("share, rules", [(0.9, ["label-smoothing"]), (0.7, ["label-smoothing"]), (0.3, []), (0.0, [])])
def test_label_smoothing(share, rules):
    assert said([dense(1, "sigmoid")], losses.BinaryCrossentropy(label_smoothing=share), YES) == rules
    assert said([dense(4, "softmax")], losses.CategoricalCrossentropy(label_smoothing=share), ROWS) == rules


def test_a_delta_beside_the_targets():
    for delta, scale, optimizer in [(1e-4, 1, "sgd"), (1e-7, 1, "adam"), (0.01, 80, optimizers.SGD(0.1))]:
        assert said([dense(1)], losses.Huber(delta), scale * X[:, 0], optimizer) == ["huber-delta"]
    for delta, scale, optimizer in [(0.01, 1, "sgd"), (1e-3, 1, "adam"), (1.0, 50, "sgd")]:
        assert not said([dense(1)], losses.Huber(delta), scale * X[:, 0], optimizer)


def test_cosine_similarity_of_amounts():
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    assert said([dense(3)], "cosine_similarity", X[:, :3]) == ["cosine-of-amounts"]
    assert said([dense(5)], "cosine_similarity", unit, metric="mae") == ["cosine-of-amounts"]
    assert not said([dense(5)], "cosine_similarity", X)  # embeddings
    assert not said([dense(2)], "cosine_similarity", unit[:, :2] / np.linalg.norm(unit[:, :2], axis=1, keepdims=True))


@pytest.mark.parametrize("activation", ["relu", "softplus", "sigmoid"])
def test_kl_divergence_of_what_does_not_sum_to_1(activation):
    assert said([dense(4, activation)], "kl_divergence", ROWS) == ["loss-needs-positive"]
    assert not said([dense(4, "softmax")], "kl_divergence", ROWS)


SPARSE, BINARY = losses.SparseCategoricalCrossentropy, losses.BinaryCrossentropy


@pytest.mark.parametrize(
    "chain, loss, y",
    [
        ([dense(4), layers.ReLU(), layers.Activation("softmax")], SPARSE(), KINDS),
        ([dense(4, "relu")], SPARSE(from_logits=True), KINDS),
        ([dense(1, "relu")], BINARY(from_logits=True), YES),
        ([dense(1, "relu"), layers.Activation("sigmoid")], BINARY(), YES),
    ],
)
def test_logits_that_are_cut(chain, loss, y):
    assert said(chain, loss, y) == ["cut-logits"]


@pytest.mark.parametrize(
    "chain",
    [
        [dense(8, "relu"), dense(4, "softmax")],
        [dense(4), layers.LeakyReLU(negative_slope=0.1), layers.Softmax()],
        [dense(4), layers.ReLU(negative_slope=0.2), layers.Softmax()],
        # The maps of classes, averaged, as SqueezeNet has them.
        [
            layers.Reshape((4, 4)),
            layers.Conv1D(4, 1, activation="relu"),
            layers.GlobalAveragePooling1D(),
            layers.Softmax(),
        ],
    ],
)
def test_logits_that_are_not_cut(chain):
    assert not said(chain, SPARSE(), KINDS)
