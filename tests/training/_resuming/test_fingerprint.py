import re

import numpy as np
import pytest

import lamina
from lamina import layers
from lamina.training._data import ArrayData, StreamData
from lamina.training._resuming._fingerprint import difference, fingerprint


def made(units=4, rate=0.5, count=10, batch_size=2, optimizer="sgd", seed=None, steps=None):
    model = lamina.Sequential([lamina.Input((3,)), layers.Dense(units), layers.Dropout(rate, seed=seed)])
    model.compile(optimizer, "mse")
    return fingerprint(model, ArrayData(np.ones((count, 3)), batch_size=batch_size), None, steps)


def test_the_same_again_is_the_same_whatever_it_is_called():
    assert difference(made(seed=1), made(seed=2)) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"units": 5}, r"Dense\(units=4\) in the state, Dense\(units=5\) now"),
        ({"rate": 0.25}, r"Dropout\(rate=0.5\) in the state, Dropout\(rate=0.25\) now"),
        ({"count": 12}, "samples: 10 in the state, 12 now"),
        ({"batch_size": 5}, "batch_size: 2 in the state, 5 now"),
        ({"optimizer": "adam"}, "optimizer: 'SGD' in the state, 'Adam' now"),
        ({"steps": 3}, "steps_per_epoch: None in the state, 3 now"),
    ],
)
def test_a_difference_is_named(change, words):
    assert re.search(words, difference(made(), made(**change)))


def test_the_number_of_layers_is_told():
    model = lamina.Sequential([lamina.Input((3,)), layers.Dense(4)])
    model.compile("sgd", "mse")
    one = fingerprint(model, StreamData([np.ones((2, 3))]), None, None)
    assert difference(made(), one) == "layers: 4 in the state, 3 now"


def test_batches_are_other_data_than_arrays():
    model = lamina.Sequential([lamina.Input((3,)), layers.Dense(4), layers.Dropout(0.5)])
    model.compile("sgd", "mse")
    streamed = fingerprint(model, StreamData([np.ones((2, 3))] * 5), None, None)
    assert difference(made(), streamed) == "kind of data: 'ArrayData' in the state, 'StreamData' now"
