"""Crosses of features, and layers in a row."""

import numpy as np
import pytest

from lamina import layers, models, ops

ONE = np.array(["A", "B", "A", "B", "A"])
TWO = np.array([101, 101, 101, 102, 102])
# From the documentation of Keras.
BINS = [1, 4, 1, 1, 3]


def test_bins_are_those_of_tensorflow():
    cross = layers.HashedCrossing(5)
    np.testing.assert_array_equal(cross([ONE, TWO]), BINS)
    np.testing.assert_array_equal(cross([ONE[:, None], TWO[:, None]]), np.array(BINS)[:, None])
    np.testing.assert_array_equal(cross([ONE.astype("S"), TWO.astype("int32")]), BINS)
    assert int(cross(["A", 101])) == 1
    vectors = layers.HashedCrossing(5, output_mode="one_hot")
    for pair in ([ONE, TWO], [ONE[:, None], TWO[:, None]]):
        np.testing.assert_array_equal(vectors(pair), np.eye(5)[BINS])
    again = layers.HashedCrossing.from_config(vectors.get_config())
    np.testing.assert_array_equal(again([ONE, TWO]), np.eye(5)[BINS])


def test_three_and_negative_values():
    got = layers.HashedCrossing(1000)([ONE, TWO, -TWO])
    assert len(set(ops.convert_to_numpy(got).tolist())) == 4


def test_in_a_functional_model(tmp_path):
    names, numbers = layers.Input((1,), dtype="string"), layers.Input((1,), dtype="int64")
    crossed = layers.HashedCrossing(5, output_mode="one_hot")([names, numbers])
    model = models.Model([names, numbers], layers.Dense(2)(crossed))
    got = model.predict([ONE[:, None], TWO[:, None]], verbose=0)
    np.testing.assert_allclose(got, model.layers[-1](np.eye(5, dtype="float32")[BINS]), rtol=1e-5)


@pytest.mark.parametrize(
    "inputs, message",
    [
        (ONE, "list of at least two"),
        ([ONE], "list of at least two"),
        ([ONE, TWO[:3]], "all of one shape"),
        ([ONE, TWO / 2], "integers or strings"),
        ([np.ones((2, 3), int)] * 2, "all of one shape"),
    ],
)
def test_wrong_inputs(inputs, message):
    with pytest.raises(ValueError, match=message):
        layers.HashedCrossing(5)(inputs)
    with pytest.raises(ValueError, match="num_bins must be a positive integer"):
        layers.HashedCrossing(0)


def test_pipeline():
    steps = layers.Pipeline([layers.Rescaling(1 / 255), layers.RandomFlip("horizontal", seed=1), layers.Dense(2)])
    x = np.random.default_rng(0).uniform(0, 255, (4, 3, 3, 2)).astype("float32")
    rest = ops.convert_to_numpy(steps(x, training=False))
    np.testing.assert_allclose(rest, ops.convert_to_numpy(steps.layers[2](x / 255)), rtol=1e-5, atol=1e-6)
    assert len(steps.weights) == 2
    again = layers.Pipeline.from_config(steps.get_config())
    assert [type(layer) for layer in again.layers] == [type(layer) for layer in steps.layers]
    with pytest.raises(ValueError, match="layers must be a list of layers"):
        layers.Pipeline([1])
