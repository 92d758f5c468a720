import numpy as np
import pytest

import lamina
from lamina import layers


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    x = rng.random((50, 3)).astype("float32")
    return x, x @ np.array([[1.0], [-2.0], [0.5]], "float32") + 0.1


@pytest.fixture
def make():
    """A small regression model, the same every time."""

    def build(compiled=True, **kwargs):
        lamina.utils.set_random_seed(3)
        model = lamina.Sequential([lamina.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
        if compiled:
            model.compile(**{"optimizer": "adam", "loss": "mse", **kwargs})
        return model

    return build
