import numpy as np

from lamina import layers
from lamina.tables._bins import Bins, bins_of, encoded

NUMBERS = np.array([[0.0, 5.0], [1.0, 5.0], [2.0, 5.0], [4.0, 5.0]], "float32")


def test_the_weights_are_quantiles_and_columns_of_few_values_have_room_left():
    start, slope = bins_of(NUMBERS, 3)
    np.testing.assert_array_equal(start[0], [0, 1, 2])
    np.testing.assert_array_equal(slope[0], [1, 1, 0.5])
    np.testing.assert_array_equal(slope[1], [1, 0, 0])  # a constant has one bin, of width 1


def test_a_number_is_how_far_it_has_come():
    found = np.asarray(encoded(np.array([[3.0, 5.5], [-9.0, 9.0]], "float32"), *bins_of(NUMBERS, 3)))
    np.testing.assert_array_equal(found, [[[1, 1, 0.5], [0.5, 0, 0]], [[0, 0, 0], [1, 0, 0]]])


def test_within_the_edges_it_is_the_public_layer():
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(50, 2)).astype("float32")
    edges = [np.unique(np.quantile(column, np.linspace(0, 1, 5))).tolist() for column in numbers.T.astype("float64")]
    wanted = np.asarray(layers.PiecewiseLinearEncoding(edges)(numbers)).reshape(50, 2, 4)
    layer = Bins(4)
    layer.build((None, 2))
    layer.set_weights(bins_of(numbers, 4))
    np.testing.assert_allclose(np.asarray(layer(numbers)), wanted, atol=1e-5)


def test_the_edges_are_not_trained():
    layer = Bins(4)
    layer.build((None, 2))
    assert not layer.trainable_weights and [w.shape for w in layer.weights] == [(2, 4), (2, 4)]
    assert layer.compute_output_shape((None, 2)) == (None, 2, 4)
