"""Shapes of layers whose class overrides `compute_output_shape`."""

import numpy as np
import pytest

from lamina import layers, ops
from lamina.models import Model, Sequential


class TestShapesOfOverrides:
    def test_super_gives_the_shape_without_the_override(self):
        class First(layers.Layer):
            def compute_output_shape(self, input_shape):
                return super().compute_output_shape(input_shape)

            def call(self, x):
                return x[:, :2]

        assert First()(layers.Input((4,))).shape == (None, 2) and First().compute_output_shape((None, 4)) == (None, 2)

    @pytest.mark.parametrize(
        ("base", "args", "shape", "want"),
        [
            (layers.Embedding, (5, 2), (3,), (None, 3, 2)),
            (layers.Dense, (2,), (3,), (None, 2)),
            (layers.Flatten, (), (3, 2), (None, 6)),
            (layers.ReLU, (), (3,), (None, 3)),
            (layers.Discretization, ([0.0, 1.0],), (3,), (None, 3)),
        ],
        ids=lambda value: getattr(value, "__name__", None),
    )
    def test_an_override_may_give_several(self, base, args, shape, want):
        class Two(base):
            def compute_output_shape(self, input_shape):
                return [super().compute_output_shape(input_shape), (7,)]

            def call(self, inputs):
                return [super().call(inputs), ops.zeros((7,))]

            def compute_mask(self, inputs, mask=None):
                return [None, None]

        outputs = Two(*args)(layers.Input(shape))
        assert [x.shape for x in outputs] == [want, (7,)]


class Masked(layers.Layer):
    def build(self, inputs_shape, attention_mask_shape=None):
        self.shapes = inputs_shape, attention_mask_shape

    def call(self, inputs, attention_mask=None):
        return inputs


def test_a_build_that_asks_for_a_masks_shape_gets_it():
    layer = Masked()
    layer(ops.ones((2, 3)), attention_mask=ops.ones((2, 1)))
    assert layer.shapes == ((2, 3), (2, 1))
    layer = Masked()
    layer(ops.ones((2, 3)))
    assert layer.shapes == ((2, 3), None)


class Holder(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = layers.Dense(1)


def test_building_for_no_shape_calls_nothing():
    layer = Holder()
    layer.build(None)
    assert layer.built and not layer.inner.built


class TestUnknownSizes:
    """Layers made of layers, called on tensors whose inner sizes are not known yet."""

    @pytest.mark.parametrize(
        ("inner", "known"),
        [((None, 4), (7, 4)), ((None, None, 3), (5, 6, 3)), ((None,), (4,)), ((83, None, 2), (83, 5, 2))],
    )
    def test_a_sequential_inside_is_built_for_any(self, inner, known):
        class Wraps(layers.Layer):
            def __init__(self):
                super().__init__()
                self.inside = Sequential([layers.ReLU(), layers.Activation("tanh")])

            def call(self, x):
                return self.inside(x + 1.0)

        inputs = layers.Input(inner)
        outputs = Wraps()(inputs)
        assert outputs.shape == (None, *inner)
        x = np.random.default_rng(0).normal(size=(2, *known)).astype("float32")
        expected = np.tanh(np.maximum(x + 1, 0))
        np.testing.assert_allclose(Model(inputs, outputs).predict(x, verbose=0), expected, rtol=1e-5, atol=1e-6)

    def test_features_as_many_as_the_stand_in_stay_known(self):
        class Wraps(layers.Layer):
            def __init__(self):
                super().__init__()
                self.inside = Sequential([layers.Dense(2)])

            def call(self, x):
                return self.inside(x)

        assert Wraps()(layers.Input((None, 83))).shape == (None, None, 2)

    def test_positions_may_go_past_a_table(self):
        class Positions(layers.Layer):
            def __init__(self):
                super().__init__()
                self.table = layers.Embedding(30, 2)

            def call(self, x):
                return self.table(ops.arange(ops.shape(x)[1])) + ops.take_along_axis(
                    x, ops.zeros((1, 1, 1), "int32"), 1
                )

        inputs = layers.Input((None, 2))
        outputs = Positions()(inputs)
        assert outputs.shape == (None, None, 2)
        assert Model(inputs, outputs).predict(np.zeros((1, 30, 2)), verbose=0).shape == (1, 30, 2)

    @pytest.mark.native_only("jax gives NaN for indices out of range, torch words of its own")
    def test_positions_past_a_table_are_refused_when_sizes_are_known(self):
        with pytest.raises(ValueError, match="-30 and 29"):
            layers.Embedding(30, 2)(ops.arange(31))


def test_a_class_of_a_user_gets_its_dtype_back_by_name():
    seen = []

    class Mine(layers.Dense):
        def __init__(self, *args, **kwargs):
            seen.append(kwargs.get("dtype"))
            super().__init__(*args, **kwargs)

    for dtype in ("bfloat16", "mixed_float16"):
        again = Mine.from_config(layers.Dense(2, dtype=dtype).get_config())
        assert seen.pop() == dtype and again.dtype_policy.name == dtype
    again = Mine.from_config(layers.Dense(2, dtype="int8_from_float32").get_config())
    assert seen.pop().quantization_mode == "int8" == again.quantization_mode
