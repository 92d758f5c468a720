"""What a step is given, on each kind of data."""

import numpy as np
import pytest

import lamina
from lamina import layers, ops


def _first(x):
    while isinstance(x, (dict, list, tuple)):
        x = (list(x.values()) if isinstance(x, dict) else x)[0]
    return x


class _Batches(lamina.utils.PyDataset):
    def __init__(self, batch):
        super().__init__()
        self.batch = batch

    def __len__(self):
        return 1

    def __getitem__(self, index):
        return self.batch


def _shapes(data):
    if isinstance(data, dict):
        return {k: _shapes(v) for k, v in data.items()}
    if isinstance(data, (list, tuple)):
        return type(data)(_shapes(v) for v in data)
    return None if data is None else tuple(data.shape)


X, Y, W = np.ones((4, 3), "float32"), np.zeros((4, 2), "float32"), np.ones(4, "float32")
KINDS_OF_DATA = [
    # arguments of fit, what a step is given; what one batch is given
    ((X,), X, (X, None, None)),
    (({"a": X},), {"a": X}, ({"a": X}, None, None)),
    (([X, X],), ([X, X],), ([X, X], None, None)),
    ((X, Y), (X, Y), (X, Y, None)),
    (({"a": X}, [Y, Y]), ({"a": X}, [Y, Y]), ({"a": X}, [Y, Y], None)),
    ((X, Y, W), (X, Y, W), (X, Y, W)),
]
BATCHES = [X, {"a": X}, (X,), ({"a": X},), ([X, X],), (X, Y), [X, Y], ({"a": X}, {"b": Y}), (X, Y, W), (X, Y, None)]


@pytest.fixture
def watched():
    """A model whose steps keep the shapes of what they are given."""

    class Watched(lamina.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)

        def call(self, x):
            return self.dense(_first(x))

        def train_step(self, data):
            self.given = _shapes(data)
            return {"loss": ops.sum(self.dense.kernel)}

        test_step = train_step

        def predict_step(self, data):
            self.given = _shapes(data)
            return ops.zeros((4, 1))

    model = Watched()
    model(X)
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("arguments, given, given_on_batch", KINDS_OF_DATA)
def test_steps_are_given_arrays_as_keras_hands_them_over(watched, arguments, given, given_on_batch):
    x, y, w = (*arguments, None, None)[:3]
    for run in (watched.fit, watched.evaluate):
        run(x, y, sample_weight=w, verbose=0)
        assert watched.given == _shapes(given)
    for run in (watched.train_on_batch, watched.test_on_batch):
        run(x, y, sample_weight=w)
        assert watched.given == _shapes(given_on_batch)
    watched.predict(x, verbose=0)
    assert watched.given == _shapes((x,) if isinstance(x, list) else x)
    watched.predict_on_batch(x)
    assert watched.given == _shapes((x,))


@pytest.mark.parametrize("batch", BATCHES)
def test_steps_are_given_batches_as_keras_hands_them_over(watched, batch):
    expected = _shapes(tuple(batch) if isinstance(batch, list) else batch)
    sources = [
        (_Batches(batch), (_shapes(X),) if batch is X else expected), ([batch].__iter__(), expected),
        (iter([batch] * 2), expected),
    ]  # fmt: skip
    for source, given in sources:
        watched.fit(source, steps_per_epoch=1, verbose=0)
        assert watched.given == given
