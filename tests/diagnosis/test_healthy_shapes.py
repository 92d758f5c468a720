"""Losses whose targets have another shape than the outputs by their nature."""

import numpy as np
import pytest

import lamina
from lamina import layers


@pytest.mark.parametrize(
    "loss, outputs, targets",
    [("ctc", (9, 5), (3,)), (lamina.losses.Circle(), (8,), (1,)), ("sparse_categorical_crossentropy", (9, 5), (9,))],
)
def test_nothing_is_said(loss, outputs, targets):
    rng = np.random.default_rng(0)
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([layers.Input((*outputs[:-1], 4)), layers.Dense(16, "relu"), layers.Dense(outputs[-1])])
    if loss == "sparse_categorical_crossentropy":
        loss = lamina.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    x = rng.normal(size=(64, *outputs[:-1], 4)).astype("float32")
    y = rng.integers(1, 5, (64, *targets))
    assert not [finding.rule for finding in lamina.diagnose(model, x, y)]
