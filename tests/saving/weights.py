"""Models whose weights are equal to the bit."""

import numpy as np


def same(model, other):
    for one, two in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
