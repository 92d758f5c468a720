"""Layers are called through a function for a while, and as before afterwards."""

import numpy as np
import pytest

from lamina.layers import Dense
from lamina.training._diagnosing._called_through import called_through


def test_for_a_while_and_no_longer():
    plain, own = Dense(2), Dense(3)
    own.__dict__["call"] = mine = lambda x: x
    seen = []

    def wrap(layer, call):
        return lambda *args: (seen.append(layer), call(*args))[1]

    x = np.ones((1, 4), "float32")
    with pytest.raises(InterruptedError), called_through([plain, own], wrap):
        assert plain(x).shape == (1, 2) and own(x).shape == (1, 4)
        raise InterruptedError
    assert seen == [plain, own]
    assert "call" not in plain.__dict__ and own.__dict__["call"] is mine
