"""Which arguments a `call` takes."""

import numpy as np

import lamina
from lamina import layers, ops, saving


class TestArgumentsHandedOn:
    """`call(self, *args, **kwargs)`, which takes what the `call` that it overrides takes."""

    def test_build_gets_the_shape_of_the_first(self):
        class Sum(layers.Layer):
            def build(self, input_shape):
                self.scale = self.add_weight(input_shape[-1:], "ones", name="scale")

            def call(self, *args):
                return (args[0] + args[1]) * self.scale

        x = np.ones((2, 3), "float32")
        np.testing.assert_array_equal(ops.convert_to_numpy(Sum()(x, x)), 2 * x)
        a, b = layers.Input((3,)), layers.Input((3,))
        assert Sum()(a, b).shape == (None, 3)

    def test_training_and_masks_reach_the_call_that_is_overridden(self):
        class Mine(layers.Dropout):
            def call(self, *args, **kwargs):
                return super().call(*args, **kwargs)

        class Means(layers.GlobalAveragePooling1D):
            def call(self, *args, **kwargs):
                return super().call(*args, **kwargs)

        x = np.ones((4, 200), "float32")
        assert (ops.convert_to_numpy(Mine(0.5)(x, training=True)) == 0).any()
        np.testing.assert_array_equal(ops.convert_to_numpy(Mine(0.5)(x)), x)
        model = lamina.Sequential([lamina.Input((200,)), Mine(0.5)])
        assert (ops.convert_to_numpy(model(x, training=True)) == 0).any()
        ids = np.array([[1, 2, 0], [3, 0, 0]])
        embedding = layers.Embedding(5, 2, mask_zero=True)
        vectors = ops.convert_to_numpy(embedding(ids))
        want = [vectors[0, :2].mean(0), vectors[1, :1].mean(0)]
        np.testing.assert_allclose(ops.convert_to_numpy(Means()(embedding(ids))), want, rtol=1e-5)

    def test_in_a_model(self):
        class Mine(layers.Dense):
            def call(self, *args, **kwargs):
                return super().call(*args, **kwargs) * 2

        inputs = layers.Input((3,))
        model = lamina.Model(inputs, Mine(2, kernel_initializer="ones")(inputs))
        np.testing.assert_array_equal(model.predict(np.ones((2, 3)), verbose=0), np.full((2, 2), 6))

    def test_through_a_file(self, tmp_path):
        @saving.register_keras_serializable("test_call")
        class Sum(layers.Layer):
            def __init__(self, **kwargs):
                super().__init__(**kwargs)
                self.inner = layers.Dense(2)

            def call(self, *args):
                return self.inner(args[0] + args[1])

        a, b, x = layers.Input((3,)), layers.Input((3,)), np.ones((2, 3), "float32")
        model = lamina.Model([a, b], Sum()(a, b))
        model.save(str(tmp_path / "m.keras"))
        again = saving.load_model(str(tmp_path / "m.keras"))
        np.testing.assert_array_equal(again.predict([x, x], verbose=0), model.predict([x, x], verbose=0))


def test_training_after_any_number_of_tensors():
    class Sums(layers.Layer):
        def call(self, *tensors, training=None):
            return sum(tensors) * (2.0 if training else 1.0)

    one = np.ones((2, 3), "float32")
    np.testing.assert_array_equal(Sums()(one, one, training=True), 4 * one)
    inputs = [layers.Input((3,)), layers.Input((3,))]
    model = lamina.Model(inputs, Sums()(*inputs))
    np.testing.assert_array_equal(model([one, one], training=False), 2 * one)
    np.testing.assert_array_equal(model([one, one], training=True), 4 * one)
