"""Parts of arrays and of lists of them, as programs of Keras 1 and 2 take them."""

import importlib

import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:keras.*Keras 1 and 2:DeprecationWarning")

X = np.random.default_rng(0).normal(size=(60, 3)).astype("float32")


def test_slice_arrays(installed):
    training = importlib.import_module("keras.engine.training")
    np.testing.assert_array_equal(training.slice_X(X, 1, 3), X[1:3])
    np.testing.assert_array_equal(training.slice_arrays(X, [4, 0]), X[[4, 0]])
    first, nothing = training.slice_arrays([X, None], 2)
    np.testing.assert_array_equal(first, X[2:])
    assert nothing is None
    assert training.slice_arrays(None) == [None]
