"""What programs of Keras 1 and 2 ask of layers."""

import numpy as np
import pytest

import lamina
from lamina import layers, metrics, ops


def test_tensors_and_shapes_of_each_call():
    shared, left, right = layers.Dense(3, name="shared"), layers.Input((4,)), layers.Input((4,))
    outputs = [shared(left), shared(right)]
    assert [shared.get_output_at(i) for i in (0, 1)] == outputs and shared.get_input_at(1) is right
    assert shared.input_shape == (None, 4) and shared.output_shape == (None, 3)
    assert shared.get_input_shape_at(0) == (None, 4) and shared.get_output_shape_at(-1) == (None, 3)
    assert shared.inbound_nodes is shared._inbound_nodes and len(shared.inbound_nodes) == 2
    with pytest.raises(ValueError, match=r'Dense "shared": there is no call 2; it has been called 2 time\(s\)'):
        shared.get_output_at(2)
    features = lamina.Model([left, right], outputs)
    x, (w, b) = np.random.default_rng(0).random((2, 4)).astype("float32"), shared.get_weights()
    for found, given in zip(features.predict([x, 2 * x], verbose=0), (x, 2 * x)):
        np.testing.assert_allclose(found, given @ w + b, rtol=1e-5, atol=1e-6)


def test_shapes_of_several_inputs_and_of_calls_that_differ():
    a, b = layers.Input((2,)), layers.Input((3,))
    joined = layers.Concatenate()
    joined([a, b])
    assert joined.input_shape == [(None, 2), (None, 3)] and joined.output_shape == (None, 5)
    flat = layers.Flatten()
    flat(layers.Input((2, 3))), flat(layers.Input((4,)))
    with pytest.raises(AttributeError, match=r"different shapes: .* Write get_output_shape_at\(i\)"):
        flat.output_shape  # noqa: B018


def test_shapes_of_a_layer_that_was_built_or_called_on_data():
    norm = layers.BatchNormalization()
    with pytest.raises(AttributeError, match="has not been called yet, so it has no input_shape"):
        norm.input_shape  # noqa: B018
    with pytest.raises(AttributeError, match="no output_shape"):
        norm.output_shape  # noqa: B018
    norm.build((None, 3))
    assert norm.input_shape == norm.output_shape == (None, 3)
    dense = layers.Dense(2)
    dense(np.ones((5, 3), "float32"))
    assert dense.input_shape == (5, 3) and dense.output_shape == (5, 2)


def test_masks_of_calls():
    embedding, masking = layers.Embedding(5, 2, mask_zero=True), layers.Dense(1)
    masking(embedding(layers.Input((3,), dtype="int32")))
    assert embedding.input_mask is None and embedding.output_mask.shape == (None, 3)
    assert masking.get_input_mask_at(0) is embedding.get_output_mask_at(0)


def test_subclasses_may_use_these_names_for_their_own():
    class Mine(layers.Layer):
        def __init__(self):
            super().__init__()
            self.input_shape, self.output_shape, self.inbound_nodes = (7,), 8, "mine"

        def call(self, x):
            return x

    mine = Mine()
    mine(np.ones((2, 3), "float32"))
    assert (mine.input_shape, mine.output_shape, mine.inbound_nodes) == ((7,), 8, "mine")


def test_trainable_weights_set_in_build():
    class Keras1(layers.Layer):
        def build(self, input_shape):
            self.W = self.add_weight((input_shape[-1], 2), initializer="ones", name="W")
            self.b = self.add_weight((2,), initializer="ones", name="b")
            self.trainable_weights = [self.W]

        def call(self, x, mask=None):
            return ops.matmul(x, self.W) + self.b

    model = lamina.Sequential([lamina.Input((3,)), Keras1()])
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 3)), np.zeros((4, 2)), verbose=0)
    w, b = model.layers[0].get_weights()
    assert not np.allclose(w, 1) and np.array_equal(b, [1, 1])
    assert [v.name for v in model.trainable_weights] == ["W"]


def test_weights_appended_to_the_private_lists():
    class Keras2(layers.Layer):
        def build(self, input_shape):
            w, c = lamina.Variable(np.ones(3), name="w"), lamina.Variable(np.ones(3), name="c")
            self._trainable_weights.append(w)
            self._non_trainable_weights += [c]
            c.trainable = False
            object.__setattr__(self, "w", w)

        def call(self, x):
            return x * self.w

    layer = Keras2()
    layer(np.ones((2, 3), "float32"))
    assert [v.name for v in layer.trainable_weights] == ["w"] == [v.name for v in layer._trainable_weights]
    assert [v.name for v in layer.non_trainable_weights] == ["c"]
    with pytest.raises(TypeError, match="expected a list of Variables as its weights; got 3"):
        layer.non_trainable_weights = [3]


def test_add_weight_in_the_order_of_keras_2():
    class Old(layers.Layer):
        def build(self, input_shape):
            self.a = self.add_weight("a", shape=input_shape[-1:], initializer="ones")
            self.b = self.add_weight("b", (2,), "float64", "zeros", trainable=False)
            self.c = self.add_weight((4,), "ones", name="c")

        def call(self, x):
            return x

    layer = Old()
    layer(np.ones((1, 3), "float32"))
    assert [(v.name, tuple(v.shape), v.dtype) for v in layer.weights] == [
        ("a", (3,), "float32"), ("c", (4,), "float32"), ("b", (2,), "float64"),
    ]  # fmt: skip


def test_add_metric_says_what_to_write():
    layer = layers.Dense(1, name="d")
    with pytest.raises(NotImplementedError, match=r'Dense "d".add_metric: .*self.size = keras.metrics.Mean'):
        layer.add_metric(1.0, name="size", aggregation="mean")
    with pytest.warns(DeprecationWarning, match="assign to the variable in call"):
        layer.add_update([])


def test_metrics_that_a_layer_holds_stand_in_history():
    class Watch(layers.Layer):
        def __init__(self):
            super().__init__()
            self.size = metrics.Mean(name="size")

        def call(self, x):
            self.size.update_state(ops.mean(ops.abs(x)))
            return x

    inputs = layers.Input((3,))
    model = lamina.Model(inputs, layers.Dense(1)(Watch()(inputs)))
    model.compile("sgd", "mse", metrics=["mae"])
    x = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
    history = model.fit(x, np.zeros((8, 1)), batch_size=4, epochs=2, verbose=0).history
    np.testing.assert_allclose(history["size"], [np.abs(x).mean()] * 2, rtol=1e-5)
    assert list(history) == ["loss", "mae", "size"] and [m.name for m in model.layers[1]._metrics] == ["size"]
    np.testing.assert_allclose(model.evaluate(x, np.zeros((8, 1)), verbose=0)[2], np.abs(x).mean(), rtol=1e-5)
