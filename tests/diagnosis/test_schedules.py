"""A schedule that ends with the training is sound, however short that is; one that ends long before is not."""

import numpy as np
import pytest

import lamina
from lamina import layers


@pytest.mark.parametrize(
    "epochs, decay_steps, is_sound", [(1, 8, True), (5, 40, True), (500, 40, False), (50, 400, True)]
)
def test_cosine(epochs, decay_steps, is_sound):
    lamina.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
    model = lamina.Sequential([layers.Input((4,)), layers.Dense(8, "relu"), layers.Dense(1)])
    model.compile(lamina.optimizers.Adam(lamina.optimizers.schedules.CosineDecay(0.003, decay_steps)), "mse")
    found = lamina.diagnose(model, x, x[:, :1], batch_size=8, epochs=epochs)
    assert ("learning-rate-low" not in [finding.rule for finding in found]) is is_sound
