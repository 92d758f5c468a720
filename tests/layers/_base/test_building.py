"""Shapes of layers whose class overrides `compute_output_shape`."""

import pytest

from lamina import layers, ops


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
