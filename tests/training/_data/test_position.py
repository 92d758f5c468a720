"""Epochs that are shorter than the data."""

import warnings

import numpy as np
import pytest

import lamina
from lamina import layers
from lamina.training._data._position import Position


class _Numbers(lamina.utils.PyDataset):
    """Batches of two of the numbers from 0 to 7."""

    def __len__(self):
        return 4

    def __getitem__(self, index):
        x = np.arange(2 * index, 2 * index + 2, dtype="float32")[:, None]
        return x, 0 * x


class _Again:
    """The same, as something that can be iterated again and again."""

    def __iter__(self):
        return (_Numbers()[i] for i in range(4))


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize("kind", ["arrays", "dataset", "iterable"])
def test_short_epochs_go_on_where_the_one_before_stopped(kind, watched):
    """So that all of the data is seen, without shuffling too; as in Keras."""
    x = np.arange(8, dtype="float32")[:, None]
    callback = [lamina.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)] if watched else []

    def losses(steps, epochs):
        data = {"arrays": (x, 0 * x), "dataset": (_Numbers(),), "iterable": (_Again(),)}[kind]
        model = lamina.Sequential([lamina.Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="ones")])
        model.compile(lamina.optimizers.SGD(0.0), "mae")
        size = {"batch_size": 2} if kind == "arrays" else {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # an epoch at the end of the data is shorter
            return model.fit(
                *data, steps_per_epoch=steps, epochs=epochs, shuffle=False, verbose=0, callbacks=callback, **size
            ).history["loss"]  # fmt: skip

    assert losses(2, 4) == [1.5, 5.5, 1.5, 5.5]
    assert losses(3, 3) == [2.5, 6.5, 2.5]
    assert losses(4, 2) == losses(None, 2) == [3.5, 3.5]


def test_positions():
    position = Position()
    assert position.advance(3, None, 5) == (3, 0, None)
    assert [position.advance(epoch, 2, 5) for epoch in range(1, 5)] == [(1, 0, 2), (1, 2, 4), (1, 4, 6), (2, 0, 2)]
    endless = Position()
    assert [endless.advance(epoch, 2, None) for epoch in range(2)] == [(0, 0, 2), (0, 2, 4)]
