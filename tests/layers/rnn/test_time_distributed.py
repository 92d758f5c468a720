import numpy as np
import pytest

from lamina.layers import Conv2D, Dense, Input, TimeDistributed
from lamina.models import Sequential

X = np.random.default_rng(2).normal(size=(3, 6, 4)).astype("float32")


def test_each_step_by_the_same_layer():
    layer = TimeDistributed(Dense(5, activation="tanh"))
    y = layer(X)
    for t in range(6):
        np.testing.assert_allclose(y[:, t], layer.layer(X[:, t]), atol=1e-6)


def test_over_images_in_a_model():
    model = Sequential([Input((None, 8, 8, 3)), TimeDistributed(Conv2D(4, 3))])
    assert model.output_shape == (None, None, 6, 6, 4)
    assert model.predict(np.zeros((2, 5, 8, 8, 3), "float32"), verbose=0).shape == (2, 5, 6, 6, 4)


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match="3 axes"):
        TimeDistributed(Dense(2))(X[0])
    with pytest.raises(ValueError, match="mask"):
        TimeDistributed(Dense(2))(X, mask=np.ones((3, 4), bool))
