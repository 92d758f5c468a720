"""What is trainable changes between two steps, without compiling again: slots stay those of their weights."""

import numpy as np
import pytest

import lamina
from lamina import layers


def trained(eagerly, hidden, frozen):
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((4,)), *(layers.Dense(n) for n in hidden)])
    model.compile(lamina.optimizers.SGD(0.01, momentum=0.9), "mse", run_eagerly=eagerly)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(32, 4)).astype("float32"), rng.normal(size=(32, hidden[-1])).astype("float32")
    for places in ([], frozen, []):
        for k, layer in enumerate(model.layers):
            layer.trainable = k not in places
        for _ in range(3):
            model.train_on_batch(x, y)
    return model.get_weights()


@pytest.mark.parametrize("hidden", [(6, 3, 2), (4, 4, 4)])
@pytest.mark.parametrize("frozen", [[0], [2], [0, 1]])
def test_as_step_by_step(hidden, frozen):
    for mine, theirs in zip(trained(False, hidden, frozen), trained(True, hidden, frozen), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-6)
