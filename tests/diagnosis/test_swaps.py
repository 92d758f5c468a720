"""Several outputs whose targets or losses stand in another order."""

import warnings

import numpy as np
import pytest

import lamina
from lamina import config, layers, losses

X = np.random.default_rng(0).normal(size=(96, 5)).astype("float32")
PRICE, YES, KIND = 3 * X[:, :1], (X[:, :1] > 0).astype(int), (X[:, 0] > 0) + 2 * (X[:, 1] > 0)
ENDS = {"price": (1, None), "yes": (1, "sigmoid"), "kind": (4, "softmax")}
BINARY, SPARSE = "binary_crossentropy", "sparse_categorical_crossentropy"


def said(names, loss, y):
    lamina.utils.set_random_seed(0)
    inputs = lamina.Input((5,))
    hidden = layers.Dense(8, "relu")(inputs)
    ends = [layers.Dense(ENDS[name][0], activation=ENDS[name][1], name=name)(hidden) for name in names]
    model = lamina.Model(inputs, ends)
    model.compile("adam", loss)
    return [(f.rule, f.evidence.get("exchanged")) for f in lamina.diagnose(model, X, y)]


@pytest.mark.parametrize(
    "names, loss, y",
    [
        (["price", "yes"], ["mae", BINARY], [YES, PRICE]),
        (["price", "yes"], [BINARY, "huber"], [PRICE, YES]),
        (["price", "kind"], ["mse", SPARSE], [KIND, PRICE]),
        (["kind", "yes"], [SPARSE, BINARY], [YES, KIND]),
        (["price", "yes"], {"price": BINARY, "yes": "mse"}, {"price": PRICE, "yes": YES}),
    ],
)
def test_two_that_are_exchanged(names, loss, y):
    assert said(names, loss, y) == [("outputs-swapped", names)]


def test_two_of_three():
    found = said(["price", "yes", "kind"], ["mse", BINARY, SPARSE], [PRICE, KIND, YES])
    assert found == [("outputs-swapped", ["yes", "kind"])]


def test_other_faults_of_several_outputs_keep_their_names():
    assert said(["price", "yes"], ["mse", BINARY], [PRICE, KIND]) == [("binary-label-values", None)]
    assert said(["price", "kind"], [BINARY, SPARSE], [YES, KIND]) == [("missing-from-logits", None)]


def test_orders_that_are_right():
    logits = losses.BinaryCrossentropy(from_logits=True)
    assert not said(["price", "yes", "kind"], ["mse", BINARY, SPARSE], [PRICE, YES, KIND])
    assert not said(["price", "yes"], [logits, "mse"], [YES, 1 / (1 + np.exp(-PRICE))])
    assert not said(["price", "yes"], ["mse", BINARY], [YES, YES])


def test_compile_waits_for_the_targets_of_several_outputs():
    config.set_diagnosis("warn")

    def told(count):
        inputs = lamina.Input((5,))
        model = lamina.Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1, activation="sigmoid")(inputs)][:count])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model.compile("adam", [BINARY, "mse"][:count])
        return [w.message.finding.rule for w in caught if hasattr(w.message, "finding")]

    assert told(1) == ["missing-from-logits"]
    assert not told(2)
