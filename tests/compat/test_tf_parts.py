"""Small parts of the thin TensorFlow."""

import importlib

import numpy as np
import pytest

import lamina
from lamina import ops
from lamina.losses import MeanSquaredError


@pytest.fixture
def tf(installed):
    return importlib.import_module("tensorflow")


def test_nn(tf):
    x = np.arange(16.0, dtype="float32").reshape(1, 2, 2, 4)
    deep = ops.convert_to_numpy(tf.nn.depth_to_space(x, 2))
    want = x.reshape(1, 2, 2, 2, 2, 1).transpose(0, 1, 3, 2, 4, 5).reshape(1, 4, 4, 1)
    np.testing.assert_array_equal(deep, want)
    np.testing.assert_array_equal(ops.convert_to_numpy(tf.nn.space_to_depth(deep, 2)), x)
    np.testing.assert_allclose(float(tf.math.log_sigmoid(0.5)), np.log(1 / (1 + np.exp(-0.5))), rtol=1e-5)
    assert float(tf.nn.l2_loss(np.array([3.0, 4.0], "float32"))) == 12.5


def test_concat_of_one(tf):
    x = np.ones((2, 3), "float32")
    for values in ([x], (x,), x):
        np.testing.assert_array_equal(ops.convert_to_numpy(tf.concat(values, axis=-1)), x)


def test_files(tf, tmp_path):
    gfile, path = tf.io.gfile, str(tmp_path / "a" / "b.txt")
    gfile.makedirs(str(tmp_path / "a"))
    gfile.makedirs(str(tmp_path / "a"))
    with gfile.GFile(path, "w") as file:
        file.write("text")
    assert gfile.exists(path) and gfile.glob(str(tmp_path / "a" / "*")) == [path]
    with tf.gfile.Open(path) as file:
        assert file.read() == "text"
    gfile.rmtree(str(tmp_path / "a"))
    assert not gfile.exists(path)


def test_strategies_run_in_one_process(tf):
    assert tf.distribute.get_strategy().num_replicas_in_sync == 1 and not tf.distribute.has_strategy()
    with pytest.warns(DeprecationWarning, match="MirroredStrategy is accepted; all runs in one process"):
        strategy = tf.distribute.MirroredStrategy(["/gpu:0"])
    with strategy.scope():
        assert strategy.run(lambda a, b=1: a + b, args=(2,), kwargs={"b": 3}) == 5
    assert float(strategy.reduce("SUM", np.array([1.0, 2.0]), axis=0)) == 3.0
    with pytest.raises(NotImplementedError, match="TPUStrategy is not part of lamina"):
        tf.distribute.TPUStrategy()


def test_debugging(tf):
    tf.debugging.assert_equal([1, 2], [1, 2])
    tf.debugging.Assert(True, ["x"])
    with pytest.raises(ValueError, match=r"tf.debugging.assert_less: too large"):
        tf.debugging.assert_less(3, 2, message="too large")
    with pytest.raises(ValueError, match="check_numerics: nan here"):
        tf.debugging.check_numerics(np.array([np.nan]), "nan here")


def test_nest_and_initializers(tf):
    assert tf.nest.flatten({"a": [1, 2]}) == [1, 2]
    assert tf.nest.map_structure(lambda a, b: a + b, [1, 2], [3, 4]) == [4, 6]
    assert tf.nest.pack_sequence_as([0, [0]], [5, 6]) == [5, [6]]
    assert tf.zeros_initializer is lamina.initializers.Zeros and tf.initializers.Zeros is lamina.initializers.Zeros
    assert tf.losses.MeanSquaredError is MeanSquaredError and tf.optimizers.Adam is lamina.optimizers.Adam


def test_images(tf):
    x = np.random.default_rng(0).random((2, 4, 5, 3)).astype("float32")
    found = ops.convert_to_numpy(tf.image.per_image_standardization(x))
    np.testing.assert_allclose(found.mean((1, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(found.std((1, 2, 3)), 1, rtol=1e-4)
    flat = ops.convert_to_numpy(tf.image.per_image_standardization(np.full((2, 2, 1), 3)))
    np.testing.assert_array_equal(flat, np.zeros((2, 2, 1)))
    assert tuple(tf.compat.v1.image.resize(x, (8, 10)).shape) == (2, 8, 10, 3)
    with pytest.raises(NotImplementedError, match="ssim_multiscale is not part of lamina"):
        tf.image.ssim_multiscale(x, x)


def test_versions_of_the_interface(tf):
    v1 = importlib.import_module("tensorflow.compat.v1")
    assert v1.reduce_sum is tf.reduce_sum and v1.keras.layers.Dense is lamina.layers.Dense
    assert isinstance(v1.constant(1.0), v1.Tensor) and isinstance(tf.constant(1.0), tf.Tensor)
    assert not isinstance(tf.constant(1.0), tf.SparseTensor)
