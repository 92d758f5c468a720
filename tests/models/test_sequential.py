"""Chains of layers."""

import numpy as np
import pytest

from lamina._deprecation import forget_warnings
from lamina.layers import BatchNormalization, Dense, Dropout, Embedding, Input, InputLayer, Reshape, StringLookup
from lamina.models import Model, Sequential


def ones(*shape):
    return np.ones(shape, "float32")


def test_with_an_input_it_is_built_at_once():
    model = Sequential([Input((4,)), Dense(3), Dense(1)])
    assert model.built and model.count_params() == 4 * 3 + 3 + 3 + 1
    assert model.input_shape == (None, 4) and model.output_shape == (None, 1)
    assert [type(layer) for layer in model.layers] == [Dense, Dense]


def test_without_one_it_is_built_by_the_first_call():
    model = Sequential([Dense(3), Dropout(0.5), Dense(1)])
    assert not model.built
    with pytest.raises(AttributeError, match="not built"):
        _ = model.output_shape
    assert model(ones(2, 4)).shape == (2, 1)
    assert model.built and model.input_shape == (None, 4)
    assert model(ones(7, 4)).shape == (7, 1)


def test_build_by_shape():
    model = Sequential([Dense(3)])
    model.build((None, 5))
    assert model.built and model.weights[0].shape == (5, 3)


def test_add_and_pop():
    model = Sequential(name="chain")
    model.add(Input((4,)))
    model.add(Dense(3))
    model.add(Dense(2))
    assert model.output_shape == (None, 2) and len(model.weights) == 4
    model.pop()
    assert model.output_shape == (None, 3) and len(model.weights) == 2
    with pytest.raises(ValueError, match="no layer"):
        Sequential().pop()


@pytest.mark.parametrize(
    "arguments", [{"input_shape": [4]}, {"input_shape": (4,)}, {"input_dim": 4}, {"batch_input_shape": (None, 4)}]
)
def test_old_spellings_of_the_input_shape(arguments):
    forget_warnings()
    with pytest.warns(DeprecationWarning, match=next(iter(arguments))):
        model = Sequential([Dense(3, **arguments), Dense(1)])
    assert model.built and model.input_shape == (None, 4)


def test_embedding_input_length():
    forget_warnings()
    with pytest.warns(DeprecationWarning, match="input_length"):
        model = Sequential([Embedding(10, 4, input_length=7)])
    assert model.output_shape == (None, 7, 4)


def test_what_cannot_be_added():
    model = Sequential([Dense(1, name="same")])
    with pytest.raises(ValueError, match="same"):
        model.add(Dense(2, name="same"))
    with pytest.raises(ValueError, match=r"expected a layer.*with \(\)"):
        model.add(Dense)
    with pytest.raises(ValueError, match="only come first"):
        model.add(InputLayer((3,)))


def test_a_layer_that_does_not_fit_is_named_and_left_out():
    model = Sequential([Input((2,)), Dense(3, name="three")])
    with pytest.raises(ValueError, match=r"cannot reshape \(3,\)") as caught:
        model.add(Reshape((4,), name="four"))
    assert any('"four" follows "three", whose output is (None, 3)' in note for note in caught.value.__notes__)
    assert model.output_shape == (None, 3)


def test_a_model_may_come_first():
    inner = Sequential([Input((3,)), Dense(2)])
    model = Sequential([inner, Dense(1)])
    assert model.built and len(model.weights) == 4


def test_config_round_trip_built_and_unbuilt():
    for model in (Sequential([Input((3,)), Dense(2)]), Sequential([Dense(2), BatchNormalization()])):
        again = Sequential.from_config(model.get_config())
        assert again.get_config() == model.get_config() and again.built == model.built


def test_weights_are_shared_between_models():
    layer = Dense(2)
    first, second = Sequential([Input((3,)), layer]), Sequential([Input((3,)), layer])
    assert first.weights[0] is second.weights[0]


def test_integers_and_strings_reach_the_first_layer_uncast():
    model = Sequential([Embedding(2**25 + 10, 1, embeddings_initializer="zeros")])
    model.build((None, 1))
    big = 2**25 + 1  # float32 would round it
    table = np.zeros((2**25 + 10, 1), "float32")
    table[big] = 1.0
    model2 = Sequential([Embedding(2**25 + 10, 1, weights=[table])])
    assert float(model2(np.array([[big]]))[0, 0, 0]) == 1.0
    text = Sequential([StringLookup(vocabulary=["a", "b"], output_mode="one_hot"), Dense(2)])
    assert text(np.array([["a"], ["b"]])).shape == (2, 2)


def test_training_reaches_the_layers():
    model = Sequential([Input((100,)), Dropout(0.5, seed=1)])
    assert (model(ones(1, 100)) == 1).all() and (model(ones(1, 100), training=True) == 0).any()


def test_a_subclassed_model_in_a_chain():
    class Doubling(Model):
        def call(self, x):
            return x * 2

    model = Sequential([Input((2,)), Doubling(), Dense(1)])
    assert model(ones(3, 2)).shape == (3, 1)


def test_a_chain_that_starts_with_strings_trains():
    model = Sequential([StringLookup(vocabulary=["a", "b"], output_mode="one_hot"), Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.array([["a"], ["b"]] * 8), np.array([[1.0], [-1.0]] * 8)
    losses = model.fit(x, y, epochs=100, verbose=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]
    assert model.predict(x, verbose=0).shape == (16, 1)
