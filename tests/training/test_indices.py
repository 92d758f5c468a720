"""Indices beyond an Embedding are an error that names layer, input and index, on every engine and before anything runs."""

import numpy as np
import pytest

from lamina.layers import Concatenate, Dense, Embedding, Flatten, Input
from lamina.models import Model, Sequential


def net():
    model = Sequential([Input((2,), dtype="int32", name="tokens"), Embedding(5, 3, name="words"), Flatten(), Dense(1)])
    model.compile("sgd", "mse")
    return model


GOOD, Y = np.array([[1, 4], [0, 2]]), np.ones((2, 1))
CALLS = {
    "fit": lambda model, x: model.fit(x, Y, verbose=0),
    "evaluate": lambda model, x: model.evaluate(x, Y, verbose=0),
    "predict": lambda model, x: model.predict(x, verbose=0),
    "train_on_batch": lambda model, x: model.train_on_batch(x, Y),
    "validation_data": lambda model, x: model.fit(GOOD, Y, validation_data=(x, Y), verbose=0),
}


@pytest.mark.parametrize("dtype", ["int64", "int8", "float32"])
@pytest.mark.parametrize("bad", [5, 9, -6])
@pytest.mark.parametrize("where", CALLS)
def test_the_layer_and_the_index_are_named(where, bad, dtype):
    model = net()
    x = np.array([[1, bad], [0, 2]], dtype)
    before = model.get_weights()
    with pytest.raises(ValueError) as caught:
        CALLS[where](model, x)
    message = (
        f'{where}: x holds the index {bad} for the input "tokens" of Embedding "words", which has vectors for 0 to 4'
    )
    assert message in str(caught.value)
    if where != "validation_data":
        for old, new in zip(before, model.get_weights()):
            np.testing.assert_array_equal(old, new)


def test_several_inputs_by_order_and_by_name():
    a, b = Input((1,), dtype="int32", name="a"), Input((1,), dtype="int32", name="b")
    joined = Concatenate()([Flatten()(Embedding(9, 2, name="wide")(b)), Flatten()(Embedding(3, 2, name="narrow")(a))])
    model = Model([b, a], Dense(1)(joined))
    large, small = np.array([[8]]), np.array([[2]])
    assert model.predict([large, small], verbose=0).shape == (1, 1)
    assert model.predict({"a": small, "b": large}, verbose=0).shape == (1, 1)
    for x in ([small, large], {"a": large, "b": small}):
        with pytest.raises(ValueError, match='index 8 for the input "a" of Embedding "narrow"'):
            model.predict(x, verbose=0)


def test_what_fits_passes():
    model = net()
    assert model.predict(GOOD, verbose=0).shape == (2, 1)
